"""The door: nobody's wish is lost when a conductor leaves."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.job import SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.errors import (
    ConductorUnavailable,
    StoreOutdated,
    StoreUnavailable,
)
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service import attach as attach_module
from jupyter_orchest_jobs.service import session as session_module
from jupyter_orchest_jobs.service.attach import (
    attach,
    close_the_door,
    is_conducting,
    wait_for_conductor,
)
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.conductor import Conductor
from jupyter_orchest_jobs.service.dispatch import Dispatch
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import Store
from tests.fakes import FakeExecutor, MemoryStore
from tests.records import a_job


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    state = StateDir(tmp_path / "state")
    state.create()
    state.database.touch()
    return state


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes of the test, which don't outlive it."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_door_is_closed_only_when_nobody_is_attached(state: StateDir) -> None:
    with attach(state), attach(state):
        assert close_the_door(state) is None
    door = close_the_door(state)
    assert door is not None
    door.release()


def test_attaching_waits_for_the_door_to_open(state: StateDir) -> None:
    door = close_the_door(state)
    assert door is not None
    attached: list[FileLock] = []
    thread = threading.Thread(target=lambda: attached.append(attach(state)))
    thread.start()
    thread.join(0.1)
    assert attached == []
    door.release()
    thread.join(60)
    attached.pop().release()


def test_wish_of_somebody_attached_is_never_lost(state: StateDir) -> None:
    # Conductors that leave at once, and wishes that come at any moment: each has to be seen.
    store = MemoryStore()
    written: list[str] = []
    done = threading.Event()

    def conduct() -> None:
        dispatch = Dispatch(
            store, state, FakeExecutor(utc_now), sdk_dir=state.root, python="python3", now=utc_now
        )
        lock = FileLock.try_acquire(state.conductor_lock)
        assert lock is not None
        door = asyncio.run(Conductor(store, state, dispatch, linger_s=0.0).run())
        lock.release()
        if door is not None:
            door.release()

    def write() -> None:
        ready = SnapshotState(status=SnapshotStatus.READY)
        for _ in range(12):
            with attach(state):
                job = store.add_job(a_job(cancel_requested_at=utc_now(), snapshot=ready))
                written.append(job.id)
                # As the session does: whoever finds no conductor starts one.
                if not is_conducting(state):
                    conduct_in_thread()
                    while not is_conducting(state):
                        time.sleep(0.001)
        done.set()

    threads: list[threading.Thread] = []

    def conduct_in_thread() -> None:
        threads.append(threading.Thread(target=conduct))
        threads[-1].start()

    writer = threading.Thread(target=write)
    writer.start()
    writer.join(60)
    for thread in threads:
        thread.join(60)
    assert done.is_set()
    assert [store.job(job_id).status for job_id in written] == [JobStatus.CANCELLED] * 12
    assert not is_conducting(state)


# --- sessions ---


def session_of(state: StateDir, **special: bool) -> Session:
    store = MemoryStore()
    return Session(state, lambda _: store, **{"conduct": False, **special})


def test_session_creates_nothing_before_it_is_used(tmp_path: Path) -> None:
    state = StateDir(tmp_path / "state")

    async def story() -> None:
        session = session_of(state)
        assert not session.exists()
        await session.close()

    asyncio.run(story())
    assert not state.root.exists()


def test_session_stays_attached_until_it_is_closed(state: StateDir) -> None:
    async def story() -> None:
        session = session_of(state)
        await asyncio.gather(*(session.wish(lambda store: store.revision()) for _ in range(5)))
        assert close_the_door(state) is None
        await session.close()
        door = close_the_door(state)
        assert door is not None
        door.release()

    asyncio.run(story())


def test_session_uses_its_store_in_one_thread(state: StateDir) -> None:
    async def story() -> None:
        session = session_of(state)
        names = {
            await session.read(lambda store: threading.current_thread().name) for _ in range(3)
        }
        assert len(names) == 1
        assert names != {threading.current_thread().name}
        await session.close()

    asyncio.run(story())


def test_session_says_when_its_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    async def story() -> None:
        session = session_of(StateDir(tmp_path / "file" / "state"))
        with pytest.raises(StoreUnavailable, match="can't be used"):
            await session.wish(lambda store: store.revision())
        await session.close()

    asyncio.run(story())


class Starts:
    """Starts something that takes the conductor's place, and counts how often."""

    def __init__(self, processes: list[subprocess.Popen[bytes]], *programs: str) -> None:
        self._processes = processes
        self._programs = list(programs)
        self.count = 0

    def __call__(self, state: StateDir) -> subprocess.Popen[bytes]:
        self.count += 1
        program = self._programs.pop(0) if len(self._programs) > 1 else self._programs[0]
        process = subprocess.Popen([sys.executable, "-c", program, str(state.conductor_lock)])
        self._processes.append(process)
        return process


CONDUCTS = """
import fcntl, os, sys, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(fd, fcntl.LOCK_EX)
time.sleep(600)
"""
FAILS = "raise SystemExit(1)"
LEAVES = "raise SystemExit(0)"
IS_KILLED = "import os; os.kill(os.getpid(), 9)"


@pytest.mark.parametrize("before", [LEAVES, IS_KILLED])
def test_session_starts_conductors_until_one_lives(
    state: StateDir,
    processes: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    before: str,
) -> None:
    starts = Starts(processes, before, CONDUCTS)
    monkeypatch.setattr(session_module, "start_conductor", starts)

    async def story() -> None:
        session = session_of(state, conduct=True)
        # All at once: one conductor is started for all of them.
        await asyncio.gather(*(session.wish(lambda store: store.revision()) for _ in range(3)))
        assert is_conducting(state)
        await session.close()

    asyncio.run(story())
    assert starts.count == 2


def test_session_says_why_no_conductor_starts(
    state: StateDir, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "start_conductor", Starts(processes, FAILS))
    state.conductor_log.write_text("ImportError: nothing there\n")

    async def story() -> None:
        session = session_of(state, conduct=True)
        with pytest.raises(ConductorUnavailable, match="ImportError: nothing there"):
            await session.wish(lambda store: store.revision())
        await session.close()

    asyncio.run(story())


def test_session_does_not_start_failing_conductors_for_ever(
    state: StateDir, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = Starts(processes, FAILS)
    monkeypatch.setattr(session_module, "start_conductor", starts)

    async def story() -> None:
        session = session_of(state, conduct=True)
        await session.ensure_conductor()
        processes[0].wait()
        with pytest.raises(ConductorUnavailable):
            await session.ensure_conductor()
        assert starts.count == 1
        await session.close()

    asyncio.run(story())


@pytest.mark.parametrize("updates", [True, False])
def test_session_lets_a_conductor_update_an_older_store(
    state: StateDir,
    processes: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    updates: bool,
) -> None:
    monkeypatch.setattr(session_module, "start_conductor", Starts(processes, CONDUCTS))
    monkeypatch.setattr(session_module, "UPDATE_S", 0.1)
    tries = 0

    def open_store(_: StateDir) -> Store:
        nonlocal tries
        tries += 1
        if tries < 3 or not updates:
            raise StoreOutdated("older")
        return MemoryStore()

    async def story() -> None:
        session = Session(state, open_store)
        try:
            assert await session.read(lambda store: store.revision()) == 0
        finally:
            assert is_conducting(state)
            await session.close()

    if updates:
        asyncio.run(story())
    else:
        with pytest.raises(StoreOutdated):
            asyncio.run(story())


def test_waiting_for_a_conductor_ends(state: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attach_module, "START_TIMEOUT_S", 0.05)
    with pytest.raises(ConductorUnavailable):
        wait_for_conductor(state, None)


def test_store_of_a_closed_session_is_closed(state: StateDir) -> None:
    closed: list[Store] = []

    class Closing(MemoryStore):
        def close(self) -> None:
            closed.append(self)

    async def story() -> None:
        session = Session(state, lambda _: Closing(), conduct=False)
        await session.read(lambda store: store.revision())
        await session.close()

    asyncio.run(story())
    assert len(closed) == 1
