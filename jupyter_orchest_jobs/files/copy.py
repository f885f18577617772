"""Copies of files and trees that share nothing with the original but unchanged disk blocks."""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from jupyter_orchest_jobs.files.paths import join, opened_folder, opened_root

READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""How files are opened that may have become something else: never follows, never blocks."""
CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_COPIED_AT = "user.orchest_jobs.copied_at"
_FICLONE = 0x40049409
_CHUNK = 2**20


def copy_tree(source: Path, target: Path, on_file: Callable[[int], None] | None = None) -> None:
    """Copy a folder with all that is in it.

    Files become reflinks where the file system can do that, else copies; never hard links, so
    that no write to the copy reaches the original. Holes stay holes. Symbolic links are copied
    as they are. Permission bits (without setuid, setgid and sticky) and the times of files are
    kept; folders are made usable for their owner besides. Sockets, pipes and devices are left out.

    Args:
        source: the folder; nobody may be changing it.
        target: where the copy goes; must not exist. Its parent must.
        on_file: called with the size in bytes after each file; may raise to stop.

    Raises:
        FileExistsError: there is something at ``target``.
        OSError: something can't be read or written; ``target`` is removed.
    """
    target.mkdir(mode=0o700)
    try:
        with opened_root(source) as source_fd, opened_root(target) as target_fd:
            _copy_folders(source_fd, target_fd, Cloner(), on_file)
            _remember_end(target_fd)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def copied_at(folder: int) -> int | None:
    """When `copy_tree` was done with a copy, given by its descriptor, if that is known.

    Returns:
        Nanoseconds, comparable with ``st_ctime_ns``: what was changed since, by whatever means,
        has this time or a later one.
    """
    try:
        return int(os.getxattr(folder, _COPIED_AT))
    except (OSError, AttributeError, ValueError):
        return None


class Cloner:
    """Copies the content of open files; remembers when the file system can't share blocks."""

    def __init__(self) -> None:
        self._shares = True

    def clone(self, source: int, target: int) -> bool:
        """Make ``target`` share the blocks of ``source``, copy-on-write; False if impossible."""
        if not self._shares:
            return False
        try:
            fcntl.ioctl(target, _FICLONE, source)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            self._shares = False
        return self._shares

    def copy(self, source: int, target: int, status: os.stat_result) -> None:
        """Copy the content of an open file into an empty one.

        Args:
            status: of ``source``, as it is to be copied.

        Raises:
            OSError: it can't be read or written.
        """
        if status.st_size == 0 or self.clone(source, target):
            return
        for start, end in data_ranges(source, status):
            _copy_range(source, target, start, end)
        if os.fstat(target).st_size != status.st_size:
            os.ftruncate(target, status.st_size)


def data_ranges(fd: int, status: os.stat_result) -> Iterator[tuple[int, int]]:
    """The parts ``(start, end)`` of a file that are not holes, in bytes."""
    size = status.st_size
    if status.st_blocks * 512 >= size:
        yield 0, size
        return
    end = 0
    while end < size:
        try:
            start = os.lseek(fd, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole up to the end
                return
            yield end, size
            return
        end = min(os.lseek(fd, start, os.SEEK_HOLE), size)
        if start >= end:
            return
        yield start, end


def file_mode(mode: int) -> int:
    """The permission bits that a copied file gets."""
    return stat.S_IMODE(mode) & 0o777


def folder_mode(mode: int) -> int:
    """The permission bits that a copied folder gets: its owner can always use it."""
    return file_mode(mode) | stat.S_IRWXU


def copy_file(name: str, source: int, target: int, cloner: Cloner) -> int | None:
    """Copy one regular file between two open folders.

    Args:
        name: the file's name in both.
        source: descriptor of the folder that has it.
        target: descriptor of the folder that gets it, and has nothing of that name.

    Returns:
        Its size in bytes, or None if it is no regular file.

    Raises:
        OSError: it can't be read or written, or is a symbolic link.
    """
    source_fd = os.open(name, READ, dir_fd=source)
    try:
        status = os.fstat(source_fd)
        if not stat.S_ISREG(status.st_mode):
            return None
        target_fd = os.open(name, CREATE, 0o600, dir_fd=target)
        try:
            cloner.copy(source_fd, target_fd, status)
            os.fchmod(target_fd, file_mode(status.st_mode))
            os.utime(target_fd, ns=(status.st_atime_ns, status.st_mtime_ns))
        finally:
            os.close(target_fd)
    finally:
        os.close(source_fd)
    return status.st_size


def copy_link(name: str, source: int, target: int) -> None:
    """Copy one symbolic link, as it is, between two open folders.

    Raises:
        OSError: it is no link, or can't be written.
    """
    os.symlink(os.readlink(name, dir_fd=source), name, dir_fd=target)


def _copy_folders(
    source: int, target: int, cloner: Cloner, on_file: Callable[[int], None] | None
) -> None:
    # By paths from the top instead of recursion: neither frames nor descriptors run out.
    folders = [""]
    while folders:
        folder = folders.pop()
        with opened_folder(source, folder) as here, opened_folder(target, folder) as there:
            with os.scandir(here) as entries:
                found = list(entries)
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    os.mkdir(entry.name, 0o700, dir_fd=there)
                    folders.append(join(folder, entry.name))
                elif entry.is_symlink():
                    copy_link(entry.name, here, there)
                elif entry.is_file(follow_symlinks=False):
                    size = copy_file(entry.name, here, there, cloner)
                    if on_file is not None and size is not None:
                        on_file(size)
            os.fchmod(there, folder_mode(os.fstat(here).st_mode))


def _remember_end(folder: int) -> None:
    """Note the time by the file system's own clock, which ticks more slowly than ours."""
    with contextlib.suppress(OSError, AttributeError):  # not everywhere
        os.utime(folder)
        os.setxattr(folder, _COPIED_AT, b"%d" % os.fstat(folder).st_ctime_ns)


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    at = start
    while at < end:
        try:
            count = os.copy_file_range(source, target, end - at, at, at)
        except (OSError, AttributeError) as error:
            if getattr(error, "errno", None) == errno.ENOSPC:
                raise
            _read_and_write(source, target, at, end)
            return
        if count == 0:  # it became shorter
            return
        at += count


def _read_and_write(source: int, target: int, start: int, end: int) -> None:
    at = start
    while at < end:
        data = os.pread(source, min(_CHUNK, end - at), at)
        if not data:
            return
        view = memoryview(data)
        while view:
            written = os.pwrite(target, view, at)
            view = view[written:]
            at += written
