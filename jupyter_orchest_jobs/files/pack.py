"""Trees of files as one stream (tar), made and read in pieces: little of it is in memory.

What is read may come from another machine: it can't write anything outside of its target.
"""

import os
import shutil
import stat
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from jupyter_orchest_jobs.files.paths import join, opened_folder, opened_root, plain
from jupyter_orchest_jobs.files.private import make_private

PIECE = 2**20
"""About so many bytes has a piece."""
_ZEROS = bytes(tarfile.RECORDSIZE)


class Source(Protocol):
    """What a stream is read from."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes; fewer only at the end."""


def pack(
    trees: Mapping[str, Path], leaves_out: Callable[[str], bool] = lambda path: False
) -> Iterator[bytes]:
    """Pack files and folders, with their modes, times and links.

    Pipes, sockets and devices are left out, and so is what isn't there.

    Args:
        trees: name in the stream, POSIX → what gets it.
        leaves_out: whether something is left out, by its path in the stream.

    Raises:
        OSError: something can't be read.
    """
    waiting: list[bytes] = []
    size = 0
    for data in _blocks(trees, leaves_out):
        waiting.append(data)
        size += len(data)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def unpack(source: Source, target: Path) -> None:
    """Unpack what :func:`pack` has made.

    Args:
        target: a folder; made for its owner only if it is missing. Nothing in it is replaced.

    Raises:
        OSError: something can't be written, is there already, or the stream ends too early.
        InvalidInput: a path leads out of the target.
        tarfile.TarError: it is no such stream.
    """
    make_private(target)
    folders: list[tuple[str, int]] = []
    with opened_root(target) as root:
        with tarfile.open(fileobj=source, mode="r|", bufsize=PIECE) as archive:  # type: ignore[call-overload]
            for item in archive:
                path = plain(item.name)
                parent, _, name = path.rpartition("/")
                with opened_folder(root, parent) as folder:
                    if item.isdir():
                        os.mkdir(name, 0o700, dir_fd=folder)
                        folders.append((path, item.mode))
                    elif item.issym():
                        os.symlink(item.linkname, name, dir_fd=folder)
                    elif item.isreg():
                        _write_file(archive, item, name, folder)
        for path, mode in reversed(folders):
            parent, _, name = path.rpartition("/")
            with opened_folder(root, parent) as folder:
                os.chmod(name, stat.S_IMODE(mode), dir_fd=folder)


def _write_file(archive: tarfile.TarFile, item: tarfile.TarInfo, name: str, folder: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    content = archive.extractfile(item)
    with open(os.open(name, flags, 0o600, dir_fd=folder), "wb") as file:  # noqa: PTH123
        if content is not None:
            shutil.copyfileobj(content, file, PIECE)
        file.flush()
        # A number as text: as one of floating point it would lose its last digits.
        whole, _, part = item.pax_headers.get("mtime", "0").partition(".")
        changed = int(whole) * 10**9 + int(part[:9].ljust(9, "0"))
        os.utime(file.fileno(), ns=(changed, changed))
        os.fchmod(file.fileno(), stat.S_IMODE(item.mode))


def _blocks(trees: Mapping[str, Path], leaves_out: Callable[[str], bool]) -> Iterator[bytes]:
    for name, path in trees.items():
        if path.is_dir():
            for parent in _parents(name):
                yield _header(parent, stat.S_IFDIR | 0o700)
            with opened_root(path) as root:
                yield from _folder(root, name, leaves_out)
        elif path.is_file():
            with opened_root(path.parent) as root:
                yield from _file(path.name, root, name)
    yield _ZEROS[:1024]


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts))]


def _folder(root: int, name: str, leaves_out: Callable[[str], bool]) -> Iterator[bytes]:
    yield _header(name, os.fstat(root).st_mode)
    waiting = [""]
    while waiting:
        inner = waiting.pop()
        with opened_folder(root, inner) as folder:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
            for entry in entries:
                path = join(name, join(inner, entry.name))
                if leaves_out(path):
                    continue
                if entry.is_symlink():
                    target = os.readlink(entry.name, dir_fd=folder)
                    yield _header(path, stat.S_IFLNK | 0o777, target=target)
                elif entry.is_dir(follow_symlinks=False):
                    yield _header(path, entry.stat(follow_symlinks=False).st_mode)
                    waiting.append(join(inner, entry.name))
                elif entry.is_file(follow_symlinks=False):
                    yield from _file(entry.name, folder, path)


def _file(name: str, folder: int, path: str) -> Iterator[bytes]:
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    with open(fd, "rb", buffering=0) as file:  # noqa: PTH123
        status = os.fstat(fd)
        yield _header(path, status.st_mode, status.st_size, status.st_mtime_ns)
        rest = status.st_size
        while rest:
            # It has the size that was said, whatever becomes of it meanwhile.
            data = file.read(min(rest, PIECE)) or bytes(min(rest, PIECE))
            rest -= len(data)
            yield data
    yield bytes(-status.st_size % tarfile.BLOCKSIZE)


def _header(path: str, mode: int, size: int = 0, mtime_ns: int = 0, target: str = "") -> bytes:
    item = tarfile.TarInfo(path)
    item.mode = stat.S_IMODE(mode)
    item.size = size
    item.linkname = target
    if stat.S_ISDIR(mode):
        item.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(mode):
        item.type = tarfile.SYMTYPE
    else:
        item.pax_headers = {"mtime": f"{mtime_ns // 10**9}.{mtime_ns % 10**9:09d}"}
    return item.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
