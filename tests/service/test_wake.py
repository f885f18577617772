"""A conductor that is woken does not wait for its next tick."""

import asyncio

import pytest

from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.service import conductor as conductor_module
from jupyter_orchest_jobs.service.attach import attach
from tests.service.world import World, until


def test_the_next_run_starts_when_the_end_of_another_wakes_the_conductor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor_module, "TICK_S", 3600.0)
    job = world.started(runs=3)
    first, second, third = world.runs(job)
    assert third.status is RunStatus.PENDING

    async def story() -> None:
        with attach(world.state):
            task = asyncio.create_task(world.conductor.run())
            await asyncio.sleep(0)  # its first look; now it waits for an hour
            world.executor.finish(world.attempt(first), RunStatus.SUCCEEDED)
            world.conductor.wake()
            await until(lambda: world.runs(job)[2].status is RunStatus.RUNNING)
            world.conductor.stop()
            async with asyncio.timeout(60):
                await task

    asyncio.run(story())
    assert world.statuses(job) == [RunStatus.SUCCEEDED, second.status, RunStatus.RUNNING]
