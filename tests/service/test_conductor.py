import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.job import SnapshotStatus
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import StoreOutdated, StoreUnavailable
from jupyter_orchest_jobs.files.manifest import verify
from jupyter_orchest_jobs.service import conductor as conductor_module
from jupyter_orchest_jobs.service.attach import attach
from tests.fakes import MemoryStore
from tests.service.world import World, until

CANCELLED = JobStatus.CANCELLED


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def test_conductor_takes_a_job_from_its_start_to_its_end(world: World) -> None:
    job = world.draft()

    async def story() -> None:
        await world.settle()
        found = world.store.job(job.id)
        assert found.snapshot.status is SnapshotStatus.READY
        assert (found.snapshot.files, found.snapshot.files_done) == (3, 3)
        assert verify(world.state.snapshots / str(found.snapshot.id)) == []
        assert found.status is JobStatus.RUNNING
        world.finish()
        assert world.status(job) is JobStatus.SUCCEEDED
        assert world.store.job(job.id).finished_at == world.clock()
        await until(lambda: not world.conductor.tick())

    run(story)


def test_conductor_leaves_a_draft_that_nobody_started(world: World) -> None:
    job = world.draft(start_requested_at=None)

    async def story() -> None:
        await world.settle()
        assert world.status(job) is JobStatus.DRAFT
        assert world.store.job(job.id).snapshot.status is SnapshotStatus.READY
        assert world.runs(job) == []

    run(story)


def test_conductor_fails_a_job_with_a_failed_run(world: World) -> None:
    job = world.started(runs=2)
    first, second = sorted(world.executor.alive)
    world.executor.finish(first, RunStatus.SUCCEEDED)
    world.executor.finish(second, RunStatus.FAILED, Cause.STEP_FAILED)
    world.tick()
    assert world.status(job) is JobStatus.FAILED


def test_conductor_works_on_several_jobs(world: World) -> None:
    jobs = [world.job(runs=2) for _ in range(3)]
    world.tick()
    world.finish()
    assert [world.status(job) for job in jobs] == [JobStatus.SUCCEEDED] * 3


def test_conductor_fails_a_job_that_it_cannot_conduct_and_goes_on(world: World) -> None:
    bad = world.job(strategy=Strategy({"pipeline_parameters": {"n": 5}}))
    good = world.started()
    assert world.status(bad) is JobStatus.FAILED
    assert "TypeError" in str(world.store.job(bad.id).message)
    world.finish()
    assert world.status(good) is JobStatus.SUCCEEDED


# --- snapshots ---


def test_snapshot_that_fails_fails_the_job_and_says_why(world: World) -> None:
    job = world.draft(project=str(world.folder / "gone"))

    async def story() -> None:
        await world.settle()
        found = world.store.job(job.id)
        assert found.status is JobStatus.FAILED
        assert found.snapshot.status is SnapshotStatus.FAILED
        assert "can't be read" in str(found.message)

    run(story)


def test_snapshot_of_a_draft_that_fails_leaves_a_draft_that_cannot_start(world: World) -> None:
    job = world.draft(project=str(world.folder / "gone"), start_requested_at=None)

    async def story() -> None:
        await world.settle()
        assert world.status(job) is JobStatus.DRAFT
        # The user was as quick as the failure.
        world.store.update_job(job.id, {"start_requested_at": world.clock()})
        await world.settle()
        assert world.status(job) is JobStatus.FAILED
        assert "can't be read" in str(world.store.job(job.id).message)

    run(story)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda root: (root / "main.orchest").write_text("{}"), "main.orchest changed while"),
        (lambda root: (root / "main.orchest").unlink(), "main.orchest changed while"),
        (lambda root: (root / "b.py").unlink(), "b.py of step “B” changed while"),
        (
            lambda root: (root / ".gitignore").write_text("*.sh\nb.py\n"),
            "Step “B” can't run: b.py was left out of the snapshot by .gitignore line 2",
        ),
    ],
)
def test_project_that_changes_before_its_snapshot_fails_the_job(
    world: World, change: Callable[[Path], object], message: str
) -> None:
    job = world.draft()
    change(Path(job.project))

    async def story() -> None:
        await world.settle()
        assert world.status(job) is JobStatus.FAILED
        assert message in str(world.store.job(job.id).message)
        assert list(world.state.snapshots.iterdir()) == []

    run(story)


def test_snapshot_without_a_store_is_taken_again(world: World) -> None:
    job = world.draft()
    refusing = _Refusing(world.store)
    world.restart(store=refusing)

    async def story() -> None:
        refusing.refuses = {"update_job"}
        world.conductor.tick()
        await until(lambda: not world.conductor._snapshots)
        refusing.refuses = set()
        await world.settle()
        assert world.status(job) is JobStatus.RUNNING

    run(story)


def test_snapshot_of_a_deleted_job_leaves_nothing(world: World) -> None:
    job = world.draft(start_requested_at=None)

    async def story() -> None:
        world.conductor.tick()
        world.store.delete_job(job.id, {JobStatus.DRAFT})
        await world.settle()
        world.tick()
        assert list(world.state.snapshots.iterdir()) == []

    run(story)


# --- cancelling jobs ---


def test_cancelled_draft_ends(world: World) -> None:
    job = world.draft(start_requested_at=None)
    world.cancel(job)
    world.tick()
    assert world.status(job) is CANCELLED
    assert list(world.state.snapshots.iterdir()) == []


def test_job_cancelled_during_its_snapshot_ends(world: World) -> None:
    job = world.draft()

    async def story() -> None:
        world.conductor.tick()
        world.cancel(job)
        await world.settle()
        assert world.status(job) is CANCELLED
        assert world.runs(job) == []
        await until(lambda: not world.conductor.tick())

    run(story)


def test_job_cancelled_with_its_snapshot_ready_makes_no_runs(world: World) -> None:
    job = world.job(runs=3)
    world.cancel(job)
    world.tick()
    assert world.status(job) is CANCELLED
    assert world.runs(job) == []


def test_cancelled_job_ends_after_its_runs(world: World) -> None:
    job = world.started(runs=3)
    world.cancel(job)
    world.tick()
    assert world.status(job) is JobStatus.RUNNING
    assert len(world.executor.asked) == 2
    for attempt in sorted(world.executor.alive):
        world.executor.finish(attempt, RunStatus.CANCELLED, Cause.CANCELLED)
    world.tick()
    assert world.status(job) is CANCELLED
    assert set(world.statuses(job)) == {RunStatus.CANCELLED}


def test_cancelled_job_never_succeeds_though_its_runs_do(world: World) -> None:
    job = world.started()
    world.clock.advance(1)
    world.cancel(job)
    world.clock.advance(1)
    world.finish()
    assert world.status(job) is CANCELLED
    assert world.statuses(job) == [RunStatus.CANCELLED]


def test_cancelled_job_with_a_deaf_runner_ends_after_twelve_seconds(world: World) -> None:
    job = world.started()
    world.cancel(job)
    world.tick()
    world.clock.advance(12.1)
    world.tick()
    assert world.status(job) is CANCELLED
    assert world.statuses(job) == [RunStatus.CANCELLED]


# --- life ---


def test_conductor_leaves_when_nothing_is_to_be_done(world: World) -> None:
    async def story() -> None:
        async with asyncio.timeout(60):
            door = await world.conductor.run()
        assert door is not None
        door.release()

    run(story)


def test_conductor_stays_while_somebody_is_attached(world: World) -> None:
    async def story() -> None:
        with attach(world.state):
            task = asyncio.create_task(world.conductor.run())
            await asyncio.sleep(conductor_module.TICK_S * 5)
            assert not task.done()
        async with asyncio.timeout(60):
            door = await task
        assert door is not None
        door.release()

    run(story)


def test_conductor_leaves_when_its_state_directory_was_deleted(world: World) -> None:
    async def story() -> None:
        with attach(world.state):
            task = asyncio.create_task(world.conductor.run())
            await asyncio.sleep(conductor_module.TICK_S * 2)
            world.state.root.rename(world.state.root.with_name("gone"))
            async with asyncio.timeout(60):
                assert await task is None

    run(story)


def test_conductor_stops_in_the_middle_of_a_snapshot(world: World) -> None:
    job = world.draft()

    async def story() -> None:
        world.conductor.tick()
        world.conductor.stop()
        assert await world.conductor.run() is None
        assert world.status(job) is JobStatus.DRAFT

    run(story)
    # Its snapshot is there already, or is taken by the next one.
    world.restart()
    run(world.settle)
    assert world.status(job) is JobStatus.RUNNING


def test_conductor_survives_a_store_that_cannot_be_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor_module, "RETRY_S", 0.0)
    refusing = _Refusing(world.store)
    world.restart(store=refusing)
    job = world.job()

    async def story() -> None:
        with attach(world.state):
            refusing.refuses = {"unfinished_jobs"}
            task = asyncio.create_task(world.conductor.run())
            await until(lambda: refusing.refused > 2)
            refusing.refuses = set()
            await until(lambda: bool(world.executor.alive))
            world.conductor.stop()
            await task

    run(story)
    assert world.statuses(job) == [RunStatus.RUNNING]


def test_conductor_leaves_a_damaged_database_to_the_next_one(world: World) -> None:
    refusing = _Refusing(world.store, StoreOutdated("The database is damaged."))
    world.restart(store=refusing)
    world.job()

    async def story() -> None:
        refusing.refuses = {"unfinished_jobs"}
        with attach(world.state), pytest.raises(StoreOutdated):
            await asyncio.wait_for(world.conductor.run(), 60)

    run(story)


class _Refusing:
    """A store some of whose methods can't be used for a while."""

    def __init__(self, store: MemoryStore, error: Exception | None = None) -> None:
        self._store = store
        self._error = error or StoreUnavailable("The database is locked.")
        self.refuses: set[str] = set()
        self.refused = 0

    def __getattr__(self, name: str) -> Any:
        if name in self.refuses:
            self.refused += 1
            raise self._error
        return getattr(self._store, name)
