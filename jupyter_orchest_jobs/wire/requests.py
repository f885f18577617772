"""The shapes of requests."""

from typing import Annotated, Any, Literal

from pydantic import FailFast, Field

from jupyter_orchest_jobs.domain.schedule import ScheduleKind
from jupyter_orchest_jobs.wire.base import Lists, PoliciesModel, Request, Texts


class RuleRequest(Request):
    """Combinations with this value."""

    scope: str
    name: str
    value: Any


Rules = Annotated[list[RuleRequest], FailFast()]
"""Rules; of those that are none, the first is told."""


class SelectionRequest(Request):
    """Which combinations are run."""

    base: Literal["all", "none"] = "all"
    rules: Rules = Field(default_factory=list)
    exceptions: Texts = Field(default_factory=list)


class ScheduleRequest(Request):
    """When a job fires."""

    kind: ScheduleKind
    at: str | None = Field(None, description="ISO 8601 with a zone; for kind once.")
    cron: str | None = None
    zone: str | None = Field(None, description="IANA name; for kind cron.")


class PreviewRequest(Request):
    """A schedule, and how many firings of it to show."""

    schedule: ScheduleRequest
    policies: PoliciesModel | None = None
    count: int = Field(5, ge=1, le=100)


class ChangeJobRequest(Request):
    """Changes of a draft, or of an active recurring job's next batches; the rest stays."""

    name: str | None = Field(None, min_length=1, max_length=255)
    parameters: Lists | None = None
    selection: SelectionRequest | None = None
    parameters_file: str | None = Field(
        None,
        description="Relative to the server's root: its lists, over the pipeline's defaults, "
        "replace the job's.",
    )
    env_variables: dict[str, str] | None = None
    secrets: dict[str, str | None] | None = Field(
        None,
        description="Environment variables whose values are never shown again; null takes one "
        "away. Others stay.",
    )
    schedule: ScheduleRequest | None = None
    policies: PoliciesModel | None = None
    accept: Texts = Field(default_factory=list)


class StartRequest(Request):
    """Agreement to what a start means."""

    accept: Texts = Field(default_factory=list)


class DuplicateRequest(Request):
    """Which project files the new job works with."""

    snapshot: Literal["current", "own"] = "current"
    accept: Texts = Field(default_factory=list)


class SnapshotRequest(Request):
    """Agreement to what a new snapshot means."""

    accept: Texts = Field(default_factory=list)


class RetryBatchRequest(Request):
    """How to go on with the runs of a batch that failed or were interrupted."""

    kind: Literal["retry", "resume"] = "retry"


class PinRequest(Request):
    """Whether a run is kept for ever."""

    pinned: bool = True


class CreateJobRequest(Request):
    """A job to be made from a pipeline of this server's file tree."""

    pipeline_path: str = Field(
        description="Of a pipeline file, a notebook or a script; relative to the server's root, "
        "with slashes."
    )
    name: str | None = Field(None, max_length=255)
    parameters_file: str | None = Field(
        None,
        description="Relative to the server's root. Without it, <pipeline>.parameters.json "
        "beside the pipeline is used if it exists.",
    )
    parameters: Lists = Field({}, description="Lists of values over those of defaults and file.")
    selection: SelectionRequest | None = None
    env_variables: dict[str, str] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(
        default_factory=dict,
        description="Environment variables whose values are never shown again.",
    )
    steps: Texts = Field([], description="Ids or titles of steps: only these are executed.")
    up_to: Texts = Field(
        [],
        description="Ids or titles of steps: only these are executed, with all on which they "
        "depend.",
    )
    quick: bool = Field(
        False,
        description="One run, at once, with the pipeline's own values, to see how steps go: lists "
        "leave the job out, and it is deleted before long. Needs start.",
    )
    schedule: ScheduleRequest | None = Field(None, description="Now, if it is left out.")
    policies: PoliciesModel | None = None
    accept: Texts = Field(
        [], description="Codes of consequences that the user has agreed to; see ErrorAnswer.accept."
    )
    start: bool = Field(False, description="Start as soon as the snapshot is taken.")


class SettingsRequest(Request):
    """New settings; what is left out stays."""

    max_step_processes: int | None = Field(None, ge=1, le=1024)
    max_runs: int | None = Field(None, ge=1, le=1024)
    warm_processes: bool | None = None
    overlays: bool | None = Field(
        None, description="True is refused where the system of the server can't make overlays."
    )
    kernel_names: dict[str, str] | None = Field(
        None,
        description="What pipeline files call kernels, or UUIDs of Orchest's environments, and "
        "the name of the kernelspec that each stands for; replaces what was set before.",
    )
    data_dir: str | None = Field(
        None,
        max_length=4096,
        description="Absolute path; empty for a folder in the state directory.",
    )
