"""Builders of jobs and runs: plain defaults, and a test names only what it is about."""

from datetime import UTC, datetime
from typing import Any

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.store.contract import Store

NOW = datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=UTC)
"""A time for records whose time doesn't matter."""


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


def stored_job(store: Store, **special: Any) -> Job:
    """A job in the store."""
    return store.add_job(a_job(**special))


def stored_runs(store: Store, job: Job, *specials: dict[str, Any]) -> list[Run]:
    """One run for each of ``specials``, in a job's first batch, which makes the job run."""
    runs = [a_run(job, number, **special) for number, special in enumerate(specials, start=1)]
    batch = Batch(job.id, 1, "manual", NOW)
    assert store.add_batch(batch, runs, {"status": JobStatus.RUNNING}) is not None
    return [store.run(run.id) for run in runs]
