"""Waiting for what a task does in the background."""

import asyncio
from collections.abc import Callable

PATIENCE_S = 60
"""How long something may take on a busy machine."""


async def until(condition: Callable[[], bool]) -> None:
    """Let others go on until the condition holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  # nobody would set an event
            await asyncio.sleep(0)
