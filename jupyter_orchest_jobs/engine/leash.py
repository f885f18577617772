"""Ends a runner together with the process that it was started for.

The runners of a machine belong to themselves. One that the worker of a cluster has started must
not: the cluster believes that what a lost worker was doing has ended. So the worker holds a lock
as long as it lives, and its runners wait for that to be free.
"""

import fcntl
import os
import threading
from pathlib import Path

from jupyter_orchest_jobs.engine import life
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.files.private import write_private


def put_on(folder: AttemptFolder, lock: Path) -> None:
    """Let the runner of an attempt, which is to be started, end when a lock gets free.

    Args:
        lock: path of the lock, which is held.

    Raises:
        OSError: it can't be written.
    """
    write_private(folder.leash, os.fsencode(lock))


def heed(folder: AttemptFolder) -> None:
    """Let this process end at once, with all that it has started, if its leash is let go."""
    try:
        path = folder.leash.read_bytes()
    except FileNotFoundError:
        return
    threading.Thread(target=_wait, args=(path,), name="orchest-jobs-leash", daemon=True).start()


def hold(lock: Path) -> FileLock:
    """Hold the other end, until the lock is released or this process is gone.

    Raises:
        OSError: it can't be created, or somebody else holds it.
    """
    held = FileLock.try_acquire(lock)
    if held is None:
        raise BlockingIOError(f"{lock} is held by another process")
    return held


def _wait(path: bytes) -> None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(fd, fcntl.LOCK_SH)
    except OSError:
        pass  # whoever held it has taken it away
    life.end_at_once("The worker that had this runner started is gone: it ends.")
