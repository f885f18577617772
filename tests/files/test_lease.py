"""A right that one host at a time has."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.files.hosts import Sharing
from jupyter_orchest_jobs.files.lease import Candidate, Lease, Stand, newest
from tests.files.test_beats import Clock

NAME = "right"
LEASE = 60.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


def candidate(folder: Path, host: str, clock: Clock) -> Candidate:
    return Candidate(folder, NAME, Sharing(host, LEASE), clock)


def taken(folder: Path, host: str, clock: Clock) -> Lease:
    lease = candidate(folder, host, clock).try_take()
    assert lease is not None
    return lease


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_first_one_has_it_and_others_wait(tmp_path: Path, clock: Clock) -> None:
    lease = taken(tmp_path, "a", clock)
    waiting = candidate(tmp_path, "b", clock)
    assert waiting.try_take() is None
    other = waiting.other()
    assert other is not None
    assert (other.host, other.stand, other.number) == ("a", Stand.HELD, 1)
    assert lease.is_ours()
    assert files(tmp_path) == ["right.1"]


def test_who_releases_it_hands_it_over_at_once(tmp_path: Path, clock: Clock) -> None:
    first = taken(tmp_path, "a", clock)
    waiting = candidate(tmp_path, "b", clock)
    first.release()
    second = waiting.try_take()
    assert second is not None
    assert second.is_ours()
    assert not first.is_ours()
    assert files(tmp_path) == ["right.2"]


def test_another_process_of_the_host_is_followed_at_once(tmp_path: Path, clock: Clock) -> None:
    # Its lock is the caller's now: it is dead.
    taken(tmp_path, "a", clock)
    assert taken(tmp_path, "a", clock).term.number == 2


def test_who_is_not_heard_of_loses_it_after_the_lease(tmp_path: Path, clock: Clock) -> None:
    first = taken(tmp_path, "a", clock)
    waiting = candidate(tmp_path, "b", clock)
    assert waiting.try_take() is None
    clock.time += LEASE - 1
    assert waiting.try_take() is None
    clock.time += 1
    second = waiting.try_take()
    assert second is not None
    assert not first.is_ours()
    assert not first.renew()
    assert second.is_ours()


def test_who_renews_it_keeps_it(tmp_path: Path, clock: Clock) -> None:
    lease = taken(tmp_path, "a", clock)
    waiting = candidate(tmp_path, "b", clock)
    for _ in range(30):
        clock.time += 5
        assert lease.renew()
        assert waiting.try_take() is None


def test_who_leaves_still_has_it(tmp_path: Path, clock: Clock) -> None:
    lease = taken(tmp_path, "a", clock)
    waiting = candidate(tmp_path, "b", clock)
    for leaving, stand in ((True, Stand.LEAVING), (False, Stand.HELD)):
        lease.say_leaving(leaving)
        assert waiting.try_take() is None
        other = waiting.other()
        assert other is not None
        assert other.stand is stand


@pytest.mark.parametrize("act", ["say", "release", "renew"])
def test_who_was_followed_brings_nothing_back(tmp_path: Path, clock: Clock, act: str) -> None:
    first = taken(tmp_path, "a", clock)
    first.release()
    taken(tmp_path, "b", clock).release()
    taken(tmp_path, "c", clock)
    if act == "say":
        with pytest.raises(FileNotFoundError):
            first.say_leaving(False)
    elif act == "release":
        first.release()
    else:
        assert not first.renew()
    assert files(tmp_path) == ["right.3"]


def test_holder_whose_follower_died_before_it_removed_anything_has_lost(
    tmp_path: Path, clock: Clock
) -> None:
    first = taken(tmp_path, "a", clock)
    (tmp_path / "right.2").touch()
    assert not first.is_ours()
    # And nobody gets it before that one could have been heard of.
    waiting = candidate(tmp_path, "b", clock)
    assert waiting.try_take() is None
    clock.time += LEASE
    assert waiting.try_take() is not None
    assert files(tmp_path) == ["right.3"]


def test_number_that_comes_again_is_given_back(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = taken(tmp_path, "a", clock)
    holder.release()
    holder = taken(tmp_path, "b", clock)
    old = candidate(tmp_path, "c", clock)
    # What a client of a file server remembers of the folder: nothing, as long as it makes nothing.
    real, lists = os.listdir, [[], []]
    monkeypatch.setattr(os, "listdir", lambda path: lists.pop() if lists else real(path))
    assert old.try_take() is None
    assert holder.is_ours()
    assert files(tmp_path) == ["right.2"]


def test_other_files_are_no_terms(tmp_path: Path, clock: Clock) -> None:
    for name in ("right", "right.x", "right.1.txt", "wrong.7", ".right.4"):
        (tmp_path / name).touch()
    assert newest(tmp_path, NAME) is None
    assert taken(tmp_path, "a", clock).term.number == 1
    assert json.loads((tmp_path / "right.1").read_text())["host"] == "a"


def race(folder: Path, host: str, rounds: int, barrier: Any, won: Any) -> None:
    clock = Clock()
    for number in range(rounds):
        waiting = candidate(folder / str(number), host, clock)
        waiting.other()
        clock.time += LEASE  # the one of before was not heard of
        barrier.wait()
        lease = waiting.try_take()
        barrier.wait()
        if lease is not None and lease.is_ours():
            won.put((number, lease.term.number))
        barrier.wait()


def winners(folder: Path, processes: int, rounds: int) -> Counter[int]:
    """How many of some hosts believe that they have the right, in each round."""
    clock = Clock()
    for number in range(rounds):
        (folder / str(number)).mkdir()
        taken(folder / str(number), "before", clock)
    context = multiprocessing.get_context("spawn")
    barrier, won = context.Barrier(processes), context.Queue()
    racing = [
        context.Process(target=race, args=(folder, f"host-{index}", rounds, barrier, won))
        for index in range(processes)
    ]
    for process in racing:
        process.start()
    found = [won.get(timeout=100) for _ in range(rounds)]
    for process in racing:
        process.join()
    assert won.empty()
    assert {term for _, term in found} == {2}
    assert all(files(folder / str(number)) == ["right.2"] for number in range(rounds))
    return Counter(number for number, _ in found)


def test_of_many_hosts_one_takes_over(tmp_path: Path) -> None:
    assert winners(tmp_path, 8, 200) == Counter(range(200))


@pytest.mark.soak
def test_of_many_hosts_one_takes_over_each_time(tmp_path: Path) -> None:
    assert winners(tmp_path, 8, 2000) == Counter(range(2000))


HOLDER = """
import sys, time
from pathlib import Path
from jupyter_orchest_jobs.files.hosts import Sharing
from jupyter_orchest_jobs.files.lease import Candidate
lease = Candidate(Path(sys.argv[1]), "right", Sharing("a", 2.0)).try_take()
lease.keep()
ledger = open(sys.argv[2], "a", buffering=1)
while lease.is_ours():
    print(time.monotonic_ns(), file=ledger)
    time.sleep(0.001)
"""


def test_holder_that_was_stopped_does_nothing_more(tmp_path: Path) -> None:
    folder, ledger = tmp_path / "shared", tmp_path / "ledger"
    folder.mkdir()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, folder, ledger])
    try:
        while not (ledger.exists() and ledger.stat().st_size > 1000):
            time.sleep(0.01)
        waiting = Candidate(folder, NAME, Sharing("b", 2.0))
        os.kill(holder.pid, signal.SIGSTOP)
        while waiting.try_take() is None:
            time.sleep(0.05)
        written = ledger.stat().st_size
        os.kill(holder.pid, signal.SIGCONT)
        assert holder.wait(60) == 0
        # It may have asked just before it was stopped.
        assert ledger.read_bytes()[written:].count(b"\n") <= 1
    finally:
        holder.kill()
        holder.wait()
