"""``serve``: one conductor, and in the foreground others that wait for their turn."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from jupyter_orchest_jobs.cli import serve
from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore

Captured = pytest.CaptureFixture[str]


def test_in_the_background_nobody_waits(capsys: Captured, store: SqliteStore) -> None:
    assert main(["serve", "--background"]) == 0
    assert capsys.readouterr().err == ""


def test_its_turn_is_waited_for_and_that_is_said_once(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, state: StateDir
) -> None:
    turns = iter([False, False, True])
    others = iter([True, True, False, True, False])
    monkeypatch.setattr(serve, "LOOK_S", 0)
    monkeypatch.setattr(serve, "conduct", lambda state, *, stay: next(turns))
    monkeypatch.setattr(serve, "is_conducting", lambda state: next(others))
    assert main(["serve"]) == 0
    assert (list(turns), list(others)) == ([], [])
    said = f"There is a conductor for {state.root} already; waiting for its end.\n"
    assert capsys.readouterr().err == said


@pytest.fixture
def signals() -> Iterator[None]:
    """The handlers are the same afterwards."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_waits_can_be_stopped(
    number: signal.Signals, store: SqliteStore, monkeypatch: pytest.MonkeyPatch, signals: None
) -> None:
    def looked(state: StateDir) -> bool:
        os.kill(os.getpid(), number)
        return True

    monkeypatch.setattr(serve, "is_conducting", looked)
    with pytest.raises(SystemExit) as exit:
        main(["serve"])
    assert exit.value.code == 0


def test_a_service_takes_over_when_the_other_conductor_ends(state: StateDir) -> None:
    state.create()
    lock = FileLock.try_acquire(state.conductor_lock)
    assert lock is not None
    command = [sys.executable, "-m", "jupyter_orchest_jobs.cli.main", "serve"]
    with subprocess.Popen(
        [*command, f"--state-dir={state.root}"], stderr=subprocess.PIPE, text=True
    ) as service:
        assert service.stderr is not None
        assert "waiting for its end" in service.stderr.readline()
        lock.release()
        while "conducting" not in (line := service.stderr.readline()):
            assert line
        service.terminate()
        service.stderr.read()
    assert service.returncode == 0
