"""Lists: pages, what changed since, filters and order; and the requests that make no sense."""

from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs._version import __version__
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.store.contract import Settings
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run, cache_page
from tests.fakes import FakeOverlays
from tests.records import stored_job, stored_runs
from tests.servers import BASE, NAMESPACE, Ask


async def _pages(ask: Ask, path: str, **query: Any) -> list[dict[str, Any]]:
    pages = [(await ask("GET", path, **query)).data]
    while pages[-1]["next_cursor"] is not None:
        pages.append((await ask("GET", path, cursor=pages[-1]["next_cursor"], **query)).data)
        assert len(pages) < 100
    return pages


async def test_jobs_come_in_pages_newest_first(ask: Ask, store: SqliteStore) -> None:
    for _ in range(5):
        stored_job(store)
    pages = await _pages(ask, "jobs", limit=2)
    assert [[job["number"] for job in page["items"]] for page in pages] == [[5, 4], [3, 2], [1]]
    assert {page["total"] for page in pages} == {5}
    assert {page["revision"] for page in pages} == {store.revision()}


async def test_what_changed_since_comes_with_what_was_deleted(ask: Ask, store: SqliteStore) -> None:
    old, changed, gone = (stored_job(store) for _ in range(3))
    revision = (await ask("GET", "jobs")).data["revision"]
    store.update_job(changed.id, {"name": "new name"})
    store.delete_job(gone.id, {JobStatus.DRAFT})
    answer = (await ask("GET", "jobs", since=revision)).data
    assert [job["name"] for job in answer["items"]] == ["new name"]
    assert answer["deleted"] == [gone.id]
    assert answer["revision"] > revision
    later = (await ask("GET", "jobs", since=answer["revision"])).data
    assert (later["items"], later["deleted"]) == ([], [])
    assert old.id not in str(answer)


async def test_runs_are_filtered_and_sorted(ask: Ask, store: SqliteStore) -> None:
    job, other = stored_job(store), stored_job(store)
    states = [RunStatus.FAILED, RunStatus.SUCCEEDED, RunStatus.FAILED]
    stored_runs(store, job, *({"status": status} for status in states))
    stored_runs(store, other, {})
    mine = await _pages(ask, "runs", job=job.id, sort="-number", limit=2)
    assert [[run["number"] for run in page["items"]] for page in mine] == [[3, 2], [1]]
    failed = (await ask("GET", "runs", job=job.id, status="failed")).data
    assert [run["number"] for run in failed["items"]] == [1, 3]
    assert (await ask("GET", "runs")).data["total"] == 4
    assert (await ask("GET", "runs", job="none")).data["items"] == []
    counts = (await ask("GET", f"jobs/{job.id}")).data["runs"]
    assert (counts["total"], counts["failed"], counts["succeeded"]) == (3, 2, 1)


NONSENSE: list[tuple[dict[str, Any], int]] = [
    ({"limit": 0}, 400),
    ({"limit": 501}, 400),
    ({"limit": "ten"}, 400),
    ({"since": -1}, 400),
    ({"since": ""}, 400),
    ({"status": "done"}, 400),
    ({"status": "'; DROP TABLE jobs; --"}, 400),
    ({"cursor": "nonsense"}, 422),
    ({"cursor": "ü\0"}, 422),
    ({"cursor": "e30"}, 422),
]


async def test_questions_that_make_no_sense_are_refused(ask: Ask, store: SqliteStore) -> None:
    stored_job(store)
    for path in ("jobs", "runs"):
        for query, status in NONSENSE:
            answer = await ask("GET", path, **query)
            assert answer.status == status, (path, query)
            assert answer.data["message"]


async def test_runs_are_sorted_by_known_keys_only(ask: Ask, store: SqliteStore) -> None:
    for key in ("name", "id; DROP TABLE runs", "(SELECT 1)", "", "--number"):
        answer = await ask("GET", "runs", sort=key)
        assert (answer.status, answer.data["code"]) == (422, "invalid"), key


async def test_limits_are_changed_one_by_one(ask: Ask, store: SqliteStore) -> None:
    before = (await ask("GET", "settings")).data
    after = (await ask("PATCH", "settings", {"max_runs": 9})).data
    assert after == {**before, "max_runs": 9}
    assert (await ask("GET", "settings")).data == after
    assert (await ask("PATCH", "settings", {})).data == after
    for bad in ({"max_runs": 0}, {"max_runs": 1025}, {"max_runs": "x"}, {"max_run": 1}):
        assert (await ask("PATCH", "settings", bad)).status == 400
    assert store.settings().max_runs == 9
    after = (await ask("PATCH", "settings", {"warm_processes": False})).data
    assert (before["warm_processes"], after["warm_processes"]) == (True, False)
    assert (await ask("GET", "settings")).data == after
    names = {"an-orchest-environment": "python3"}
    after = (await ask("PATCH", "settings", {"kernel_names": names})).data
    assert (before["kernel_names"], after["kernel_names"]) == ({}, names)
    gone = await ask("PATCH", "settings", {"kernel_names": {**names, "python": "gone"}})
    assert (gone.status, "“gone”, which is not installed" in gone.data["message"]) == (422, True)
    # What was set before and uninstalled since is in nobody's way.
    store.change_settings({"kernel_names": {"python": "gone"}})
    both = {**names, "python": "gone"}
    after = (await ask("PATCH", "settings", {"kernel_names": both})).data
    assert after["kernel_names"] == both


async def test_overlays_are_refused_where_the_system_can_not_make_them(
    ask: Ask, store: SqliteStore, overlays: FakeOverlays, state_dir: Path, tmp_path: Path
) -> None:
    assert not (await ask("GET", "settings")).data["overlays"]
    overlays.why = "Namespaces are not allowed here (Operation not permitted)"
    wanted = {"overlays": True, "max_runs": 9, "data_dir": str(tmp_path / "disk")}
    refused = await ask("PATCH", "settings", wanted)
    assert (refused.status, refused.data["code"]) == (422, "invalid")
    assert refused.data["message"] == (
        "The setting “overlays” can't be turned on, and working copies stay copies: no overlay "
        f"can be made in {state_dir}. Namespaces are not allowed here (Operation not permitted)."
    )
    assert (store.settings(), is_missing(tmp_path / "disk")) == (Settings(), True)
    # Whoever doesn't want them need not be able to have them.
    assert (await ask("PATCH", "settings", {"overlays": False})).status == 200
    assert overlays.asked == [state_dir]
    overlays.why = None
    after = (await ask("PATCH", "settings", {"overlays": True})).data
    assert after["overlays"]
    assert (await ask("GET", "settings")).data == after
    assert store.settings() == Settings(overlays=1)
    assert not (await ask("PATCH", "settings", {"overlays": False})).data["overlays"]


async def test_values_of_another_type_are_not_taken_for_something_else(ask: Ask) -> None:
    for wrong in (
        {"max_runs": True},
        {"max_runs": "3"},
        {"warm_processes": 1},
        {"data_dir": 7},
        {"overlays": 1},
    ):
        refused = await ask("PATCH", "settings", wrong)
        assert (refused.status, refused.data["code"]) == (400, "malformed"), wrong
    rules = '[{"scope": "pipeline_parameters", "name": 1, "value": 2}]'
    assert (await ask("GET", "runs", job="1", where=rules)).status == 400


async def test_the_shared_data_are_moved_elsewhere(
    ask: Ask, store: SqliteStore, state_dir: Path, tmp_path: Path
) -> None:
    own, disk = str(state_dir / "data"), tmp_path / "disk"
    assert (await ask("GET", "settings")).data["data_dir"] == own
    assert (await ask("PATCH", "settings", {"data_dir": str(disk)})).data["data_dir"] == str(disk)
    (state_dir / "data" / "file").touch()
    assert (disk / "file").exists()
    inside = f"{tmp_path}/disk/../{state_dir.name}/runs"
    nowhere = str(tmp_path / "a" / "b")
    for bad in ("disk", str(state_dir / "runs"), inside, nowhere, "/\0", "~nobody\n/a"):
        refused = await ask("PATCH", "settings", {"data_dir": bad, "max_runs": 7})
        assert (refused.status, refused.data["code"]) == (422, "invalid"), bad
    assert store.settings().max_runs is None
    assert (await ask("GET", "settings")).data["data_dir"] == str(disk)
    assert (await ask("PATCH", "settings", {"data_dir": ""})).data["data_dir"] == own
    (state_dir / "data").mkdir()
    (state_dir / "data" / "mine").touch()
    hidden = await ask("PATCH", "settings", {"data_dir": str(disk)})
    assert (hidden.status, "Move them" in hidden.data["message"]) == (422, True)
    (state_dir / "data" / "mine").unlink()
    assert (await ask("PATCH", "settings", {"data_dir": str(disk)})).data["data_dir"] == str(disk)


async def test_the_server_says_what_it_is(
    ask: Ask, store: SqliteStore, state_dir: Path, jp_root_dir: Path
) -> None:
    stored_job(store)
    assert (await ask("GET", "server")).data == {
        "version": __version__,
        "state_dir": str(state_dir),
        "conductor_running": False,
        "notice": None,
        "root_dir": str(jp_root_dir),
        "revision": store.revision(),
    }


def is_missing(path: Path) -> bool:
    return not path.exists()


async def test_looking_creates_nothing(ask: Ask, state_dir: Path) -> None:
    for path in ("jobs", "runs"):
        assert (await ask("GET", path, since=3)).data["items"] == []
        assert (await ask("GET", path)).data["total"] == 0
    for path in ("jobs/1", "runs/1", "runs/1/pipeline", "runs/1/steps/2/log"):
        assert (await ask("GET", path)).status == 404
    assert (await ask("GET", "server")).data["revision"] == 0
    assert (await ask("GET", "settings")).status == 200
    assert is_missing(state_dir)


async def test_no_get_changes_anything(ask: Ask, store: SqliteStore, state_dir: Path) -> None:
    example = a_finished_run(store)
    cache_page(example, state_dir)
    revision = store.revision()
    before = sorted(path for path in example.folder.parent.rglob("*"))
    for path in ("jobs", "runs", f"jobs/{example.job.id}", f"runs/{example.run.id}", "server"):
        assert (await ask("GET", path)).status == 200
    for tail in ("log", "log.txt", "html", "notebook.ipynb"):
        assert (await ask("GET", example.at(tail))).status == 200
    assert store.revision() == revision
    assert sorted(path for path in example.folder.parent.rglob("*")) == before


async def test_verbs_that_a_path_does_not_have_are_refused(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store)
    for method, path in (
        ("PUT", "jobs"),
        ("DELETE", "jobs"),
        ("PATCH", "jobs"),
        ("POST", "server"),
        ("DELETE", "settings"),
        ("GET", f"jobs/{example.job.id}/start"),
        ("GET", f"jobs/{example.job.id}/cancel"),
        ("POST", f"runs/{example.run.id}"),
        ("POST", example.at("log")),
        ("POST", example.at("log.txt")),
        ("DELETE", example.at("html")),
        ("HEAD", "jobs"),
        ("HEAD", example.at("html")),
        ("TRACE", "jobs"),
    ):
        assert (await ask(method, path)).status == 405, (method, path)
    assert store.job(example.job.id).status is JobStatus.SUCCEEDED


async def test_browsers_may_ask_for_options(ask: Ask, store: SqliteStore) -> None:
    example = a_finished_run(store)
    for path in ("jobs", f"jobs/{example.job.id}/cancel", example.at("log")):
        answer = await ask("OPTIONS", path)
        assert (answer.status, answer.body) == (200, b"")


async def test_paths_that_nobody_has_are_not_found(ask: Ask, fetch: Ask) -> None:
    for path in ("job", "jobs/1/2/3", "log", "runs/1/steps/2/logxtxt", "runs/1//log"):
        assert (await ask("GET", path)).status == 404
    assert (await fetch("GET", f"/{NAMESPACE}/jobs")).status == 404  # without the base URL
    assert (await fetch("GET", f"{BASE}{NAMESPACE}/jobs")).status == 200


@pytest.fixture
def damaged(state_dir: Path) -> None:
    state_dir.mkdir()
    (state_dir / "orchest-jobs.sqlite").write_text("no database, but a text of some length " * 99)


@pytest.mark.usefixtures("damaged")
async def test_a_database_that_cannot_be_used_is_told(ask: Ask) -> None:
    answer = await ask("GET", "jobs")
    assert (answer.status, answer.data["code"]) == (503, "store_unavailable")


async def test_neighbours_of_a_run_are_told(ask: Ask, store: SqliteStore) -> None:
    job = stored_job(store)
    first, second = stored_runs(store, job, {}, {})
    answer = await ask("GET", f"runs/{first.id}/neighbours")
    assert (answer.status, answer.data) == (200, {"previous": None, "next": second.id})
    answer = await ask("GET", f"runs/{second.id}/neighbours")
    assert answer.data == {"previous": first.id, "next": None}
    assert (await ask("GET", "runs/none/neighbours")).status == 404
