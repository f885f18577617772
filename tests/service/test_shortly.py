"""Answers that are found once for all who ask within a short time."""

import asyncio
import threading

import pytest

from jupyter_orchest_jobs.service.shortly import Shortly


class Clock:
    """A clock that stands still until somebody moves it."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_who_asks_at_the_same_time_shares_one_answer() -> None:
    async def check() -> None:
        go = threading.Event()
        calls = []

        def find() -> int:
            calls.append(1)
            go.wait(60)
            return 7

        shortly = Shortly[int](3.0)
        asked = [asyncio.ensure_future(shortly.get("x", find)) for _ in range(3)]
        await asyncio.sleep(0)
        asked.pop(0).cancel()  # who asked first goes away
        go.set()
        assert await asyncio.gather(*asked) == [7, 7]
        assert len(calls) == 1

    asyncio.run(check())


def test_an_answer_holds_for_a_while_and_longer_if_it_was_dear() -> None:
    async def check() -> None:
        clock = Clock()
        shortly = Shortly[float](3.0, clock)

        def find(took: float) -> float:
            clock.now += took
            return clock.now

        first = await shortly.get("x", lambda: find(0.0))
        clock.now += 2.9
        assert await shortly.get("x", lambda: find(0.0)) == first
        clock.now += 0.2
        dear = await shortly.get("x", lambda: find(2.0))
        assert dear > first
        clock.now += 19.0
        assert await shortly.get("x", lambda: find(0.0)) == dear
        assert await shortly.get("y", lambda: find(0.0)) != dear
        clock.now += 2.0
        assert await shortly.get("x", lambda: find(0.0)) != dear

    asyncio.run(check())


def test_errors_are_not_kept() -> None:
    async def check() -> None:
        shortly = Shortly[int](3.0)

        def fail() -> int:
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            await shortly.get("x", fail)
        assert await shortly.get("x", lambda: 1) == 1

    asyncio.run(check())
