from datetime import timedelta

import pytest

from jupyter_orchest_jobs.domain import fold, journal
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from tests.records import NOW, a_job, a_run

TITLES = {"a": "Load", "b": "Train"}


def begun() -> Run:
    return fold.begin_attempt(a_run(a_job()), 1, ["a", "b"], NOW)


def after(*entries: journal.Entry) -> Run:
    return fold.apply(begun(), entries, TITLES)


def step_started(seq: int, step: str) -> journal.Entry:
    return journal.StepStarted(seq=seq, t=NOW, step=step, cells=None)


def end(seq: int, status: RunStatus, cause: Cause | None = None) -> journal.Entry:
    return journal.AttemptFinished(seq=seq, t=NOW, status=status, cause=cause, message="why")


def test_fold_of_a_whole_journal_tells_how_it_went() -> None:
    run = after(
        journal.AttemptStarted(seq=1, t=NOW, nonce="n", pid=1),
        step_started(2, "a"),
        journal.StepFinished(
            seq=3, t=NOW, step="a", status=StepStatus.FAILED, cause=Cause.STEP_FAILED, cell=2
        ),
        journal.StepSkipped(seq=4, t=NOW, step="b", failed="a"),
        end(5, RunStatus.FAILED, Cause.STEP_FAILED),
    )
    assert (run.status, run.cause, run.message) == (RunStatus.FAILED, Cause.STEP_FAILED, "why")
    assert [step.status for step in run.steps] == [StepStatus.FAILED, StepStatus.SKIPPED]
    assert run.failed_step is not None
    assert run.failed_step.failed_cell == 2
    assert run.steps[1].message == "Not started, since “Load” did not succeed."


@pytest.mark.parametrize(
    ("status", "running", "pending"),
    [
        (RunStatus.FAILED, StepStatus.FAILED, StepStatus.SKIPPED),
        (RunStatus.CANCELLED, StepStatus.CANCELLED, StepStatus.CANCELLED),
    ],
)
def test_end_of_an_attempt_ends_all_of_its_steps(
    status: RunStatus, running: StepStatus, pending: StepStatus
) -> None:
    # A runner that gives up in the middle says nothing about its steps.
    run = after(step_started(1, "a"), end(2, status, Cause.INTERNAL_ERROR))
    assert [step.status for step in run.steps] == [running, pending]
    assert run.steps[0].finished_at == NOW


def test_end_of_an_attempt_is_final() -> None:
    run = after(end(1, RunStatus.FAILED), step_started(2, "a"), end(3, RunStatus.SUCCEEDED))
    assert run.status is RunStatus.FAILED
    assert run.steps[0].status is StepStatus.SKIPPED


def test_entries_that_are_known_already_are_passed_over() -> None:
    entries = [
        journal.StepOutputLimit(seq=1, t=NOW, step="a", message="too much"),
        journal.Metric(seq=2, t=NOW, step="a", name="loss", value=1.0),
    ]
    run = after(*entries)
    assert fold.apply(run, entries, TITLES) == run


def test_entries_about_unknown_steps_change_no_step() -> None:
    run = after(step_started(1, "z"))
    assert run.steps == begun().steps


@pytest.mark.parametrize(("later_s", "cancelled"), [(None, False), (-1, True), (1, False)])
def test_wish_to_cancel_counts_from_its_time(later_s: int | None, cancelled: bool) -> None:
    run = after(end(1, RunStatus.SUCCEEDED))
    wish = None if later_s is None else NOW + timedelta(seconds=later_s)
    heeded = fold.heed_cancel(run, wish)
    assert (heeded.status is RunStatus.CANCELLED) is cancelled
    assert (heeded.cause is Cause.CANCELLED) is cancelled


def test_wish_to_cancel_leaves_other_ends_as_they_are() -> None:
    run = after(end(1, RunStatus.FAILED, Cause.STEP_FAILED))
    assert fold.heed_cancel(run, NOW - timedelta(seconds=1)) == run
