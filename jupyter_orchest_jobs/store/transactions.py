"""What several tables share within a transaction: the revision, jobs, runs.

The conductor does these things many times in each run. To build a statement takes longer than to
have it carried out, so they are built once.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import JobStatus, check_job_move
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store import rows, tables

_jobs, _runs, _state = tables.jobs, tables.runs, tables.state

_REVISION = select(_state.c.revision)
_NEXT_REVISION = update(_state).values(revision=_state.c.revision + 1).returning(_state.c.revision)
_JOB = select(_jobs).where(_jobs.c.id == bindparam("this"))
_SAVE_JOB = update(_jobs).where(_jobs.c.id == bindparam("this"))
_RUN = select(_runs).where(_runs.c.id == bindparam("this"))
_SAVE_RUN = update(_runs).where(_runs.c.id == bindparam("this"))


def revision_of(connection: Connection) -> int:
    """The number of the last change."""
    return int(connection.execute(_REVISION).scalar_one())


def next_revision(connection: Connection) -> int:
    """Move the revision, within a writing transaction."""
    return int(connection.execute(_NEXT_REVISION).scalar_one())


def touch_job(connection: Connection, job_id: str, revision: int) -> None:
    """Stamp a job whose runs have changed."""
    connection.execute(_SAVE_JOB, {"this": job_id, "revision": revision})


def job_row_of(connection: Connection, job_id: str) -> Job:
    """One job.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(_JOB, {"this": job_id}).first()
    if row is None:
        raise NotFound(f"There is no job {job_id}.")
    return rows.job_of(row)


def update_job(
    connection: Connection,
    job_id: str,
    changes: Mapping[str, Any],
    expect: Collection[JobStatus] | None,
    revision: int | None = None,
) -> Job | None:
    """Change fields of a job, if status and revision are the expected ones; None if not."""
    old = job_row_of(connection, job_id)
    if expect is not None and old.status not in expect:
        return None
    if revision not in (None, old.revision):
        return None
    new = changed_job(old, changes)
    return save_job(connection, new) if rows.differ(rows.job_row(old), rows.job_row(new)) else old


def changed_job(old: Job, changes: Mapping[str, Any]) -> Job:
    """The job with other values; a change of status must be a legal one."""
    new = rows.changed_job(old, changes)
    if new.status is not old.status:
        check_job_move(old.status, new.status)
    return new


def save_job(connection: Connection, job: Job) -> Job:
    """Keep a changed job, with the next revision."""
    job = replace(job, revision=next_revision(connection))
    connection.execute(_SAVE_JOB, {"this": job.id, **rows.job_row(job)})
    return job


def run_row_of(connection: Connection, run_id: str) -> Run:
    """One run.

    Raises:
        NotFound: there is none.
    """
    row = connection.execute(_RUN, {"this": run_id}).first()
    if row is None:
        raise NotFound(f"There is no run {run_id}.")
    return rows.run_of(row)


def save_run(connection: Connection, run: Run) -> Run:
    """Keep a changed run, with the next revision."""
    run = replace(run, revision=next_revision(connection))
    connection.execute(_SAVE_RUN, {"this": run.id, **rows.run_row(run)})
    return run
