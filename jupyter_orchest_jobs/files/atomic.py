"""Files that are there whole, or not at all."""

import ctypes
import os
import uuid
from pathlib import Path

TEMPORARY = ".tmp-"
"""How the names of files begin that are being written, or were left by a crash."""


def write_atomic(path: Path, data: bytes, mode: int = 0o600, *, durable: bool = True) -> None:
    """Write a file so that readers, also after a crash, see the old content or the new one.

    Args:
        path: the file; replaced if it is there. Its folder must exist.
        data: the whole content.
        mode: permission bits of the file, whatever the umask.
        durable: whether that holds for a loss of power, too. It takes some milliseconds, which
            nobody needs who writes the file again then.

    Raises:
        OSError: nothing was changed, and nothing is left behind.
    """
    # Not derived from the file's name, which may be as long as names can be.
    temporary = path.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(fd, "wb", closefd=True) as file:  # noqa: PTH123  # a descriptor
            file.write(data)
            file.flush()
            os.fchmod(fd, mode)
            if durable:
                os.fsync(fd)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power loss.

    Raises:
        OSError: the folder can't be opened or written.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_tree(folder: Path) -> None:
    """Make all that was written below a folder survive a power loss.

    One call for its whole file system where the kernel has that: for thousands of files many
    times faster than one call for each.

    Raises:
        OSError: something could not be written.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs is None:
            os.sync()
        elif syncfs(fd) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(fd)
