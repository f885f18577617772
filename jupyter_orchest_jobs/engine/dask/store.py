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
            OSError: it can't be written.
        """
        path = self._path(name)
        part = f"{path}.{new_id()}.part"
        self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            with self._fs.open(part, "wb") as file:
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
            OSError: it can't be read.
        """
        return cast(BinaryIO, self._fs.open(self._path(name), "rb"))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        path = self._path(name)
        if self._fs.exists(path):
            self._fs.rm(path)

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"
