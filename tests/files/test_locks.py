"""Locks, between processes and after a death."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.locks import FileLock, is_locked

_HOLD = """
import sys
from pathlib import Path
from jupyter_orchest_jobs.files.locks import FileLock
lock = FileLock.adopt(int(sys.argv[2])) if sys.argv[2:] else FileLock.try_acquire(Path(sys.argv[1]))
print(lock is not None, flush=True)
sys.stdin.read()
"""


def holder(*arguments: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=pass_fds,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock.try_acquire(path) or pytest.fail() as lock:
        assert is_locked(path)
        assert FileLock.try_acquire(path) is None
        assert FileLock.try_acquire(path, shared=True) is None
        assert not os.get_inheritable(lock.fd)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not is_locked(path)
    lock.release()
    with pytest.raises(ValueError, match="released"):
        _ = lock.fd


def test_shared_holders_are_no_exclusive_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = FileLock.try_acquire(path, shared=True) or pytest.fail()
    second = FileLock.try_acquire(path, shared=True) or pytest.fail()
    with first, second:
        assert not is_locked(path)
        assert FileLock.try_acquire(path) is None


def test_a_missing_file_is_not_locked_and_not_made(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "lock")
    assert not (tmp_path / "lock").exists()


def test_death_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = holder(str(path))
    assert is_locked(path)
    end(process)
    assert not is_locked(path)


def test_an_heir_keeps_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock.try_acquire(path) or pytest.fail()
    process = holder(str(path), str(lock.fd), pass_fds=(lock.fd,))
    lock.forget()
    assert is_locked(path)
    end(process)
    assert not is_locked(path)


def test_the_lock_of_a_removed_file_is_not_taken_for_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    opened = os.open

    def open_then_lose(*arguments: object, **options: object) -> int:
        fd = opened(*arguments, **options)  # type: ignore[arg-type]
        monkeypatch.undo()
        path.unlink()
        return fd

    monkeypatch.setattr(os, "open", open_then_lose)
    with FileLock.try_acquire(path) or pytest.fail():
        assert is_locked(path)
