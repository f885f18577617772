"""Reads what a runner writes, as far as others may know it while it goes on."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from jupyter_orchest_jobs.domain.journal import AttemptFinished, whole_lines
from jupyter_orchest_jobs.engine.folder import LOG, AttemptFolder

JOURNAL = "journal.jsonl"
_LAST = f'"kind": "{AttemptFinished.kind}"'.encode()
_MOST_OF_JOURNAL = 256 * 1024
_MOST_OF_LOG = 16 * 1024

News = list[tuple[str, int, bytes]]
"""File (relative to the attempt's folder), offset, and what stands there."""


class Tails:
    """The journal and the logs of an attempt, as they grow.

    The journal's last line is held back: who reads it takes all files for complete.

    Args:
        steps: ids of the run's steps.
    """

    def __init__(self, folder: AttemptFolder, steps: Iterable[str]) -> None:
        self._folder = folder
        self._logs = {folder.inner(step, LOG): folder.step(step) / LOG for step in steps}
        self._known: dict[str, tuple[int, int]] = {}

    def go_on_from(self, sizes: Mapping[str, int]) -> None:
        """Tell again what somebody doesn't know who has so much of each file."""
        for name in (JOURNAL, *self._logs):
            inode, _ = self._known.get(name, (0, 0))
            self._known[name] = inode, sizes.get(name, 0)

    def read(self) -> News:
        """What is new; a part of it where that is much."""
        news: News = []
        self._read(news, JOURNAL, self._folder.journal, _MOST_OF_JOURNAL)
        for name, path in self._logs.items():
            self._read(news, name, path, _MOST_OF_LOG)
        return news

    def _read(self, news: News, name: str, path: Path, most: int) -> None:
        try:
            with path.open("rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                inode, offset = self._known.get(name, (0, 0))
                if (inode and inode != status.st_ino) or status.st_size < offset:
                    offset = 0  # of another try
                self._known[name] = status.st_ino, offset
                if status.st_size == offset:
                    return
                file.seek(offset)
                data = file.read(most)
        except OSError:
            return
        if name == JOURNAL:
            lines, used = whole_lines(data)
            if lines and _LAST in lines[-1]:
                used = data.rfind(b"\n", 0, used - 1) + 1
            data = data[:used]
        if data:
            news.append((name, offset, data))
            self._known[name] = status.st_ino, offset + len(data)
