"""Writes the journal of an attempt."""

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.journal import Entry, Sequencer, to_line
from jupyter_orchest_jobs.files.private import write_private

_RESERVE_BYTES = 64 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_disk_full(error: BaseException) -> bool:
    """Whether the error says that there is no room left to write to."""
    return isinstance(error, OSError) and error.errno in _FULL


class JournalWriter:
    """Appends entries; the runner's only voice.

    Some space is held back, so that a full disk can still be reported.

    Args:
        path: of the journal; must not exist.
        reserve: of a file that holds the space back.
        check: called before each entry; comes back only if the attempt is still this runner's.

    Raises:
        FileExistsError: somebody has begun this attempt already.
        OSError: it can't be written.
    """

    def __init__(self, path: Path, reserve: Path, check: Callable[[], None] = lambda: None) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._reserve = reserve
        self._check = check
        self._sequencer = Sequencer()
        self._end = 0
        self._on_disk_full: Callable[[OSError], None] | None = None
        write_private(reserve, bytes(_RESERVE_BYTES))

    def watch_disk(self, on_disk_full: Callable[[OSError], None]) -> None:
        """Have a full disk reported; until then it is an error."""
        self._on_disk_full = on_disk_full

    def write(self, kind: type[Entry], *, sync: bool = False, **values: Any) -> None:
        """Append an entry.

        Args:
            kind: which.
            sync: return only when it will survive a loss of power.
            values: its fields but ``seq`` and ``t``.

        Raises:
            OSError: it can't be written, not even into the reserve.
        """
        self._check()
        line = to_line(self._sequencer.stamp(kind, datetime.now(UTC), **values))
        try:
            self._append(line, sync)
        except OSError as error:
            if not is_disk_full(error) or not self._reserve.exists():
                raise
            # A part of the line may stand there; it must not become the start of the next.
            os.ftruncate(self._fd, self._end)
            self._reserve.unlink()
            self._append(line, sync)
            if self._on_disk_full is not None:
                self._on_disk_full(error)
        self._end += len(line)

    def close(self) -> None:
        """Give back the reserve and the file."""
        self._reserve.unlink(missing_ok=True)
        os.close(self._fd)

    def _append(self, line: bytes, sync: bool) -> None:
        rest = line
        while rest:
            rest = rest[os.write(self._fd, rest) :]
        if sync:
            os.fsync(self._fd)
