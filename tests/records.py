"""Builders of jobs and runs: plain defaults, and a test names only what it is about."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.store.contract import Store

NOW = datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=UTC)
"""A time for records whose time doesn't matter."""
ENDED = {"status": RunStatus.SUCCEEDED, "started_at": NOW, "finished_at": NOW}
"""What makes a run one that has ended."""
AWKWARD: list[Any] = [
    *(0, -1, 2**53 + 1, 2**64, 10**300, True, False, None),
    *(0.1, 1.0, -0.0, 5e-324, 1.7976931348623157e308),
    *("", "é", "e\u0301", "😀", "\0", "\u2028", "null", " two  blanks "),
    *([], {}, [[1], {"": []}], {"z": 1, "a": {"ü": 2}}),
]
"""JSON values that something on the way might change."""


def a_job(**special: Any) -> Job:
    """A draft of a job without parameters."""
    plain: dict[str, Any] = {
        "id": new_id(),
        "name": "example",
        "project": "/home/someone/project",
        "pipeline_path": "example.orchest",
        "pipeline_name": "example",
        "document": {"name": "example", "steps": {}},
        "strategy": Strategy({}),
        "created_at": NOW,
    }
    return Job(**{**plain, **special})


def a_run(job: Job, number: int = 1, **special: Any) -> Run:
    """A pending run of a job's first batch."""
    plain: dict[str, Any] = {
        "id": new_id(),
        "job_id": job.id,
        "number": number,
        "batch": 1,
        "combination": {},
        "created_at": NOW,
    }
    return Run(**{**plain, **special})


def a_firing(job: Job, at: datetime, **special: Any) -> FiringRecord:
    """One firing that fired."""
    plain: dict[str, Any] = {"until": at, "count": 1, "outcome": FiringOutcome.FIRED}
    return FiringRecord(**{"job_id": job.id, "at": at, **plain, **special})


def stored_job(store: Store, **special: Any) -> Job:
    """A job in the store."""
    return store.add_job(a_job(**special))


def stored_runs(store: Store, job: Job, *specials: dict[str, Any]) -> list[Run]:
    """One run for each of ``specials``, in a job's first batch, which makes the job run."""
    runs = [a_run(job, number, **special) for number, special in enumerate(specials, start=1)]
    batch = Batch(job.id, 1, "manual", NOW, document=job.document, policies=job.policies)
    assert store.add_batch(batch, runs, {"status": JobStatus.RUNNING}) is not None
    return [store.run(run.id) for run in runs]


def pages(listing: Callable[[str | None], Any]) -> list[Any]:
    """All items of a list, page by page."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = listing(cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
