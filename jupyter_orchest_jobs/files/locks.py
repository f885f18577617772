"""Locks that the kernel frees when their holder dies, however it dies.

They are advisory whole-file locks (``flock``) and belong to an open file description: a child
process that inherits the descriptor holds the lock as well, until both have closed it. They
are meant for local file systems.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_TRIES = 5
_PAUSE_S = 0.002


class FileLock:
    """A lock that is held; made by `try_acquire` or `adopt`."""

    def __init__(self, fd: int) -> None:
        self._fd: int | None = fd

    @classmethod
    def try_acquire(cls, path: Path, *, shared: bool = False) -> "FileLock | None":
        """Take the lock if that is possible now.

        Args:
            path: the lock file; created with mode 0600 if it is missing. It holds no data.
            shared: share it with other shared holders.

        Returns:
            The lock, or None when somebody else has it.

        Raises:
            OSError: the file can't be opened or created.
        """
        for attempt in range(_TRIES):
            if attempt:
                # Whoever asks `is_locked` holds the lock for a few microseconds: that must not
                # make an owner believe that there is another one.
                time.sleep(_PAUSE_S)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if _flock(fd, shared=shared) and _is_at(fd, path):
                return cls(fd)
            os.close(fd)
        return None

    @classmethod
    def adopt(cls, fd: int) -> "FileLock":
        """The lock whose descriptor this process inherited."""
        os.set_inheritable(fd, False)
        return cls(fd)

    @property
    def fd(self) -> int:
        """The open descriptor, to hand to a child with ``pass_fds``.

        Raises:
            ValueError: released.
        """
        if self._fd is None:
            raise ValueError("The lock was released.")
        return self._fd

    def release(self) -> None:
        """Free the lock, for children that inherited it too. Again: nothing happens."""
        if self._fd is not None:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
            self.forget()

    def forget(self) -> None:
        """Close this process's descriptor only: a child that inherited the lock keeps it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock exclusively. A missing file is not locked.

    Raises:
        OSError: the file is there, but can't be opened.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _flock(fd, shared=True)
    finally:
        os.close(fd)


def _flock(fd: int, *, shared: bool) -> bool:
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(fd: int, path: Path) -> bool:
    """Whether the path still leads to the locked file; its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False
