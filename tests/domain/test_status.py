from itertools import product

import pytest

from jupyter_orchest_jobs.domain.job import RunCounts
from jupyter_orchest_jobs.domain.status import (
    ENDED_JOBS,
    ENDED_RUNS,
    ENDED_STEPS,
    JobStatus,
    RunStatus,
    StepStatus,
    check_job_move,
    check_run_move,
    one_off_end,
)
from jupyter_orchest_jobs.errors import IllegalTransition


def job_may(old: JobStatus, new: JobStatus) -> bool:
    try:
        check_job_move(old, new)
    except IllegalTransition as error:
        assert str(old) in str(error)
        assert str(new) in str(error)
        return False
    return True


def run_may(old: RunStatus, new: RunStatus) -> bool:
    try:
        check_run_move(old, new)
    except IllegalTransition as error:
        assert str(old) in str(error)
        assert str(new) in str(error)
        return False
    return True


def test_every_pair_of_states_has_an_answer_and_none_leads_to_itself() -> None:
    assert not any(job_may(status, status) for status in JobStatus)
    assert not any(run_may(status, status) for status in RunStatus)
    for old_job, new_job in product(JobStatus, JobStatus):
        job_may(old_job, new_job)


def test_every_state_of_a_job_can_be_reached_and_left() -> None:
    reached = {JobStatus.DRAFT}
    for _ in JobStatus:
        reached |= {new for old in reached for new in JobStatus if job_may(old, new)}
    assert reached == set(JobStatus)
    assert all(any(job_may(old, new) for new in JobStatus) for old in JobStatus)


def test_a_job_is_never_a_draft_again() -> None:
    assert not any(job_may(old, JobStatus.DRAFT) for old in JobStatus)


def test_a_job_can_be_cancelled_from_any_state_that_is_no_end() -> None:
    for old in JobStatus:
        assert job_may(old, JobStatus.CANCELLED) == (old not in ENDED_JOBS)


def test_an_ended_job_only_runs_again() -> None:
    for old in ENDED_JOBS:
        assert {new for new in JobStatus if job_may(old, new)} == {JobStatus.RUNNING}


def test_a_run_moves_as_the_table_says() -> None:
    moves = {(old, new) for old, new in product(RunStatus, RunStatus) if run_may(old, new)}
    pending, running = RunStatus.PENDING, RunStatus.RUNNING
    assert moves == {
        (pending, running),
        (pending, RunStatus.CANCELLED),
        (pending, RunStatus.FAILED),
        *((running, end) for end in ENDED_RUNS),
        # A retry or a resume.
        (RunStatus.FAILED, pending),
        (RunStatus.CANCELLED, pending),
        (RunStatus.INTERRUPTED, pending),
    }


def test_a_run_that_succeeded_stays_so() -> None:
    assert not any(run_may(RunStatus.SUCCEEDED, new) for new in RunStatus)


def test_ends_are_what_is_neither_waiting_nor_running() -> None:
    assert set(RunStatus) - ENDED_RUNS == {RunStatus.PENDING, RunStatus.RUNNING}
    assert set(StepStatus) - ENDED_STEPS == {StepStatus.PENDING, StepStatus.RUNNING}
    assert {str(status) for status in StepStatus} - {str(status) for status in RunStatus} == {
        "skipped"
    }


@pytest.mark.parametrize(
    ("runs", "end"),
    [
        (["succeeded", "succeeded"], "succeeded"),
        (["succeeded", "failed"], "failed"),
        (["succeeded", "interrupted"], "failed"),
        (["cancelled", "failed"], "failed"),
        (["cancelled", "succeeded"], "succeeded"),
        (["cancelled"], "succeeded"),
    ],
)
def test_a_one_off_job_ends_as_its_runs_did(runs: list[str], end: str) -> None:
    assert one_off_end([RunStatus(run) for run in runs]) is JobStatus(end)


def test_counts_add_up() -> None:
    counts = RunCounts.of({status: number for number, status in enumerate(RunStatus, 1)})
    assert counts.total == 21
    assert counts.total - counts.ended == counts.pending + counts.running == 3
    assert RunCounts.of({}).total == 0
