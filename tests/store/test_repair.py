"""Damaged files: what the conductor does about them, and what others see of it."""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.errors import StoreOutdated, StoreUnavailable
from jupyter_orchest_jobs.store import repair
from jupyter_orchest_jobs.store.backups import back_up, damage
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import stored_job, stored_runs

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def fill(path: Path) -> Job:
    """A file of some pages with a job and its runs; closed."""
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
        stored_runs(store, job, *[{"message": "x" * 500}] * 100)
        return store.job(job.id)


def wreck(path: Path) -> bytes:
    """Overwrite the middle of a file."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 4)
        file.write(b"\xa5" * (path.stat().st_size // 2))
    return path.read_bytes()


def aside(path: Path) -> list[Path]:
    """What was moved aside, but for the stories about it."""
    found = path.parent.glob(f"{path.name}.corrupt-*")
    return sorted(file for file in found if file.suffix != ".txt")


def story(path: Path) -> Path:
    (found,) = path.parent.glob(f"{path.name}.corrupt-*.txt")
    return found


def test_a_damaged_file_is_moved_aside_and_a_backup_takes_its_place(path: Path) -> None:
    job = fill(path)
    back_up(path, NOON)
    with closing(SqliteStore(path)) as store:
        later = stored_job(store)
    before = wreck(path)
    with closing(SqliteStore(path, migrate=True)) as store:
        assert [found.id for found in store.jobs(JobQuery()).items] == [job.id]
        assert store.runs(RunQuery()).total == 100
        assert stored_job(store).number == later.number
        assert store.notice is not None
        (kept,) = aside(path)
        for words in ("replaced", "backup of 2024-02-29 12:00 UTC", str(kept), f"{kept}.txt"):
            assert words in store.notice
        assert store.has_lost_records
    assert kept.read_bytes() == before
    assert kept.stat().st_mode & 0o777 == 0o600


def test_without_a_backup_the_database_begins_anew(path: Path) -> None:
    fill(path)
    before = wreck(path)
    with closing(SqliteStore(path, migrate=True)) as store:
        assert (store.revision(), store.jobs(JobQuery()).total) == (0, 0)
        assert stored_job(store).number == 1
        assert "begins anew" in str(store.notice)
    (kept,) = aside(path)
    assert kept.read_bytes() == before


def test_everybody_is_told_until_the_story_is_deleted(path: Path) -> None:
    fill(path)
    wreck(path)
    SqliteStore(path, migrate=True).close()
    with closing(SqliteStore(path)) as store:
        assert "replaced" in str(store.notice)
        assert store.has_lost_records
    story(path).unlink()
    with closing(SqliteStore(path)) as store:
        assert store.notice is None
        assert not store.has_lost_records
    assert len(aside(path)) == 1


def test_only_who_may_migrate_repairs(path: Path) -> None:
    fill(path)
    path.write_bytes(b"hello" * 5000)
    with pytest.raises(StoreOutdated, match=r"damaged; .* serve"):
        SqliteStore(path)
    assert path.read_bytes() == b"hello" * 5000
    assert aside(path) == []
    SqliteStore(path, migrate=True).close()
    SqliteStore(path).close()


def test_damage_that_shows_later_is_said(path: Path) -> None:
    fill(path)
    with closing(SqliteStore(path)) as store:
        store.revision()
        wreck(path)
        with pytest.raises(StoreOutdated, match="damaged"):
            store.runs(RunQuery(sort="duration"))


def test_whoever_has_the_old_file_open_goes_on_with_the_new_one(path: Path) -> None:
    job = fill(path)
    back_up(path, NOON)
    with closing(SqliteStore(path)) as server:
        assert server.job(job.id) == job
        seen = server.revision()
        wreck(path)
        with closing(SqliteStore(path, migrate=True)) as conductor:
            fresh = stored_job(server)
            assert conductor.job(fresh.id) == fresh
            assert "replaced" in str(server.notice)
            # All that it has seen before counts as changed.
            assert server.revision() > seen
            changed = server.jobs(JobQuery(since=seen)).items
            assert [found.id for found in changed] == [job.id, fresh.id]
            assert len(server.runs(RunQuery(since=seen)).items) == 100


def test_a_file_of_another_program_stays(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE jobs (id)")
    with pytest.raises(StoreUnavailable, match="another program"):
        SqliteStore(path, migrate=True)
    assert aside(path) == []


def test_what_can_not_be_read_now_is_not_damaged(path: Path) -> None:
    fill(path)
    path.rename(path.with_name("moved"))
    path.mkdir()
    with pytest.raises(StoreUnavailable):
        SqliteStore(path, migrate=True)
    assert aside(path) == []


@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_file_comes_back_from_its_backup(path: Path, is_there: bool) -> None:
    job = fill(path)
    back_up(path, NOON)
    path.unlink()
    if is_there:
        path.touch()
    with pytest.raises(StoreOutdated):
        SqliteStore(path)
    with closing(SqliteStore(path, migrate=True)) as store:
        assert store.job(job.id).name == job.name
        assert "the file was lost" in str(store.notice)
    assert aside(path) == []


def test_damaged_backups_are_passed_over(path: Path) -> None:
    job = fill(path)
    back_up(path, NOON)
    for days in (1, 2):
        wreck(back_up(path, NOON + timedelta(days)))
    wreck(path)
    with closing(SqliteStore(path, migrate=True)) as store:
        assert store.job(job.id).name == job.name
        assert "2024-02-29" in str(store.notice)


def test_indexes_are_made_anew_without_loss(path: Path) -> None:
    job = fill(path)
    back_up(path, NOON)
    with closing(SqliteStore(path)) as store:
        later = stored_job(store)
    with closing(sqlite3.connect(path)) as raw, raw:
        # An index that knows only some of the rows.
        raw.execute("PRAGMA writable_schema = ON")
        sql = "SELECT sql FROM sqlite_master WHERE name = 'ix_runs_revision'"
        (whole,) = raw.execute(sql).fetchone()
        raw.execute("DROP INDEX ix_runs_revision")
        raw.execute(f"{whole} WHERE number > 7")
        raw.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'ix_runs_revision'", [whole])
    assert "ix_runs_revision" in str(damage(path))
    with closing(SqliteStore(path, migrate=True)) as store:
        assert (store.job(job.id), store.job(later.id)) == (job, later)
        assert store.notice is None
    assert damage(path) is None
    assert aside(path) == []


def test_the_log_goes_with_the_damaged_file(path: Path) -> None:
    job = fill(path)
    back_up(path, NOON)
    log = path.with_name(f"{path.name}-wal")
    with closing(sqlite3.connect(path)) as busy:
        # Kept open, so that the log stays: as after kill -9.
        busy.execute("UPDATE jobs SET name = 'in the log'")
        busy.commit()
        content = log.read_bytes()
        wreck(path)
        repair.repair(path, "broken", NOON)
    names = [file.name.removeprefix(f"{path.name}.corrupt-20240229-120000") for file in aside(path)]
    assert names == ["", "-shm", "-wal"]
    assert aside(path)[2].read_bytes()[: len(content)] == content
    assert not log.exists()
    with closing(SqliteStore(path)) as store:
        assert store.job(job.id).name == job.name


def test_files_of_the_same_second_have_names_of_their_own(path: Path) -> None:
    fill(path)
    for _ in range(3):
        wreck(path)
        repair.repair(path, "broken", NOON)
        fill(path)
    names = [file.name.removeprefix(f"{path.name}.corrupt-20240229-120000") for file in aside(path)]
    assert names == ["", "-2", "-3"]


def test_without_hard_links_the_damaged_file_is_copied(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    fill(path)
    before = wreck(path)
    SqliteStore(path, migrate=True).close()
    (kept,) = aside(path)
    assert kept.read_bytes() == before
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_repair_that_is_interrupted_can_be_done_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = fill(path)
    back_up(path, NOON)
    wreck(path)

    class Killed(BaseException):
        pass

    def killed(self: Path, target: Path) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            repair.repair(path, "broken", NOON)
    with closing(SqliteStore(path, migrate=True)) as store:
        assert store.job(job.id).name == job.name


def test_the_conductor_starts_whatever_was_destroyed(path: Path) -> None:
    job = fill(path)
    back_up(path, NOON)
    with closing(sqlite3.connect(path)) as busy:
        busy.execute("UPDATE jobs SET message = 'in the log'")
        busy.commit()
        files = {file: file.read_bytes() for file in path.parent.iterdir()}
    chance = random.Random(1)
    repaired = 0
    for _ in range(100):
        for file in path.parent.iterdir():
            file.unlink()
        for file, content in files.items():
            if not file.name.endswith("-shm"):
                file.write_bytes(content)
        victim = path.with_name(path.name + chance.choice(["", "", "-wal"]))
        content = bytearray(victim.read_bytes())
        place = chance.randrange(0, len(content), 512)
        match chance.randrange(4):
            case 0:
                del content[place:]
            case 1:
                content[place : place + 4096] = bytes(4096)
            case 2:
                content[place : place + 512] = chance.randbytes(512)
            case 3:
                content[:100] = chance.randbytes(100)
        victim.write_bytes(content)
        with closing(SqliteStore(path, migrate=True)) as store:
            assert stored_job(store).number == job.number + 1
            repaired += store.has_lost_records
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert repaired > 50
