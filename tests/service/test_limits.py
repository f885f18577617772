import asyncio
from datetime import timedelta

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.service.overdue import OVERDUE_S
from jupyter_orchest_jobs.service.runs import Runs
from tests.service.desk import Desk
from tests.service.world import World


def again(desk: Desk, run: Run, kind: AttemptKind) -> None:
    asyncio.run(Runs(desk.session, desk.world.clock).again(run.id, kind))


def die(world: World, job: Job) -> Run:
    """Let the runner of the only run die in the middle."""
    folder = world.attempt(world.run(job))
    world.executor.begin(folder)
    world.executor.die(folder)
    world.tick()
    return world.run(job)


def test_job_has_no_more_runs_at_once_than_it_may(world: World) -> None:
    world.store.change_settings({"max_runs": 5})
    narrow = world.job(runs=4, policies=Policies(max_runs=2))
    wide = world.job(runs=4)
    world.tick()
    assert world.statuses(narrow).count(RunStatus.RUNNING) == 2
    assert world.statuses(wide).count(RunStatus.RUNNING) == 3
    while world.executor.alive:
        world.executor.finish(min(world.executor.alive), RunStatus.SUCCEEDED)
        world.tick()
        assert world.statuses(narrow).count(RunStatus.RUNNING) <= 2
    assert [world.status(job) for job in (narrow, wide)] == [JobStatus.SUCCEEDED] * 2


def test_jobs_of_higher_priority_come_first(world: World) -> None:
    world.store.change_settings({"max_runs": 1})
    busy = world.started()
    low, high = (world.job(runs=2, policies=Policies(priority=n)) for n in (-1, 1))
    world.tick()
    order = []
    while world.executor.alive:
        for job in (busy, low, high):
            order += [job.number] * world.statuses(job).count(RunStatus.RUNNING)
        world.executor.finish(min(world.executor.alive), RunStatus.SUCCEEDED)
        world.tick()
    assert order == [busy.number, high.number, high.number, low.number, low.number]


def test_deaf_runner_is_killed_after_its_time_limit(world: World) -> None:
    job = world.started(policies=Policies(run_timeout_s=100, resume_interrupted=2))
    world.clock.advance(100 + OVERDUE_S)
    world.tick()
    assert world.run(job).status is RunStatus.RUNNING
    world.clock.advance(0.1)
    world.tick()
    run = world.run(job)
    assert (run.status, run.cause) == (RunStatus.FAILED, Cause.TIMEOUT)
    assert "longer than its time limit" in str(run.message)
    assert len(world.executor.killed) == 1


def test_deaf_runner_is_killed_after_the_limit_of_a_step(world: World) -> None:
    job = world.started(policies=Policies(step_timeout_s=50, run_timeout_s=1000))
    folder = world.attempt(world.run(job))
    world.executor.say(folder, journal.StepStarted, step="a", tries=1)
    world.tick()
    world.clock.advance(50 + OVERDUE_S)
    world.tick()
    assert world.run(job).status is RunStatus.RUNNING
    world.clock.advance(0.1)
    world.tick()
    run = world.run(job)
    assert (run.status, run.cause) == (RunStatus.FAILED, Cause.TIMEOUT)
    assert "A step took longer than its time limit" in str(run.message)
    assert world.executor.killed == [folder]


def test_limit_of_a_step_counts_for_each_try_and_not_between_them(world: World) -> None:
    job = world.started(policies=Policies(step_timeout_s=50, step_retries=3))
    folder = world.attempt(world.run(job))
    failed = {"tries": 1, "retry_in_s": 9.0, "cause": Cause.TIMEOUT, "message": "x", "cell": None}
    for kind, values in (
        (journal.StepStarted, {"tries": 1}),
        (journal.StepTryFailed, failed),
        (journal.StepStarted, {"tries": 2}),
        (journal.StepFinished, {"status": "failed", "cause": None, "message": "", "cell": None}),
    ):
        world.executor.say(folder, kind, step="a", **values)
        world.tick()
        world.clock.advance(50 + OVERDUE_S)
        world.tick()
    world.clock.advance(1000)
    world.tick()
    assert world.run(job).status is RunStatus.RUNNING


def test_limit_of_a_step_holds_over_conductors(world: World) -> None:
    job = world.started(policies=Policies(step_timeout_s=50))
    folder = world.attempt(world.run(job))
    world.executor.say(folder, journal.StepStarted, step="a", tries=1)
    world.tick()
    world.clock.advance(40)
    world.restart()
    world.tick()
    world.clock.advance(10 + OVERDUE_S + 0.1)
    world.tick()
    assert world.run(job).cause is Cause.TIMEOUT


def test_limit_of_a_run_holds_over_conductors(world: World) -> None:
    job = world.started(policies=Policies(run_timeout_s=100))
    world.clock.advance(90)
    world.restart()
    world.clock.advance(10 + OVERDUE_S + 0.1)
    world.tick()
    assert world.run(job).cause is Cause.TIMEOUT


def test_clock_that_is_set_forward_kills_nobody(world: World) -> None:
    job = world.started(policies=Policies(run_timeout_s=100, step_timeout_s=50))
    world.executor.say(world.attempt(world.run(job)), journal.StepStarted, step="a", tries=1)
    world.tick()
    world.clock.time += timedelta(days=2000)
    world.tick()
    assert world.run(job).status is RunStatus.RUNNING


def test_next_attempt_of_an_overdue_run_has_its_own_time(world: World, desk: Desk) -> None:
    job = world.started(policies=Policies(run_timeout_s=100))
    world.clock.advance(100 + OVERDUE_S + 1)
    world.tick()
    again(desk, world.run(job), AttemptKind.RETRY)
    world.tick()
    world.clock.advance(100)
    world.tick()
    assert world.run(job).status is RunStatus.RUNNING
    run = die(world, job)
    assert (run.status, run.cause) == (RunStatus.INTERRUPTED, Cause.RUNNER_DIED)


def test_run_that_was_launched_late_has_its_whole_time(world: World) -> None:
    job = world.job(policies=Policies(run_timeout_s=100))
    world.tick()
    # As if the conductor had been killed right before, and nobody came for long.
    attempt = world.attempt(world.run(job))
    world.executor.die(attempt)
    world.clock.advance(1000)
    world.restart()
    world.tick()
    assert world.executor.launched == [attempt, attempt]
    world.clock.advance(100)
    world.tick()
    assert world.run(job).status is RunStatus.RUNNING
