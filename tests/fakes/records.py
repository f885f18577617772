"""What a store in memory holds, and how it turns the pages of its lists."""

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from jupyter_orchest_jobs.domain.firing import FiringRecord
from jupyter_orchest_jobs.domain.ids import MIN_PREFIX
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import check_job_move
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store import rows
from jupyter_orchest_jobs.store.contract import Change, Settings, Store


class Records(Store):
    """Dictionaries of everything; what goes in or out is copied."""

    def __init__(self) -> None:
        self._revision = 0
        self._last_number = 0
        self._settings = Settings()
        self._jobs: dict[str, Job] = {}
        self._batches: dict[tuple[str, int], Batch] = {}
        self._firings: dict[tuple[str, Any], FiringRecord] = {}
        self._runs: dict[str, Run] = {}
        self._deleted: list[Change] = []

    def job(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise NotFound(f"There is no job {job_id}.")
        return copy.deepcopy(self._jobs[job_id])

    def run(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise NotFound(f"There is no run {run_id}.")
        return copy.deepcopy(self._runs[run_id])

    def _next(self) -> int:
        self._revision += 1
        return self._revision

    def _keep_job(self, job: Job) -> Job:
        self._jobs[job.id] = copy.deepcopy(replace(job, revision=self._next()))
        return self.job(job.id)

    def _touch_job(self, job_id: str, revision: int) -> None:
        self._jobs[job_id] = replace(self._jobs[job_id], revision=revision)

    def _keep_run(self, run: Run) -> Run:
        self._runs[run.id] = copy.deepcopy(replace(run, revision=self._next()))
        return self.run(run.id)


def changed(old: Job, changes: Mapping[str, Any]) -> Job:
    """The job with other values; a change of status must be a legal one."""
    new = rows.changed_job(old, changes)
    if new.status is not old.status:
        check_job_move(old.status, new.status)
    return new


def only(ids: Collection[str], reference: str) -> str:
    """The one id that begins like this."""
    prefix = reference.lower()
    found = [id for id in ids if len(prefix) >= MIN_PREFIX and id.startswith(prefix)]
    if len(found) != 1:
        raise NotFound(f"{len(found)} ids begin with {reference}.")
    return found[0]


def turn(
    placed: Sequence[tuple[tuple[Any, ...], Any]],
    listing: tuple[str | None, ...],
    types: tuple[type, ...],
    cursor: str | None,
    limit: int,
    descending: bool = True,
) -> tuple[list[Any], str | None]:
    """One page of things with their places in the order, and the cursor of the next."""
    ordered = sorted(placed, key=lambda item: item[0], reverse=descending)
    if cursor is not None:
        after = tuple(rows.read_cursor(cursor, listing, types))
        ordered = [item for item in ordered if (item[0] < after if descending else item[0] > after)]
    page = ordered[:limit]
    more = rows.write_cursor(listing, page[-1][0]) if len(ordered) > limit else None
    return [copy.deepcopy(item) for _, item in page], more
