"""A folder at an fsspec URL through which files travel."""

from collections.abc import Iterable
from typing import BinaryIO, cast

import fsspec

from jupyter_orchest_jobs.domain.ids import new_id


class Store:
    """Files that workers and the machine of the conductor reach.

    Args:
        url: of the folder.
    """

    def __init__(self, url: str) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url)

    def has(self, name: str) -> bool:
        """Whether there is such a file, complete."""
        return bool(self._fs.exists(self._path(name)))

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file, which appears when it is complete.

        Raises:
            Exception: it can't be written; an OSError, or what the file system has for that.
        """
        path = self._path(name)
        part = f"{path}.{new_id()}.part"
        try:
            with self._new(part) as file:
                for piece in pieces:
                    file.write(piece)
            self._fs.mv(part, path)
        except BaseException:
            if self._fs.exists(part):
                self._fs.rm(part)
            raise

    def open(self, name: str) -> BinaryIO:
        """A file, to be read.

        Raises:
            Exception: it can't be read; an OSError, or what the file system has for that.
        """
        return cast(BinaryIO, self._fs.open(self._path(name), "rb"))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        path = self._path(name)
        if self._fs.exists(path):
            self._fs.rm(path)

    def _new(self, path: str) -> BinaryIO:
        """A file to be written, in a folder that is made only where there are folders.

        Elsewhere to make one means to make a bucket, also one that was only misspelt.
        """
        try:
            return cast(BinaryIO, self._fs.open(path, "wb"))
        except OSError:
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            return cast(BinaryIO, self._fs.open(path, "wb"))

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"
