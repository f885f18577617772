"""The files of a run: its working copy, or what is left of that over the snapshot."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Literal

from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.copy import copied_at
from jupyter_orchest_jobs.files.delta import DELETED, Record, look, read_record
from jupyter_orchest_jobs.files.manifest import Item, hash_at, names_in_folders
from jupyter_orchest_jobs.files.paths import join, opened_folder, opened_root, plain, shown
from jupyter_orchest_jobs.files.reading import NotRegular, open_below

Change = Literal["same", "added", "changed", "deleted"]
Kind = Literal["file", "dir", "link"]

_MISSING = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


@dataclass(frozen=True)
class RunFile:
    """A file, link or folder of a run.

    Attributes:
        path: relative to the project.
        size: of a file, in bytes.
        change: how it differs from the snapshot; of a folder: whether something below it does.
    """

    path: str
    type: Kind
    size: int
    change: Change


class Baseline:
    """What a run began with: the files of its snapshot."""

    def __init__(self, project: Path, items: Mapping[str, Item]) -> None:
        """Take the snapshot's ``project/``, and what its manifest says of it."""
        self.project = project
        self.items = items

    @cached_property
    def children(self) -> Mapping[str, list[str]]:
        """Folder → the names in it."""
        return names_in_folders(self.items)


class RunTree:
    """One look at the files of a run. Links are never followed.

    Args:
        work: the working copy, in which a runner may be writing, or what it has of one as yet.
        baseline: what it was a copy of.

    Raises:
        OSError: the working copy is not there, or can't be read.
    """

    def __init__(self, work: Path, baseline: Baseline) -> None:
        self._work = work
        self._baseline = baseline
        self._record = look(work, baseline.items)
        while True:
            self._changes = self._compared()
            # It may have been cut down meanwhile: then what is missing was not deleted.
            record = look(work, baseline.items)
            if record == self._record or (record is not None and not record.is_final):
                break
            self._record = record
        self._touched = {
            path[:at] for path in self._changes for at, letter in enumerate(path) if letter == "/"
        }

    def folder(self, path: str) -> list[RunFile]:
        """What is in a folder, and what was deleted from it: folders first, then by name.

        Args:
            path: of the folder; ``""`` for the top.

        Raises:
            InvalidInput: no such path is possible.
            NotFound: there is no such folder.
        """
        path = plain(path)
        files = {}
        with suppress(NotFound):
            files = {item.path: item for item in self._in_work(path)}
        item = self._baseline.items.get(path)
        if not path or (item is not None and item.type == "dir"):
            for name in self._baseline.children.get(path, ()):
                below = join(path, name)
                if below not in files:
                    known = self._baseline.items[below]
                    files[below] = RunFile(below, known.type, known.size, self._change(below))
        elif not files and not self._is_folder(path):
            raise NotFound(f"The run has no folder {shown(path)}.")
        return sorted(files.values(), key=lambda file: (file.type != "dir", file.path))

    def open(self, path: str) -> BinaryIO:
        """A file's content.

        Raises:
            InvalidInput: no such path is possible.
            NotFound: there is no such file, or it is a folder, a link or something else.
            OSError: it can't be read.
        """
        path = plain(path)
        for root, inner in self._places(path):
            try:
                return open_below(root, inner)
            except NotRegular:
                break
            except OSError as error:
                if error.errno == errno.ENOENT:
                    continue
                if error.errno in _MISSING:  # a link, or a file where a folder was
                    break
                raise
        raise NotFound(f"The run has no file {shown(path) or '.'}; links are not followed.")

    def read_link(self, path: str) -> str:
        """What a link says.

        Raises:
            NotFound: there is no such link.
        """
        for root, inner in self._places(path):
            folder, _, name = inner.rpartition("/")
            with suppress(OSError), opened_root(root) as top, opened_folder(top, folder) as fd:
                return os.readlink(name, dir_fd=fd)
        raise NotFound(f"The run has no link {shown(path)}.")

    def everything(self, *, changed: bool = False) -> Iterator[RunFile]:
        """All that the run has now, folders before what is in them.

        Args:
            changed: only what differs from the snapshot, and the folders around it.
        """
        folders = [""]
        while folders:
            with suppress(NotFound):
                for file in self.folder(folders.pop()):
                    if file.change == "deleted" or (changed and file.change == "same"):
                        continue
                    if file.type == "dir":
                        folders.append(file.path)
                    yield file

    def _compared(self) -> dict[str, Change]:
        """How what differs from the snapshot does; of what was deleted, only the topmost."""
        found: dict[str, Change] = {}
        there = {""}
        items = self._baseline.items
        with opened_root(self._work) as root:
            # What an overlay has taken from the snapshot was touched, whatever its times say.
            copied = copied_at(root) if self._record is None else 0
            for fd, name, path, status in _walk(root):
                if self._is_ours(path):
                    continue
                path = self._original(path)
                there.add(path)
                item = items.get(path)
                if item is None:
                    found[path] = "added"
                elif self._is_final and not stat.S_ISDIR(status.st_mode):
                    found[path] = "changed"  # else it would not be there any more
                elif _differs(fd, name, status, item, copied):
                    found[path] = "changed"
        if self._record is not None:
            gone = self._record.deleted
        else:
            gone = [p for p in items if p not in there and p.rpartition("/")[0] in there]
        return found | dict.fromkeys(gone, "deleted")

    def _in_work(self, path: str) -> Iterator[RunFile]:
        inner = self._inner(path)
        if inner is None:
            return
        try:
            with (
                opened_root(self._work) as root,
                opened_folder(root, inner) as fd,
                os.scandir(fd) as entries,
            ):
                found = [(entry.name, _status(entry)) for entry in entries]
        except OSError as error:
            if error.errno in _MISSING:
                raise NotFound(f"The run has no folder {shown(path)}.") from None
            raise
        for name, status in found:
            kind = None if status is None else _kind(status)
            if status is None or kind is None or self._is_ours(join(inner, name)):
                continue
            below = self._original(join(inner, name))
            size = status.st_size if kind == "file" else 0
            yield RunFile(below, kind, size, self._change(below))

    def _is_folder(self, path: str) -> bool:
        inner = self._inner(path)
        if inner is None:
            return False
        with suppress(OSError), opened_root(self._work) as root, opened_folder(root, inner):
            return True
        return False

    def _change(self, path: str) -> Change:
        known = self._changes.get(path)
        if known is not None:
            return known
        above = path
        while above := above.rpartition("/")[0]:
            if self._changes.get(above) == "deleted":
                return "deleted"
        return "changed" if path in self._touched else "same"

    def _places(self, path: str) -> Iterator[tuple[Path, str]]:
        """Where a path may lie: a root, and the path from there."""
        inner = self._inner(path)
        if inner is not None:
            yield self._work, inner
        # Asked only now: what was in the working copy may have been cut off it meanwhile.
        record = self._record or read_record(self._work)
        if record is not None and path in self._baseline.items and not _covers(record, path):
            yield self._baseline.project, path

    @property
    def _is_final(self) -> bool:
        return self._record is not None and self._record.is_final

    def _is_ours(self, inner: str) -> bool:
        return self._is_final and inner == DELETED

    def _inner(self, path: str) -> str | None:
        """Where a path is in the working copy; None if only our record can be there."""
        top, slash, rest = path.partition("/")
        if self._record is None or top != DELETED:
            return path
        return None if self._record.moved is None else self._record.moved + slash + rest

    def _original(self, inner: str) -> str:
        """The path of something in the working copy."""
        top, slash, rest = inner.partition("/")
        is_moved = self._record is not None and top == self._record.moved
        return DELETED + slash + rest if is_moved else inner


def _covers(record: Record, path: str) -> bool:
    """Whether a path, or a folder above it, was deleted."""
    return any(path == gone or path.startswith(f"{gone}/") for gone in record.deleted)


def _walk(root: int) -> Iterator[tuple[int, str, str, os.stat_result]]:
    """Everything below: the descriptor of its folder, its name, its path, its status.

    What disappears meanwhile, or can't be entered, is passed over.
    """
    folders = [""]
    while folders:
        folder = folders.pop()
        with suppress(OSError), opened_folder(root, folder) as fd:
            with os.scandir(fd) as entries:
                found = [(entry.name, _status(entry)) for entry in entries]
            for name, status in found:
                if status is None or _kind(status) is None:
                    continue
                path = join(folder, name)
                if stat.S_ISDIR(status.st_mode):
                    folders.append(path)
                yield fd, name, path, status


def _status(entry: "os.DirEntry[str]") -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _kind(status: os.stat_result) -> Kind | None:
    """What it is; None for sockets, pipes and devices."""
    if stat.S_ISREG(status.st_mode):
        return "file"
    if stat.S_ISDIR(status.st_mode):
        return "dir"
    return "link" if stat.S_ISLNK(status.st_mode) else None


def _differs(
    folder: int, name: str, status: os.stat_result, item: Item, copied: int | None
) -> bool:
    """Whether something differs from what the snapshot has; its content is read only if need be."""
    kind = _kind(status)
    if kind != item.type:
        return True
    if kind == "link":
        return os.readlink(name, dir_fd=folder) != item.target
    if stat.S_IMODE(status.st_mode) != item.mode:
        return True
    if kind == "dir" or status.st_size != item.size:
        return kind != "dir"
    # Steps may set any time, but never this one; without a mark in the copy, times are believed.
    untouched = copied is None or status.st_ctime_ns < copied
    if untouched and status.st_mtime_ns == item.mtime_ns:
        return False
    try:
        return hash_at(name, folder) != item.sha256
    except OSError:  # gone meanwhile, or made unreadable
        return True
