"""Full, read-only and locked disks: said with the reason, and survived."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.store import connections, place
from jupyter_orchest_jobs.store.backups import back_up, good_backups
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import ENDED, a_job, stored_job, stored_runs
from tests.store.tmpfs import fill_up, remount, small_disk


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk(2048) as folder:
        yield folder


@pytest.fixture(params=["log", "no log"])
def path(disk: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of the file, on the disk; once as on a local one, once as on a network's."""
    if request.param == "no log":
        monkeypatch.setattr(place, "magic_of", lambda folder: 0x6969)
    return disk / "jobs.sqlite"


def assert_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_full_disk_is_said_and_nothing_is_changed(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
        runs = stored_runs(store, job, *[{"status": RunStatus.RUNNING}] * 20)
        before, job = store.revision(), store.job(job.id)
        filler = fill_up(path.parent)
        refused = 0
        for run in runs:
            ended = replace(run, **ENDED, message="x" * 9000)
            try:
                store.save_run(ended, {RunStatus.RUNNING})
            except StoreUnavailable as error:
                assert "the disk is full" in error.message
                refused += 1
        # A log that is there has some room left.
        assert refused >= 15
        assert store.revision() == before + 20 - refused
        with pytest.raises(StoreUnavailable, match="the disk is full"):
            store.add_job(a_job(document={"large": "x" * 100_000}))
        assert [run.id for run in store.running_runs()] == [run.id for run in runs[20 - refused :]]
        filler.unlink()
        for run in runs[20 - refused :]:
            saved = store.save_run(replace(run, **ENDED), {RunStatus.RUNNING})
            assert saved is not None
        assert store.run_counts([job.id])[job.id].succeeded == 20
        assert stored_job(store).number == 2
    assert_whole(path)


def test_a_file_is_opened_again_after_the_disk_was_full(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
    filler = fill_up(path.parent)
    try:
        with closing(SqliteStore(path, migrate=True)) as store, pytest.raises(StoreUnavailable):
            store.add_job(a_job(document={"large": "x" * 100_000}))
    except StoreUnavailable as error:
        assert "the disk is full" in error.message
    with pytest.raises(StoreUnavailable, match="disk is full"):
        SqliteStore(path.with_name("new.sqlite"))
    filler.unlink()
    for name in (path.name, "new.sqlite"):
        with closing(SqliteStore(path.with_name(name), migrate=True)) as store:
            assert store.notice is None or "network" in store.notice
            stored_job(store)
    with closing(SqliteStore(path)) as store:
        assert store.job(job.id) == job
    assert_whole(path)


def test_a_backup_on_a_full_disk_leaves_the_older_ones(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        stored_job(store)
        kept = back_up(path)
        filler = fill_up(path.parent)
        with pytest.raises(StoreUnavailable, match="can't be backed up"):
            back_up(path)
        assert [copy for copy, _ in good_backups(path)] == [kept]
        assert not list(path.parent.glob("*.partial"))
        filler.unlink()
        back_up(path)


def test_a_read_only_disk_is_said_and_nothing_is_changed(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
    remount(path.parent, "ro")
    try:
        for migrate in (True, False):
            with pytest.raises(StoreUnavailable, match=r"read-only"):
                SqliteStore(path, migrate=migrate)
    finally:
        remount(path.parent, "rw")
    with closing(SqliteStore(path, migrate=True)) as store:
        assert store.job(job.id) == job
        assert store.update_job(job.id, {"name": "x"}) is not None
    assert [file for file in path.parent.iterdir() if "corrupt" in file.name] == []


def test_a_disk_that_became_read_only_is_noticed(path: Path) -> None:
    store = SqliteStore(path)
    assert "read-only" not in (store.notice or "")
    store.close()  # else the disk could only fail, not be mounted again
    remount(path.parent, "ro")
    try:
        assert f"{path.parent} is read-only now" in str(store.notice)
    finally:
        remount(path.parent, "rw")


@pytest.mark.parametrize("magic", [0xEF53, 0x6969])
def test_a_lock_is_said_and_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, magic: int
) -> None:
    monkeypatch.setattr(place, "magic_of", lambda folder: magic)
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "jobs.sqlite"
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        (run,) = stored_runs(store, stored_job(store), {"status": RunStatus.RUNNING})
        ended = replace(run, **ENDED)
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="locked"):
                store.save_run(ended, {RunStatus.RUNNING})
        assert store.run(run.id) == run
        other.execute("ROLLBACK")
        if magic == 0x6969:
            # Without a log, who reads keeps others from writing.
            other.execute("BEGIN")
            other.execute("SELECT * FROM jobs").fetchall()
            with pytest.raises(StoreUnavailable, match="locked"):
                store.save_run(ended, {RunStatus.RUNNING})
            other.execute("COMMIT")
            assert store.run(run.id) == run
        saved = store.save_run(ended, {RunStatus.RUNNING})
        assert saved is not None
        assert saved.status is RunStatus.SUCCEEDED
    assert_whole(path)
