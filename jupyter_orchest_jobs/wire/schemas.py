"""What goes over the wire: the shapes of requests and answers.

Times are UTC, ISO 8601 with ``Z``. Durations end in ``_s``, times in ``_at``. The OpenAPI
document and the TypeScript types are made from these models.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from jupyter_orchest_jobs.domain.job import SnapshotStatus
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[
    datetime,
    PlainSerializer(_utc, return_type=str),
    Field(json_schema_extra={"format": "date-time"}),
]
Values = dict[str, dict[str, Any]]
"""Scope (``pipeline_parameters`` or a step's id) → name → value."""
Lists = dict[str, dict[str, list[Any]]]
"""Scope → name → list of values."""


class Answer(BaseModel):
    """Base of all answers: every field is always there."""

    # Made ready by the first use: servers start before anybody asks for jobs.
    model_config = ConfigDict(
        extra="forbid", json_schema_serialization_defaults_required=True, defer_build=True
    )


class Request(BaseModel):
    """Base of all requests: unknown fields are refused, so that no wish is lost silently."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class ProblemAnswer(Answer):
    """One thing that is wrong, and where."""

    message: str
    file: str | None = None
    line: int | None = None
    step: str | None = None


class ErrorAnswer(Answer):
    """Every answer with a status of 400 and above, but for files."""

    code: str
    message: str
    problems: list[ProblemAnswer] = []
    accept: str | None = Field(
        None, description="With code confirmation_needed: the word to add to the request's accept."
    )


class ServerAnswer(Answer):
    """The server half, and whether jobs can be carried out."""

    version: str
    state_dir: str
    conductor_running: bool
    revision: int


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


class RunCountsAnswer(Answer):
    """How many runs are in each state."""

    total: int
    pending: int
    running: int
    succeeded: int
    failed: int
    cancelled: int
    interrupted: int


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
    snapshot: SnapshotAnswer
    runs: RunCountsAnswer
    cancel_requested: bool
    first_failed_run: str | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    revision: int


class ParameterAnswer(Answer):
    """One parameter of a job and its values."""

    scope: str
    scope_title: str
    name: str
    values: list[Any]


class JobDetailAnswer(JobAnswer):
    """A job with all that is frozen in it."""

    parameters: list[ParameterAnswer]
    parameters_file: str | None
    env_variables: dict[str, str]
    warnings: list[ProblemAnswer]


class StepRunAnswer(Answer):
    """One step in the current attempt of a run."""

    step: str
    title: str
    file_path: str
    kind: Literal["notebook", "python", "bash"]
    incoming: list[str]
    status: StepStatus
    cause: Cause | None
    message: str | None
    cells: int | None
    cells_done: int
    failed_cell: int | None
    limits: list[str]
    has_log: bool
    has_notebook: bool
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
    parameters: Values
    metrics: dict[str, float]
    steps_total: int
    steps_done: int
    failed_step: str | None = Field(description="Title of the step that failed first.")
    cancel_requested: bool
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    revision: int


class RunDetailAnswer(RunAnswer):
    """A run with its steps, in the order of the pipeline."""

    job_name: str
    pipeline_path: str
    steps: list[StepRunAnswer]


class PipelineAnswer(Answer):
    """The pipeline of a run with this run's parameters, as the steps read it."""

    document: dict[str, Any]


class LogAnswer(Answer):
    """A piece of a step's log.

    ``offset`` and ``next_offset`` count bytes; ask again from ``next_offset`` for what came since.
    """

    text: str
    offset: int
    next_offset: int
    size: int
    finished: bool


class JobsAnswer(Answer):
    """A page of jobs, newest first; with ``since``, also which ones were deleted."""

    items: list[JobAnswer]
    next_cursor: str | None
    total: int
    revision: int
    deleted: list[str]


class RunsAnswer(Answer):
    """A page of runs."""

    items: list[RunAnswer]
    next_cursor: str | None
    total: int
    revision: int


class RuleRequest(Request):
    """Combinations with this value."""

    scope: str
    name: str
    value: Any


class SelectionRequest(Request):
    """Which combinations are run."""

    base: Literal["all", "none"] = "all"
    rules: list[RuleRequest] = []
    exceptions: list[str] = []


class CreateJobRequest(Request):
    """A job to be made from a pipeline of this server's file tree."""

    pipeline_path: str = Field(description="Relative to the server's root, with slashes.")
    name: str | None = Field(None, max_length=255)
    parameters_file: str | None = Field(
        None,
        description="Relative to the server's root. Without it, <pipeline>.parameters.json "
        "beside the pipeline is used if it exists.",
    )
    parameters: Lists = Field({}, description="Lists of values over those of defaults and file.")
    selection: SelectionRequest | None = None
    env_variables: dict[str, str] = {}
    accept: list[str] = Field(
        [], description="Codes of consequences that the user has agreed to; see ErrorAnswer.accept."
    )
    start: bool = Field(False, description="Start as soon as the snapshot is taken.")


class SettingsAnswer(Answer):
    """Limits shared by all servers and command lines on the state directory."""

    max_step_processes: int
    max_runs: int


class SettingsRequest(Request):
    """New limits; what is left out stays."""

    max_step_processes: int | None = Field(None, ge=1, le=1024)
    max_runs: int | None = Field(None, ge=1, le=1024)
