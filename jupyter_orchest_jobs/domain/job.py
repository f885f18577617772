"""A job: a frozen pipeline, its grid, its snapshot, and the user's wishes about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import Problem


class SnapshotStatus(StrEnum):
    """State of a job's snapshot."""

    WAITING = "waiting"
    COPYING = "copying"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class SnapshotState:
    """How far a job's snapshot is.

    Attributes:
        id: names its folder, once it is ready. While a new one is taken, the one of before,
            which holds until then.
        files, bytes: what was estimated; what it holds once it is ready.
        files_done, bytes_done: what has been copied so far.
        commit: the project's git commit at that time, or None outside a repository.
        dirty: how many files differed from the commit.
        taken_at: when the one that holds was ready; None before.
        inputs: ``document``, ``kernels``, ``strategy``, ``environments`` and ``warnings`` that
            hold from the moment when a new snapshot is ready; None if there was none before, or
            nothing is being taken.
        skipped: what could not be frozen and why, e.g. links to the outside, sockets.
    """

    status: SnapshotStatus = SnapshotStatus.WAITING
    id: str | None = None
    files: int = 0
    bytes: int = 0
    files_done: int = 0
    bytes_done: int = 0
    commit: str | None = None
    dirty: int | None = None
    skipped: tuple[str, ...] = ()
    inputs: Mapping[str, Any] | None = None
    taken_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in (SnapshotStatus.READY, SnapshotStatus.FAILED)


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        number: for people: job 12.
        message: why it ended as it did, when its runs don't say.
        project: absolute real path of the project's folder.
        pipeline_path: of the pipeline file, or of the notebook or script that is run by itself;
            POSIX, relative to the project.
        document: the pipeline file as it was when the job was created.
        kernels: step id → name of the kernelspec that was resolved for its notebook, or whose
            environment its script has.
        environments: what its steps are executed in, and how far that is frozen.
        steps: ids of the steps that are executed, in the order of the file; empty for all.
        quick: whether it was only to see how steps go: lists of jobs leave it out, and it is
            deleted before long.
        parameters_file: the file from which values came, relative to the project, if one did.
        warnings: what the user should know before relying on it.
        schedule: when it fires.
        policies: what happens when something comes in between.
        batches_made, runs_made: how many there ever were; the next ones count on from here.
        planned_until: it has been decided what becomes of all firings up to here.
        next_firing_at: the firing after that, None if there is none.
        touched_at: when the user changed it last; None if never.
        start_requested_at: when the user asked for its start.
        cancel_requested_at: when the user asked for its end.
        revision: the store's revision at its last change.
    """

    id: str
    name: str
    project: str
    pipeline_path: str
    pipeline_name: str
    document: Mapping[str, Any]
    strategy: Strategy
    created_at: datetime
    number: int = 0
    status: JobStatus = JobStatus.DRAFT
    message: str | None = None
    selection: Selection = field(default_factory=Selection)
    kernels: Mapping[str, str] = field(default_factory=dict)
    environments: JobEnvironments = field(default_factory=JobEnvironments)
    env_variables: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    quick: bool = False
    parameters_file: str | None = None
    warnings: tuple[Problem, ...] = ()
    snapshot: SnapshotState = field(default_factory=SnapshotState)
    schedule: Schedule = field(default_factory=Schedule.now)
    policies: Policies = field(default_factory=Policies)
    batches_made: int = 0
    runs_made: int = 0
    planned_until: datetime | None = None
    next_firing_at: datetime | None = None
    touched_at: datetime | None = None
    start_requested_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class Batch:
    """The runs of one firing, and what they work with: later edits of the job don't reach them.

    Attributes:
        number: counts the batches of the job from 1.
        cause: ``schedule``, ``manual`` or ``retry``.
        scheduled_at: the firing, if the schedule made it.
        snapshot_id, document, steps, kernels, environments, env_variables, policies: the job's
            at that time.
        warnings: sentences: what was noticed of its environments when it was made.
    """

    job_id: str
    number: int
    cause: str
    created_at: datetime
    scheduled_at: datetime | None = None
    snapshot_id: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    kernels: Mapping[str, str] = field(default_factory=dict)
    environments: JobEnvironments = field(default_factory=JobEnvironments)
    env_variables: Mapping[str, str] = field(default_factory=dict)
    policies: Policies = field(default_factory=Policies)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunCounts:
    """How many runs of a job are in each state."""

    pending: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    interrupted: int = 0

    @property
    def total(self) -> int:
        """All runs."""
        return self.ended + self.pending + self.running

    @property
    def ended(self) -> int:
        """The runs that have ended."""
        return self.succeeded + self.failed + self.cancelled + self.interrupted

    @classmethod
    def of(cls, counts: Mapping[RunStatus, int]) -> "RunCounts":
        """From a count by status."""
        return cls(**{str(status): count for status, count in counts.items()})
