"""Folders that are built under another name, and get their own when they are whole."""

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path

from jupyter_orchest_jobs.files.atomic import TEMPORARY
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.files.removal import remove_folder

_LOCK = ".lock"


@contextlib.contextmanager
def temporary(parent: Path) -> Iterator[Path]:
    """A new folder; removed at the end unless it was renamed, and by `sweep` after a crash.

    Args:
        parent: the folder that gets it; must be there.

    Raises:
        OSError: it can't be made.
    """
    lock = None
    while lock is None:  # a sweeper may have been quicker
        path = temporary_name(parent)
        lock_path = path.with_name(path.name + _LOCK)
        lock = FileLock.try_acquire(lock_path)
    with lock:
        try:
            path.mkdir(mode=0o700)
            yield path
        finally:
            remove_folder(path)
            lock_path.unlink(missing_ok=True)


def temporary_name(parent: Path) -> Path:
    """A name that nothing has, for what `sweep` may remove as long as nobody holds its lock."""
    return parent / f"{TEMPORARY}{uuid.uuid4()}"


def sweep(parent: Path) -> list[Path]:
    """Remove what was left by processes that died while they built or removed.

    Returns:
        The folders that were removed. Those of living processes stay.
    """
    removed = []
    names = {path.name.removesuffix(_LOCK) for path in parent.glob(f"{TEMPORARY}*")}
    for path in (parent / name for name in sorted(names)):
        lock_path = path.with_name(path.name + _LOCK)
        try:
            lock = FileLock.try_acquire(lock_path)
        except OSError:  # the disk is full, say: there will be another time
            lock = None
        if lock is None:
            continue
        with lock:
            if path.exists():
                remove_folder(path)
                removed.append(path)
            lock_path.unlink(missing_ok=True)
    return removed
