import asyncio

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, AttemptOrder, Run
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.runs import Runs
from tests.service.desk import Desk
from tests.service.world import World

RETRY, RESUME = AttemptKind.RETRY, AttemptKind.RESUME
SUCCEEDED, FAILED = RunStatus.SUCCEEDED, RunStatus.FAILED
INTERRUPTED, CANCELLED = RunStatus.INTERRUPTED, RunStatus.CANCELLED


def fail_second_step(world: World, job: Job) -> Run:
    """Let the first step of a job's only run succeed, and the second one fail."""
    folder = world.attempt(world.run(job))
    for step, status in (("a", StepStatus.SUCCEEDED), ("b", StepStatus.FAILED)):
        world.executor.say(folder, journal.StepStarted, step=step)
        world.executor.say(folder, journal.StepFinished, step=step, status=status)
    world.executor.finish(folder, FAILED, Cause.STEP_FAILED)
    world.tick()
    return world.run(job)


def order_of_run(world: World, job: Job) -> AttemptOrder:
    """What the runner of the only run was told about its attempt."""
    path = AttemptFolder(world.attempt(world.run(job))).order
    return AttemptOrder.from_json(path.read_text())


def test_a_first_attempt_needs_no_order(world: World) -> None:
    job = world.started()
    folder = AttemptFolder(world.attempt(world.run(job)))
    assert folder.spec.exists()
    assert not folder.order.exists()


def again(desk: Desk, run: Run, kind: AttemptKind) -> None:
    asyncio.run(Runs(desk.session, desk.world.clock).again(run.id, kind))


# --- retry and resume ---


def test_retry_begins_from_the_beginning(world: World, desk: Desk) -> None:
    job = world.started()
    run = fail_second_step(world, job)
    assert world.status(job) is JobStatus.FAILED
    again(desk, run, RETRY)
    world.tick()
    run = world.run(job)
    assert (run.status, run.attempt, run.kind) == (RunStatus.RUNNING, 2, RETRY)
    assert [(step.status, step.attempt) for step in run.steps] == [(StepStatus.PENDING, 2)] * 2
    assert order_of_run(world, job) == AttemptOrder(RETRY)
    found = world.store.job(job.id)
    assert (found.status, found.finished_at) == (JobStatus.RUNNING, None)
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED
    (before,) = world.run(job).history
    assert (before.number, before.status, before.cause) == (1, FAILED, Cause.STEP_FAILED)


def test_resume_carries_what_has_succeeded(world: World, desk: Desk) -> None:
    job = world.started()
    run = fail_second_step(world, job)
    for attempt in (2, 3):
        again(desk, run, RESUME)
        world.tick()
        run = world.run(job)
        assert order_of_run(world, job) == AttemptOrder(RESUME, {"a": 1})
        assert [(step.status, step.attempt) for step in run.steps] == [
            (StepStatus.SUCCEEDED, 1),
            (StepStatus.PENDING, attempt),
        ]
        folder = world.attempt(run)
        world.executor.begin(folder)
        world.executor.say(folder, journal.StepStarted, step="b")
        world.executor.finish(folder, FAILED, Cause.STEP_FAILED)
        world.tick()
        run = world.run(job)
    again(desk, run, RESUME)
    world.tick()
    world.executor.begin(world.attempt(world.run(job)))
    world.finish()
    run = world.run(job)
    assert (run.status, run.attempt, len(run.history)) == (SUCCEEDED, 4, 3)


def test_run_that_never_started_is_retried_not_resumed(world: World, desk: Desk) -> None:
    job = world.started(runs=3)
    waiting = world.runs(job)[2]
    asyncio.run(Runs(desk.session, world.clock).cancel(waiting.id))
    world.tick()
    again(desk, waiting, RESUME)
    world.finish()
    run = world.runs(job)[2]
    assert (run.status, run.attempt, run.kind) == (SUCCEEDED, 1, RETRY)
    assert run.cancel_requested_at is None


def test_runs_that_go_on_or_have_succeeded_are_not_executed_again(world: World, desk: Desk) -> None:
    job = world.started()
    run = world.run(job)
    for kind in (RETRY, RESUME):
        with pytest.raises(WrongState, match="cancel it before"):
            again(desk, run, kind)
    world.finish()
    for kind in (RETRY, RESUME):
        with pytest.raises(WrongState, match="has succeeded"):
            again(desk, run, kind)
    with pytest.raises(NotFound):
        asyncio.run(Runs(desk.session, world.clock).again("nobody", RETRY))


def test_wish_for_a_run_that_has_succeeded_harms_nobody(world: World) -> None:
    job, other = world.started(), world.job()
    world.finish()
    # No use case writes it, but a conductor must not die of it.
    world.store.request_retry(world.run(job).id, RETRY)
    world.tick()
    world.finish()
    assert world.status(other) is JobStatus.SUCCEEDED


def test_run_whose_files_are_gone_is_retried_only(world: World, desk: Desk) -> None:
    job = world.started()
    run = fail_second_step(world, job)
    assert world.store.release_files(run.id)
    with pytest.raises(WrongState, match="retry it instead"):
        again(desk, run, RESUME)
    # The wish came just before.
    world.store.request_retry(run.id, RESUME)
    world.tick()
    assert order_of_run(world, job) == AttemptOrder(RETRY)
    world.finish()
    assert world.run(job).status is SUCCEEDED


@pytest.mark.parametrize("end", [SUCCEEDED, FAILED])
def test_cancelled_job_ends_anew_after_a_retry(world: World, desk: Desk, end: RunStatus) -> None:
    job = world.started()
    world.cancel(job)
    world.tick()
    world.finish(CANCELLED, Cause.CANCELLED)
    assert world.status(job) is JobStatus.CANCELLED
    again(desk, world.run(job), RETRY)
    world.tick()
    found = world.store.job(job.id)
    assert (found.status, found.cancel_requested_at) == (JobStatus.RUNNING, None)
    world.finish(end, None if end is SUCCEEDED else Cause.STEP_FAILED)
    assert world.status(job) is JobStatus(str(end))


def test_retry_of_a_recurring_job_that_was_cancelled_fires_nothing(
    world: World, desk: Desk
) -> None:
    job = world.recurring()
    world.pass_minutes(1)
    world.finish(FAILED, Cause.STEP_FAILED)
    world.cancel(job)
    world.tick()
    assert world.store.job(job.id).next_firing_at is None
    again(desk, world.run(job), RETRY)
    world.pass_minutes(3)
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED
    assert len(world.batches(job)) == 1


def test_retry_in_an_active_recurring_job_lets_it_wait_on(world: World, desk: Desk) -> None:
    job = world.recurring("0 0 * * *")
    desk.run_now(job)
    world.tick()
    world.finish(FAILED, Cause.STEP_FAILED)
    assert world.status(job) is JobStatus.SCHEDULED
    again(desk, world.run(job), RETRY)
    world.tick()
    assert world.status(job) is JobStatus.RUNNING
    world.finish()
    assert world.status(job) is JobStatus.SCHEDULED


def test_cancel_of_a_retry_ends_it(world: World, desk: Desk) -> None:
    world.store.change_settings({"max_runs": 1})
    job = world.started()
    run = fail_second_step(world, job)
    world.started()  # takes the only place
    again(desk, run, RETRY)
    world.tick()
    asyncio.run(Runs(desk.session, world.clock).cancel(run.id))
    world.tick()
    run = world.run(job)
    assert (run.status, run.attempt) == (CANCELLED, 1)


# --- batches ---


@pytest.mark.parametrize("kind", [RETRY, RESUME])
def test_batch_is_retried_where_it_failed(world: World, desk: Desk, kind: AttemptKind) -> None:
    world.store.change_settings({"max_runs": 9})
    job = world.started(runs=4)
    ends = [SUCCEEDED, FAILED, CANCELLED, FAILED]
    for attempt, end in zip([world.attempt(run) for run in world.runs(job)], ends, strict=True):
        world.executor.finish(attempt, end)
    world.tick()
    asyncio.run(desk.changes.retry_batch(job.id, 1, kind))
    world.tick()
    assert [run.attempt for run in world.runs(job)] == [1, 2, 1, 2]
    assert [run.kind for run in world.runs(job)][1] is kind
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED
    with pytest.raises(WrongState, match="No run of batch 1"):
        asyncio.run(desk.changes.retry_batch(job.id, 1, kind))
    with pytest.raises(NotFound, match="no batch 2"):
        asyncio.run(desk.changes.retry_batch(job.id, 2, kind))


def test_batch_stops_after_so_many_failures(world: World) -> None:
    job = world.started(runs=6, policies=Policies(stop_batch_after=2))
    world.executor.finish(min(world.executor.alive), FAILED, Cause.STEP_FAILED)
    world.tick()
    assert world.statuses(job).count(RunStatus.PENDING) == 3
    world.executor.finish(min(world.executor.alive), FAILED, Cause.STEP_FAILED)
    # A look on which the next run had not started.
    world.tick()
    world.finish()
    found = world.runs(job)
    assert {run.status for run in found} == {FAILED, SUCCEEDED, CANCELLED}
    stopped = [run for run in found if run.status is CANCELLED]
    assert {run.cause for run in stopped} == {Cause.BATCH_STOPPED}
    assert all(run.attempt == 0 for run in stopped)
    assert world.status(job) is JobStatus.FAILED


def test_stopped_batch_lets_single_retries_go_on(world: World, desk: Desk) -> None:
    job = world.started(runs=3, policies=Policies(stop_batch_after=1))
    world.finish(FAILED, Cause.STEP_FAILED)
    first, second, third = world.runs(job)
    assert [first.status, second.status, third.status] == [FAILED, FAILED, CANCELLED]
    again(desk, first, RETRY)
    again(desk, third, RETRY)
    world.tick()
    world.finish()
    assert world.statuses(job) == [SUCCEEDED, FAILED, SUCCEEDED]


# --- going on by themselves ---


def die(world: World, job: Job) -> Run:
    """Let the runner of the only run die in the middle."""
    folder = world.attempt(world.run(job))
    world.executor.begin(folder)
    world.executor.die(folder)
    world.tick()
    return world.run(job)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_run_goes_on_by_itself_as_often_as_its_job_allows(world: World, most: int) -> None:
    job = world.job(policies=Policies(resume_interrupted=most))
    world.tick()
    for attempt in range(1, most + 1):
        assert world.run(job).attempt == attempt
        run = die(world, job)
        assert (run.status, run.attempt, run.kind) == (RunStatus.RUNNING, attempt + 1, RESUME)
    run = die(world, job)
    assert (run.status, run.cause) == (INTERRUPTED, Cause.POISONED)
    assert "given up" in str(run.message)
    assert world.status(job) is JobStatus.FAILED
    world.restart()
    world.tick()
    assert world.run(job) == run


def test_run_stays_interrupted_when_nobody_wants_more(world: World) -> None:
    job = world.started()
    run = die(world, job)
    assert (run.status, run.cause) == (INTERRUPTED, Cause.RUNNER_DIED)
    world.restart()
    world.tick()
    assert world.run(job).attempt == 1


@pytest.mark.parametrize("kind", [RETRY, RESUME])
def test_deaths_are_counted_anew_after_the_user_wanted_more(
    world: World, desk: Desk, kind: AttemptKind
) -> None:
    job = world.job(policies=Policies(resume_interrupted=1))
    world.tick()
    die(world, job)
    given_up = die(world, job)
    assert given_up.cause is Cause.POISONED
    again(desk, given_up, kind)
    world.tick()
    assert die(world, job).status is RunStatus.RUNNING
    assert die(world, job).cause is Cause.POISONED
    assert world.run(job).attempt == 4


def test_failures_of_steps_are_no_reason_to_go_on(world: World) -> None:
    job = world.started(policies=Policies(resume_interrupted=3))
    assert fail_second_step(world, job).status is FAILED


def test_cancelled_run_does_not_go_on_by_itself(world: World) -> None:
    job = world.started(policies=Policies(resume_interrupted=3))
    world.store.request_run_cancel(world.run(job).id, world.clock())
    world.executor.die(world.attempt(world.run(job)))
    world.tick()
    assert world.run(job).status is CANCELLED
