"""Schedules, policies and retries over HTTP."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.service.firings import fire_due
from jupyter_orchest_jobs.service.submission import submit
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run, write_project
from tests.factories import document, pipeline_text
from tests.records import NOW, stored_job
from tests.servers import Ask

MINUTELY = {"kind": "cron", "cron": "* * * * *", "zone": "Europe/Amsterdam"}
NEXT = "2024-02-29T12:01:00.000Z"


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The server's root, with a pipeline in a folder of its own."""
    text = pipeline_text({"a": {}}, parameters={"size": 2})
    write_project(jp_root_dir, {"own/main.orchest": text, "own/a.py": "print(1)\n"})
    return jp_root_dir


def recurring(store: SqliteStore, **special: Any) -> Job:
    """An active recurring job of two runs a batch."""
    plain: dict[str, Any] = {
        "status": JobStatus.SCHEDULED,
        "document": document({"a": {}}, parameters={"n": 0}),
        "strategy": Strategy({"pipeline_parameters": {"n": [1, 2]}}),
        "snapshot": SnapshotState(SnapshotStatus.READY, new_id()),
        "schedule": Schedule.recurring("* * * * *", "UTC"),
        "planned_until": NOW,
        "next_firing_at": NOW + timedelta(seconds=30),
    }
    return stored_job(store, **{**plain, **special})


async def test_a_job_is_made_with_schedule_and_policies(
    ask: Ask, root: Path, store: SqliteStore
) -> None:
    wish = {
        "pipeline_path": "own/main.orchest",
        "schedule": MINUTELY,
        "policies": {"overlap": "queue", "end_at": "2024-03-01T01:00:00+01:00"},
    }
    answer = await ask("POST", "jobs", wish)
    assert answer.status == 201
    assert answer.data["schedule"] == {
        "kind": "cron",
        "at": None,
        "cron": "* * * * *",
        "zone": "Europe/Amsterdam",
        "description": "every minute",
    }
    assert answer.data["policies"]["overlap"] == "queue"
    assert answer.data["policies"]["catch_up"] == "latest"
    assert answer.data["policies"]["end_at"] == "2024-03-01T00:00:00.000Z"
    assert (answer.data["next_firing_at"], answer.data["batches"]) == (None, 0)


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"schedule": {"kind": "cron", "cron": "61 * * * *", "zone": "UTC"}}, 422, "schedule_"),
        ({"schedule": {"kind": "cron", "cron": "0 0 31 2 *", "zone": "UTC"}}, 422, "schedule_"),
        ({"schedule": {**MINUTELY, "zone": "Mars/Base"}}, 422, "schedule_invalid"),
        ({"schedule": {"kind": "once", "at": "2024-03-01T01:00:00"}}, 422, "schedule_invalid"),
        ({"schedule": {"kind": "sometimes"}}, 400, "malformed"),
        ({"policies": {"max_batches": 0}}, 422, "policies_invalid"),
        ({"policies": {"run_timeout_s": -1}}, 422, "policies_invalid"),
        ({"policies": {"start_at": "2024-03-01T01:00:00"}}, 422, "policies_invalid"),
        ({"policies": {"keep_everything": True}}, 400, "malformed"),
    ],
)
async def test_schedules_and_policies_that_mean_nothing_are_refused(
    ask: Ask, root: Path, store: SqliteStore, wish: dict[str, Any], status: int, code: str
) -> None:
    answer = await ask("POST", "jobs", {"pipeline_path": "own/main.orchest", **wish})
    assert answer.status == status
    assert answer.data["code"].startswith(code)
    job = recurring(store)
    answer = await ask("PATCH", f"jobs/{job.id}", wish)
    assert answer.status == status
    assert store.job(job.id) == job
    if "schedule" in wish:
        assert (await ask("POST", "schedules/preview", wish)).status == status


async def test_preview_tells_words_and_times(ask: Ask) -> None:
    wish = {"schedule": {"kind": "cron", "cron": "30 2 * * *", "zone": "Europe/Amsterdam"}}
    answer = await ask("POST", "schedules/preview", {**wish, "count": 3})
    assert answer.data["description"] == "every day at 02:30 Europe/Amsterdam"
    assert len(answer.data["next"]) == 3
    last = {"policies": {"end_at": answer.data["next"][0]}}
    answer = await ask("POST", "schedules/preview", {**wish, **last})
    assert len(answer.data["next"]) == 1
    assert (await ask("POST", "schedules/preview", {**wish, "count": 101})).status == 400


async def test_job_is_paused_resumed_and_edited(ask: Ask, store: SqliteStore) -> None:
    job = recurring(store)
    paused = await ask("POST", f"jobs/{job.id}/pause")
    assert (paused.status, paused.data["status"], paused.data["next_firing_at"]) == (
        200,
        "paused",
        None,
    )
    assert (await ask("POST", f"jobs/{job.id}/pause")).status == 409
    resumed = await ask("POST", f"jobs/{job.id}/resume")
    assert (resumed.data["status"], resumed.data["next_firing_at"]) == ("scheduled", NEXT)
    assert (await ask("POST", f"jobs/{job.id}/resume")).status == 409
    edit = {
        "name": "New name",
        "schedule": {"kind": "cron", "cron": "@hourly", "zone": "UTC"},
        "parameters": {"pipeline_parameters": {"n": [5]}},
        "policies": {"priority": 7},
    }
    edited = await ask("PATCH", f"jobs/{job.id}", edit)
    assert edited.status == 200
    assert edited.data["name"] == "New name"
    assert edited.data["next_firing_at"] == "2024-02-29T13:00:00.000Z"
    assert [one["values"] for one in edited.data["parameters"]] == [[5]]
    assert edited.data["policies"]["priority"] == 7
    for body, status in (
        ({"name": ""}, 400),
        ({"nmae": "x"}, 400),
        ({"parameters": {"nobody": {"n": [1]}}}, 422),
        ({"selection": {"base": "none"}}, 422),
        ({"env_variables": {"ORCHEST_X": "1"}}, 422),
        ({"schedule": {"kind": "now"}}, 409),
        (b'{"name": "\\ud800"}', 400),
    ):
        assert (await ask("PATCH", f"jobs/{job.id}", body)).status == status, body


async def test_batches_and_firings_come_in_pages(ask: Ask, store: SqliteStore) -> None:
    job = recurring(store)
    assert (await ask("POST", f"jobs/{job.id}/batches")).status == 201
    store.cancel_pending_runs(job.id, NOW)
    for minute in range(1, 4):
        fire_due(store, store.job(job.id), NOW + timedelta(minutes=minute))
    batches = (await ask("GET", f"jobs/{job.id}/batches")).data
    assert [(one["number"], one["cause"]) for one in batches["items"]] == [
        (2, "schedule"),
        (1, "manual"),
    ]
    assert batches["items"][0]["scheduled_at"] == NEXT
    assert batches["items"][0]["runs"]["pending"] == 2
    first = (await ask("GET", f"jobs/{job.id}/firings", limit=2)).data
    assert [one["outcome"] for one in first["items"]] == ["skipped", "skipped"]
    assert first["total"] == 3
    rest = (await ask("GET", f"jobs/{job.id}/firings", cursor=first["next_cursor"])).data
    assert [(one["outcome"], one["batch"], one["at"]) for one in rest["items"]] == [
        ("fired", 2, NEXT)
    ]
    assert (await ask("GET", f"jobs/{job.id}/firings", cursor="nonsense")).status == 422
    assert (await ask("GET", f"jobs/{new_id()}/firings")).status == 404
    assert (await ask("GET", f"jobs/{new_id()}/batches")).status == 404
    detail = (await ask("GET", f"jobs/{job.id}")).data
    assert (detail["batches"], detail["status"]) == (2, "running")


async def test_ended_runs_are_executed_again(ask: Ask, store: SqliteStore) -> None:
    job = recurring(store)
    submit(store, job, "manual", NOW)
    runs = store.pending_runs(9)
    for run in runs:
        assert (await ask("POST", f"runs/{run.id}/retry")).status == 409
        begun = store.save_run(_with(run, RunStatus.RUNNING, attempt=1), {RunStatus.PENDING})
        assert begun is not None
        ended = _with(begun, RunStatus.FAILED, cause=Cause.STEP_FAILED, finished_at=NOW)
        store.save_run(ended, {RunStatus.RUNNING})
    first, second = runs
    answer = await ask("POST", f"runs/{first.id}/resume")
    assert (answer.status, answer.data["retry_requested"]) == (202, True)
    assert store.run(first.id).retry_requested is AttemptKind.RESUME
    batch = f"jobs/{job.id}/batches"
    assert (await ask("POST", f"{batch}/1/retry", {"kind": "first"})).status == 400
    assert (await ask("POST", f"{batch}/2/retry")).status == 404
    assert (await ask("POST", f"{batch}/one/retry")).status == 404
    assert (await ask("POST", f"{batch}/1/retry", {"kind": "retry"})).status == 202
    assert {store.run(run.id).retry_requested for run in runs} == {AttemptKind.RETRY}
    store.note_files(second.id, 5, has_files=False)
    assert (await ask("POST", f"runs/{second.id}/resume")).status == 409
    assert (await ask("POST", f"runs/{new_id()}/retry")).status == 404


def _with(run: Run, status: RunStatus, **values: Any) -> Run:
    return replace(run, status=status, **values)


async def test_runs_are_pinned(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store)
    path = f"runs/{example.run.id}/pin"
    assert (await ask("POST", path)).data["pinned"] is True
    assert (await ask("POST", path, {"pinned": False})).data["pinned"] is False
    assert store.run(example.run.id).pinned is False
    assert (await ask("POST", f"runs/{new_id()}/pin")).status == 404


async def test_jobs_are_duplicated(ask: Ask, root: Path, store: SqliteStore) -> None:
    made = await ask("POST", "jobs", {"pipeline_path": "own/main.orchest", "schedule": MINUTELY})
    job = made.data["id"]
    assert (await ask("POST", f"jobs/{job}/duplicate", {"snapshot": "own"})).status == 409
    copy = await ask("POST", f"jobs/{job}/duplicate")
    assert copy.status == 201
    assert copy.data["id"] != job
    assert copy.data["schedule"]["cron"] == "* * * * *"
    assert copy.data["name"] == f"Duplicate of {made.data['name']}"
    ready = SnapshotState(SnapshotStatus.READY, new_id())
    store.update_job(job, {"snapshot": ready})
    own = await ask("POST", f"jobs/{job}/duplicate", {"snapshot": "own"})
    assert (own.status, own.data["snapshot"]["status"]) == (201, "ready")
    (root / "own" / "main.orchest").unlink()
    assert (await ask("POST", f"jobs/{job}/duplicate")).status == 404
    assert (await ask("POST", f"jobs/{job}/snapshot")).status == 404


async def test_a_new_snapshot_is_taken_once_at_a_time(
    ask: Ask, root: Path, store: SqliteStore
) -> None:
    made = await ask("POST", "jobs", {"pipeline_path": "own/main.orchest", "schedule": MINUTELY})
    job = made.data["id"]
    assert (await ask("POST", f"jobs/{job}/snapshot")).status == 409
    old = SnapshotState(SnapshotStatus.READY, new_id())
    store.update_job(job, {"snapshot": old})
    taken = await ask("POST", f"jobs/{job}/snapshot")
    assert (taken.status, taken.data["snapshot"]["status"]) == (202, "waiting")
    assert store.job(job).snapshot.id == old.id


async def test_runs_of_another_batch_show_the_pipeline_of_theirs(
    ask: Ask, store: SqliteStore
) -> None:
    job = recurring(store)
    submit(store, job, "manual", NOW)
    store.update_job(job.id, {"document": document({"b": {"title": "New step"}})})
    submit(store, store.job(job.id), "manual", NOW)
    found = (await ask("GET", "runs", job=job.id)).data["items"]
    titles = []
    for run in found:
        steps = (await ask("GET", f"runs/{run['id']}")).data["steps"]
        titles.append([step["title"] for step in steps])
    assert titles == [["A"], ["A"], ["New step"], ["New step"]]
