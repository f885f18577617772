"""Executing ended runs again: because the user wants it, or because their runner died."""

import logging

from jupyter_orchest_jobs.domain import fold
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, ENDED_RUNS, Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.store.contract import Store

_log = logging.getLogger(__name__)


def retry_wished(store: Store) -> None:
    """Let the runs wait for a runner whose users want them executed again.

    A job that has ended runs again; how it ends is decided anew.
    """
    for run in store.runs_to_retry():
        if run.retry_requested is not None:
            _order(store, run, run.retry_requested)


def resume_interrupted(store: Store, run: Run, policies: Policies) -> bool:
    """Let an interrupted run go on by itself, if its job wants that and it hasn't died too often.

    Returns:
        Whether it goes on.
    """
    if run.status is not RunStatus.INTERRUPTED or run.cause is not Cause.RUNNER_DIED:
        return False
    deaths = sum(record.cause is Cause.RUNNER_DIED for record in run.history)
    if deaths >= policies.resume_interrupted:
        return False
    _log.info("run %s goes on by itself", run.id)
    _order(store, run, AttemptKind.RESUME)
    return True


def _order(store: Store, run: Run, kind: AttemptKind) -> None:
    # The job first: a pending run of a job that has ended would be forgotten.
    job = store.job(run.job_id)
    changes = {"cancel_requested_at": None, "finished_at": None, "message": None}
    if job.status in ENDED_JOBS:
        changes["status"] = JobStatus.RUNNING  # type: ignore[assignment]
    store.update_job(job.id, changes, ENDED_JOBS)
    store.save_run(fold.order_again(run, kind), ENDED_RUNS)
