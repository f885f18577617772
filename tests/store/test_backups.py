"""Backups: whole, private, three of them; and none of what is damaged."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.store import backups
from jupyter_orchest_jobs.store.backups import back_up, good_backups, has_backups, is_due
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import a_job, stored_job

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def names(path: Path) -> list[str]:
    """What is beside a database, but for what SQLite needs."""
    found = {file.name for file in path.parent.iterdir()}
    return sorted(found - {path.name + end for end in ("", "-wal", "-shm")})


def test_a_backup_is_whole_by_itself(store: SqliteStore, path: Path) -> None:
    job = stored_job(store)
    old = os.umask(0)
    try:
        backup = back_up(path, NOON)
    finally:
        os.umask(old)
    assert backup == path.with_name("jobs.sqlite.backup-20240229-120000")
    assert names(path) == [backup.name]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    moved = path.with_name("elsewhere.sqlite")
    backup.rename(moved)
    with closing(SqliteStore(moved)) as copy:
        assert copy.job(job.id) == job


def test_a_backup_is_made_while_others_write(store: SqliteStore, path: Path) -> None:
    job = stored_job(store)
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE jobs SET name = 'half'")
        backup = back_up(path, NOON)
    with closing(SqliteStore(backup)) as copy:
        assert copy.job(job.id) == job


def test_the_newest_three_backups_stay(store: SqliteStore, path: Path) -> None:
    for days in range(5):
        stored_job(store)
        back_up(path, NOON + days * DAY)
    expected = [f"jobs.sqlite.backup-202403{day}-120000" for day in ("02", "03", "04")]
    assert names(path) == expected
    found = list(good_backups(path))
    assert [copy.name for copy, _ in found] == expected[::-1]
    assert [made for _, made in found] == [NOON + days * DAY for days in (4, 3, 2)]


def test_a_new_backup_stays_when_the_clock_went_back(store: SqliteStore, path: Path) -> None:
    for days in (1, 2, 3, 0):
        newest = back_up(path, NOON + days * DAY)
    assert newest.exists()
    assert len(names(path)) == 3


def test_other_files_are_no_backups(store: SqliteStore, path: Path) -> None:
    ends = ("backup-0001", "backup-99999999-999999", "backup-20240229-120000.old", "backup-x")
    others = sorted(f"jobs.sqlite.{end}" for end in ends)
    for name in (*others, "xjobs.sqlite.backup-20240229-120000"):
        path.with_name(name).touch()
    assert not has_backups(path)
    assert is_due(path, NOON)
    for days in range(4):
        back_up(path, NOON + days * DAY)
    assert set(others) <= set(names(path))


def test_a_backup_is_due_once_a_day(store: SqliteStore, path: Path) -> None:
    assert is_due(path, NOON)
    back_up(path, NOON)
    second = timedelta(seconds=1)
    assert [is_due(path, NOON + after) for after in (0 * DAY, DAY - second, DAY)] == [
        False,
        False,
        True,
    ]
    # A clock that was wrong when the backup was made puts off none for ever.
    assert is_due(path, NOON - second)


def test_the_store_backs_itself_up_once_a_day(store: SqliteStore, path: Path) -> None:
    for hours in (0, 1, 23, 24, 47, 48):
        store.back_up(NOON + timedelta(hours=hours))
    made = [f"jobs.sqlite.backup-{day}-120000" for day in ("20240229", "20240301", "20240302")]
    assert names(path) == made


def test_a_damaged_database_pushes_no_good_backup_out(store: SqliteStore, path: Path) -> None:
    for _ in range(50):
        store.add_job(a_job(document={"large": "x" * 5000}))
    store.close()
    kept = [back_up(path, NOON + days * DAY).name for days in range(3)]
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 20_000)
    with pytest.raises(StoreUnavailable, match="damaged"):
        back_up(path, NOON + 3 * DAY)
    assert names(path) == kept


def test_a_backup_that_fails_leaves_nothing(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backups, "_copy", full)
    with pytest.raises(StoreUnavailable, match="full"):
        back_up(path, NOON)
    assert names(path) == []


def test_damaged_and_empty_backups_are_not_good(store: SqliteStore, path: Path) -> None:
    copies = [back_up(path, NOON + days * DAY) for days in range(3)]
    copies[1].write_bytes(b"no database at all" * 1000)
    copies[2].write_bytes(b"")
    assert [copy for copy, _ in good_backups(path)] == copies[:1]
