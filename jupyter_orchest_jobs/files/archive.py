"""A zip archive of many files, in pieces: however large it is, little of it is in memory."""

import stat
import time
import zipfile
from collections.abc import Container, Iterable, Iterator
from typing import BinaryIO

from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.paths import shown
from jupyter_orchest_jobs.files.run_tree import RunFile, RunTree

MISSING = "not-in-this-archive.txt"
"""In an archive, if files could not be read: which, and why."""

_CHUNK = 2**18
_LARGE = 2**30
"""A file may grow while it is read: larger ones get fields for sizes beyond 4 GiB."""
_LEVEL = 1
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _Pipe:
    """What an archive is written to; holds what nobody has taken yet."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        """All is there already."""

    def take(self, least: int = 0) -> Iterator[bytes]:
        """What was written, if it is at least so much."""
        if self._size > least:
            data, self._pieces, self._size = b"".join(self._pieces), [], 0
            yield data


def zipped(tree: RunTree, files: Iterable[RunFile]) -> Iterator[bytes]:
    """Pack files of a run, in pieces of about 256 KiB.

    Names are UTF-8, and none leads out of the folder into which they are unpacked. Links are packed
    as links, last of all, so that nothing is unpacked through one. What disappears or can't be read
    meanwhile is named in the file ``MISSING`` at the end.

    Args:
        tree: of the run.
        files: which of its files, links and folders.
    """
    pipe = _Pipe()
    missing: list[str] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:  # type: ignore[call-overload]
        for file in _links_last(files):
            name = _name(file.path)
            if file.type != "dir":
                name = _free(name, archive.NameToInfo)
            try:
                if file.type == "dir":
                    if f"{name}/" not in archive.NameToInfo:
                        archive.writestr(_info(f"{name}/", stat.S_IFDIR | 0o755), b"")
                elif file.type == "link":
                    target = shown(tree.read_link(file.path)).encode()
                    archive.writestr(_info(name, stat.S_IFLNK | 0o777), target)
                else:
                    with tree.open(file.path) as source:
                        yield from _pack(archive, pipe, name, source)
            except NotFound:
                missing.append(f"{shown(file.path)}: it was there, but is no longer")
            except OSError as error:
                missing.append(f"{shown(file.path)}: {error.strerror}")
            yield from pipe.take(_CHUNK)
        if missing:
            name = _free(MISSING, archive.NameToInfo)
            archive.writestr(_info(name, stat.S_IFREG | 0o644), "\n".join(missing) + "\n")
    yield from pipe.take()


def _links_last(files: Iterable[RunFile]) -> Iterator[RunFile]:
    links = []
    for file in files:
        if file.type == "link":
            links.append(file)
        else:
            yield file
    yield from links


def _name(path: str) -> str:
    """What a file is called in the archive: without backslashes, which elsewhere part folders."""
    return shown(path.replace("\\", "%5C")).replace("\\x", "%")


def _free(name: str, taken: Container[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _pack(archive: zipfile.ZipFile, pipe: _Pipe, name: str, source: BinaryIO) -> Iterator[bytes]:
    info = zipfile.ZipInfo.from_file(source.fileno(), name, strict_timestamps=False)  # type: ignore[arg-type]
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = _LEVEL  # type: ignore[attr-defined]  # public from Python 3.13
    with archive.open(info, "w", force_zip64=info.file_size > _LARGE) as target:
        while data := source.read(_CHUNK):
            target.write(data)
            yield from pipe.take(_CHUNK)


def _info(name: str, mode: int) -> zipfile.ZipInfo:
    now = time.localtime()[:6]
    info = zipfile.ZipInfo(name, max(now, _EARLIEST))
    info.create_system = 3  # the next field is one of Unix
    info.external_attr = mode << 16
    if stat.S_ISDIR(mode):
        info.external_attr |= 0x10
    return info
