"""Carrying out what a job's schedule owes.

What becomes of each firing is decided by :func:`..domain.planner.plan`, and recorded together
with the batch that it makes; the record's key keeps any other process from firing it again. The
job's ``planned_until`` moves with each of these records, so that the next conductor goes on where
this one was killed. Each of these writes holds for the job as it was read: if a user pauses or
edits it at this moment, nothing more is done until it is read again.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.planner import Plan, SkipReason, plan
from jupyter_orchest_jobs.domain.schedule import ScheduleKind
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus, one_off_end
from jupyter_orchest_jobs.service.submission import submit
from jupyter_orchest_jobs.store.contract import Store

_log = logging.getLogger(__name__)
_INSTANT = timedelta(microseconds=1)
_REASONS = {
    SkipReason.UNFINISHED: "The batch before had not ended.",
    SkipReason.QUEUE_FULL: "The batch before had not ended, and another firing waited already.",
}
_MISSED = "Nobody conducted jobs at that time."
_WAITS = frozenset({JobStatus.SCHEDULED, JobStatus.RUNNING})


class _Changed(Exception):
    """Somebody has changed the job since it was read."""


def next_firing(job: Job, since: datetime) -> datetime | None:
    """The first firing of a job after a moment, by its schedule and policies."""
    return plan(
        job.schedule,
        job.policies,
        since=since,
        now=since,
        batches=job.batches_made,
        unfinished_batches=0,
        queued=False,
    ).next_at


def begin(store: Store, job: Job, now: datetime) -> None:
    """Start a draft whose snapshot is ready: at once, or by arming its schedule."""
    _log.info("starting job %d", job.number)
    if job.schedule.kind is ScheduleKind.NOW:
        submit(store, job, "schedule", now)
        return
    since = job.start_requested_at or now
    if job.schedule.at is not None and job.schedule.at <= since:
        since = job.schedule.at - _INSTANT  # the time has passed while the user was choosing it
    changes = {
        "status": JobStatus.SCHEDULED,
        "started_at": now,
        "planned_until": since,
        "next_firing_at": next_firing(job, since),
    }
    store.update_job(job.id, changes, {JobStatus.DRAFT}, job.revision)


def fire_due(store: Store, job: Job, now: datetime) -> Job:
    """Do what the schedule of a job owes now; nothing for a job that isn't active.

    Returns:
        The job afterwards. If somebody has changed it meanwhile, something may still be owed.
    """
    if job.schedule.kind is ScheduleKind.NOW or job.status not in _WAITS:
        return job
    if job.cancel_requested_at is not None:
        return job
    try:
        return _fire_due(store, job, now)
    except _Changed:
        return store.job(job.id)


def drop_queued(store: Store, job: Job, reason: str) -> None:
    """Let a firing that waits start nothing.

    Args:
        reason: for people.
    """
    queued = store.queued_firing(job.id)
    if queued is not None:
        record = FiringRecord(job.id, queued.at, queued.at, 1, FiringOutcome.SKIPPED, reason)
        store.record_firings(job.id, [record], {})


def _fire_due(store: Store, job: Job, now: datetime) -> Job:
    unfinished = store.unfinished_batches(job.id)
    queued = store.queued_firing(job.id)
    if queued is not None and not unfinished:
        fired = submit(store, job, "schedule", now, firing=queued.at)
        if fired is None:
            raise _Changed
        job, queued, unfinished = fired, None, store.unfinished_batches(job.id)
    if job.planned_until is None or job.next_firing_at is None or job.next_firing_at > now:
        return job
    owed = plan(
        job.schedule,
        job.policies,
        since=job.planned_until,
        now=now,
        batches=job.batches_made,
        unfinished_batches=len(unfinished),
        queued=queued is not None,
    )
    return _carry_out(store, job, owed, now)


def is_over(store: Store, job: Job) -> bool:
    """Whether no batch of a job is unfinished, and none will ever come by its schedule."""
    if job.next_firing_at is not None or store.unfinished_batches(job.id):
        return False
    return store.queued_firing(job.id) is None


def end_of(store: Store, job: Job) -> tuple[JobStatus, str | None]:
    """How a job that is over has ended, by its last batch; and a word about it if it had none."""
    if job.batches_made == 0:
        if job.schedule.kind is ScheduleKind.ONCE and store.firings(job.id, limit=1).items:
            return JobStatus.FAILED, "Its time passed while nobody conducted jobs."
        return JobStatus.SUCCEEDED, "Its schedule had no firing."
    counts = store.batch_counts(job.id, [job.batches_made])[job.batches_made]
    return one_off_end([status for status in RunStatus if getattr(counts, status.value)]), None


def _carry_out(store: Store, job: Job, owed: Plan, now: datetime) -> Job:
    for missed in owed.missed:
        record = FiringRecord(
            job.id, missed.first, missed.last, missed.count, FiringOutcome.MISSED, _MISSED
        )
        job = _record(store, job, record, missed.last)
    skipped = {skip.at: _REASONS[skip.reason] for skip in owed.skipped}
    moments = sorted([*owed.fire, *skipped, *([owed.queue] if owed.queue else [])])
    for at in moments:
        if at in skipped:
            record = FiringRecord(job.id, at, at, 1, FiringOutcome.SKIPPED, skipped[at])
            job = _record(store, job, record, at)
        elif at == owed.queue:
            job = _record(store, job, FiringRecord(job.id, at, at, 1, FiringOutcome.QUEUED), at)
        else:
            _log.info("job %d fires for %s", job.number, at)
            fired = submit(store, job, "schedule", now, firing=at, changes={"planned_until": at})
            job = fired or _unchanged(store, job)
    changes: dict[str, Any] = {"planned_until": now, "next_firing_at": owed.next_at}
    after = store.update_job(job.id, changes, None, job.revision)
    if after is None:
        raise _Changed
    return after


def _record(store: Store, job: Job, record: FiringRecord, until: datetime) -> Job:
    """Keep a record; if there is one already, it stays as it is."""
    changes = {"planned_until": until}
    return store.record_firings(job.id, [record], changes, job.revision) or _unchanged(store, job)


def _unchanged(store: Store, job: Job) -> Job:
    """The job, of which a firing was recorded before: the clock, or an edit, led back to it."""
    if store.job(job.id).revision != job.revision:
        raise _Changed
    return job
