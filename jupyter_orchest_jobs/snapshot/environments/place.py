"""Where clones are: ``<root>/<id>/``, whole or not at all."""

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.environment import EnvironmentManifest
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.files.private import make_private, write_private

MANIFEST = "manifest.json"
FILES = "files.json"
PREFIX = "prefix"

_TEMPORARY = ".tmp-"
_LOCK = ".lock"
_TRIES = 10


def manifest(root: Path, environment_id: str) -> EnvironmentManifest:
    """What is known of an environment that was frozen or recorded.

    Raises:
        NotFound: it wasn't, or its file is damaged.
    """
    try:
        data = json.loads((root / environment_id / MANIFEST).read_bytes())
        return EnvironmentManifest.from_json(data)
    except (OSError, ValueError, KeyError, TypeError):
        raise NotFound(f"There is no record of the environment {environment_id}.") from None


def find_manifest(root: Path, environment_id: str) -> EnvironmentManifest | None:
    """As :func:`manifest`; None where there is none."""
    try:
        return manifest(root, environment_id)
    except NotFound:
        return None


def write_json(path: Path, data: Any) -> None:
    """Write a new file.

    Raises:
        OSError: it can't be written.
    """
    write_private(path, json.dumps(data, separators=(",", ":")).encode("ascii"))


@contextlib.contextmanager
def temporary(root: Path) -> Iterator[Path]:
    """A new folder beside the others; removed at the end unless it was put in its place.

    Raises:
        OSError: it can't be made.
    """
    make_private(root)
    path = root / f"{_TEMPORARY}{uuid.uuid4()}"
    lock = FileLock.try_acquire(path.with_name(path.name + _LOCK))
    try:
        path.mkdir(mode=0o700)
        yield path
    finally:
        delete_tree(path)
        path.with_name(path.name + _LOCK).unlink(missing_ok=True)
        if lock is not None:
            lock.release()


def put(new: Path, place: Path, *, instead: bool) -> bool:
    """Give a finished folder its name.

    Args:
        instead: whether it may take the place of one that is there.

    Returns:
        False if somebody else's stays there.

    Raises:
        OSError: it can't be renamed.
    """
    for _ in range(_TRIES):
        try:
            new.rename(place)
            return True
        except OSError:
            if not place.is_dir():
                raise
        if not instead:
            return False
        with temporary(place.parent) as away, contextlib.suppress(FileNotFoundError):
            place.rename(away / "old")
    return False


def remove(root: Path, environment_id: str) -> None:
    """Delete a clone or record; nothing happens if it isn't there.

    Raises:
        OSError: something of it can't be deleted.
    """
    place = root / environment_id
    if place.is_dir():
        # So nobody begins to use what is being deleted.
        with temporary(root) as away:
            place.rename(away / "old")
            delete_tree(away / "old", strict=True)


def set_aside(root: Path, environment_id: str) -> Path:
    """Take away a clone or record at once; where it is then, to be deleted when there is time.

    Raises:
        OSError: it isn't there, or can't be renamed.
    """
    return (root / environment_id).rename(root / f"{_TEMPORARY}{uuid.uuid4()}")


def sweep(root: Path) -> list[Path]:
    """Delete what was left by processes that died while they cloned or deleted.

    Returns:
        The folders that were deleted. Those of living processes stay.
    """
    deleted = []
    names = {path.name.removesuffix(_LOCK) for path in root.glob(f"{_TEMPORARY}*")}
    for name in sorted(names):
        path, lock_path = root / name, root / f"{name}{_LOCK}"
        lock = FileLock.try_acquire(lock_path)
        if lock is None:
            continue
        with lock:
            if path.exists():
                delete_tree(path)
                deleted.append(path)
            lock_path.unlink(missing_ok=True)
    return deleted


def delete_tree(path: Path, *, strict: bool = False) -> None:
    """Delete a folder whose folders may be read-only.

    Files are only unlinked: they may be the user's, too, so nothing else is done to them.

    Args:
        strict: whether to raise what goes wrong.

    Raises:
        OSError: something can't be deleted.
    """
    if not path.is_dir():
        return
    try:
        _delete(str(path))
    except OSError:
        if strict:
            raise


def _delete(folder: str) -> None:
    os.chmod(folder, 0o700)  # noqa: PTH101
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _delete(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108
    os.rmdir(folder)  # noqa: PTH106
