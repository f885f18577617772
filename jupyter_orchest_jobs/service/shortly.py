"""Answers that are expensive to find are found once for all who ask within a short time."""

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 32


class Shortly(Generic[T]):
    """A cache of answers, for a short time; what took longer to find is kept longer.

    Args:
        keep_s: how long an answer holds at least, in seconds.
        clock: monotonic, in seconds.
    """

    def __init__(self, keep_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._keep_s = keep_s
        self._clock = clock
        self._found: dict[Hashable, tuple[float, asyncio.Future[T]]] = {}

    async def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """The answer for a key.

        Args:
            find: finds it, in a thread; called by one of those who ask at the same time, for all
                of them. What it raises is not kept.
        """
        now = self._clock()
        self._found = {
            known: (until, answer) for known, (until, answer) in self._found.items() if until > now
        }
        if key not in self._found:
            if len(self._found) >= _MOST:
                self._found.pop(next(iter(self._found)))
            answer = asyncio.ensure_future(asyncio.to_thread(find))
            # Until it is there, and as long again as it took ten times over.
            self._found[key] = (float("inf"), answer)
            answer.add_done_callback(lambda done: self._settle(key, done, now))
        # Who asked first may go away before the others have their answer.
        return await asyncio.shield(self._found[key][1])

    def _settle(self, key: Hashable, answer: "asyncio.Future[T]", begun: float) -> None:
        failed = answer.cancelled() or answer.exception() is not None
        if self._found.get(key, (0, None))[1] is not answer:
            return
        if failed:
            del self._found[key]
            return
        now = self._clock()
        self._found[key] = (now + max(self._keep_s, 10 * (now - begun)), answer)
