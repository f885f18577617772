"""Copies the files of a project while others may be writing to them: whole, or with an error."""

import errno
import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from jupyter_orchest_jobs.errors import Problem
from jupyter_orchest_jobs.files.copy import CREATE, READ, Cloner, data_ranges, file_mode
from jupyter_orchest_jobs.files.manifest import Item, hash_file
from jupyter_orchest_jobs.files.paths import opened_folder, opened_root, shown
from jupyter_orchest_jobs.files.walk import Entry, unreadable
from jupyter_orchest_jobs.snapshot.base import Base, link, opened_below, stamp

THREADS = 2
"""Reading, hashing and writing let other threads of Python work meanwhile."""
TRIES = 4
"""How often a file is read that changes meanwhile: once, and three times again."""

_GROUP_FILES = 64
_GROUP_BYTES = 8 * 2**20
_CHUNK = 2**20
_TICK_S = 0.02
"""Twice the coarsest step, and more, of the clock that dates changes of files."""
_LOOK_UP_S = 0.1


@dataclass
class Copied:
    """What became of the files.

    Attributes:
        items: what was copied, by path.
        problems: files that couldn't be read, or were never still.
        gone: files that disappeared since the walk.
    """

    items: dict[str, Item] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


_OTHER_KIND = {errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.EISDIR}
"""Opening says so when the file has become a link, a socket, a device, or a folder."""


class Stopped(Exception):
    """The caller cancelled."""


class _Changed(Exception):
    """The file is not what it was a moment ago."""


class _WriteFailed(Exception):
    """The copy can't be written; the cause is the error."""


def copy_files(
    entries: Iterable[Entry],
    source: Path,
    target: Path,
    base: Base,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Copied:
    """Copy regular files of a project into folders that are there already.

    Files are reached by descriptors of their folders, and no link is followed, so that nothing
    from outside of ``source`` can get into the copy, whatever is swapped meanwhile. A file that
    changes while it is read is read again. What is as in the snapshot of before becomes a link to
    that.

    Args:
        entries: files only; those of one folder one after another.
        source: the project.
        target: the copy.
        base: the snapshot of before.
        progress: called from this thread with the files and bytes done so far.
        cancelled: asked from this thread, several times a second.

    Raises:
        Stopped: ``cancelled`` said so.
        OSError: the copy can't be written.
    """
    result = Copied()
    with (
        opened_root(source) as source_fd,
        opened_root(target) as target_fd,
        base.opened() as base_fd,
        ThreadPoolExecutor(THREADS, "snapshot") as pool,
    ):
        work = _Work(source_fd, target_fd, base, base_fd)
        groups = _groups(entries)
        running: set[Future[Copied]] = set()
        try:
            while True:
                for group in islice(groups, 2 * THREADS - len(running)):
                    running.add(pool.submit(work.copy_group, group))
                if not running:
                    break
                done, running = wait(running, _LOOK_UP_S, FIRST_COMPLETED)
                for future in done:
                    part = future.result()
                    result.items.update(part.items)
                    result.problems += part.problems
                    result.gone += part.gone
                progress(work.files, work.bytes)
                if cancelled():
                    raise Stopped
        except _WriteFailed as error:
            raise error.__cause__ or error from None
        finally:
            work.stop.set()
    return result


def _groups(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Files of one folder, a handful at a time."""
    for _, together in groupby(entries, lambda entry: entry.path.rpartition("/")[0]):
        group: list[Entry] = []
        size = 0
        for entry in together:
            group.append(entry)
            size += entry.size
            if len(group) >= _GROUP_FILES or size >= _GROUP_BYTES:
                yield group
                group, size = [], 0
        if group:
            yield group


class _Place(NamedTuple):
    """A folder of the project, of its copy and, if there is one, of the snapshot of before."""

    source: int
    target: int
    base: int | None


class _Work:
    """What the threads share."""

    def __init__(self, source: int, target: int, base: Base, base_fd: int | None) -> None:
        self.files = 0
        self.bytes = 0
        self.stop = threading.Event()
        self._source = source
        self._target = target
        self._base = base
        self._base_fd = base_fd
        self._cloner = Cloner()
        self._counting = threading.Lock()
        self._buffers = threading.local()

    def copy_group(self, group: Sequence[Entry]) -> Copied:
        """Copy some files of one folder."""
        result = Copied()
        folder = group[0].path.rpartition("/")[0]
        try:
            with (
                opened_folder(self._source, folder) as source,
                opened_folder(self._target, folder) as target,
                opened_below(self._base_fd, folder) as base,
            ):
                place = _Place(source, target, base)
                for entry in group:
                    if not self._link(entry, place, result):
                        self._copy_one(entry.path, place, result)
        except FileNotFoundError:
            result.gone += [entry.path for entry in group if entry.path not in result.items]
        except OSError as error:
            result.problems.append(unreadable(folder, error, "folder"))
        return result

    def _link(self, entry: Entry, place: "_Place", result: Copied) -> bool:
        """Link a file that is surely as it was."""
        item = self._base.unchanged(entry)
        name = entry.path.rpartition("/")[2]
        if item is None or not link(name, place.base, place.target, item):
            return False
        result.items[entry.path] = item
        self._count(1, item.size)
        return True

    def _copy_one(self, path: str, place: "_Place", result: Copied) -> None:
        for _ in range(TRIES):
            if self.stop.is_set():
                raise Stopped
            try:
                result.items[path] = self._try(path, place)
            except _Changed:
                continue
            except FileNotFoundError:
                result.gone.append(path)
            except OSError as error:
                result.problems.append(unreadable(path, error, "file"))
            return
        result.problems.append(
            Problem(
                "The file keeps changing while it is copied; wait until the program that writes "
                "it is done, or add it to .gitignore.",
                shown(path),
            )
        )

    def _try(self, path: str, place: "_Place") -> Item:
        name = path.rpartition("/")[2]
        try:
            fd = os.open(name, READ, dir_fd=place.source)
        except OSError as error:
            if error.errno in _OTHER_KIND:
                raise _Changed from None
            raise
        try:
            seen_ns = time.time_ns()
            before = _at_rest(fd)
            inode, ctime_ns = stamp(before, seen_ns)
            item = self._link_equal(path, fd, before, place)
            if item is None:
                try:
                    item = self._copy(name, fd, before, place.target)
                except _Changed:
                    os.unlink(name, dir_fd=place.target)
                    raise
            return item._replace(inode=inode, ctime_ns=ctime_ns)
        finally:
            os.close(fd)

    def _link_equal(
        self, path: str, fd: int, before: os.stat_result, place: "_Place"
    ) -> Item | None:
        """Link a file that might be as it was, and is."""
        item = self._base.similar(path, before)
        if item is None or place.base is None:
            return None
        digest = hashlib.sha256()
        at = 0
        while at < before.st_size:
            chunk = self._read(fd, at, before.st_size)
            digest.update(chunk)
            at += len(chunk)
        if _version(os.fstat(fd)) != _version(before):
            raise _Changed
        name = path.rpartition("/")[2]
        if digest.hexdigest() != item.sha256 or not link(name, place.base, place.target, item):
            return None
        self._count(1, item.size)
        return item

    def _copy(self, name: str, fd: int, before: os.stat_result, target: int) -> Item:
        try:
            out = os.open(name, CREATE, 0o600, dir_fd=target)
        except OSError as error:
            raise _WriteFailed from error
        try:
            sha256 = self._transfer(fd, out, before)
            if _version(os.fstat(fd)) != _version(before):
                self._count(-1, -before.st_size)
                raise _Changed
            mode = file_mode(before.st_mode)
            try:
                os.fchmod(out, mode)
                os.utime(out, ns=(before.st_atime_ns, before.st_mtime_ns))
            except OSError as error:
                raise _WriteFailed from error
            # Some file systems keep coarser times than they are given.
            return Item("file", mode, before.st_size, os.fstat(out).st_mtime_ns, sha256)
        finally:
            os.close(out)

    def _transfer(self, fd: int, out: int, before: os.stat_result) -> str:
        """Copy the content; returns its SHA-256."""
        size = before.st_size
        try:
            shared = size > 0 and self._cloner.clone(fd, out)
        except OSError as error:
            raise _WriteFailed from error
        if shared:
            self._count(1, size)
            return hash_file(out)
        digest = hashlib.sha256()
        at = 0
        try:
            for start, end in data_ranges(fd, before):
                _add_zeros(digest, start - at)
                at = start
                while at < end:
                    chunk = self._read(fd, at, end)
                    digest.update(chunk)
                    _write(out, chunk, at)
                    at += len(chunk)
                    self._count(0, len(chunk))
            _add_zeros(digest, size - at)
        except BaseException:
            self._count(0, -at)
            raise
        _set_size(out, size)
        self._count(1, size - at)
        return digest.hexdigest()

    def _read(self, fd: int, start: int, end: int) -> memoryview:
        """The next part of a file, in memory that the thread's next call overwrites."""
        if self.stop.is_set():
            raise Stopped
        buffer = getattr(self._buffers, "buffer", None)
        if buffer is None:
            buffer = self._buffers.buffer = memoryview(bytearray(_CHUNK))
        part: memoryview = buffer[: min(_CHUNK, end - start)]
        count = os.preadv(fd, [part], start)
        if count == 0:
            raise _Changed
        return part[:count]

    def _count(self, files: int, size: int) -> None:
        with self._counting:
            self.files += files
            self.bytes += size


def _at_rest(fd: int) -> os.stat_result:
    """The status of a regular file that wasn't written to just now."""
    status = os.fstat(fd)
    age = time.time() - status.st_mtime_ns / 1e9
    if 0 <= age < _TICK_S:
        # A second change within one tick of the clock would not move the file's time.
        time.sleep(_TICK_S)
        again = os.fstat(fd)
        if _version(again) != _version(status):
            raise _Changed
    if not stat.S_ISREG(status.st_mode):
        raise _Changed
    return status


def _version(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _add_zeros(digest: "hashlib._Hash", count: int) -> None:
    """Hash a hole."""
    zeros = bytes(min(count, _CHUNK))
    while count > 0:
        digest.update(zeros[:count])
        count -= len(zeros)


def _write(out: int, data: memoryview, at: int) -> None:
    try:
        while data:
            written = os.pwrite(out, data, at)
            data = data[written:]
            at += written
    except OSError as error:
        raise _WriteFailed from error


def _set_size(out: int, size: int) -> None:
    """Make a file end with a hole, if it is to."""
    try:
        if os.fstat(out).st_size != size:
            os.ftruncate(out, size)
    except OSError as error:
        raise _WriteFailed from error
