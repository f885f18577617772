"""The parts of a cluster's executor that need no cluster."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine import away
from jupyter_orchest_jobs.engine.dask import versions
from jupyter_orchest_jobs.engine.dask.errand import Ended
from jupyter_orchest_jobs.engine.dask.feed import Broken, Feed
from jupyter_orchest_jobs.engine.dask.place import Place
from jupyter_orchest_jobs.engine.dask.store import Store
from jupyter_orchest_jobs.engine.dask.tails import JOURNAL, Tails
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.files.pack import pack
from tests.engine.harness import until

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "cache", "worker", warm=False)
    yield place
    place.close()


@pytest.fixture
def folder(tmp_path: Path) -> AttemptFolder:
    folder = AttemptFolder(tmp_path / "runs" / "run" / "attempts" / "1")
    folder.step("a").mkdir(parents=True)
    return folder


def test_feed_gives_what_was_put_and_waits_for_its_reader() -> None:
    feed = Feed()
    pieces = [bytes([number]) * 1000 for number in range(20)]

    def put() -> None:
        for piece in pieces:
            feed.put(piece)
        feed.end()

    thread = threading.Thread(target=put)
    thread.start()
    found = [feed.read(1), feed.read(2500)]
    assert thread.is_alive()
    found.append(feed.read())
    thread.join()
    assert [len(part) for part in found[:2]] == [1, 2500]
    assert b"".join(found) == b"".join(pieces)
    assert feed.read(5) == b""


def test_feed_that_broke_off_is_no_end() -> None:
    feed = Feed()
    feed.put(b"half")
    feed.abort()
    with pytest.raises(Broken):
        feed.read()
    with pytest.raises(Broken):
        feed.put(b"more")


def test_tails_hold_back_the_end_of_a_journal(folder: AttemptFolder) -> None:
    tails = Tails(folder, ["a"])
    assert tails.read() == []
    sequencer = journal.Sequencer()
    first = journal.to_line(sequencer.stamp(journal.AttemptStarted, NOW, nonce="n", pid=1))
    last = journal.to_line(
        sequencer.stamp(
            journal.AttemptFinished, NOW, status=RunStatus.SUCCEEDED, cause=None, message=None
        )
    )
    folder.journal.write_bytes(first + last[:10])
    assert tails.read() == [(JOURNAL, 0, first)]
    folder.journal.write_bytes(first + last)
    assert tails.read() == []
    tails.go_on_from({})
    assert tails.read() == [(JOURNAL, 0, first)]


def test_tails_begin_again_with_the_log_of_another_try(folder: AttemptFolder) -> None:
    tails = Tails(folder, ["a"])
    log = folder.step("a") / "log.txt"
    log.write_bytes(b"one")
    assert tails.read() == [("steps/a/log.txt", 0, b"one")]
    with log.open("ab") as file:
        file.write(b" two")
    assert tails.read() == [("steps/a/log.txt", 3, b" two")]
    log.rename(folder.step("a") / "try-1.log.txt")
    log.write_bytes(b"of the second try")
    assert tails.read() == [("steps/a/log.txt", 0, b"of the second try")]


def test_place_fetches_a_snapshot_once_whoever_wants_it(place: Place, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "file").write_text("content")
    fetched = []

    def fetch(write) -> None:  # type: ignore[no-untyped-def]
        fetched.append(1)
        feed = Feed()
        feed.put(b"".join(pack({"project": tmp_path / "project"}))[:700])
        feed.abort()
        with pytest.raises(Broken):
            write(feed)
        whole = Feed()
        whole.put(b"".join(pack({"project": tmp_path / "project"})))
        whole.end()
        write(whole)

    def use() -> None:
        with place.snapshot("digest", fetch, lambda: None) as found:
            assert (found / "project" / "file").read_text() == "content"

    users = [threading.Thread(target=use) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert fetched == [1]
    assert [path.name for path in place.snapshots.iterdir() if path.is_dir()] == ["digest"]


def test_place_keeps_nothing_of_a_snapshot_that_did_not_come(place: Place) -> None:
    def fetch(write) -> None:  # type: ignore[no-untyped-def]
        raise Ended

    with pytest.raises(Ended), place.snapshot("digest", fetch, lambda: None):
        pass
    assert not [path for path in place.snapshots.iterdir() if path.is_dir()]


def test_store_has_files_only_when_they_are_complete(tmp_path: Path) -> None:
    store = Store(f"file://{tmp_path}/store")

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        store.put("results/one.tar", broken())
    assert not store.has("results/one.tar")
    assert list((tmp_path / "store" / "results").iterdir()) == []
    store.put("results/one.tar", [b"all ", b"of it"])
    with store.open("results/one.tar") as file:
        assert file.read() == b"all of it"
    store.remove("results/one.tar")
    store.remove("results/one.tar")
    assert not store.has("results/one.tar")


def test_runner_ends_with_whoever_holds_its_leash(tmp_path: Path, folder: AttemptFolder) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from jupyter_orchest_jobs.engine import leash\n"
        "from jupyter_orchest_jobs.engine.folder import AttemptFolder\n"
    )
    hold = program + "held = leash.hold(Path(sys.argv[1])); print(flush=True); time.sleep(60)"
    lock = tmp_path / "leash.lock"
    holder = subprocess.Popen([sys.executable, "-c", hold, lock], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    put = program + (
        "folder = AttemptFolder(Path(sys.argv[2])); leash.put_on(folder, Path(sys.argv[1]))\n"
        "leash.heed(folder); print(flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", put, lock, folder.path]
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert runner.stdout is not None
    runner.stdout.readline()
    assert runner.poll() is None
    holder.kill()
    holder.communicate()
    _, said = runner.communicate(timeout=30)
    assert runner.returncode == 1
    assert b"is gone" in said


def test_what_is_known_of_an_attempt_away_survives(folder: AttemptFolder) -> None:
    assert away.read(folder) is None
    assert away.has_files(folder)
    noted = away.Away("tcp://127.0.0.1:8786", "Scheduler-1", "key")
    away.write(folder, noted)
    assert away.read(folder) == noted
    assert not away.has_files(folder)
    folder.away.write_text(json.dumps({"v": 1}))
    assert away.read(folder) is None


def test_versions_name_what_differs() -> None:
    here = versions.installed()
    assert versions.differences(here) == []
    other = {**here, "numpy": "0.0", "nothing-like-it": "1.0"}
    assert versions.differences(other) == [
        "no nothing-like-it (1.0)",
        f"numpy {here['numpy']} (not 0.0)",
    ]
    many = {**here, **{f"package-{number}": "1" for number in range(30)}}
    assert versions.differences(many)[-1] == "20 more"


def test_waiting_for_a_stream_ends_with_the_feed() -> None:
    feed, found = Feed(), list[str]()

    def read() -> None:
        try:
            feed.read()
        except Broken:
            found.append("broken")

    reader = threading.Thread(target=read)
    reader.start()
    feed.abort()
    until(lambda: found, "the end of the stream")
    reader.join()
