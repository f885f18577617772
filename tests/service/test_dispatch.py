import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.service.dispatch import KILL_AFTER_S
from tests.factories import document
from tests.service.desk import spec_of_run
from tests.service.world import World

RUNNING, SUCCEEDED, FAILED = RunStatus.RUNNING, RunStatus.SUCCEEDED, RunStatus.FAILED
CANCELLED, INTERRUPTED = RunStatus.CANCELLED, RunStatus.INTERRUPTED


def test_dispatch_tells_the_runner_what_to_do(world: World) -> None:
    job = world.job(env_variables={"NAME": "value"})
    world.tick()
    run = world.run(job)
    spec = RunSpec.from_json(AttemptFolder(world.attempt(run)).spec.read_text())
    assert (spec.run_id, spec.job_number, spec.run_number) == (run.id, 1, 1)
    assert spec.snapshot == str(world.state.snapshots / str(job.snapshot.id))
    assert spec.document["parameters"] == {"n": 0}
    assert [step.id for step in spec.steps] == ["a", "b"]
    assert spec.env_variables == {"NAME": "value"}
    assert spec.step_slots == 4
    assert spec.data_dir == str(world.state.data)


def test_runs_are_told_of_overlays_as_it_is_set_when_they_start(world: World) -> None:
    world.store.change_settings({"max_runs": 1})
    job = world.started(runs=3)
    for overlays in (1, 0):
        world.store.change_settings({"overlays": overlays})
        world.executor.finish(min(world.executor.alive), SUCCEEDED)
        world.tick()
    told = [spec_of_run(world, number, job).overlays for number in (1, 2, 3)]
    assert told == [False, True, False]


def test_dispatch_respects_the_limit_of_runs(world: World) -> None:
    job = world.started(runs=5)
    assert world.statuses(job).count(RUNNING) == 2
    assert len(world.executor.alive) == 2
    while world.executor.alive:
        world.executor.finish(min(world.executor.alive), SUCCEEDED)
        world.tick()
        assert len(world.executor.alive) <= 2
    assert world.statuses(job) == [SUCCEEDED] * 5
    assert world.status(job) is JobStatus.SUCCEEDED
    assert len(world.executor.launched) == 5


def test_dispatch_starts_more_when_the_limit_is_raised(world: World) -> None:
    job = world.started(runs=5)
    world.store.change_settings({"max_runs": 4})
    world.tick()
    assert world.statuses(job).count(RUNNING) == 4


def test_what_users_change_while_runs_get_on_is_heeded_at_once(world: World) -> None:
    job = world.started(runs=3)
    folders = sorted(world.executor.alive)
    for cell in range(3):
        for folder in folders:
            world.executor.say(folder, journal.CellFinished, step="a", cell=cell)
        world.tick(1)
    world.executor.say(folders[0], journal.CellFinished, step="a", cell=4)
    world.store.change_settings({"max_runs": 3})
    world.tick(1)
    assert world.statuses(job) == [RUNNING] * 3


def test_dispatch_takes_in_what_the_journal_says(world: World) -> None:
    job = world.started()
    folder = world.attempt(world.run(job))
    world.executor.say(folder, journal.StepStarted, step="a", cells=3)
    world.executor.say(folder, journal.CellFinished, step="a", cell=2)
    world.executor.say(folder, journal.Metric, step="a", name="loss", value=0.5)
    world.tick(1)
    run = world.run(job)
    assert run.steps[0].status is StepStatus.RUNNING
    assert (run.steps[0].cells, run.steps[0].cells_done) == (3, 2)
    assert run.metrics == {"loss": 0.5}


def test_dispatch_waits_for_the_rest_of_a_line(world: World) -> None:
    job = world.started()
    folder = world.attempt(world.run(job))
    world.executor.say(folder, journal.StepStarted, step="a")
    file = AttemptFolder(folder).journal
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])
    world.tick(1)
    assert world.run(job).steps[0].status is StepStatus.PENDING
    file.write_bytes(whole)
    world.tick(1)
    assert world.run(job).steps[0].status is StepStatus.RUNNING


def test_dispatch_takes_in_a_journal_once_however_often_it_is_read(world: World) -> None:
    job = world.started()
    folder = world.attempt(world.run(job))
    world.executor.say(folder, journal.StepStarted, step="a")
    world.executor.say(folder, journal.StepOutputLimit, step="a", message="too much")
    world.tick(1)
    before = world.run(job)
    for _ in range(3):
        world.restart()
        world.tick()
    assert world.run(job) == before
    assert before.steps[0].limits == ("too much",)


# --- adoption: the four rules of service/dispatch.py ---


def test_adoption_follows_a_runner_that_lives(world: World) -> None:
    job = world.started()
    world.restart()
    world.tick()
    assert len(world.executor.launched) == 1
    world.executor.finish(world.attempt(world.run(job)), SUCCEEDED)
    world.tick()
    assert world.status(job) is JobStatus.SUCCEEDED


def test_adoption_takes_in_the_rest_of_a_finished_journal(world: World) -> None:
    job = world.started()
    world.executor.finish(world.attempt(world.run(job)), FAILED, Cause.STEP_FAILED)
    world.restart()
    world.tick()
    assert world.run(job).cause is Cause.STEP_FAILED
    assert world.status(job) is JobStatus.FAILED
    assert len(world.executor.launched) == 1


def test_adoption_starts_an_attempt_that_was_never_executed(world: World) -> None:
    job = world.job()
    world.tick()
    world.executor.die(world.attempt(world.run(job)))
    world.restart()
    world.tick()
    run = world.run(job)
    assert (run.status, run.attempt) == (RUNNING, 1)
    assert world.executor.launched == [world.attempt(run)] * 2


def test_adoption_interrupts_a_run_whose_runner_died(world: World) -> None:
    job = world.started()
    run = world.run(job)
    world.executor.say(world.attempt(run), journal.StepStarted, step="a")
    world.executor.die(world.attempt(run))
    world.restart()
    world.tick()
    run = world.run(job)
    assert (run.status, run.cause) == (INTERRUPTED, Cause.RUNNER_DIED)
    assert [step.status for step in run.steps] == [StepStatus.INTERRUPTED, StepStatus.SKIPPED]
    assert world.executor.swept == [(run.id, 1)]
    assert world.status(job) is JobStatus.FAILED
    assert len(world.executor.launched) == 1


def test_adoption_takes_a_torn_first_line_for_a_beginning(world: World) -> None:
    job = world.job()
    world.tick()
    folder = world.attempt(world.run(job))
    AttemptFolder(folder).journal.write_bytes(b'{"v": 1, "seq"')
    world.executor.die(folder)
    world.restart()
    world.tick()
    assert world.statuses(job) == [INTERRUPTED]


# --- runners that fail to start ---


def test_runner_that_dies_at_once_is_not_started_again(world: World) -> None:
    job = world.job()
    world.tick()
    folder = AttemptFolder(world.attempt(world.run(job)))
    folder.runner_log.write_text("ImportError: no module named runner\n")
    world.executor.die(folder.path)
    world.tick(10)
    run = world.run(job)
    assert (run.status, run.cause) == (INTERRUPTED, Cause.RUNNER_DIED)
    assert "ImportError: no module named runner" in str(run.message)
    assert len(world.executor.launched) == 1


def test_launch_that_fails_fails_the_run(world: World) -> None:
    world.executor.refuses_launch = True
    job = world.job(runs=3)
    world.tick(10)
    assert world.statuses(job) == [FAILED] * 3
    assert world.run_messages(job) == {"No process for you."}
    assert world.status(job) is JobStatus.FAILED
    assert not world.dispatch.busy


def test_launch_that_finds_a_runner_follows_it(world: World) -> None:
    job = world.job()
    world.executor.alive.add(world.state.attempt("x", 1).path)
    world.conductor.tick()
    run = world.run(job)
    world.executor.launched.clear()
    world.restart()
    world.dispatch._launch(world.dispatch._live[run.id])
    world.tick()
    assert world.statuses(job) == [RUNNING]
    assert world.executor.launched == []


def test_run_that_cannot_be_described_fails_alone(world: World) -> None:
    bad = world.job(env_variables={"NAME": "\ud800"})
    good = world.job()
    world.tick()
    assert world.statuses(bad) == [FAILED]
    assert "UnicodeEncodeError" in str(world.run(bad).message)
    assert world.statuses(good) == [RUNNING]


def test_run_folder_that_cannot_be_made_fails_the_run(world: World) -> None:
    job = world.job()
    (world.state.root / "runs").rmdir()
    (world.state.root / "runs").write_text("in the way")
    world.tick()
    assert world.statuses(job) == [FAILED]
    assert "can't be made" in str(world.run(job).message)


# --- cancelling runs ---


def test_cancelled_pending_run_never_starts(world: World) -> None:
    job = world.started(runs=3)
    last = world.runs(job)[-1]
    world.store.request_run_cancel(last.id, world.clock())
    world.tick()
    assert world.statuses(job) == [RUNNING, RUNNING, CANCELLED]
    assert len(world.executor.launched) == 2


def test_cancelled_run_is_asked_once_and_ends_as_its_runner_says(world: World) -> None:
    job = world.started()
    run = world.run(job)
    world.store.request_run_cancel(run.id, world.clock())
    world.tick()
    assert world.executor.asked == [world.attempt(run)]
    world.executor.finish(world.attempt(run), CANCELLED, Cause.CANCELLED)
    world.tick()
    run = world.run(job)
    assert (run.status, run.cause) == (CANCELLED, Cause.CANCELLED)
    assert {step.status for step in run.steps} == {StepStatus.CANCELLED}
    assert world.executor.killed == []
    # Cancelled runs alone don't fail a job.
    assert world.status(job) is JobStatus.SUCCEEDED


@pytest.mark.parametrize("request_fails", [False, True])
def test_runner_that_does_not_listen_is_killed(world: World, request_fails: bool) -> None:
    world.executor.refuses_requests = request_fails
    job = world.started()
    run = world.run(job)
    world.store.request_run_cancel(run.id, world.clock())
    world.tick()
    world.clock.advance(KILL_AFTER_S)
    world.tick()
    assert world.executor.killed == []
    world.clock.advance(0.1)
    world.tick()
    assert world.executor.killed == [world.attempt(run)]
    assert world.executor.swept == [(run.id, 1)]
    assert world.statuses(job) == [CANCELLED]


def test_next_conductor_asks_before_it_kills(world: World) -> None:
    job = world.started()
    run = world.run(job)
    world.store.request_run_cancel(run.id, world.clock())
    world.clock.advance(3600)
    world.restart()
    world.tick()
    assert world.executor.asked == [world.attempt(run)]
    assert world.executor.killed == []


def test_cancelled_run_that_was_never_executed_is_not_started(world: World) -> None:
    job = world.job()
    world.tick()
    run = world.run(job)
    world.executor.die(world.attempt(run))
    world.store.request_run_cancel(run.id, world.clock())
    world.restart()
    world.tick()
    assert world.statuses(job) == [CANCELLED]
    assert len(world.executor.launched) == 1


@pytest.mark.parametrize(
    ("wish_after_s", "status"), [(-1, CANCELLED), (0, SUCCEEDED), (1, SUCCEEDED)]
)
def test_run_cancelled_before_its_end_never_counts_as_succeeded(
    world: World, wish_after_s: int, status: RunStatus
) -> None:
    job = world.started()
    run = world.run(job)
    world.executor.finish(world.attempt(run), SUCCEEDED)
    world.clock.advance(wish_after_s)
    world.store.request_run_cancel(run.id, world.clock())
    world.tick()
    assert world.statuses(job) == [status]


def test_dispatch_reads_a_pipeline_with_its_step_titles(world: World) -> None:
    job = world.started(document=document({"a": {"title": "Load"}, "b": {"incoming": ["a"]}}))
    folder = world.attempt(world.run(job))
    world.executor.say(folder, journal.StepSkipped, step="b", failed="a")
    world.tick(1)
    assert "“Load”" in str(world.run(job).steps[1].message)
