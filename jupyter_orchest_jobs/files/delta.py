"""What a run changed in its working copy: cut down to that, and built up again."""

import contextlib
import json
import os
import re
import shutil
import stat
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.copy import (
    Cloner,
    copied_at,
    copy_file,
    copy_link,
    copy_tree,
    folder_mode,
)
from jupyter_orchest_jobs.files.manifest import Item, hash_at, read_manifest
from jupyter_orchest_jobs.files.paths import join, opened_folder, opened_root
from jupyter_orchest_jobs.files.upper import deleted_in, is_upper, is_whiteout

DELETED = "deleted.json"
"""In a working copy that was cut down: what of the snapshot the run deleted."""

_MARK = "orchest-jobs-delta"
_MOVED = re.compile(r"deleted\.json\.[0-9a-f]{8}")


@dataclass(frozen=True)
class Record:
    """What `DELETED` says.

    Attributes:
        deleted: paths of the snapshot that the run deleted, with all that was below them.
        moved: the name of the run's own top-level file ``deleted.json`` now, if it has one.
        is_final: False while the run is going on; then :func:`look` has made the record.
    """

    deleted: list[str]
    moved: str | None
    is_final: bool = True


def trim_to_delta(work: Path, manifest: Path) -> None:
    """Remove from a working copy what the run didn't change, and record what it deleted.

    A file counts as unchanged when its mode and size are the snapshot's, and so is its content;
    that is read if its time differs, or if it could have been replaced by one of equal time.
    What stays can be read by its owner afterwards, whatever the run did to its mode; sockets,
    pipes and devices go. Stopped half-way, it can be called again.

    Args:
        work: a copy of the snapshot's ``project/`` in which nothing is running any more, or what
            an overlay over it has left.
        manifest: the snapshot's ``manifest.json``.

    Raises:
        SnapshotFailed: the manifest can't be read; nothing was changed.
        OSError: something can't be read or removed.
    """
    items = read_manifest(manifest).items
    work.chmod(folder_mode(work.stat().st_mode))
    with opened_root(work) as root:
        record = read_record(work)
        if record is None:
            # Recorded before anything is removed: else a second call would take what the first
            # one removed for deleted by the run.
            _take_back_room(work, items)
            record = Record(_deleted(root, items), _make_room(work))
            content = {"kind": _MARK, "deleted": record.deleted, "moved": record.moved}
            write_atomic(work / DELETED, json.dumps(content).encode())
        _trim(root, items, record)


def rebuild(
    snapshot_project: Path,
    work: Path,
    target: Path,
    on_file: Callable[[int], None] | None = None,
    record: Record | None = None,
) -> None:
    """Build a run's working copy as it was at its end.

    Args:
        snapshot_project: the snapshot's ``project/``.
        work: what `trim_to_delta`, or an overlay, left of the working copy; it stays as it is.
        target: where the whole goes; must not exist.
        on_file: called with the size of each file of the snapshot after it was copied; may raise to
            stop.
        record: what the run deleted, if there is none in ``work``.

    Raises:
        FileExistsError: there is something at ``target``.
        OSError: something can't be read or written; ``target`` is removed.
    """
    copy_tree(snapshot_project, target, on_file)
    try:
        lay_delta(work, target, record)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def lay_delta(work: Path, target: Path, record: Record | None = None) -> None:
    """Do to a copy of the snapshot's ``project/`` what a run did to its own.

    Args:
        work: as for :func:`rebuild`.
        target: the copy, or an overlay that shows one.
        record: as for :func:`rebuild`.

    Raises:
        OSError: something can't be read or written.
    """
    record = record or read_record(work)
    with opened_root(work) as source, opened_root(target) as goal:
        for path in record.deleted if record else ():
            _delete(goal, path)
        if record is None or not record.is_final:
            _overlay(source, goal, skip=None)
        elif record.moved is None:
            _overlay(source, goal, skip=DELETED)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.rename(DELETED, record.moved, src_dir_fd=goal, dst_dir_fd=goal)
            _overlay(source, goal, skip=DELETED)
            with contextlib.suppress(FileNotFoundError):
                os.rename(record.moved, DELETED, src_dir_fd=goal, dst_dir_fd=goal)
        os.fchmod(goal, folder_mode(os.fstat(source).st_mode))


def look(work: Path, items: Mapping[str, Item]) -> Record | None:
    """What a run has deleted so far, where its working copy is not the whole of what it has.

    Args:
        items: of the snapshot, by their paths.

    Returns:
        None if it is the whole.

    Raises:
        OSError: the working copy is not there, or can't be read.
    """
    record = read_record(work)
    if record is not None:
        return record
    with opened_root(work) as root:
        if is_upper(root):
            return Record(deleted_in(root, items), DELETED, is_final=False)
    return None


def recover(work: Path, manifest: Path) -> None:
    """Put right what somebody left who was killed in :func:`trim_to_delta`.

    Nothing may be running in the working copy any more; it may be whole, or cut down.

    Args:
        manifest: the snapshot's ``manifest.json``.

    Raises:
        SnapshotFailed: the manifest can't be read; nothing was changed.
        OSError: the working copy can't be read or written.
    """
    # A folder that its owner can't read seems to have neither record nor marks.
    work.chmod(folder_mode(work.stat().st_mode))
    if read_record(work) is None:
        _take_back_room(work, read_manifest(manifest).items)


def is_part(work: Path) -> bool:
    """Whether it is what an overlay has left, and not cut down: elsewhere, it would look whole."""
    return is_upper(work) and read_record(work) is None


def read_record(work: Path) -> Record | None:
    """What a run deleted, if its working copy was cut down, or that has begun.

    Returns:
        None if there is no record, or something of the run's has its name.
    """
    file = work / DELETED
    if file.is_symlink() or not file.is_file():
        return None
    try:
        content: Any = json.loads(file.read_bytes())
        if content["kind"] != _MARK:
            return None
        moved = content["moved"]
        # The run could write here too: it must not make us touch anything elsewhere.
        valid = isinstance(moved, str) and _MOVED.fullmatch(moved)
        return Record([str(path) for path in content["deleted"]], moved if valid else None)
    except (ValueError, KeyError, TypeError):
        return None


def _make_room(work: Path) -> str | None:
    """Give the run's own top-level ``deleted.json`` another name, if it has such a thing."""
    own = work / DELETED
    if not os.path.lexists(own) or is_whiteout(own.lstat()):
        return None
    other = f"{DELETED}.{uuid.uuid4().hex[:8]}"
    own.rename(work / other)
    return other


def _take_back_room(work: Path, items: Mapping[str, Item]) -> None:
    """Undo :func:`_make_room`, which nothing tells of as long as there is no record."""
    if os.path.lexists(work / DELETED):
        return
    names = (path.name for path in work.iterdir())
    moved = [name for name in names if _MOVED.fullmatch(name) and name not in items]
    if len(moved) == 1:
        (work / moved[0]).rename(work / DELETED)


def _walk(root: int) -> Iterator[tuple[str, int, list["os.DirEntry[str]"]]]:
    """Each folder: its path, its descriptor, what is in it; folders before what they hold."""
    folders = [""]
    while folders:
        folder = folders.pop()
        with opened_folder(root, folder) as fd:
            with os.scandir(fd) as found:
                entries = list(found)
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    _allow(entry, fd, stat.S_IRWXU)
                    folders.append(join(folder, entry.name))
            yield folder, fd, entries


def _allow(entry: "os.DirEntry[str]", folder: int, bits: int) -> None:
    """Give the owner these permissions for a file or folder, if they are lacking."""
    mode = entry.stat(follow_symlinks=False).st_mode
    if mode & bits != bits:
        os.chmod(entry.name, stat.S_IMODE(mode) | bits, dir_fd=folder)


def _deleted(root: int, items: Mapping[str, Item]) -> list[str]:
    """The topmost paths of the snapshot that are not there any more."""
    there = {""}
    for folder, _, entries in _walk(root):
        there.update(join(folder, entry.name) for entry in entries)
    if is_upper(root):
        return deleted_in(root, items)
    return sorted(path for path in items if path not in there and path.rpartition("/")[0] in there)


def _trim(root: int, items: Mapping[str, Item], record: Record) -> None:
    unchanged_folders = []
    copied = copied_at(root) or 0
    for folder, fd, entries in _walk(root):
        for entry in entries:
            path = join(folder, entry.name)
            if path == DELETED:
                continue
            item = items.get(_original(path, record))
            if entry.is_dir(follow_symlinks=False):
                mode = stat.S_IMODE(entry.stat(follow_symlinks=False).st_mode)
                if item is not None and item.type == "dir" and item.mode == mode:
                    unchanged_folders.append(path)
            elif _is_special(entry) or (
                item is not None and _is_unchanged(entry, fd, item, copied)
            ):
                os.unlink(entry.name, dir_fd=fd)
            elif not entry.is_symlink():
                _allow(entry, fd, stat.S_IRUSR)
    for path in reversed(unchanged_folders):
        parent, _, name = path.rpartition("/")
        with opened_folder(root, parent) as fd, contextlib.suppress(OSError):  # it isn't empty
            os.rmdir(name, dir_fd=fd)


def _original(path: str, record: Record) -> str:
    """The path that something had before `_make_room`."""
    top, slash, rest = path.partition("/")
    return DELETED + slash + rest if top == record.moved else path


def _is_special(entry: "os.DirEntry[str]") -> bool:
    return not (entry.is_symlink() or entry.is_file() or entry.is_dir())


def _is_unchanged(entry: "os.DirEntry[str]", folder: int, item: Item, copied: int) -> bool:
    if entry.is_symlink():
        return item.type == "link" and os.readlink(entry.name, dir_fd=folder) == item.target
    status = entry.stat(follow_symlinks=False)
    if item.type != "file" or (status.st_size, stat.S_IMODE(status.st_mode)) != (
        item.size,
        item.mode,
    ):
        return False
    # A step that moves, unpacks or copies files may set any time, but never this one.
    untouched = status.st_ctime_ns < copied
    if untouched and status.st_mtime_ns == item.mtime_ns:
        return True
    return hash_at(entry.name, folder) == item.sha256


def _delete(root: int, path: str) -> None:
    """Remove a path below an open folder, never by way of a link or upwards."""
    parent, _, name = path.rpartition("/")
    if {".", ".."} & set(path.split("/")) or not name or "\0" in path:
        return
    gone = contextlib.suppress(FileNotFoundError, NotADirectoryError)
    with gone, opened_folder(root, parent) as fd:
        _remove(name, fd)


def _remove(name: str, folder: int) -> None:
    """Remove whatever has a name in an open folder."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass
    except (IsADirectoryError, PermissionError):  # unlink of a folder: Linux, others
        shutil.rmtree(name, dir_fd=folder)


def _overlay(source: int, goal: int, skip: str | None) -> None:
    """Copy all of one tree over another; of its top level without ``skip``."""
    cloner = Cloner()
    for folder, fd, entries in _walk(source):
        with opened_folder(goal, folder) as there:
            for entry in entries:
                if not folder and entry.name == skip:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    _ensure_folder(entry, there)
                    continue
                _remove(entry.name, there)
                if entry.is_symlink():
                    copy_link(entry.name, fd, there)
                elif entry.is_file(follow_symlinks=False):
                    copy_file(entry.name, fd, there, cloner)


def _ensure_folder(entry: "os.DirEntry[str]", parent: int) -> None:
    try:
        os.mkdir(entry.name, 0o700, dir_fd=parent)
    except FileExistsError:
        if not stat.S_ISDIR(os.stat(entry.name, dir_fd=parent, follow_symlinks=False).st_mode):
            os.unlink(entry.name, dir_fd=parent)
            os.mkdir(entry.name, 0o700, dir_fd=parent)
    mode = folder_mode(entry.stat(follow_symlinks=False).st_mode)
    os.chmod(entry.name, mode, dir_fd=parent)
