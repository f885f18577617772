import asyncio

import pytest

from jupyter_orchest_jobs.domain.job import SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.errors import ParametersInvalid, WrongState
from tests.service.desk import Desk
from tests.service.world import World


def test_draft_that_is_changed_while_it_is_started_is_not_started_as_it_was(
    world: World, desk: Desk
) -> None:
    job = world.job(start_requested_at=None)
    none = Selection("none")
    desk.meanwhile = lambda: Desk(world).edit(job, selection=none) and None
    with pytest.raises(WrongState, match="changed meanwhile"):
        asyncio.run(desk.jobs.start(job.id))
    assert world.store.job(job.id).start_requested_at is None


def test_draft_whose_new_snapshot_makes_too_many_runs_is_not_started(
    world: World, desk: Desk
) -> None:
    inputs = {"strategy": {"a": {"n": list(range(100_001))}}}
    snapshot = SnapshotState(SnapshotStatus.WAITING, "5", inputs=inputs)
    job = world.job(start_requested_at=None, snapshot=snapshot)
    with pytest.raises(ParametersInvalid, match="100,001 runs"):
        asyncio.run(desk.jobs.start(job.id))
