"""Opening files that others make: never waits for a pipe, never takes more than is wanted."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from jupyter_orchest_jobs.files.paths import opened_folder, opened_root

_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


class NotRegular(OSError):
    """It is there, but is a folder, a pipe or a device."""


def open_below(root: Path, relative: str) -> BinaryIO:
    """Open a regular file below a folder; of what is below it, no link is followed.

    Args:
        relative: plain POSIX path.

    Raises:
        NotRegular: it is no file.
        OSError: there is none (``ENOENT``), a link is on the way (``ELOOP``, ``ENOTDIR``), or it
            can't be read.
    """
    folder, _, name = relative.rpartition("/")
    with opened_root(root) as top, opened_folder(top, folder) as fd:
        return _regular(os.open(name, _READ | os.O_NOFOLLOW, dir_fd=fd))


def open_file(path: Path, *, follow: bool = False) -> BinaryIO:
    """Open a regular file.

    Args:
        follow: whether it may be a link.

    Raises:
        NotRegular: it is no file.
        OSError: there is none, it is a link, or it can't be read.
    """
    return _regular(os.open(path, _READ | (0 if follow else os.O_NOFOLLOW)))


def read_start(path: Path, most: int) -> bytes:
    """The content of a regular file, or of that to which a link leads.

    Args:
        most: of what has more bytes than this, as many and one more are read.

    Raises:
        NotRegular: it is no file.
        OSError: there is none, or it can't be read.
    """
    with open_file(path, follow=True) as file:
        return file.read(most + 1)


def is_below(root: Path, relative: str) -> bool:
    """Whether there is a regular file below a folder, and no link on the way to it."""
    path, mode = root, 0
    for name in relative.split("/"):
        path = path / name
        try:
            mode = path.lstat().st_mode
        except OSError:
            return False
        if stat.S_ISLNK(mode):
            return False
    return stat.S_ISREG(mode)


def _regular(fd: int) -> BinaryIO:
    mode = os.fstat(fd).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(fd, "rb")
    os.close(fd)
    if stat.S_ISDIR(mode):
        raise NotRegular(errno.EISDIR, os.strerror(errno.EISDIR))
    raise NotRegular(errno.EINVAL, "It is a pipe or a device")
