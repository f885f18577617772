"""The budget of step processes that all runs of a state dir share.

A slot is a lock that the kernel of the operating system holds for a runner, so a runner that is
killed gives back what it had.
"""

import asyncio
from pathlib import Path

from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.files.locks import FileLock, is_locked
from jupyter_orchest_jobs.files.private import make_private

_RETRY_S = 0.02
"""Locks can't be awaited; trying all of a dozen takes a tenth of a millisecond."""


class Slots:
    """The slots of a state dir.

    Args:
        folder: with the locks ``0.lock`` …; made if it is missing.
        count: how many there are.
    """

    def __init__(self, folder: Path, count: int) -> None:
        make_private(folder)
        self._locks = [folder / f"{number}.lock" for number in range(max(1, count))]

    async def acquire(self, stop: Stop) -> FileLock | None:
        """Wait for a free slot.

        Returns:
            The slot, to be released; None if the step shall end before.
        """
        while not stop.is_final:
            for path in self._locks:
                # Looking first: acquiring insists for some milliseconds on a lock that is held.
                lock = None if is_locked(path) else FileLock.try_acquire(path)
                if lock is not None:
                    return lock
            await asyncio.sleep(_RETRY_S)
        return None
