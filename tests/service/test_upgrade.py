"""A conductor of an older version makes room for a newer program, and nobody else does."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs._version import __version__
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service import upgrade
from jupyter_orchest_jobs.service.attach import is_conducting
from jupyter_orchest_jobs.service.session import Session, open_sqlite
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.service.upgrade import announce, ask_older_to_leave, leave_when_asked

OLD, NEW = "1.9.0", "1.10.0"
# What a program does that was started before the update: its code, and its version, are old.
OLDER = """
import sys
from jupyter_orchest_jobs import _version
_version.__version__ = "0.0.1"
from jupyter_orchest_jobs.cli.main import main
sys.exit(main(["serve", "--state-dir", sys.argv[1]]))
"""


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    state = StateDir(tmp_path / "state")
    state.create()
    return state


@pytest.fixture
def conducting(state: StateDir) -> Iterator[FileLock]:
    """This process conducts, as far as others can tell."""
    lock = FileLock.try_acquire(state.conductor_lock)
    assert lock is not None
    yield lock
    lock.release()


def request_of(state: StateDir) -> Path:
    return state.conductor_lock.with_name("conductor.leave.json")


@pytest.mark.parametrize("version", [NEW, OLD, "1.10.0.dev1", "no version"])
def test_conductor_that_is_not_older_is_left_alone(
    state: StateDir, conducting: FileLock, version: str
) -> None:
    announce(state, NEW)
    assert not ask_older_to_leave(state, version)
    assert not request_of(state).exists()


def test_nobody_is_asked_when_nobody_conducts(state: StateDir) -> None:
    assert not ask_older_to_leave(state, NEW)
    announce(state, OLD)
    assert not ask_older_to_leave(state, NEW)
    assert not request_of(state).exists()


def test_conductor_of_a_version_that_says_nothing_is_left_alone(
    state: StateDir, conducting: FileLock
) -> None:
    for text in ("", "[]", '{"v": 1}', "\0"):
        state.conductor_lock.with_name("conductor.json").write_text(text)
        assert not ask_older_to_leave(state, NEW)


def test_older_conductor_that_goes_on_is_waited_for_no_longer_than_that(
    state: StateDir, conducting: FileLock, caplog: pytest.LogCaptureFixture
) -> None:
    announce(state, OLD)
    assert not ask_older_to_leave(state, NEW, patience_s=0.1)
    assert "of version 1.9.0 goes on, though asked to leave" in caplog.text


def test_only_the_conductor_that_is_meant_leaves(
    state: StateDir, conducting: FileLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "LOOK_S", 0.005)
    left: list[str] = []

    async def live() -> None:
        announce(state, OLD)
        ask_older_to_leave(state, NEW, patience_s=0.0)
        # As after a downgrade: the request is still there.
        card = announce(state, OLD)
        watching = asyncio.create_task(leave_when_asked(state, card, lambda: left.append("now")))
        await asyncio.sleep(0.1)
        assert left == []
        await asyncio.to_thread(ask_older_to_leave, state, NEW, 0.0)
        await asyncio.wait_for(watching, 60)

    asyncio.run(live())
    assert left == ["now"]


def test_program_that_was_updated_has_a_conductor_of_its_own_version(state: StateDir) -> None:
    old = subprocess.Popen([sys.executable, "-c", OLDER, str(state.root)])
    session = Session(state, open_sqlite)

    async def use() -> None:
        await asyncio.to_thread(wait_for_version, state, "0.0.1")
        await session.attach()
        assert await asyncio.to_thread(old.wait, 60) == 0
        await session.ensure_conductor(wait=True)
        await asyncio.to_thread(wait_for_version, state, __version__)

    try:
        asyncio.run(use())
        assert is_conducting(state)
    finally:
        old.kill()
        old.wait()
        if session._conductor is not None:
            session._conductor.terminate()
            session._conductor.wait()
        asyncio.run(session.close())


def wait_for_version(state: StateDir, version: str) -> None:
    card, deadline = state.conductor_lock.with_name("conductor.json"), time.monotonic() + 60
    while not (is_conducting(state) and card.exists() and f'"{version}"' in card.read_text()):
        assert time.monotonic() < deadline, f"no conductor of version {version}"
        time.sleep(0.02)
