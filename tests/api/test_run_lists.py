"""Lists of runs by their values, and acts on many runs, over HTTP."""

import json
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.run import StepRun
from jupyter_orchest_jobs.domain.status import RunStatus, StepStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.factories import document
from tests.records import ENDED, NOW, stored_job, stored_runs
from tests.servers import Ask

FAILED = {"status": RunStatus.FAILED, "message": "ValueError: no such depth"}


def with_depth(depth: Any, **special: Any) -> dict[str, Any]:
    """What makes a run one with this value."""
    return {"combination": {"pipeline_parameters": {"depth": depth}}, **special}


async def numbers(ask: Ask, **query: Any) -> list[int]:
    """The numbers of the runs on the first page."""
    answer = await ask("GET", "runs", **query)
    assert answer.status == 200, answer.text
    return [run["number"] for run in answer.data["items"]]


async def test_runs_are_listed_by_their_values(ask: Ask, store: SqliteStore) -> None:
    job = stored_job(store)
    depths = [10, 9, "x", None]
    runs = stored_runs(store, job, *(with_depth(depth) for depth in depths), FAILED)
    sort = "parameter:pipeline_parameters/depth"
    assert await numbers(ask, job=job.id, sort=sort) == [5, 2, 1, 3, 4]
    assert await numbers(ask, job=job.id, sort=f"-{sort}") == [4, 3, 1, 2, 5]
    assert await numbers(ask, job=job.id, text="DEPTH") == [5]
    assert await numbers(ask, text="9") == [2]
    assert await numbers(ask, job=job.id, batch=2) == []
    rules = [{"scope": "pipeline_parameters", "name": "depth", "value": at} for at in (9, "x")]
    found = (await ask("GET", "runs", job=job.id, where=json.dumps(rules), limit=1)).data
    assert ([run["id"] for run in found["items"]], found["total"]) == ([runs[1].id], 2)
    more = await ask(
        "GET", "runs", job=job.id, where=json.dumps(rules), limit=1, cursor=found["next_cursor"]
    )
    assert [run["id"] for run in more.data["items"]] == [runs[2].id]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"where": "[]", "steps": "yes"}, 400),
        ({"where": "{}"}, 400),
        ({"where": "[{]"}, 400),
        ({"where": '[{"scope": "s", "name": "x"}]'}, 400),
        ({"where": '[{"scope": "s", "name": "x", "value": NaN}]'}, 400),
        ({"batch": "one"}, 400),
        ({"batch": 0}, 400),
        ({"batch": 1}, 422),
        ({"where": '[{"scope": "s", "name": "x", "value": 1}]'}, 422),
        ({"sort": "parameter:s/x"}, 422),
        ({"sort": "metric:loss"}, 422),
    ],
)
@pytest.mark.parametrize("is_empty", [True, False])
async def test_questions_about_values_that_mean_nothing_are_refused(
    ask: Ask, query: dict[str, Any], status: int, is_empty: bool, request: pytest.FixtureRequest
) -> None:
    if not is_empty:
        stored_job(request.getfixturevalue("store"))
    answer = await ask("GET", "runs", **query)
    assert answer.status == status
    assert answer.data["message"]


async def test_a_list_tells_how_all_steps_are_if_it_is_asked_to(
    ask: Ask, store: SqliteStore
) -> None:
    steps = {"b": {"incoming_connections": ["a"]}, "a": {}}
    job = stored_job(store, document=document(steps))
    done = StepRun("a", StepStatus.SUCCEEDED, started_at=NOW, finished_at=NOW)
    stored_runs(store, job, {"status": RunStatus.RUNNING, "attempt": 1, "steps": (done,)})
    (plain,) = (await ask("GET", "runs")).data["items"]
    assert plain["cells"] is None
    (run,) = (await ask("GET", "runs", steps="true")).data["items"]
    assert [(cell["step"], cell["status"]) for cell in run["cells"]] == [
        ("a", "succeeded"),
        ("b", "pending"),
    ]
    assert run["cells"][1]["started_at"] is None


async def test_what_no_longer_matches_is_told_to_who_looks_on(ask: Ask, store: SqliteStore) -> None:
    job = stored_job(store)
    (run,) = stored_runs(store, job, {})
    seen = (await ask("GET", "runs", job=job.id, status="pending")).data
    assert seen["total"] == 1
    store.cancel_pending_runs(job.id, NOW)
    later = await ask("GET", "runs", job=job.id, status="pending", since=seen["revision"])
    assert (later.data["items"], later.data["deleted"], later.data["total"]) == ([], [run.id], 0)


async def test_an_ended_run_is_deleted(ask: Ask, store: SqliteStore) -> None:
    gone, pinned = stored_runs(store, stored_job(store), ENDED, ENDED)
    store.pin_run(pinned.id, True)
    assert (await ask("DELETE", f"runs/{gone.id}")).status == 204
    assert (await ask("GET", f"runs/{gone.id}")).status == 404
    assert (await ask("DELETE", f"runs/{gone.id}")).status == 404
    refused = await ask("DELETE", f"runs/{pinned.id}")
    assert (refused.status, refused.data["code"]) == (409, "wrong_state")
    assert "unpin" in refused.data["message"]
    assert store.run(pinned.id).pinned


async def test_an_act_on_several_runs_is_done_or_refused_for_each(
    ask: Ask, store: SqliteStore
) -> None:
    stripped = {**FAILED, "has_files": False}
    pending, failed, succeeded, kept = stored_runs(
        store, stored_job(store), {}, FAILED, ENDED, stripped
    )
    ids = [pending.id, failed.id, "nobody", succeeded.id, kept.id, failed.id]

    async def act(what: str) -> tuple[list[str], dict[str, str]]:
        answer = await ask("POST", "runs/act", {"act": what, "ids": ids})
        assert answer.status == 200
        refused = {each["id"]: each["message"] for each in answer.data["refused"]}
        assert [*answer.data["done"], *refused] != []
        assert set(answer.data["done"]) | set(refused) == set(ids)
        assert len(answer.data["done"]) + len(refused) == 5
        return answer.data["done"], refused

    done, refused = await act("delete")
    assert done == []
    assert "cancel it before you delete it" in refused[pending.id]
    assert "batch 1 have not ended" in refused[failed.id]
    done, refused = await act("resume")
    assert done == [failed.id]
    assert "There is no run nobody" in refused["nobody"]
    assert "nothing to resume" in refused[succeeded.id]
    assert "retry it instead" in refused[kept.id]
    assert (await act("retry"))[0] == [failed.id, kept.id]
    done, refused = await act("cancel")
    assert done == [pending.id]
    assert all("has ended" in refused[run.id] for run in (failed, succeeded, kept))
    store.cancel_pending_runs(pending.job_id, NOW)
    done, refused = await act("delete")
    assert done == [pending.id, succeeded.id]
    assert "executed again" in refused[failed.id]
    with pytest.raises(NotFound):
        store.run(succeeded.id)


async def test_acts_that_make_no_sense_are_refused(ask: Ask, store: SqliteStore) -> None:
    assert (await ask("POST", "runs/act", {"act": "cancel", "ids": ["1"]})).data["refused"]
    for body in (
        {"act": "kill", "ids": ["1"]},
        {"act": "cancel", "ids": []},
        {"act": "cancel", "ids": ["1"] * 1001},
        {"act": "cancel"},
        {"act": "cancel", "ids": [1]},
    ):
        assert (await ask("POST", "runs/act", body)).status == 400
