from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.service.retention import delete_old_drafts, judge, note_size, size_of
from tests.records import NOW, a_job, a_run
from tests.service.desk import Busy, Desk
from tests.service.world import World

DAY = timedelta(days=1)
JOB = a_job()


@st.composite
def ended_runs(draw: st.DrawFn) -> list[Run]:
    """Ended runs of a job, oldest first."""
    numbers = range(1, draw(st.integers(0, 12)) + 1)
    ages = st.integers(0, 20).map(lambda days: NOW - days * DAY)
    return [
        a_run(
            JOB,
            number,
            batch=draw(st.integers(1, 3)),
            status=RunStatus.SUCCEEDED,
            pinned=draw(st.booleans()),
            retry_requested=draw(st.sampled_from([None, None, AttemptKind.RETRY])),
            has_files=draw(st.booleans()),
            size_bytes=draw(st.none() | st.integers(0, 100)),
            finished_at=draw(st.none() | ages),
            created_at=NOW - 30 * DAY,
        )
        for number in numbers
    ]


limits = st.builds(
    Policies,
    keep_runs=st.none() | st.integers(1, 12),
    keep_days=st.none() | st.integers(1, 20),
    keep_bytes=st.none() | st.integers(1, 300),
    keep_logs=st.booleans(),
)


@given(ended_runs(), limits, st.sets(st.integers(1, 3)))
def test_judgement_keeps_what_passes_each_limit(
    runs: list[Run], policies: Policies, unfinished: set[int]
) -> None:
    verdict = judge(runs, policies, NOW, unfinished)
    gone = [*verdict.delete, *verdict.strip]
    assert len({run.id for run in gone}) == len(gone)
    bound = [run for run in reversed(runs) if not run.pinned and run.retry_requested is None]
    total = 0
    for place, run in enumerate(bound):
        total += run.size_bytes or 0
        age = NOW - (run.finished_at or run.created_at)
        keeps = (
            (policies.keep_runs is None or place < policies.keep_runs)
            and (policies.keep_days is None or age <= policies.keep_days * DAY)
            and (policies.keep_bytes is None or total <= policies.keep_bytes)
        )
        stripped = policies.keep_logs or run.batch in unfinished
        assert (run in verdict.delete) == (not keeps and not stripped)
        assert (run in verdict.strip) == (not keeps and stripped and run.has_files)
    assert all(not run.pinned and run.retry_requested is None for run in gone)


@given(ended_runs(), st.integers(1, 12))
def test_judgement_by_number_keeps_the_newest(runs: list[Run], most: int) -> None:
    verdict = judge(runs, Policies(keep_runs=most, keep_logs=False), NOW)
    bound = [run for run in runs if not run.pinned and run.retry_requested is None]
    assert set(_numbers(verdict.delete)) == set(_numbers(bound[:-most]))


def _numbers(runs: Sequence[Run]) -> list[int]:
    return [run.number for run in runs]


# --- in a conductor ---


def ended(world: World, runs: int, **policies: Any) -> Job:
    """A job whose runs have ended one after the other, each with a file."""
    world.store.change_settings({"max_runs": 1})
    job = world.job(runs=runs, policies=Policies(**policies))
    world.tick()
    while world.executor.alive:
        (attempt,) = world.executor.alive
        world.executor.begin(attempt)
        (attempt.parent.parent / "work" / "file").write_bytes(b"x" * 5000)
        world.executor.finish(attempt, RunStatus.SUCCEEDED)
        world.clock.advance(1)
        world.tick()
    world.tick()
    return world.store.job(job.id)


def with_files(world: World, job: Job) -> list[int]:
    """The numbers of the runs that still have their working copies."""
    found = [run for run in world.runs(job) if (world.state.run(run.id) / "work").exists()]
    assert [run for run in world.runs(job) if run.has_files] == found
    return _numbers(found)


def test_oldest_runs_lose_their_files_but_not_their_logs(world: World) -> None:
    job = ended(world, 5, keep_runs=2)
    assert with_files(world, job) == [4, 5]
    assert len(world.runs(job)) == 5
    assert all((world.state.run(run.id) / "attempts").exists() for run in world.runs(job))
    # What was moved aside is gone, too.
    folders = {path.name for path in (world.state.root / "runs").iterdir()}
    assert folders == {run.id for run in world.runs(job)}


def test_oldest_runs_go_altogether(world: World) -> None:
    job = ended(world, 5, keep_runs=2, keep_logs=False)
    assert _numbers(world.runs(job)) == [4, 5]
    assert {path.name for path in (world.state.root / "runs").iterdir()} == {
        run.id for run in world.runs(job)
    }
    assert job.status is JobStatus.SUCCEEDED


def test_size_is_noted_and_limits_what_is_kept(world: World) -> None:
    job = ended(world, 4, keep_runs=None)
    sizes = [run.size_bytes for run in world.runs(job)]
    assert all(size is not None and size >= 5000 for size in sizes)
    assert world.store.disk_use([job.id]) == {job.id: sum(size or 0 for size in sizes)}
    other = ended(world, 4, keep_runs=None, keep_bytes=2 * (sizes[0] or 0))
    assert with_files(world, other) == [3, 4]
    assert with_files(world, job) == [1, 2, 3, 4]


def test_pinned_runs_keep_their_files(world: World) -> None:
    job = ended(world, 3, keep_runs=3)
    world.store.pin_run(world.runs(job)[0].id, True)
    world.store.update_job(job.id, {"policies": Policies(keep_runs=1)})
    world.clock.advance(3601)
    world.tick()
    assert with_files(world, job) == [1, 3]


def test_old_runs_lose_their_files_within_an_hour(world: World) -> None:
    job = ended(world, 2, keep_days=1)
    world.clock.advance(24 * 3600 - 100)
    world.tick()
    assert with_files(world, job) == [1, 2]
    world.clock.advance(3601)
    world.tick()
    assert with_files(world, job) == []


def test_conductor_measures_what_the_one_before_could_not(world: World) -> None:
    job = ended(world, 1)
    run = world.run(job)
    world.store._runs[run.id] = Run(**{**vars(run), "size_bytes": None})
    world.restart()
    world.tick()
    assert world.run(job).size_bytes == run.size_bytes


def test_run_that_shall_go_on_keeps_its_files(world: World) -> None:
    job = ended(world, 3, keep_runs=3)
    # Decided in a thread, and carried out later: the wish comes in between.
    world.store.update_job(job.id, {"policies": Policies(keep_runs=1)})
    first = world.runs(job)[0]
    world.clock.advance(3601)
    tidying = world.conductor._tidying
    tidying.look(())  # judges
    world.store.request_retry(first.id, AttemptKind.RESUME)
    tidying.look(())
    assert with_files(world, job) == [1, 3]


def test_job_ends_by_all_runs_of_its_batch_though_few_are_kept(world: World) -> None:
    world.store.change_settings({"max_runs": 1})
    job = world.job(runs=4, policies=Policies(keep_runs=1, keep_logs=False))
    world.tick()
    for status in (RunStatus.FAILED, *[RunStatus.SUCCEEDED] * 3):
        world.executor.finish(min(world.executor.alive), status)
        world.clock.advance(31)
        world.tick()
    assert world.status(job) is JobStatus.FAILED
    world.tick()
    assert _numbers(world.runs(job)) == [4]


def test_files_that_steps_have_closed_are_removed(world: World) -> None:
    world.store.change_settings({"max_runs": 1})
    job = world.job(runs=2, policies=Policies(keep_runs=1))
    world.tick()
    attempt = min(world.executor.alive)
    world.executor.begin(attempt)
    closed = attempt.parent.parent / "work" / "closed"
    closed.mkdir()
    (closed / "file").write_text("")
    closed.chmod(0)
    closed.parent.chmod(0o500)
    world.executor.finish(attempt, RunStatus.SUCCEEDED)
    world.tick()
    world.executor.begin(min(world.executor.alive))
    world.finish()
    world.tick()
    assert with_files(world, job) == [2]
    assert len(list((world.state.root / "runs").iterdir())) == 2


@pytest.mark.parametrize(
    ("days", "special", "stays"),
    [
        (0.9, {}, True),
        (1.1, {}, False),
        (1.1, {"touched_at": NOW}, True),
        (29.9, {"touched_at": NOW}, True),
        (30.1, {"touched_at": NOW}, False),
    ],
)
def test_old_drafts_are_deleted(
    world: World, days: float, special: dict[str, Any], stays: bool
) -> None:
    draft = world.job(start_requested_at=None, **special)
    (world.state.snapshots / str(draft.snapshot.id)).mkdir()
    world.tick()
    world.clock.advance(days * 24 * 3600)
    world.tick()
    found = [job.id for job in world.store.unfinished_jobs()]
    assert found == ([draft.id] if stays else [])
    world.tick()
    assert (world.state.snapshots / str(draft.snapshot.id)).exists() == stays


def test_old_draft_that_is_started_at_the_moment_of_its_deletion_runs(
    world: World, desk: Desk
) -> None:
    draft = world.job(start_requested_at=None)
    world.clock.advance(2 * 24 * 3600)
    desk.meanwhile = lambda: world.store.update_job(
        draft.id, {"start_requested_at": world.clock()}, {JobStatus.DRAFT}
    )
    delete_old_drafts(Busy(desk), world.clock())  # type: ignore[arg-type]
    assert desk.meanwhile is None
    world.tick()
    assert world.status(draft) is JobStatus.RUNNING


def test_recurring_job_keeps_its_newest_runs(world: World) -> None:
    job = world.recurring(keep_runs=2, keep_logs=False)
    for _ in range(5):
        world.pass_minutes(1)
        world.finish(RunStatus.FAILED, Cause.STEP_FAILED)
    world.tick()
    assert _numbers(world.runs(job)) == [4, 5]
    assert [batch.number for batch in world.batches(job)] == [1, 2, 3, 4, 5]


# --- sizes ---


def test_size_counts_files_with_several_names_once(world: World) -> None:
    folder = world.folder / "sized"
    (folder / "sub").mkdir(parents=True)
    (folder / "one").write_bytes(b"x" * 100_000)
    alone = size_of(folder)
    assert alone >= 100_000
    (folder / "sub" / "two").hardlink_to(folder / "one")
    (folder / "link").symlink_to("/")
    assert alone <= size_of(folder) <= alone + 4096
    assert size_of(world.folder / "nobody") == 0


def test_size_of_a_run_that_is_gone_is_nobodys(world: World) -> None:
    note_size(world.store, world.state, "nobody")
