"""What a job's snapshot holds and lacks, and what has changed since, over HTTP."""

import os
import shutil
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.job import Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.snapshot.take import take
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import write_project
from tests.records import NOW, stored_job
from tests.servers import Ask

FILES = {
    ".gitignore": "*.bin\n",
    "a.txt": "one",
    "b.txt": "same size",
    "sub/c.txt": "three",
    "model.bin": "left out",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with something that is left out, and a link."""
    folder = tmp_path / "project"
    write_project(folder, FILES)
    (folder / "link").symlink_to(folder / "a.txt")
    return folder


@pytest.fixture
def job(store: SqliteStore, state_dir: Path, project: Path) -> Job:
    """A job with a snapshot of it."""
    info = take(project, StateDir(state_dir).snapshots)
    state = SnapshotState(SnapshotStatus.READY, info.id, info.files, info.bytes, taken_at=NOW)
    return stored_job(store, project=str(project), snapshot=state)


async def test_a_snapshot_says_what_it_holds_and_lacks(ask: Ask, job: Job) -> None:
    found = (await ask("GET", f"jobs/{job.id}/snapshot")).data
    assert (found["id"], found["files"], found["left_out_total"]) == (job.snapshot.id, 5, 1)
    assert found["taken_at"].startswith("2024-02-29T12:00:00")
    assert found["left_out"] == [{"path": "model.bin", "reason": ".gitignore line 1: *.bin"}]


async def test_a_job_without_a_snapshot_says_so(ask: Ask, store: SqliteStore) -> None:
    waiting = stored_job(store)
    lost = stored_job(store, snapshot=SnapshotState(SnapshotStatus.READY, "gone"))
    for tail in ("snapshot", "snapshot/changes"):
        assert (await ask("GET", f"jobs/{waiting.id}/{tail}")).status == 409
        assert (await ask("GET", f"jobs/{lost.id}/{tail}")).status == 404
        assert (await ask("GET", f"jobs/nobody/{tail}")).status == 404


async def test_nothing_has_changed_at_first(ask: Ask, job: Job, project: Path) -> None:
    # What is left out may come and go; and another time is no other content.
    write_project(project, {"other.bin": "x", "__pycache__/x.pyc": ""})
    os.utime(project / "a.txt", (1, 1))
    (project / "empty").mkdir()
    found = (await ask("GET", f"jobs/{job.id}/snapshot/changes")).data
    assert found == {"changed": False, "total": 0, "items": [], "message": None}


async def test_what_has_changed_is_told(ask: Ask, job: Job, project: Path) -> None:
    status = (project / "b.txt").stat()
    write_project(project, {"a.txt": "longer", "b.txt": "SAME SIZE", "new/d.txt": ""})
    # As some tools do that unpack or restore files: even its time is as before.
    os.utime(project / "b.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    shutil.rmtree(project / "sub")
    (project / "link").unlink()
    (project / "link").symlink_to("b.txt")
    found = (await ask("GET", f"jobs/{job.id}/snapshot/changes")).data
    assert {item["path"]: item["change"] for item in found["items"]} == {
        "a.txt": "changed",
        "b.txt": "changed",
        "link": "changed",
        "new/d.txt": "added",
        "sub/c.txt": "deleted",
    }
    assert (found["changed"], found["total"], found["message"]) == (True, 5, None)


async def test_a_hundred_changes_are_listed(ask: Ask, job: Job, project: Path) -> None:
    write_project(project, {f"new/{at:03}.txt": "" for at in range(150)})
    found = (await ask("GET", f"jobs/{job.id}/snapshot/changes")).data
    assert found["total"] == 150
    assert [item["path"] for item in found["items"]] == [f"new/{at:03}.txt" for at in range(100)]


async def test_a_project_that_is_gone_can_not_be_compared(
    ask: Ask, job: Job, project: Path
) -> None:
    shutil.rmtree(project)
    found = (await ask("GET", f"jobs/{job.id}/snapshot/changes")).data
    assert (found["changed"], found["items"]) == (False, [])
    assert found["message"] == f"The project {project} is gone."
