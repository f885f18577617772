import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.policies import Overlap, Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.errors import (
    ConfirmationNeeded,
    InvalidInput,
    NotFound,
    ParametersInvalid,
    WrongState,
)
from jupyter_orchest_jobs.service.preview import preview
from tests.factories import document
from tests.service.desk import Busy, Desk, spec_of_run
from tests.service.world import STEPS, World

SCHEDULED, RUNNING, PAUSED = JobStatus.SCHEDULED, JobStatus.RUNNING, JobStatus.PAUSED
MINUTE = timedelta(minutes=1)


# --- pause and resume ---


def test_paused_job_starts_nothing_and_makes_up_for_nothing(world: World, desk: Desk) -> None:
    job = world.recurring()
    world.pass_minutes(1)
    world.finish()
    assert desk.pause(job).job.next_firing_at is None
    world.pass_minutes(10)
    assert world.status(job) is PAUSED
    found = desk.resume(job).job
    assert (found.status, found.next_firing_at) == (SCHEDULED, world.clock() + MINUTE)
    world.tick()
    assert world.outcomes(job) == [("fired", 1)]
    world.pass_minutes(1)
    assert world.outcomes(job) == [("fired", 1)] * 2


def test_pausing_lets_started_batches_go_on(world: World, desk: Desk) -> None:
    job = world.recurring(runs=5)
    world.pass_minutes(1)
    desk.pause(job)
    world.finish()
    assert world.statuses(job) == [RunStatus.SUCCEEDED] * 5
    assert world.status(job) is PAUSED
    desk.resume(job)
    world.tick()
    assert world.status(job) is SCHEDULED


def test_job_that_is_resumed_with_a_batch_going_on_is_running(world: World, desk: Desk) -> None:
    job = world.recurring()
    world.pass_minutes(1)
    desk.pause(job)
    desk.resume(job)
    world.tick()
    assert world.status(job) is RUNNING


def test_pausing_lets_a_waiting_firing_go(world: World, desk: Desk) -> None:
    job = world.recurring(overlap=Overlap.QUEUE)
    world.pass_minutes(2)
    desk.pause(job)
    world.tick()
    assert world.outcomes(job) == [("fired", 1), ("skipped", 1)]
    assert world.firings(job)[1].reason == "The job was paused."
    world.finish()
    desk.resume(job)
    world.tick()
    assert len(world.batches(job)) == 1


def test_job_resumed_after_its_end_date_ends(world: World, desk: Desk) -> None:
    job = world.recurring(end_at=world.clock() + timedelta(minutes=5))
    world.pass_minutes(1)
    world.finish()
    desk.pause(job)
    world.pass_minutes(10)
    desk.resume(job)
    world.tick()
    assert world.status(job) is JobStatus.SUCCEEDED


def test_pausing_at_the_moment_of_a_firing_is_kept(world: World, desk: Desk) -> None:
    job = world.recurring()
    world.clock.advance_to_minute()
    busy = Busy(desk)
    desk.meanwhile = lambda: world.store.update_job(
        job.id, {"status": PAUSED, "next_firing_at": None}
    )
    world.restart(store=busy)  # type: ignore[arg-type]
    world.tick()
    assert world.status(job) is PAUSED
    assert world.batches(job) == []


def test_pausing_and_resuming_need_the_right_state(world: World, desk: Desk) -> None:
    recurring, now = world.recurring(), world.started()
    later = world.job(schedule=Schedule.once(world.clock() + MINUTE))
    world.tick()
    for job in (now, later):
        with pytest.raises(WrongState, match="does not recur"):
            desk.pause(job)
    with pytest.raises(WrongState, match="not paused"):
        desk.resume(recurring)
    desk.pause(recurring)
    with pytest.raises(WrongState, match="paused"):
        desk.pause(recurring)
    world.cancel(recurring)
    world.tick()
    with pytest.raises(WrongState, match="cancelled"):
        desk.resume(recurring)
    with pytest.raises(NotFound):
        asyncio.run(desk.changes.pause("nobody"))


# --- run now ---


def test_run_now_starts_a_batch_and_leaves_the_schedule(world: World, desk: Desk) -> None:
    job = world.recurring()
    at = job.next_firing_at
    assert desk.run_now(job).job.next_firing_at == at
    world.tick()
    assert world.status(job) is RUNNING
    assert [batch.cause for batch in world.batches(job)] == ["manual"]
    world.finish()
    assert world.status(job) is SCHEDULED
    assert world.firings(job) == []


def test_run_now_while_the_schedule_fires_takes_the_next_number(world: World, desk: Desk) -> None:
    world.store.change_settings({"max_runs": 9})
    job = world.recurring(runs=2, overlap=Overlap.ALLOW)
    desk.meanwhile = lambda: world.pass_minutes(1)
    desk.run_now(job)
    assert [(batch.number, batch.cause) for batch in world.batches(job)] == [
        (1, "schedule"),
        (2, "manual"),
    ]
    assert [(run.number, run.batch) for run in world.runs(job)] == [(1, 1), (2, 1), (3, 2), (4, 2)]


def test_run_now_in_a_paused_job_leaves_it_paused(world: World, desk: Desk) -> None:
    job = world.recurring()
    desk.pause(job)
    desk.run_now(job)
    world.tick()
    assert world.statuses(job) == [RunStatus.RUNNING]
    world.finish()
    assert world.status(job) is PAUSED


def test_batches_by_hand_count(world: World, desk: Desk) -> None:
    job = world.recurring(max_batches=1)
    assert desk.run_now(job).job.next_firing_at is None
    world.finish()
    world.tick()
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED
    world.pass_minutes(2)
    assert len(world.batches(job)) == 1


def test_run_now_at_the_end_of_a_job_is_executed_or_refused(world: World, desk: Desk) -> None:
    job = world.started()
    world.executor.finish(world.attempt(world.run(job)), RunStatus.SUCCEEDED)
    busy = Busy(desk)
    world.dispatch.follow()
    world.restart(store=busy)  # type: ignore[arg-type]
    # It is about to record the end of the job when another batch comes.
    desk.meanwhile = lambda: Desk.run_now(Desk(world), job) and None
    world.tick()
    assert world.status(job) is RUNNING
    world.finish()
    assert world.statuses(job) == [RunStatus.SUCCEEDED] * 2
    with pytest.raises(WrongState, match="succeeded"):
        desk.run_now(job)


def test_job_that_is_being_cancelled_does_not_run_now(world: World, desk: Desk) -> None:
    job = world.recurring()
    world.cancel(job)
    with pytest.raises(WrongState, match="being cancelled"):
        desk.run_now(job)
    draft = world.draft(start_requested_at=None)
    with pytest.raises(WrongState, match="draft"):
        desk.run_now(draft)


# --- edit ---


def test_edit_of_a_recurring_job_reaches_its_next_batches_only(world: World, desk: Desk) -> None:
    world.store.change_settings({"max_runs": 1})
    job = world.recurring(
        runs=2,
        document=document(STEPS, parameters={"n": 0}),
        env_variables={"WHO": "old"},
        overlap=Overlap.ALLOW,
        step_retries=1,
    )
    world.pass_minutes(1)
    desk.edit(
        job,
        name="New name",
        env_variables={"WHO": "new"},
        parameters={"pipeline_parameters": {"n": [7, 8, 9]}},
        selection=Selection(rules=(Rule("pipeline_parameters", "n", 8),)),
        policies=Policies(overlap=Overlap.ALLOW, step_retries=5),
    )
    world.pass_minutes(1)
    world.finish()
    found = world.store.job(job.id)
    assert (found.name, found.touched_at is not None) == ("New name", True)
    values = [run.combination["pipeline_parameters"]["n"] for run in world.runs(job)]
    assert values == [0, 1, 7, 9]
    specs = [spec_of_run(world, number, job) for number in (1, 2, 3, 4)]
    assert [one.env_variables["WHO"] for one in specs] == ["old", "old", "new", "new"]
    assert [one.step_retries for one in specs] == [1, 1, 5, 5]


def test_parameter_that_the_pipeline_does_not_have_reaches_its_steps(
    world: World, desk: Desk
) -> None:
    job = world.recurring(document=document(STEPS, parameters={"n": 0}))
    desk.edit(job, parameters={"pipeline_parameters": {"new": [[1.0]]}, "a": {"own": ["x"]}})
    world.pass_minutes(1)
    run = spec_of_run(world, 1, job).document
    assert run["parameters"] == {"n": 0, "new": [1.0]}
    assert run["steps"]["a"]["parameters"] == {"own": "x"}


def test_new_schedule_holds_from_now_on(world: World, desk: Desk) -> None:
    job = world.recurring()
    world.pass_minutes(2)
    world.finish()
    edited = desk.edit(job, schedule=Schedule.recurring("0 * * * *", "UTC")).job
    assert edited.next_firing_at == world.clock().replace(hour=13, minute=0)
    world.pass_minutes(10)
    assert len(world.firings(job)) == 2


def test_edit_at_the_moment_of_a_firing_loses_none(world: World, desk: Desk) -> None:
    job = world.recurring()
    world.clock.advance_to_minute()
    world.clock.advance(0.05)
    desk.edit(job, schedule=Schedule.recurring("0 0 * * *", "UTC"))
    world.tick()
    assert world.outcomes(job) == [("fired", 1)]
    found = world.store.job(job.id)
    assert found.next_firing_at is not None
    assert found.next_firing_at.hour == 0


def test_conductor_that_fires_while_the_schedule_is_edited_mixes_nothing(
    world: World, desk: Desk
) -> None:
    job = world.recurring("0 0 * * *")
    assert job.next_firing_at is not None
    world.clock.time = job.next_firing_at
    # Between the batch and the record of what comes next.
    other = Desk(world)
    new = Schedule.recurring("* * * * *", "UTC")
    calls = iter(range(100))

    class Between(Busy):
        def __getattr__(self, name: str) -> Any:
            if name == "update_job" and next(calls) == 0:
                other.edit(job, schedule=new)
            return getattr(world.store, name)

    world.restart(store=Between(desk))  # type: ignore[arg-type]
    world.tick()
    found = world.store.job(job.id)
    assert found.schedule == new
    assert found.next_firing_at == world.clock() + MINUTE
    assert world.outcomes(job) == [("fired", 1)]


def test_policies_edited_in_a_busy_moment_are_kept(world: World, desk: Desk) -> None:
    job = world.recurring()
    desk.meanwhile = lambda: world.pass_minutes(1)
    desk.edit(job, policies=Policies(max_batches=1))
    found = world.store.job(job.id)
    assert found.policies == Policies(max_batches=1)
    assert len(world.batches(job)) == 1
    world.finish()
    world.pass_minutes(1)
    assert world.status(job) is JobStatus.SUCCEEDED


def test_edit_of_a_paused_job_leaves_it_paused(world: World, desk: Desk) -> None:
    job = world.recurring()
    desk.pause(job)
    edited = desk.edit(job, schedule=Schedule.recurring("0 * * * *", "UTC")).job
    assert (edited.status, edited.next_firing_at) == (PAUSED, None)
    assert desk.resume(job).job.next_firing_at == world.clock().replace(
        hour=13, minute=0, second=0, microsecond=0
    )


def test_edit_of_a_draft_changes_anything(world: World, desk: Desk) -> None:
    job = world.job(start_requested_at=None)
    at = world.clock() + timedelta(days=1)
    edited = desk.edit(job, schedule=Schedule.once(at), policies=Policies(priority=3)).job
    assert (edited.schedule.at, edited.policies.priority, edited.status) == (
        at,
        3,
        JobStatus.DRAFT,
    )
    assert edited.next_firing_at is None


@pytest.mark.parametrize(
    ("edit", "error", "message"),
    [
        ({"parameters": {"pipeline_parameters": {"n": []}}}, ParametersInvalid, "n"),
        ({"parameters": {"nobody": {"n": [1]}}}, ParametersInvalid, "nobody"),
        ({"env_variables": {"ORCHEST_RUN_ID": "x"}}, InvalidInput, "ORCHEST_"),
        ({"selection": Selection("none")}, ParametersInvalid, "no run"),
        (
            {"parameters": {"pipeline_parameters": {"n": list(range(1001))}}},
            ConfirmationNeeded,
            "1,001 runs",
        ),
        ({"schedule": Schedule.now()}, WrongState, "stays one"),
    ],
)
def test_edit_that_makes_no_job_changes_nothing(
    world: World, desk: Desk, edit: dict[str, Any], error: type[Exception], message: str
) -> None:
    job = world.recurring(document=document(STEPS, parameters={"n": 0}))
    before = world.store.job(job.id)
    with pytest.raises(error, match=message):
        desk.edit(job, name="New name", **edit)
    assert world.store.job(job.id) == before


def test_job_that_does_not_recur_changes_only_its_name(world: World, desk: Desk) -> None:
    job = world.started()
    assert desk.edit(job, name="New name").job.name == "New name"
    with pytest.raises(WrongState, match="only the name"):
        desk.edit(job, env_variables={})
    world.finish()
    assert desk.edit(job, name="Newer").job.name == "Newer"
    started = world.job()
    with pytest.raises(WrongState, match="only the name"):
        desk.edit(started, policies=Policies())


# --- preview ---


@pytest.mark.parametrize("cron", ["* * * * *", "*/7 * * * *", "3,50 9-17 * * 1-5"])
def test_preview_is_what_fires(world: World, cron: str) -> None:
    policies = Policies(overlap=Overlap.ALLOW, max_batches=8)
    _, shown = preview(Schedule.recurring(cron, "UTC"), policies, world.clock(), 20)
    assert len(shown) == 8
    job = world.recurring(cron, overlap=Overlap.ALLOW, max_batches=8)
    while (at := world.store.job(job.id).next_firing_at) is not None:
        world.clock.advance((at - world.clock()).total_seconds())
        world.clock.time = at
        world.tick()
        world.finish()
    assert [record.at for record in world.firings(job)] == shown
    assert world.status(job) is JobStatus.SUCCEEDED


def test_preview_of_schedules_that_do_not_recur(world: World) -> None:
    at = world.clock() + MINUTE
    assert preview(Schedule.once(at), Policies(), world.clock(), 5)[1] == [at]
    assert preview(Schedule.now(), Policies(), world.clock(), 5) == ("now", [])
