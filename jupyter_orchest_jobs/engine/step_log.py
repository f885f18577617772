"""The log of a step: what its process printed, whole and in order, for people to read."""

import os
from collections.abc import Callable
from pathlib import Path

LIMIT_BYTES = 2**30
"""Largest log; a step that prints without end must not fill the disk."""


class StepLog:
    """Appends to ``log.txt``; never raises for what is written, so no step fails by its log.

    Args:
        path: of the file.
        on_limit: called once with a sentence when the log has reached its limit.
        on_disk_full: called once when nothing more can be written.
        limit: in bytes.
    """

    def __init__(
        self,
        path: Path,
        on_limit: Callable[[str], None],
        on_disk_full: Callable[[OSError], None],
        limit: int = LIMIT_BYTES,
    ) -> None:
        self.path = path
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._on_limit = on_limit
        self._on_disk_full = on_disk_full
        self._limit = limit
        self._size = os.fstat(self._fd).st_size
        self._at_line_start = True
        self._closed = False

    def write(self, text: str) -> None:
        """Append text as it is."""
        self.write_bytes(text.encode("utf-8", "backslashreplace"))

    def line(self, text: str) -> None:
        """Append text on lines of its own."""
        start = "" if self._at_line_start else "\n"
        self.write(start + text + ("" if text.endswith("\n") else "\n"))

    def write_bytes(self, data: bytes) -> None:
        """Append bytes as they are."""
        if not data or self._closed:
            return
        room = self._limit - self._size
        if len(data) <= room:
            self._append(data)
            return
        message = (
            f"The log is cut here: it has reached its limit of {self._limit / 2**20:,.0f} MiB."
        )
        self._append(data[:room] + f"\n{message}\n".encode())
        self._closed = True
        self._on_limit(message)

    def tail(self, size: int) -> str:
        """The last ``size`` bytes of the log."""
        with self.path.open("rb") as file:
            file.seek(max(0, self._size - size))
            return file.read(size).decode("utf-8", "replace")

    def close(self) -> None:
        """Write no more."""
        self._closed = True
        os.close(self._fd)

    def _append(self, data: bytes) -> None:
        self._at_line_start = data.endswith(b"\n")
        try:
            while data:
                written = os.write(self._fd, data)
                self._size += written
                data = data[written:]
        except OSError as error:
            self._closed = True
            self._on_disk_full(error)
