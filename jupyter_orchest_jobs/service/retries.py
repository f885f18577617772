"""Executing ended runs again: because the user wants it, or because their runner died."""

import logging

from jupyter_orchest_jobs.domain import fold
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, ENDED_RUNS, Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.store.contract import RunQuery, Store

_log = logging.getLogger(__name__)


def retry_wished(store: Store) -> None:
    """Let the runs wait for a runner whose users want them executed again.

    A job that has ended runs again; how it ends is decided anew.
    """
    for run in store.runs_to_retry():
        if run.retry_requested is not None and run.status is not RunStatus.SUCCEEDED:
            _order(store, run, run.retry_requested)


def may_resume(run: Run, policies: Policies) -> bool:
    """Whether a run whose runner has died goes on by itself: it hasn't died too often.

    Only deaths since the user last had it executed from the beginning, or since it was given up,
    count.
    """
    deaths, kind = 0, run.kind
    for record in reversed(run.history):
        if kind is not AttemptKind.RESUME or record.cause is Cause.POISONED:
            break
        deaths += record.cause is Cause.RUNNER_DIED
        kind = record.kind
    return deaths < policies.resume_interrupted


def resume_interrupted(store: Store, run: Run, policies: Policies) -> bool:
    """Let an interrupted run go on by itself, if its job wants that and it hasn't died too often.

    Returns:
        Whether it goes on.
    """
    if run.status is not RunStatus.INTERRUPTED or run.cause is not Cause.RUNNER_DIED:
        return False
    if not may_resume(run, policies):
        return False
    _log.info("run %s goes on by itself", run.id)
    _order(store, run, AttemptKind.RESUME)
    return True


def resume_forgotten(store: Store) -> None:
    """Let those runs go on by themselves of which a conductor could only record the end."""
    active = {job.id for job in store.unfinished_jobs() if job.cancel_requested_at is None}
    cursor = None
    while active:
        page = store.runs(RunQuery(status=RunStatus.INTERRUPTED, cursor=cursor, limit=500))
        for run in page.items:
            if run.job_id in active and run.cause is Cause.RUNNER_DIED:
                resume_interrupted(store, run, store.batch(run.job_id, run.batch).policies)
        cursor = page.next_cursor
        if cursor is None:
            return


def _order(store: Store, run: Run, kind: AttemptKind) -> None:
    if not run.has_files or run.attempt == 0:
        kind = AttemptKind.RETRY
    # The job first: a pending run of a job that has ended would be forgotten.
    job = store.job(run.job_id)
    changes = {"cancel_requested_at": None, "finished_at": None, "message": None}
    if job.status in ENDED_JOBS:
        changes["status"] = JobStatus.RUNNING  # type: ignore[assignment]
    store.update_job(job.id, changes, ENDED_JOBS)
    store.save_run(fold.order_again(run, kind), ENDED_RUNS)
