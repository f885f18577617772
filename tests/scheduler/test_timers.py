import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_orchest_jobs.scheduler.timers import LOOK, Timers
from tests.service.world import Clock, until

SOON = timedelta(milliseconds=20)


def now() -> datetime:
    return datetime.now(UTC)


def in_a_loop(work: Callable[[Timers], Coroutine[Any, Any, None]]) -> None:
    async def story() -> None:
        timers = Timers(now)
        timers.start()
        try:
            await work(timers)
        finally:
            timers.stop()

    asyncio.run(story())


def test_timer_rings_once_at_its_time() -> None:
    async def story(timers: Timers) -> None:
        at = now() + SOON
        timers.arm("job", at)
        assert not timers.rang()
        await until(timers.rang)
        assert now() >= at
        assert not timers.rang()

    in_a_loop(story)


def test_timer_for_a_time_that_has_passed_rings_at_once() -> None:
    async def story(timers: Timers) -> None:
        timers.arm("job", now() - timedelta(days=400))
        await until(timers.rang)

    in_a_loop(story)


def test_timer_is_replaced_and_taken_back() -> None:
    async def story(timers: Timers) -> None:
        far = now() + timedelta(days=400)
        timers.arm("later", now() + SOON)
        timers.arm("later", far)
        timers.arm("never", now() + SOON)
        timers.arm("never", None)
        timers.arm("nobody", None)
        timers.arm("sooner", far)
        timers.arm("sooner", now() + 2 * SOON)
        await until(timers.rang)
        assert set(timers._armed) == {"later"}
        assert not timers.rang()

    in_a_loop(story)


def test_timer_that_rang_too_early_is_armed_again() -> None:
    async def story(timers: Timers) -> None:
        at = now() + SOON
        for _ in range(2):
            timers.arm("job", at)
            await until(timers.rang)

    in_a_loop(story)


def test_timers_armed_before_the_start_ring_after_it() -> None:
    async def story() -> None:
        timers = Timers(now)
        timers.arm("job", now() + SOON)
        timers.start()
        await until(timers.rang)
        timers.stop()

    asyncio.run(story())


def test_clocks_that_jump_are_noticed() -> None:
    clock = Clock()
    timers = Timers(clock)
    timers.arm("job", clock() + timedelta(days=1))
    assert not timers.rang()
    # It is looked now and then, since elapsed time may not be the clock's.
    clock.advance(LOOK.total_seconds())
    assert timers.rang()
    assert not timers.rang()
    clock.time += timedelta(days=2)
    assert timers.rang()
    clock.time -= timedelta(days=3)
    assert timers.rang()
    assert not timers.rang()


def test_stopping_what_was_not_started_is_no_error() -> None:
    Timers(now).stop()
