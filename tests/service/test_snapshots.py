import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.job import Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.errors import NotFound, Problem, WrongState
from jupyter_orchest_jobs.service import snapshots as taking
from jupyter_orchest_jobs.service.wish import WITHOUT_SERVICES
from jupyter_orchest_jobs.snapshot import base
from tests.factories import pipeline_text
from tests.service.desk import Desk, spec_of_run
from tests.service.world import STEPS, World, until

# --- new snapshots ---


def recurring_project(world: World, **special: Any) -> Job:
    """A recurring job of a real project, with its snapshot taken."""
    pipeline = world.project()
    job = world.job(
        **{
            "project": str(pipeline.parent),
            "pipeline_path": "main.orchest",
            "snapshot": SnapshotState(),
            "schedule": Schedule.recurring("* * * * *", "UTC"),
            **special,
        }
    )
    asyncio.run(conduct(world, job))
    return world.store.job(job.id)


async def conduct(world: World, job: Job) -> None:
    """Conduct until the snapshot of a job is there, or can't be."""
    world.conductor.tick()
    await until(lambda: world.store.job(job.id).snapshot.is_settled)
    await until(lambda: not world.conductor._snapshots)
    world.tick()


def test_new_snapshot_holds_for_the_next_batches(world: World, desk: Desk) -> None:
    job = recurring_project(world)
    old = job.snapshot.id
    world.pass_minutes(1)
    world.finish()
    root = Path(job.project)
    (root / "c.py").write_text("")
    (root / "main.orchest").write_text(pipeline_text({**STEPS, "c": {}}))
    waiting = desk.refresh(job)
    assert (waiting.snapshot.status, waiting.snapshot.id) == (SnapshotStatus.WAITING, old)
    with pytest.raises(WrongState, match="being taken"):
        desk.refresh(job)
    with pytest.raises(WrongState, match="wait for its end"):
        desk.edit(job, parameters={})
    # What fires meanwhile has the one of before.
    desk.run_now(job)
    asyncio.run(conduct(world, job))
    found = world.store.job(job.id)
    assert found.snapshot.status is SnapshotStatus.READY
    assert found.snapshot.id not in (None, old)
    assert list(found.document["steps"]) == ["a", "b", "c"]
    desk.run_now(job)
    world.finish()
    world.tick()
    world.finish()
    snapshots = [Path(spec_of_run(world, number, job).snapshot).name for number in (1, 2, 3)]
    assert snapshots == [old, old, found.snapshot.id]
    assert [len(spec_of_run(world, number, job).steps) for number in (1, 2, 3)] == [2, 2, 3]
    assert {path.name for path in world.state.snapshots.iterdir()} == {old, found.snapshot.id}


def test_warnings_are_those_of_the_snapshot_that_holds(world: World, desk: Desk) -> None:
    before = (Problem("of the one before"),)
    job = recurring_project(world, warnings=before)
    text = json.loads((Path(job.project) / "main.orchest").read_text())
    text["services"] = {"db": {"name": "db"}}
    (Path(job.project) / "main.orchest").write_text(json.dumps(text))
    waiting = desk.refresh(job, accept=frozenset({WITHOUT_SERVICES}))
    assert waiting.warnings == before
    asyncio.run(conduct(world, job))
    (warning,) = world.store.job(job.id).warnings
    assert "services" in warning.message


def test_warnings_of_a_snapshot_that_fails_never_hold(world: World, desk: Desk) -> None:
    before = (Problem("of the one before"),)
    job = recurring_project(world, warnings=before)
    desk.refresh(job)
    (Path(job.project) / "b.py").unlink()
    asyncio.run(conduct(world, job))
    assert world.store.job(job.id).warnings == before


def test_old_snapshot_goes_when_no_run_has_it(world: World, desk: Desk) -> None:
    job = recurring_project(world)
    desk.refresh(job)
    asyncio.run(conduct(world, job))
    found = world.store.job(job.id)
    assert [path.name for path in world.state.snapshots.iterdir()] == [found.snapshot.id]


def test_new_snapshot_that_fails_leaves_the_old_one(world: World, desk: Desk) -> None:
    job = recurring_project(world)
    (Path(job.project) / ".gitignore").write_text("")
    desk.refresh(job)
    (Path(job.project) / "b.py").unlink()
    asyncio.run(conduct(world, job))
    found = world.store.job(job.id)
    assert found.snapshot == replace(
        job.snapshot,
        files=found.snapshot.files,
        bytes=found.snapshot.bytes,
        files_done=found.snapshot.files_done,
        bytes_done=found.snapshot.bytes_done,
    )
    assert str(found.message).startswith("No new snapshot was taken, the one of before holds: b.py")
    assert found.status is JobStatus.SCHEDULED
    world.pass_minutes(1)
    assert Path(spec_of_run(world, 1, job).snapshot).name == job.snapshot.id


def test_job_cancelled_during_its_new_snapshot_keeps_the_old_one(world: World, desk: Desk) -> None:
    job = recurring_project(world)
    desk.refresh(job)
    world.cancel(job)
    asyncio.run(conduct(world, job))
    world.tick()
    found = world.store.job(job.id)
    assert (found.status, found.snapshot.status) == (JobStatus.CANCELLED, SnapshotStatus.READY)
    assert found.snapshot.inputs is None


def test_snapshots_of_other_jobs_are_kept(world: World, desk: Desk) -> None:
    with pytest.raises(WrongState, match="keeps its snapshot"):
        desk.refresh(world.started())
    with pytest.raises(WrongState, match="being taken"):
        desk.refresh(world.draft(start_requested_at=None))


def test_draft_whose_snapshot_failed_gets_another_one(world: World, desk: Desk) -> None:
    job = world.draft(start_requested_at=None)
    hidden = Path(job.project) / "b.py"
    hidden.unlink()
    asyncio.run(conduct(world, job))
    assert world.store.job(job.id).snapshot.status is SnapshotStatus.FAILED
    hidden.write_text("")
    desk.refresh(job)
    asyncio.run(conduct(world, job))
    found = world.store.job(job.id)
    assert (found.snapshot.status, found.message) == (SnapshotStatus.READY, None)


# --- one snapshot of several jobs ---


@pytest.fixture
def _fine_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files needn't be two seconds old to be known again."""
    monkeypatch.setattr(base, "GRANULARITY_NS", 0)


@pytest.mark.usefixtures("_fine_times")
def test_jobs_of_an_unchanged_project_share_its_snapshot(world: World, desk: Desk) -> None:
    first = recurring_project(world)
    second = world.job(
        project=first.project, pipeline_path="main.orchest", snapshot=SnapshotState()
    )
    asyncio.run(conduct(world, second))
    second = world.store.job(second.id)
    assert second.snapshot.id == first.snapshot.id
    assert (second.snapshot.files, second.snapshot.bytes) == (3, first.snapshot.bytes)
    assert second.snapshot.status is SnapshotStatus.READY
    assert second.snapshot.taken_at is not None
    # It stays as long as one of them has it.
    delete(world, first)
    assert (world.state.snapshots / str(first.snapshot.id) / "project/main.orchest").exists()
    delete(world, second)
    assert list(world.state.snapshots.iterdir()) == []


def job_of(world: World, other: Job) -> Job:
    """A new job of the same project."""
    return world.job(
        project=other.project, pipeline_path=other.pipeline_path, snapshot=SnapshotState()
    )


def delete(world: World, job: Job) -> None:
    world.store.update_job(job.id, {"status": JobStatus.CANCELLED})
    assert world.store.delete_job(job.id, {JobStatus.CANCELLED})
    world.tick()


@pytest.mark.usefixtures("_fine_times")
def test_a_snapshot_that_is_being_removed_is_taken_again(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last holder is deleted after it was found to be the same, but before that is noted."""
    first = recurring_project(world)
    original = taking.take

    def take(*arguments: Any, **named: Any) -> Any:
        info = original(*arguments, **named)
        if info.is_shared:
            world.store.update_job(first.id, {"status": JobStatus.CANCELLED})
            world.store.delete_job(first.id, {JobStatus.CANCELLED})
        return info

    monkeypatch.setattr(taking, "take", take)
    second = world.job(
        project=first.project, pipeline_path="main.orchest", snapshot=SnapshotState()
    )
    asyncio.run(conduct(world, second))
    world.tick()
    found = world.store.job(second.id).snapshot
    assert found.status is SnapshotStatus.READY
    assert [path.name for path in world.state.snapshots.iterdir()] == [found.id]
    assert found.id != first.snapshot.id


@pytest.mark.usefixtures("_fine_times")
def test_a_job_that_is_refused_leaves_the_snapshot_of_another(world: World, desk: Desk) -> None:
    first = recurring_project(world)
    wrong = world.job(
        project=first.project,
        pipeline_path="main.orchest",
        document={**first.document, "name": "other"},
        snapshot=SnapshotState(),
    )
    asyncio.run(conduct(world, wrong))
    assert world.store.job(wrong.id).snapshot.status is SnapshotStatus.FAILED
    assert [path.name for path in world.state.snapshots.iterdir()] == [first.snapshot.id]


# --- duplicates ---


def test_duplicate_of_its_own_has_everything_of_the_job(world: World, desk: Desk) -> None:
    job = recurring_project(world, env_variables={"A": "1"}, policies=Policies(priority=5))
    world.pass_minutes(1)
    (Path(job.project) / "main.orchest").unlink()
    copy = desk.duplicate(job, own=True)
    assert copy.name == "Duplicate of example"
    assert (copy.status, copy.number, copy.batches_made) == (JobStatus.DRAFT, 2, 0)
    for name in ("document", "strategy", "snapshot", "schedule", "policies", "env_variables"):
        assert getattr(copy, name) == getattr(job, name), name
    world.cancel(job)
    world.finish(RunStatus.CANCELLED, Cause.CANCELLED)
    world.tick()
    world.store.delete_job(job.id, {JobStatus.CANCELLED})
    world.tick()
    # The snapshot stays as long as anybody has it.
    assert (world.state.snapshots / str(copy.snapshot.id)).exists()


def test_duplicate_made_while_the_snapshot_is_replaced_has_one_that_exists(
    world: World, desk: Desk
) -> None:
    job = recurring_project(world)

    def replace_snapshot() -> None:
        somebody = Desk(world)
        somebody.refresh(job)
        asyncio.run(conduct(world, job))

    desk.meanwhile = replace_snapshot
    copy = desk.duplicate(job, own=True)
    assert copy.snapshot.id not in (None, job.snapshot.id)
    assert [path.name for path in world.state.snapshots.iterdir()] == [copy.snapshot.id]


def test_duplicate_of_a_job_that_is_being_deleted_is_refused(world: World, desk: Desk) -> None:
    job = recurring_project(world, start_requested_at=None)
    desk.meanwhile = lambda: world.store.delete_job(job.id, {JobStatus.DRAFT})
    with pytest.raises(NotFound):
        desk.duplicate(job, own=True)
    assert world.store.unfinished_jobs() == []


def test_duplicate_with_the_own_snapshot_waits_for_a_new_one(world: World, desk: Desk) -> None:
    job = recurring_project(world)
    desk.refresh(job)
    with pytest.raises(WrongState, match="wait for its end"):
        desk.duplicate(job, own=True)
    asyncio.run(conduct(world, job))
    assert desk.duplicate(job, own=True).snapshot == world.store.job(job.id).snapshot


def test_duplicate_of_the_current_project_has_its_parameters(world: World, desk: Desk) -> None:
    pipeline = world.project()
    pipeline.write_text(pipeline_text(STEPS, parameters={"kept": 1, "gone": 2}))
    job = asyncio.run(make(desk, pipeline))
    old = {"pipeline_parameters": {"kept": [1, 2, 3], "gone": [4, 5], "added": [6]}}
    desk.edit(job, parameters=old)
    pipeline.write_text(pipeline_text(STEPS, parameters={"kept": 9, "new": "x"}))
    copy = desk.duplicate(job)
    # What the user has added was never the pipeline's, so it has not gone from there.
    kept = {"kept": [1, 2, 3], "new": ["x"], "added": [6]}
    assert copy.strategy.values == {"pipeline_parameters": kept}
    assert copy.snapshot.id is None
    assert copy.document["parameters"] == {"kept": 9, "new": "x"}


async def make(desk: Desk, pipeline: Path) -> Job:
    from jupyter_orchest_jobs.service.wish import Wish

    return (await desk.jobs.create(Wish(pipeline, pipeline.parent))).job


def test_duplicate_of_a_project_that_is_gone_is_refused(world: World, desk: Desk) -> None:
    job = asyncio.run(make(desk, world.project()))
    with pytest.raises(WrongState, match="no snapshot"):
        desk.duplicate(job, own=True)
    (Path(job.project) / "main.orchest").unlink()
    with pytest.raises(NotFound, match="any more"):
        desk.duplicate(job)
