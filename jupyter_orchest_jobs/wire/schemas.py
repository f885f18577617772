"""The shapes of answers."""

from typing import Any, Literal

from pydantic import Field

from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.firing import FiringOutcome
from jupyter_orchest_jobs.domain.job import SnapshotStatus
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.schedule import ScheduleKind
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.stepkinds import KindName
from jupyter_orchest_jobs.wire.base import Answer, PoliciesModel, Time, Values
from jupyter_orchest_jobs.wire.environments import EnvironmentAnswer


class ProblemAnswer(Answer):
    """One thing that is wrong, and where."""

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = Field(None, description="Place in the line, in characters from 1.")
    step: str | None = None
    scope: str | None = Field(None, description="Of the parameter that is wrong, if one is.")
    parameter: str | None = Field(None, description="The parameter's name.")


class ErrorAnswer(Answer):
    """Every answer with a status of 400 and above, but for files."""

    code: str
    message: str
    problems: list[ProblemAnswer] = Field(default_factory=list)
    accept: str | None = Field(
        None, description="With code confirmation_needed: the word to add to the request's accept."
    )


class ServerAnswer(Answer):
    """The server half, and whether jobs can be carried out."""

    version: str
    state_dir: str
    conductor_running: bool
    revision: int
    notice: str | None = Field(description="What the user should know about the database.")
    root_dir: str = Field(description="The real path of the server's root directory.")


class SnapshotAnswer(Answer):
    """How far a job's snapshot is; once ready, what it holds."""

    status: SnapshotStatus
    files: int
    bytes: int
    files_done: int
    bytes_done: int
    commit: str | None
    dirty: int | None
    skipped: list[str]
    taken_at: Time | None = Field(description="When the one that holds was taken.")


class RunCountsAnswer(Answer):
    """How many runs are in each state."""

    total: int
    pending: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    interrupted: int


class ScheduleAnswer(Answer):
    """When a job fires."""

    kind: ScheduleKind
    at: Time | None
    cron: str | None
    zone: str | None
    description: str = Field(description="In plain English.")


class JobAnswer(Answer):
    """A job as lists show it."""

    id: str
    number: int
    name: str
    status: JobStatus
    message: str | None
    project: str
    pipeline_path: str
    pipeline_name: str
    quick: bool = Field(
        description="Whether it is only to see how steps go: lists leave such jobs out."
    )
    snapshot: SnapshotAnswer
    runs: RunCountsAnswer
    schedule: ScheduleAnswer
    next_firing_at: Time | None
    batches: int = Field(description="How many batches there ever were.")
    size_bytes: int = Field(description="What the files of its ended runs take.")
    start_requested: bool
    cancel_requested: bool
    first_failed_run: str | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    revision: int


class RuleAnswer(Answer):
    """Combinations with this value."""

    scope: str
    name: str
    value: Any
    text: str = Field(description="The value as JSON text, exact.")


class SelectionAnswer(Answer):
    """Which combinations are run."""

    base: Literal["all", "none"]
    rules: list[RuleAnswer]
    exceptions: list[str]


class ParameterAnswer(Answer):
    """One parameter of a job and its values."""

    scope: str
    scope_title: str
    name: str
    values: list[Any]
    texts: list[str] = Field(
        description="The values as JSON texts, exact: JavaScript has one number for 1 and 1.0."
    )
    default: str | None = Field(
        description="JSON text of the pipeline's own value; None if it has no such parameter."
    )


class JobStepAnswer(Answer):
    """A step that a job executes."""

    step: str
    title: str
    file_path: str
    kind: KindName
    incoming: list[str]
    kernel: str | None = Field(
        description="Name of the kernelspec that executes it, or whose interpreter does."
    )
    environment: str | None = Field(description="The id of one of the job's environments.")


class JobDetailAnswer(JobAnswer):
    """A job with all that is frozen in it."""

    parameters: list[ParameterAnswer]
    steps: list[JobStepAnswer]
    steps_left_out: int = Field(description="How many steps of its pipeline it does not execute.")
    parameters_file: str | None
    selection: SelectionAnswer
    env_variables: dict[str, str]
    secrets: list[str] = Field(
        description="Names of environment variables whose values are never shown."
    )
    policies: PoliciesModel
    warnings: list[ProblemAnswer]
    environments: list[EnvironmentAnswer] = Field(
        description="What its steps are executed in, each once."
    )
    environment_warnings: list[str] = Field(
        description="What was noticed of the environments of the last batch."
    )
    resources: dict[str, float] = Field(
        description="What each run asks of a worker of the cluster; memory in bytes."
    )


class AttemptAnswer(Answer):
    """An attempt that has ended."""

    number: int
    kind: AttemptKind
    status: RunStatus
    cause: Cause | None
    message: str | None
    started_at: Time | None
    finished_at: Time | None


class StepLogsAnswer(Answer):
    """The logs of a step in one attempt: one for each of these tries."""

    attempt: int
    tries: list[int]


class StepRunAnswer(Answer):
    """One step in the current attempt of a run."""

    step: str
    title: str
    file_path: str
    kind: KindName
    incoming: list[str]
    status: StepStatus
    cause: Cause | None
    message: str | None
    cells: int | None
    cells_done: int
    failed_cell: int | None
    limits: list[str]
    attempt: int = Field(description="The attempt that executed it.")
    tries: int = Field(description="How often it was tried in that attempt.")
    max_tries: int = Field(description="How often it may be tried in one attempt.")
    has_log: bool
    logs: list[StepLogsAnswer] = Field(description="All its logs, earlier attempts first.")
    has_notebook: bool
    started_at: Time | None
    finished_at: Time | None


class StepCellAnswer(Answer):
    """How a step of a run is, in brief."""

    step: str
    status: StepStatus
    started_at: Time | None
    finished_at: Time | None


class RunAnswer(Answer):
    """A run as lists show it."""

    id: str
    job_id: str
    job_number: int
    number: int
    batch: int
    status: RunStatus
    cause: Cause | None
    message: str | None
    attempt: int
    kind: AttemptKind
    retry_requested: bool
    pinned: bool
    size_bytes: int | None
    has_files: bool
    parameters: Values
    texts: dict[str, dict[str, str]] = Field(description="The same values as JSON texts, exact.")
    metrics: dict[str, float]
    steps_total: int
    steps_done: int
    failed_step: str | None = Field(description="Title of the step that failed first.")
    cancel_requested: bool
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    revision: int
    cells: list[StepCellAnswer] | None = Field(
        description="The states of its steps; None unless a list is asked for them."
    )


class RunDetailAnswer(RunAnswer):
    """A run with its steps, in the order of the pipeline."""

    job_name: str
    pipeline_path: str
    steps: list[StepRunAnswer]
    attempts: list[AttemptAnswer] = Field(description="Those before the current one.")
    executor: ExecutorName = Field(description="Where it is executed.")
    host: str | None = Field(
        description="Name of the host that executes the current attempt, or has; null if unknown."
    )


class JobsAnswer(Answer):
    """A page of jobs, newest first; with ``since``, also which ones were deleted."""

    items: list[JobAnswer]
    next_cursor: str | None
    total: int
    revision: int
    deleted: list[str]


class RunsAnswer(Answer):
    """A page of runs; with ``since``, also which ones were deleted."""

    items: list[RunAnswer]
    next_cursor: str | None
    total: int
    revision: int
    deleted: list[str]


class BatchAnswer(Answer):
    """The runs of one firing."""

    number: int
    cause: str
    created_at: Time
    scheduled_at: Time | None
    snapshot_id: str | None
    warnings: list[str] = Field(description="What was noticed of its environments.")
    runs: RunCountsAnswer


class BatchesAnswer(Answer):
    """A page of batches, newest first."""

    items: list[BatchAnswer]
    next_cursor: str | None
    total: int
    revision: int


class FiringAnswer(Answer):
    """What became of a firing, or of a range of missed ones."""

    at: Time
    until: Time
    count: int
    outcome: FiringOutcome
    reason: str | None
    batch: int | None


class FiringsAnswer(Answer):
    """A page of firings, newest first."""

    items: list[FiringAnswer]
    next_cursor: str | None
    total: int
    revision: int


class PreviewAnswer(Answer):
    """What a schedule means."""

    description: str
    next: list[Time]


class SettingsAnswer(Answer):
    """Limits shared by all servers and command lines on the state directory."""

    max_step_processes: int
    max_runs: int
    warm_processes: bool = Field(
        description="Whether runners and Python kernels are forked from processes that have "
        "imported what they need, where that is possible."
    )
    overlays: bool = Field(
        description="Whether working copies may be overlays over the snapshot, where the system "
        "can do that."
    )
    kernel_names: dict[str, str] = Field(
        description="What pipeline files call kernels, or UUIDs of Orchest's environments, and "
        "the name of the kernelspec that each stands for."
    )
    data_dir: str = Field(description="Where the folder lies that all runs and notebooks share.")
