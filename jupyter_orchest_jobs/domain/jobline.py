"""A job as lists have it: without what is frozen in it, which is large."""

from dataclasses import dataclass, fields
from datetime import datetime

from jupyter_orchest_jobs.domain.job import Job, SnapshotState
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import JobStatus


@dataclass(frozen=True)
class JobLine:
    """What lists show of a job; each field is the job's of the same name."""

    id: str
    number: int
    name: str
    status: JobStatus
    message: str | None
    project: str
    pipeline_path: str
    pipeline_name: str
    quick: bool
    snapshot: SnapshotState
    schedule: Schedule
    batches_made: int
    next_firing_at: datetime | None
    start_requested_at: datetime | None
    cancel_requested_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    revision: int

    @classmethod
    def of(cls, job: Job) -> "JobLine":
        """The line of a job that was read as a whole."""
        return cls(**{item.name: getattr(job, item.name) for item in fields(cls)})
