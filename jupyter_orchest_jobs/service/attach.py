"""Making sure that somebody conducts, and telling the conductor that somebody is there.

Both are locks that the kernel holds: they vanish with their process, however it ends. Where
several hosts share the state directory, each has its own: a conductor that finds one of another
host at work stands by (:mod:`.standby`).
"""

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from jupyter_orchest_jobs.domain.inheriting import inheritable
from jupyter_orchest_jobs.errors import ConductorUnavailable
from jupyter_orchest_jobs.files.locks import FileLock, is_locked
from jupyter_orchest_jobs.service.state import StateDir

START_TIMEOUT_S = 30.0
_log = logging.getLogger(__name__)


def attach(state: StateDir) -> FileLock:
    """Tell the conductor that somebody is there, until the lock is released.

    Whoever attaches before writing a wish can rely on it: either a conductor stays and sees it,
    or none is there and :func:`start_conductor` starts one.

    Raises:
        OSError: the state directory can't be written.
    """
    lock = FileLock.try_acquire(state.attached_lock, shared=True)
    while lock is None:  # a conductor is about to leave
        time.sleep(0.01)
        lock = FileLock.try_acquire(state.attached_lock, shared=True)
    return lock


def close_the_door(state: StateDir) -> FileLock | None:
    """Keep everybody from attaching, if nobody is.

    A conductor that wants to leave holds this while it looks once more for something to do, and
    until its own lock is free: nobody can write a wish in between and take it for alive.

    Returns:
        The lock; None when somebody is attached.
    """
    return FileLock.try_acquire(state.attached_lock)


def is_conducting(state: StateDir) -> bool:
    """Whether a conductor of this host lives: it conducts, or stands by for one of another host."""
    return is_locked(state.conductor_lock)


def start_conductor(state: StateDir) -> subprocess.Popen[bytes] | None:
    """Start a conductor in the background, unless there is one.

    It belongs to nobody: it goes on when its starter ends. If two are started at once, the second
    one finds the lock taken and leaves.

    Returns:
        The process that was started, for :func:`wait_for_conductor`; None if none was needed.
    """
    if is_conducting(state):
        return None
    _log.info("starting a conductor for %s", state.root)
    descriptor = os.open(state.conductor_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(  # noqa: S603  # our own module, by our own interpreter
            [
                sys.executable,
                "-m",
                "jupyter_orchest_jobs.cli.main",
                "serve",
                "--background",
                f"--state-dir={state.root}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            cwd="/",
            env=inheritable(os.environ),
        )
    finally:
        os.close(descriptor)
    # Collected whenever it ends: a dead child would be listed as ours for as long as we live.
    threading.Thread(target=process.wait, name="orchest-jobs-conductor", daemon=True).start()
    return process


def wait_for_conductor(state: StateDir, process: subprocess.Popen[bytes] | None) -> bool:
    """Wait until a conductor holds the lock.

    Returns:
        False if the process ended otherwise than by itself, or since there was another one that
        is gone by now: start one again.

    Raises:
        ConductorUnavailable: it failed, or takes too long; with the end of its log.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_conducting(state):
        code = None if process is None else process.poll()
        if code is not None and code <= 0:
            return is_conducting(state)
        if code is not None or time.monotonic() > deadline:
            raise unavailable(state)
        time.sleep(0.02)
    return True


def unavailable(state: StateDir) -> ConductorUnavailable:
    """The error that says why there is no conductor."""
    return ConductorUnavailable(
        "The conductor, which carries out jobs, could not be started; "
        f"{state.conductor_log} says why:\n{_tail(state.conductor_log)}"
    )


def _tail(path: Path, size: int = 2000) -> str:
    try:
        return path.read_bytes()[-size:].decode(errors="replace").strip()
    except OSError:
        return ""
