"""The states of jobs, runs and steps, and which may follow which.

Statuses are the strings that stand in the database, the API and the journal.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from jupyter_orchest_jobs.errors import IllegalTransition


class JobStatus(StrEnum):
    """State of a job."""

    DRAFT = "draft"
    """Being configured; or its snapshot is being taken before it starts."""
    SCHEDULED = "scheduled"
    """Started, and waiting for its time."""
    RUNNING = "running"
    """At least one of its runs is unfinished."""
    PAUSED = "paused"
    """Recurring: starts no new batches."""
    SUCCEEDED = "succeeded"
    """Ended: no run of the last batch failed or was interrupted."""
    FAILED = "failed"
    """Ended: a run of the last batch failed or was interrupted, or the job could not start."""
    CANCELLED = "cancelled"
    """Ended by the user."""


class RunStatus(StrEnum):
    """State of a run, and of a step in it (which may be skipped, too)."""

    PENDING = "pending"
    """Not started."""
    RUNNING = "running"
    """A runner was given the run."""
    SUCCEEDED = "succeeded"
    """Every step succeeded."""
    FAILED = "failed"
    """A step failed; the cause says how."""
    CANCELLED = "cancelled"
    """Ended by the user."""
    INTERRUPTED = "interrupted"
    """Its runner died; what the last steps did is not known."""


class StepStatus(StrEnum):
    """State of one step in one attempt of a run."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"
    """Never started, since a step that it depends on did not succeed."""


class Cause(StrEnum):
    """Why a run or a step ended otherwise than by succeeding."""

    STEP_FAILED = "step_failed"
    TIMEOUT = "timeout"
    KERNEL_DIED = "kernel_died"
    RUNNER_DIED = "runner_died"
    CANCELLED = "cancelled"
    BATCH_STOPPED = "batch_stopped"
    """Too many runs of the batch had failed."""
    POISONED = "poisoned"
    DISK_FULL = "disk_full"
    ENVIRONMENT_MISSING = "environment_missing"
    INTERNAL_ERROR = "internal_error"


ENDED_JOBS = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})
ENDED_RUNS = frozenset(
    {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.INTERRUPTED}
)
ENDED_STEPS = frozenset(set(StepStatus) - {StepStatus.PENDING, StepStatus.RUNNING})

_JOB_MOVES: Mapping[JobStatus, frozenset[JobStatus]] = {
    JobStatus.DRAFT: frozenset(
        {JobStatus.RUNNING, JobStatus.SCHEDULED, JobStatus.FAILED, JobStatus.CANCELLED}
    ),
    JobStatus.SCHEDULED: frozenset(
        {
            JobStatus.RUNNING,
            JobStatus.PAUSED,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
        }
    ),
    JobStatus.RUNNING: frozenset(
        {
            JobStatus.SCHEDULED,
            JobStatus.PAUSED,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
        }
    ),
    JobStatus.PAUSED: frozenset(
        {
            JobStatus.SCHEDULED,
            JobStatus.RUNNING,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
        }
    ),
    # A retry after the end makes the job run again, and its end is decided anew.
    JobStatus.SUCCEEDED: frozenset({JobStatus.RUNNING}),
    JobStatus.FAILED: frozenset({JobStatus.RUNNING}),
    JobStatus.CANCELLED: frozenset({JobStatus.RUNNING}),
}

_RUN_MOVES: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED, RunStatus.FAILED}),
    RunStatus.RUNNING: frozenset(ENDED_RUNS),
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.CANCELLED: frozenset({RunStatus.PENDING}),
    RunStatus.FAILED: frozenset({RunStatus.PENDING}),
    RunStatus.INTERRUPTED: frozenset({RunStatus.PENDING}),
}


def check_job_move(old: JobStatus, new: JobStatus) -> None:
    """Refuse a change of a job's status that has no meaning.

    Raises:
        IllegalTransition: naming both states.
    """
    if new not in _JOB_MOVES[old]:
        raise IllegalTransition(f"a job can't go from {old} to {new}")


def check_run_move(old: RunStatus, new: RunStatus) -> None:
    """Refuse a change of a run's status that has no meaning.

    Raises:
        IllegalTransition: naming both states.
    """
    if new not in _RUN_MOVES[old]:
        raise IllegalTransition(f"a run can't go from {old} to {new}")


def one_off_end(runs: Collection[RunStatus]) -> JobStatus:
    """How a one-off job ends whose runs have all ended.

    Cancelled runs alone don't fail a job.
    """
    if any(status in (RunStatus.FAILED, RunStatus.INTERRUPTED) for status in runs):
        return JobStatus.FAILED
    return JobStatus.SUCCEEDED
