from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from jupyter_orchest_jobs.domain.policies import CatchUp, Overlap, Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from tests.service.world import World

SCHEDULED, RUNNING, PAUSED = JobStatus.SCHEDULED, JobStatus.RUNNING, JobStatus.PAUSED
MINUTE = timedelta(minutes=1)


def next_minute(world: World, minutes: int = 1) -> datetime:
    return world.clock().replace(second=0, microsecond=0) + minutes * MINUTE


# --- beginning ---


def test_job_that_starts_now_has_one_batch_and_no_firing(world: World) -> None:
    job = world.job(runs=2)
    world.tick()
    (batch,) = world.batches(job)
    assert (batch.number, batch.cause, batch.scheduled_at) == (1, "schedule", None)
    assert world.firings(job) == []
    assert world.store.job(job.id).next_firing_at is None


def test_job_for_later_waits_fires_once_and_ends(world: World) -> None:
    at = world.clock() + timedelta(hours=3)
    job = world.job(runs=2, schedule=Schedule.once(at))
    world.tick()
    assert (world.status(job), world.runs(job)) == (SCHEDULED, [])
    assert world.store.job(job.id).next_firing_at == at
    world.clock.advance(3 * 3600 - 1)
    world.tick()
    assert world.runs(job) == []
    world.clock.advance(15)
    world.tick()
    assert world.status(job) is RUNNING
    (batch,) = world.batches(job)
    assert batch.scheduled_at == at
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED
    assert world.outcomes(job) == [("fired", 1)]
    assert world.store.job(job.id).next_firing_at is None


@pytest.mark.parametrize("late_s", [0, 1, 3600])
def test_job_for_a_time_that_has_passed_starts_at_once(world: World, late_s: float) -> None:
    job = world.job(schedule=Schedule.once(world.clock() - timedelta(seconds=late_s)))
    world.tick()
    assert world.status(job) is RUNNING
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED


def test_time_that_passes_while_the_snapshot_is_taken_is_kept(world: World) -> None:
    at = world.clock() + timedelta(seconds=90)
    job = world.job(schedule=Schedule.once(at))
    world.clock.advance(600)
    world.tick()
    assert [batch.scheduled_at for batch in world.batches(job)] == [at]


def test_job_whose_only_time_was_missed_fails_and_says_so(world: World) -> None:
    at = world.clock() + timedelta(hours=1)
    policies = Policies(catch_up=CatchUp.SKIP)
    job = world.job(schedule=Schedule.once(at), policies=policies)
    world.tick()
    world.clock.advance(3600 + 61)
    world.restart()
    world.tick()
    assert world.status(job) is JobStatus.FAILED
    assert world.store.job(job.id).message == "Its time passed while nobody conducted jobs."
    assert world.outcomes(job) == [("missed", 1)]
    assert world.runs(job) == []


def test_recurring_job_waits_for_its_first_firing(world: World) -> None:
    job = world.recurring("30 14 * * *")
    assert job.status is SCHEDULED
    assert job.next_firing_at == world.clock().replace(hour=14, minute=30, second=0, microsecond=0)
    assert world.runs(job) == []


def test_recurring_job_without_any_firing_ends_and_says_so(world: World) -> None:
    job = world.recurring(end_at=world.clock() + timedelta(seconds=1))
    assert job.status is JobStatus.SUCCEEDED
    assert job.message == "Its schedule had no firing."


# --- firing again and again ---


def test_recurring_job_runs_and_waits_in_turn(world: World) -> None:
    job = world.recurring(runs=2)
    for number in (1, 2, 3):
        at = next_minute(world)
        world.pass_minutes(1)
        assert world.status(job) is RUNNING
        assert world.batches(job)[-1].scheduled_at == at
        assert world.store.job(job.id).next_firing_at == at + MINUTE
        world.finish()
        assert world.status(job) is SCHEDULED
        assert [run.number for run in world.runs(job)] == list(range(1, 2 * number + 1))
        assert [run.batch for run in world.runs(job)][-2:] == [number, number]
    assert world.store.job(job.id).finished_at is None


def test_recurring_job_ends_with_its_last_batch(world: World) -> None:
    job = world.recurring(max_batches=2)
    world.pass_minutes(1)
    world.finish(RunStatus.FAILED, Cause.STEP_FAILED)
    world.pass_minutes(1)
    assert world.store.job(job.id).next_firing_at is None
    assert world.status(job) is RUNNING
    world.finish()
    # The last batch decides.
    assert world.status(job) is JobStatus.SUCCEEDED
    world.pass_minutes(3)
    assert world.outcomes(job) == [("fired", 1)] * 2


def test_recurring_job_ends_after_its_end_date(world: World) -> None:
    job = world.recurring(end_at=next_minute(world, 2))
    world.pass_minutes(1)
    world.finish()
    world.pass_minutes(1)
    world.finish(RunStatus.FAILED, Cause.STEP_FAILED)
    assert world.status(job) is JobStatus.FAILED
    assert len(world.batches(job)) == 2


def test_start_date_holds_firings_back(world: World) -> None:
    job = world.recurring(start_at=next_minute(world, 5))
    assert job.next_firing_at == next_minute(world, 5)
    world.pass_minutes(4)
    assert world.firings(job) == []
    world.pass_minutes(1)
    assert world.outcomes(job) == [("fired", 1)]


def test_several_jobs_fire_at_the_same_moment(world: World) -> None:
    world.store.change_settings({"max_runs": 10})
    jobs = [world.recurring() for _ in range(5)]
    world.pass_minutes(1)
    assert [world.outcomes(job) for job in jobs] == [[("fired", 1)]] * 5


# --- nobody was there ---


@pytest.mark.parametrize("firings", [1, 10, 1000])
@pytest.mark.parametrize("catch_up", list(CatchUp))
@pytest.mark.parametrize("overlap", [Overlap.ALLOW, Overlap.SKIP, Overlap.QUEUE])
def test_firings_while_nobody_conducted_are_all_accounted_for(
    world: World, firings: int, catch_up: CatchUp, overlap: Overlap
) -> None:
    job = world.recurring(catch_up=catch_up, overlap=overlap)
    first = next_minute(world)
    world.clock.time = next_minute(world, firings) + timedelta(seconds=61)
    world.clock.passed = 0.0
    world.restart()
    world.tick()
    # The very last firing came a second ago, and is on time.
    late, on_time = firings, 1
    owed = {CatchUp.LATEST: 1, CatchUp.ALL: min(late, 100), CatchUp.SKIP: 0}[catch_up] + on_time
    missed = late + on_time - owed
    outcomes = world.outcomes(job)
    assert sum(count for _, count in outcomes) == late + on_time
    assert outcomes[: 1 if missed else 0] == ([("missed", missed)] if missed else [])
    rest = [outcome for outcome, _ in outcomes[1 if missed else 0 :]]
    if overlap is Overlap.ALLOW:
        assert rest == ["fired"] * owed
    elif overlap is Overlap.SKIP:
        assert rest == ["fired"] + ["skipped"] * (owed - 1)
    else:
        assert rest == (["fired", "queued"] + ["skipped"] * (owed - 2))[:owed]
    assert world.firings(job)[0].at == first
    if missed:
        assert world.firings(job)[0].reason == "Nobody conducted jobs at that time."
    assert len(world.batches(job)) == rest.count("fired")


def test_firing_is_on_time_for_a_minute(world: World) -> None:
    job = world.recurring("0 13 * * *", catch_up=CatchUp.SKIP)
    world.clock.time = world.clock().replace(hour=13, minute=1, second=0, microsecond=0)
    world.restart()
    world.tick()
    assert world.outcomes(job) == [("fired", 1)]


def test_missed_firings_count_as_no_batches(world: World) -> None:
    job = world.recurring(catch_up=CatchUp.SKIP, max_batches=1)
    world.clock.advance(3600)
    world.restart()
    world.tick()
    assert [outcome for outcome, _ in world.outcomes(job)] == ["missed", "fired"]
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED


# --- a batch is unfinished ---


@pytest.mark.parametrize(
    ("overlap", "most"), [(Overlap.SKIP, 1), (Overlap.QUEUE, 1), (Overlap.ALLOW, 2)]
)
def test_job_that_takes_longer_than_its_interval_overlaps_as_it_may(
    world: World, overlap: Overlap, most: int
) -> None:
    job = world.recurring(overlap=overlap)
    world.clock.advance_to_minute()
    begun: dict[str, datetime] = {}
    for _ in range(2 * 20):
        for attempt in sorted(world.executor.alive):
            begun.setdefault(str(attempt), world.clock())
            if world.clock() - begun[str(attempt)] >= timedelta(seconds=90):
                world.executor.finish(attempt, RunStatus.SUCCEEDED)
        world.tick(2)
        assert len(world.store.unfinished_batches(job.id)) <= most
        for attempt in world.executor.alive:
            begun.setdefault(str(attempt), world.clock())
        world.clock.advance(30)
    outcomes = [outcome for outcome, _ in world.outcomes(job)]
    assert len(outcomes) == 20
    if overlap is Overlap.SKIP:
        assert outcomes == ["fired", "skipped"] * 10
        (reason,) = {one.reason for one in world.firings(job) if one.batch is None}
        assert reason == "The batch before had not ended."
    elif overlap is Overlap.ALLOW:
        assert outcomes == ["fired"] * 20
    else:
        # Two of three have their turn, one of them late.
        assert outcomes.count("fired") + outcomes.count("queued") == 14
        starts = [batch.created_at for batch in world.batches(job)]
        assert {later - sooner for sooner, later in pairwise(starts)} == {timedelta(seconds=90)}


def test_queued_firing_starts_when_the_batch_before_has_ended(world: World) -> None:
    job = world.recurring(overlap=Overlap.QUEUE)
    first = next_minute(world)
    world.pass_minutes(3)
    assert world.outcomes(job) == [("fired", 1), ("queued", 1), ("skipped", 1)]
    assert "another firing waited" in str(world.firings(job)[2].reason)
    world.executor.finish(min(world.executor.alive), RunStatus.SUCCEEDED)
    world.tick()
    assert world.outcomes(job) == [("fired", 1), ("fired", 1), ("skipped", 1)]
    assert [batch.scheduled_at for batch in world.batches(job)] == [first, first + MINUTE]
    assert world.firings(job)[1].batch == 2


def test_queued_firing_is_the_last_batch(world: World) -> None:
    job = world.recurring(overlap=Overlap.QUEUE, max_batches=2)
    world.pass_minutes(2)
    world.executor.finish(min(world.executor.alive), RunStatus.FAILED, Cause.STEP_FAILED)
    world.tick()
    assert world.status(job) is RUNNING
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED


def test_cancelled_job_lets_its_queued_firing_go(world: World) -> None:
    job = world.recurring(overlap=Overlap.QUEUE)
    world.pass_minutes(2)
    world.cancel(job)
    world.tick()
    world.finish(RunStatus.CANCELLED, Cause.CANCELLED)
    found = world.store.job(job.id)
    assert (found.status, found.next_firing_at) == (JobStatus.CANCELLED, None)
    assert world.firings(job)[1].reason == "The job was cancelled."


# --- clocks ---


def test_clock_that_is_set_back_fires_nothing_twice(world: World) -> None:
    job = world.recurring(overlap=Overlap.ALLOW)
    world.pass_minutes(3)
    world.clock.time -= timedelta(minutes=10)
    world.restart()
    world.tick()
    world.pass_minutes(11)
    times = [record.at for record in world.firings(job)]
    assert len(times) == len(set(times)) == 4
    assert [batch.number for batch in world.batches(job)] == [1, 2, 3, 4]


def test_edit_after_the_clock_was_set_back_passes_over_what_has_fired(world: World) -> None:
    job = world.recurring(overlap=Overlap.ALLOW)
    world.pass_minutes(3)
    # As an edit does: from now on.
    world.clock.time -= timedelta(minutes=2)
    now = world.clock()
    changes = {"planned_until": now, "next_firing_at": now + MINUTE}
    world.store.update_job(job.id, changes)
    world.pass_minutes(4)
    assert world.outcomes(job) == [("fired", 1)] * 5
    assert len(world.batches(job)) == 5


def test_clock_that_is_set_forward_is_downtime(world: World) -> None:
    job = world.recurring(overlap=Overlap.ALLOW)
    world.clock.time = next_minute(world, 60) + timedelta(seconds=1)
    world.tick()
    assert [outcome for outcome, _ in world.outcomes(job)] == ["missed", "fired", "fired"]
