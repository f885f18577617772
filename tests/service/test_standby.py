"""Conductors of several hosts on one state directory: turns, leaving, and who waits."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.job import SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.files.lease import Candidate, Lease, Stand, newest
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service.attach import attach, is_conducting
from jupyter_orchest_jobs.service.conductor import Conductor, TurnLost
from jupyter_orchest_jobs.service.dispatch import Dispatch
from jupyter_orchest_jobs.service.standby import LEASE, wait_for_turn
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.fakes import FakeExecutor, Inline, MemoryStore
from tests.records import a_job
from tests.service.world import Clock

FIRST, SECOND = "first-host", "second-host"
SETTLED = SnapshotState(status=SnapshotStatus.READY)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def state_of(tmp_path: Path, host: str) -> StateDir:
    state = StateDir(tmp_path / "state", shared_by_hosts=True, host=host)
    state.create()
    return state


@pytest.fixture
def first(tmp_path: Path) -> StateDir:
    return state_of(tmp_path, FIRST)


@pytest.fixture
def second(tmp_path: Path) -> StateDir:
    return state_of(tmp_path, SECOND)


def lease_of(state: StateDir, clock: Clock) -> Lease:
    assert state.sharing is not None
    lease = Candidate(state.hosts, LEASE, state.sharing, clock.elapsed).try_take()
    assert lease is not None
    return lease


class Waiting:
    """One that waits for its turn: at each pause, the next thing happens."""

    def __init__(self, state: StateDir, clock: Clock, *events: Callable[[], object]) -> None:
        self._state = state
        self._clock = clock
        self._events = list(events)
        self.pauses = 0

    def result(
        self, *, stay: bool = False, asked: Callable[[], bool] = lambda: False
    ) -> Lease | FileLock | None:
        assert self._state.sharing is not None
        return wait_for_turn(
            self._state,
            self._state.sharing,
            stay=stay,
            is_asked_to_leave=asked,
            pause=self._pause,
            elapsed=self._clock.elapsed,
        )

    def lease(self, *, stay: bool = False) -> Lease:
        found = self.result(stay=stay)
        assert isinstance(found, Lease)
        found.release()
        return found

    def _pause(self, seconds: float) -> None:
        self.pauses += 1
        assert self.pauses < 1000, "waited for ever"
        self._clock.advance(seconds)
        if self._events:
            self._events.pop(0)()


def nothing() -> None:
    pass


# --- the directory ---


def test_each_host_has_locks_of_its_own(first: StateDir, second: StateDir) -> None:
    for name in ("conductor_lock", "attached_lock", "slots"):
        assert getattr(first, name) != getattr(second, name)
    with FileLock.try_acquire(first.conductor_lock) or pytest.fail():
        assert is_conducting(first)
        assert not is_conducting(second)
    assert first.snapshots == second.snapshots


def test_on_a_local_disk_there_are_neither_hosts_nor_leases(tmp_path: Path) -> None:
    state = StateDir(tmp_path / "state")
    state.create()
    assert state.sharing is None
    assert state.conductor_lock == state.root / "conductor.lock"
    assert not state.hosts.exists()
    assert not (state.root / "sharing.json").exists()


def test_what_an_administrator_said_holds_for_everybody(tmp_path: Path) -> None:
    root = tmp_path / "state"
    StateDir(root, shared_by_hosts=True).create()
    assert StateDir(root).sharing is not None
    StateDir(root, shared_by_hosts=False).create()
    assert StateDir(root).sharing is None


# --- turns ---


def test_the_first_host_conducts_at_once(first: StateDir, clock: Clock) -> None:
    assert Waiting(first, clock).lease().term.number == 1


def test_the_next_host_follows_when_the_lease_is_released(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    lease = lease_of(first, clock)
    waiting = Waiting(second, clock, nothing, lease.release)
    assert waiting.lease().term.number == 2
    assert waiting.pauses == 2


def test_the_next_host_follows_when_nothing_is_heard(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    lease = lease_of(first, clock)
    waiting = Waiting(second, clock)
    began = clock.elapsed()
    assert waiting.lease().term.number == 2
    assert 60 <= clock.elapsed() - began < 65
    assert not lease.is_ours()


def test_another_conductor_of_the_same_host_does_not_wait(first: StateDir, clock: Clock) -> None:
    lease_of(first, clock)
    waiting = Waiting(first, clock)
    assert waiting.lease().term.number == 2
    assert waiting.pauses == 0


def test_nobody_leaves_before_the_other_host_was_heard_of(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    # It was killed: whoever left now would leave the wishes of this host to nobody.
    lease_of(first, clock)
    assert Waiting(second, clock).lease().term.number == 2


def test_who_is_not_needed_leaves_the_work_to_the_other_host(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    lease = lease_of(first, clock)
    waiting = Waiting(second, clock, nothing, lease.renew)
    door = waiting.result()
    assert isinstance(door, FileLock)
    assert waiting.pauses == 2
    # Behind the closed door: who comes now waits, and then finds no conductor here.
    assert FileLock.try_acquire(second.attached_lock, shared=True) is None
    door.release()
    assert lease.is_ours()


def test_who_is_to_stay_stays(first: StateDir, second: StateDir, clock: Clock) -> None:
    lease = lease_of(first, clock)
    events = [lease.renew] * 20 + [lease.release]
    assert Waiting(second, clock, *events).lease(stay=True).term.number == 2


def test_nobody_leaves_while_somebody_of_the_host_is_attached(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    lease = lease_of(first, clock)
    attached = attach(second)
    events = [lease.renew] * 20 + [attached.release, lease.renew]
    waiting = Waiting(second, clock, *events)
    door = waiting.result()
    assert isinstance(door, FileLock)
    door.release()
    assert waiting.pauses > 20


def test_nobody_relies_on_a_host_that_is_leaving(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    # It may have looked for work for the last time before a wish of this host was written.
    lease = lease_of(first, clock)
    leaves = [lambda: lease.say_leaving(True), *[lease.renew] * 10, lease.release]
    assert Waiting(second, clock, *leaves).lease().term.number == 2


def test_who_is_asked_to_leave_leaves_the_door_open(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    # Those who ask are attached, and start another one.
    lease = lease_of(first, clock)
    waiting = Waiting(second, clock, *[lease.renew] * 20)
    with attach(second):
        assert waiting.result(stay=True, asked=lambda: waiting.pauses == 10) is None


def test_a_folder_that_cannot_be_read_now_is_waited_for(
    first: StateDir, second: StateDir, clock: Clock
) -> None:
    lease = lease_of(first, clock)
    away = first.root / "away"

    def go() -> None:
        first.hosts.rename(away)

    def come_back() -> None:
        away.rename(first.hosts)

    waiting = Waiting(second, clock, go, nothing, come_back, lease.release)
    assert waiting.lease().term.number == 2
    assert waiting.pauses == 4


# --- the conductor ---


def conductor_of(state: StateDir, store: MemoryStore, lease: Lease, clock: Clock) -> Conductor:
    executor = FakeExecutor(clock)
    dispatch = Dispatch(store, state, executor, sdk_dir=state.root, python="python3", now=clock)
    return Conductor(store, state, dispatch, now=clock, linger_s=0.0, threads=Inline(), lease=lease)


def test_conductor_that_leaves_says_so_before_it_looks_for_the_last_time(
    first: StateDir, clock: Clock
) -> None:
    lease = lease_of(first, clock)
    seen: list[Stand] = []

    class Store(MemoryStore):
        def revision(self) -> int:
            term = newest(first.hosts, LEASE)
            assert term is not None
            seen.append(term.stand)
            return super().revision()

    door = asyncio.run(conductor_of(first, Store(), lease, clock).run())
    assert door is not None
    door.release()
    assert seen[0] is Stand.HELD
    assert seen[-1] is Stand.LEAVING


def test_wish_that_comes_while_a_conductor_leaves_keeps_it(first: StateDir, clock: Clock) -> None:
    # Written on another host, whose people can't hold the door of this one.
    lease = lease_of(first, clock)
    jobs: list[str] = []

    class Store(MemoryStore):
        def revision(self) -> int:
            term = newest(first.hosts, LEASE)
            if term is not None and term.stand is Stand.LEAVING and not jobs:
                wish = a_job(cancel_requested_at=clock(), snapshot=SETTLED)
                jobs.append(self.add_job(wish).id)
            return super().revision()

    store = Store()
    door = asyncio.run(conductor_of(first, store, lease, clock).run())
    assert door is not None
    door.release()
    assert store.job(jobs[0]).status is JobStatus.CANCELLED


@pytest.mark.parametrize("lost", ["taken", "stopped"])
def test_conductor_whose_lease_is_lost_does_nothing_more(
    first: StateDir, second: StateDir, clock: Clock, lost: str
) -> None:
    lease = lease_of(first, clock)
    store = MemoryStore()
    job = store.add_job(a_job(cancel_requested_at=clock(), snapshot=SETTLED))
    before = store.revision()
    conductor = conductor_of(first, store, lease, clock)
    if lost == "taken":
        Waiting(second, Clock()).lease()
    else:
        clock.advance(31)
    with pytest.raises(TurnLost):
        asyncio.run(conductor.run())
    assert store.revision() == before
    assert store.job(job.id).status is not JobStatus.CANCELLED


def test_store_refuses_to_write_when_its_guard_does(tmp_path: Path) -> None:
    # Looked at when nobody else can write any more: one that was stopped before writes nothing.
    allowed = True

    def guard() -> None:
        if not allowed:
            raise StoreUnavailable("Not your turn.")

    store = SqliteStore(tmp_path / "jobs.sqlite", guard=guard)
    try:
        store.add_job(a_job())
        before = store.revision()
        allowed = False
        with pytest.raises(StoreUnavailable, match="Not your turn"):
            store.add_job(a_job())
        assert store.revision() == before
    finally:
        store.close()
