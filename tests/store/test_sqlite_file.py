"""The file: who may read it, what is refused, and what processes do to each other."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.store import connections
from jupyter_orchest_jobs.store.contract import Settings
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import a_job, stored_job

ROOT = Path(__file__).parents[2]

CREATE = """
import sys
from pathlib import Path
from jupyter_orchest_jobs.store.sqlite import SqliteStore
sys.stdin.readline()
store = SqliteStore(Path(sys.argv[1]))
print(store.add_job(a_job()).number)
"""

WRITE = """
import sys
from pathlib import Path
from jupyter_orchest_jobs.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
job = store.find_job("1")
print("ready", flush=True)
sys.stdin.readline()
for count in range(int(sys.argv[2])):
    # Read, then write: what others did in between must show.
    store.update_job(job.id, {"message": f"{sys.argv[3]} {count}"})
    print(store.add_job(a_job()).number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def python(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """A process that runs the code; ``a_job`` is there."""
    return subprocess.Popen(
        [sys.executable, "-c", f"from tests.records import a_job\n{code}", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> list[int]:
    """Say go, and wait: the numbers that it printed."""
    out, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0
    return [int(number) for number in out.split()]


def started(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_files_are_for_their_owner_whatever_the_umask(path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        with closing(SqliteStore(path)) as store:
            stored_job(store)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes == {f"jobs.sqlite{end}": 0o600 for end in ("", "-wal", "-shm")}


def test_a_file_that_was_open_to_others_is_closed_to_them(path: Path) -> None:
    SqliteStore(path).close()
    path.chmod(0o644)
    SqliteStore(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_names_that_mean_something_in_urls(tmp_path: Path) -> None:
    folder = tmp_path / "100% a?b=c #d é"
    folder.mkdir()
    with closing(SqliteStore(folder / "jobs.sqlite")) as store:
        job = stored_job(store)
    assert sorted(file.name for file in tmp_path.iterdir()) == [folder.name]
    with closing(SqliteStore(folder / "jobs.sqlite")) as store:
        assert store.job(job.id) == job


def test_what_was_written_is_there_for_others_at_once(path: Path) -> None:
    with closing(SqliteStore(path)) as one, closing(SqliteStore(path)) as other:
        job = stored_job(one)
        assert other.job(job.id) == job
        other.change_settings({"max_runs": 2})
        assert (one.settings(), one.revision()) == (Settings(max_runs=2), 2)


def test_processes_that_create_the_file_at_once(path: Path) -> None:
    creators = [python(CREATE, path) for _ in range(3)]
    for process in creators:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert sorted(number for process in creators for number in finish(process)) == [1, 2, 3]


def test_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        stored_job(store)
        writers = [python(WRITE, path, 100, name) for name in "ab"]
        for process in writers:
            started(process)
        for process in writers:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        numbers = [finish(process) for process in writers]
        assert sorted(numbers[0] + numbers[1]) == list(range(2, 202))
        assert store.revision() == 401


def test_a_process_that_is_killed_while_it_writes_breaks_nothing(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        stored_job(store)
    writer = python(WRITE, path, 10**6, "a")
    started(writer)
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    for _ in range(20):
        writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    with writer:
        # Not by `communicate`, which knows nothing of what was read ahead with those lines.
        rest = writer.stdout.read()
    acknowledged = 21 + rest.count("\n")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with closing(SqliteStore(path)) as store:
        kept = store.find_job(str(acknowledged)).number
        # Two writes for each but the first job, and perhaps the next one's first.
        assert store.revision() - (2 * kept - 1) in (0, 1, 2)
        assert stored_job(store).number in (kept + 1, kept + 2)


@pytest.mark.parametrize(
    "content", [b"hello", b"hello" * 5000, b"SQLite format 3\0" + b"\1" * 4096]
)
def test_what_is_no_database_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match=r"jobs\.sqlite"):
        SqliteStore(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE jobs (id)")
    with pytest.raises(StoreUnavailable, match="another program"):
        SqliteStore(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("jobs",)]


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    with closing(SqliteStore(path)) as store:
        assert stored_job(store).number == 1


@pytest.mark.parametrize("place", ["missing/jobs.sqlite", "", "file/jobs.sqlite"])
def test_impossible_places_are_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        SqliteStore(tmp_path / place)


def test_a_read_only_folder_is_refused() -> None:
    # Root is stopped by nothing, so it becomes somebody else once all is imported.
    code = """
import os
import sys
from pathlib import Path
from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.store.sqlite import SqliteStore
SqliteStore(Path(sys.argv[1]) / "old.sqlite").close()
os.chmod(sys.argv[1], 0o555)
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
os.chdir(sys.argv[1])
for name in ("new.sqlite", "old.sqlite"):
    try:
        SqliteStore(Path(name))
    except StoreUnavailable as error:
        print(error)
"""
    with tempfile.TemporaryDirectory() as folder:  # where others can go, unlike `tmp_path`
        done = subprocess.run(
            [sys.executable, "-c", code, folder], cwd=ROOT, capture_output=True, text=True
        )
        Path(folder).chmod(0o700)
    assert done.stderr == ""
    assert done.stdout.count("can't be used") == 2


def test_a_lock_is_waited_for_and_then_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_S", 0.05)
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        job = stored_job(store)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            store.update_job(job.id, {"name": "x"})
        # Readers are not disturbed, and neither is anybody afterwards.
        assert store.job(job.id) == job
        other.execute("ROLLBACK")
        assert store.update_job(job.id, {"name": "x"}) is not None


def test_a_new_file_that_somebody_holds_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable, match="locked"):
            SqliteStore(path)


def test_a_full_disk_is_said_and_survived(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
        with store._database.writing() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        large = a_job(document={"large": "x" * 10**6})
        with pytest.raises(StoreUnavailable, match="full"):
            store.add_job(large)
        assert (store.revision(), store.job(job.id)) == (1, job)
        with store._database.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert json.dumps(store.add_job(large).document) == json.dumps(large.document)


def test_another_store_in_the_process_does_not_cut_off_the_first(path: Path) -> None:
    with closing(SqliteStore(path)) as first:
        stored_job(first)
        # Who closes a file gives up all locks that its process has on it; then the next process
        # takes itself for the last one, and removes the log in which the first goes on writing.
        SqliteStore(path).close()
        other_code = f"{CREATE}store.close()\n"
        numbers = []
        for _ in range(3):
            numbers.append(int(python(other_code, path).communicate("\n")[0]))
            numbers.append(stored_job(first).number)
        assert numbers == [2, 3, 4, 5, 6, 7]
    with closing(SqliteStore(path)) as last:
        assert [job.number for job in last.unfinished_jobs()] == [1, *numbers]
