"""What is kept of ended runs, and for how long: files, logs and numbers."""

import logging
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, JobStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import JobQuery, Page, Store

UNTOUCHED_DRAFT = timedelta(days=1)
DRAFT = timedelta(days=30)
"""Drafts that were never edited, and all others, are deleted after so long."""
QUICK_JOBS = 20
"""So many of the newest quick jobs of a pipeline are kept."""
_log = logging.getLogger(__name__)

J = TypeVar("J", Job, JobLine)


@dataclass(frozen=True)
class Verdict:
    """What becomes of ended runs: those to delete, and those to keep without their files."""

    delete: tuple[Run, ...] = ()
    strip: tuple[Run, ...] = ()


def judge(
    runs: Sequence[Run],
    policies: Policies,
    now: datetime,
    unfinished: Collection[int] = (),
) -> Verdict:
    """Decide which ended runs a job no longer keeps.

    The newest ``keep_runs`` are kept, those that ended within ``keep_days``, and, the newest
    first, as many as have room in ``keep_bytes``: a run must pass each of these that is set.
    Pinned runs, and those that shall run again, stay, and take no one's place. With
    ``keep_logs``, what isn't kept loses its working copy but not its logs, notebooks and numbers.

    Args:
        runs: ended runs of the job, oldest first.
        unfinished: batches that have not ended. Their runs only lose their working copies: how
            the job ends is decided by all of them.
    """
    gone: list[Run] = []
    size = 0
    bound = [run for run in reversed(runs) if not run.pinned and run.retry_requested is None]
    for place, run in enumerate(bound):
        size += run.size_bytes or 0
        ended = run.finished_at or run.created_at
        too_many = policies.keep_runs is not None and place >= policies.keep_runs
        too_old = policies.keep_days is not None and now - ended > timedelta(
            days=policies.keep_days
        )
        too_large = policies.keep_bytes is not None and size > policies.keep_bytes
        if too_many or too_old or too_large:
            gone.append(run)
    if policies.keep_logs:
        unfinished = {run.batch for run in gone}
    return Verdict(
        delete=tuple(run for run in gone if run.batch not in unfinished),
        strip=tuple(run for run in gone if run.batch in unfinished and run.has_files),
    )


def judge_job(store: Store, state: StateDir, job_id: str, now: datetime) -> Verdict:
    """Apply :func:`judge` to a job. Measures runs whose size nobody has noted.

    Raises:
        NotFound: the job is gone.
    """
    policies = store.job(job_id).policies
    if policies.keep_runs is policies.keep_days is policies.keep_bytes is None:
        return Verdict()
    # What lost its files but kept its logs is no longer in anybody's way.
    runs = store.ended_runs(job_id, with_files=policies.keep_logs)
    unknown = [run.id for run in runs if run.size_bytes is None and run.attempt]
    if unknown:
        for run_id in unknown:
            note_size(store, state, run_id)
        runs = store.ended_runs(job_id, with_files=policies.keep_logs)
    return judge(runs, policies, now, store.unfinished_batches(job_id))


def jobs_with_runs(store: Store) -> Iterator[str]:
    """The ids of all jobs that were started."""
    lines = _all(store.job_lines, JobQuery(quick=None))
    yield from (job.id for job in lines if job.status is not JobStatus.DRAFT)


def delete_old_drafts(store: Store, now: datetime) -> None:
    """Delete the drafts that nobody has touched for long; the conductor removes their files."""
    for job in _all(store.jobs, JobQuery(JobStatus.DRAFT, quick=None)):
        age = now - (job.touched_at or job.created_at)
        limit = UNTOUCHED_DRAFT if job.touched_at is None else DRAFT
        wished = job.start_requested_at or job.cancel_requested_at
        if wished is None and age > limit:
            with suppress(NotFound):
                # Unless somebody touches or starts it at this moment.
                if store.delete_job(job.id, {JobStatus.DRAFT}, job.revision):
                    _log.info("deleted draft %d: untouched for %s", job.number, age)


def delete_old_quick_jobs(store: Store) -> None:
    """Delete ended quick jobs but for the newest of each pipeline; see ``QUICK_JOBS``."""
    seen: Counter[tuple[str, str]] = Counter()
    for job in list(_all(store.job_lines, JobQuery(quick=True))):  # newest first
        place = (job.project, job.pipeline_path)
        seen[place] += 1
        if seen[place] > QUICK_JOBS and job.status in ENDED_JOBS:
            with suppress(NotFound):
                if store.delete_job(job.id, ENDED_JOBS, job.revision):
                    _log.info("deleted quick job %d", job.number)


def note_size(store: Store, state: StateDir, run_id: str) -> None:
    """Measure what a run's files take. Walks its folder."""
    folder = state.run(run_id)
    store.note_files(run_id, size_of(folder), has_files=(folder / "work").exists())


def size_of(folder: Path) -> int:
    """What a folder takes on the disk, in bytes; files with several names count once."""
    total = 0
    seen: set[tuple[int, int]] = set()
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                found = os.lstat(os.path.join(parent, name))  # noqa: PTH118  # many files
            except FileNotFoundError:
                continue
            key = (found.st_dev, found.st_ino)
            if found.st_nlink == 1 or key not in seen:
                total += found.st_blocks * 512
            if found.st_nlink > 1:
                seen.add(key)
    return total


def _all(read: Callable[[JobQuery], Page[J]], query: JobQuery) -> Iterator[J]:
    """The items of all pages."""
    cursor = None
    while True:
        page = read(replace(query, cursor=cursor))
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
