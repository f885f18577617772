"""Tells a step to end: for good, or since the time of a try is over."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_orchest_jobs.engine.outcome import CANCELLED, Outcome

PATIENCE_S = 3.5
"""How long a process may take to heed one signal before it gets a harder one."""
HURRY_S = 0.7
"""The same when somebody waits for the end."""


class Stop:
    """Whether a step shall end now, and as what.

    The time of one try may run out, and another one begin; what ends the step is final.

    Attributes:
        outcome: as what the step ends if it does not end otherwise before.
        is_final: whether nothing of this step is tried again.
    """

    def __init__(self) -> None:
        self.outcome = CANCELLED
        self.is_final = False
        self._set = asyncio.Event()
        self._final = asyncio.Event()
        self._hurry = asyncio.Event()

    def is_set(self) -> bool:
        """Whether the step shall end now."""
        return self._set.is_set()

    async def wait(self) -> None:
        """Wait until the step shall end."""
        await self._set.wait()

    def end(self, outcome: Outcome) -> None:
        """Have the step end, and not be tried again."""
        self.is_final = True
        self._final.set()
        self._set_once(outcome)

    @property
    def is_hurried(self) -> bool:
        """Whether somebody waits for the end."""
        return self._hurry.is_set()

    def hurry(self) -> None:
        """Have less patience with what is ending, and with what will have to."""
        self._hurry.set()

    @contextmanager
    def limited(self, limit_s: float | None, outcome: Outcome) -> Iterator[None]:
        """Have a try that takes longer end with this outcome; None for no limit."""
        if not self.is_final:
            self._set.clear()
        if limit_s is None:
            yield
            return
        timer = asyncio.get_running_loop().call_later(limit_s, self._set_once, outcome)
        try:
            yield
        finally:
            timer.cancel()

    async def pause(self, seconds: float) -> bool:
        """Let time pass; False as soon as the step shall end for good."""
        ending = asyncio.ensure_future(self._final.wait())
        await asyncio.wait({ending}, timeout=seconds)
        ending.cancel()
        return not self.is_final

    async def have_patience(self, *ends: "asyncio.Future[Any]") -> None:
        """Give what was asked to end some time to do so.

        Args:
            ends: are waited for until one of them is done.
        """
        hurrying = asyncio.ensure_future(self._hurry.wait())
        if self._set.is_set() and not self._hurry.is_set():
            await asyncio.wait(
                {*ends, hurrying}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED
            )
            in_hurry = hurrying.done()
        else:
            in_hurry = True
        hurrying.cancel()
        if in_hurry:
            await asyncio.wait(ends, timeout=HURRY_S, return_when=asyncio.FIRST_COMPLETED)

    def _set_once(self, outcome: Outcome) -> None:
        if not self._set.is_set():
            self.outcome = outcome
            self._set.set()
