"""A store without a file: jobs, batches, firings, settings."""

import copy
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, ENDED_RUNS, JobStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store import rows
from jupyter_orchest_jobs.store.contract import DELETED, Change, JobQuery, Page, Settings
from tests.fakes.records import changed, only, turn
from tests.fakes.runs import MemoryRuns, microseconds


class MemoryStore(MemoryRuns):
    """The store's contract on dictionaries; for one process."""

    notice = None
    has_lost_records = False

    def close(self) -> None:
        pass

    def back_up(self, now: datetime) -> None:
        pass

    def revision(self) -> int:
        return self._revision

    def changes(self, since: int) -> list[Change]:
        found = [
            Change("job", job.id, job.id, job.status, job.revision) for job in self._jobs.values()
        ]
        found += [
            Change("run", run.id, run.job_id, run.status, run.revision)
            for run in self._runs.values()
        ]
        new = (change for change in (*found, *self._deleted) if change.revision > since)
        return sorted(new, key=lambda change: (change.revision, change.kind))

    def settings(self) -> Settings:
        return self._settings

    def change_settings(self, changes: Mapping[str, Any]) -> Settings:
        new = replace(self._settings, **changes)
        if new != self._settings:
            self._next()
            self._settings = new
        return new

    def add_job(self, job: Job, *, shares_snapshot: bool = False) -> Job:
        assert job.id not in self._jobs
        if shares_snapshot:
            self._check_held(job.snapshot.id)
        self._last_number += 1
        return self._keep_job(replace(job, number=self._last_number))

    def job_revisions(self, job_ids: Collection[str]) -> dict[str, int]:
        return {job_id: self._jobs[job_id].revision for job_id in job_ids if job_id in self._jobs}

    def find_job(self, reference: str) -> Job:
        for job in self._jobs.values():
            if str(job.number) == reference:
                return self.job(job.id)
        return self.job(only(self._jobs, reference))

    def jobs(self, query: JobQuery) -> Page[Job]:
        found = [
            job
            for job in self._jobs.values()
            if query.status in (None, job.status) and query.quick in (None, job.quick)
        ]
        total = len(found)
        if query.since is not None:
            found = sorted(
                (job for job in found if job.revision > query.since), key=lambda job: job.revision
            )
            deleted = [
                gone.id
                for gone in self._deleted
                if gone.kind == "job" and gone.revision > query.since
            ]
            return Page(copy.deepcopy(found), None, total, self._revision, deleted)
        places = [((job.number,), job) for job in found]
        items, cursor = turn(
            places, ("jobs", query.status, str(query.quick)), (int,), query.cursor, query.limit
        )
        return Page(items, cursor, total, self._revision)

    def job_lines(self, query: JobQuery) -> Page[JobLine]:
        page = self.jobs(query)
        return replace(page, items=[JobLine.of(job) for job in page.items])

    def unfinished_jobs(self) -> list[Job]:
        return [self.job(job.id) for job in self._jobs.values() if job.status not in ENDED_JOBS]

    def update_job(
        self,
        job_id: str,
        changes: Mapping[str, Any],
        expect: Collection[JobStatus] | None = None,
        revision: int | None = None,
        *,
        shares_snapshot: bool = False,
    ) -> Job | None:
        if shares_snapshot:
            self._check_held(changes["snapshot"].id)
        old = self.job(job_id)
        if (expect is not None and old.status not in expect) or self._is_other(job_id, revision):
            return None
        new = changed(old, changes)
        return self._keep_job(new) if rows.differ(rows.job_row(old), rows.job_row(new)) else old

    def _check_held(self, snapshot_id: str | None) -> None:
        if snapshot_id not in self.snapshot_ids():
            raise NotFound(f"The snapshot {snapshot_id} is gone.")

    def delete_job(
        self, job_id: str, expect: Collection[JobStatus], revision: int | None = None
    ) -> bool:
        if self.job(job_id).status not in expect or self._is_other(job_id, revision):
            return False
        self._deleted.append(Change("job", job_id, job_id, DELETED, self._next()))
        del self._jobs[job_id]
        self._batches = {key: kept for key, kept in self._batches.items() if key[0] != job_id}
        self._firings = {key: kept for key, kept in self._firings.items() if key[0] != job_id}
        self._runs = {run.id: run for run in self._runs.values() if run.job_id != job_id}
        return True

    def add_batch(
        self,
        batch: Batch,
        runs: Sequence[Run],
        job_changes: Mapping[str, Any],
        firings: Sequence[FiringRecord] = (),
        revision: int | None = None,
    ) -> Job | None:
        if (batch.job_id, batch.number) in self._batches or self._are_recorded(firings):
            return None
        if self._is_other(batch.job_id, revision):
            return None
        job = self._keep_job(changed(self.job(batch.job_id), job_changes))
        self._batches[batch.job_id, batch.number] = copy.deepcopy(batch)
        for run in runs:
            self._runs[run.id] = replace(copy.deepcopy(run), revision=job.revision)
        self._firings.update({(firing.job_id, firing.at): firing for firing in firings})
        return job

    def record_firings(
        self,
        job_id: str,
        firings: Sequence[FiringRecord],
        job_changes: Mapping[str, Any],
        revision: int | None = None,
    ) -> Job | None:
        if self._are_recorded(firings) or self._is_other(job_id, revision):
            return None
        if not firings:
            return self.update_job(job_id, job_changes)
        job = self._keep_job(changed(self.job(job_id), job_changes))
        self._firings.update({(firing.job_id, firing.at): firing for firing in firings})
        return job

    def firings(
        self, job_id: str, cursor: str | None = None, limit: int = 100
    ) -> Page[FiringRecord]:
        found = [
            ((microseconds(firing.at),), firing)
            for firing in self._firings.values()
            if firing.job_id == job_id
        ]
        items, more = turn(found, ("firings", job_id), (int,), cursor, limit)
        return Page(items, more, len(found), self._revision)

    def queued_firing(self, job_id: str) -> FiringRecord | None:
        waiting = [
            firing
            for firing in self._firings.values()
            if firing.job_id == job_id and firing.outcome is FiringOutcome.QUEUED
        ]
        return min(waiting, key=lambda firing: firing.at, default=None)

    def batch(self, job_id: str, number: int) -> Batch:
        if (job_id, number) not in self._batches:
            raise NotFound(f"The job has no batch {number}.")
        return copy.deepcopy(self._batches[job_id, number])

    def batches(self, job_id: str, cursor: str | None = None, limit: int = 100) -> Page[Batch]:
        found = [
            ((batch.number,), batch) for batch in self._batches.values() if batch.job_id == job_id
        ]
        items, more = turn(found, ("batches", job_id), (int,), cursor, limit)
        return Page(items, more, len(found), self._revision)

    def batch_counts(self, job_id: str, numbers: Sequence[int]) -> dict[int, RunCounts]:
        return {
            number: RunCounts.of(
                Counter(run.status for run in self._of(job_id) if run.batch == number)
            )
            for number in numbers
        }

    def unfinished_batches(self, job_id: str) -> list[int]:
        return sorted({run.batch for run in self._of(job_id) if run.status not in ENDED_RUNS})

    def snapshot_ids(self) -> set[str]:
        used = {(run.job_id, run.batch) for run in self._runs.values()}
        held = {job.snapshot.id for job in self._jobs.values()}
        held |= {batch.snapshot_id for key, batch in self._batches.items() if key in used}
        return {id for id in held if id is not None}

    def environment_ids(self) -> set[str]:
        used = {(run.job_id, run.batch) for run in self._runs.values()}
        held = [job.environments for job in self._jobs.values()]
        held += [batch.environments for key, batch in self._batches.items() if key in used]
        held += [
            JobEnvironments.from_json(job.snapshot.inputs["environments"])
            for job in self._jobs.values()
            if job.snapshot.inputs is not None and "environments" in job.snapshot.inputs
        ]
        return {item.id for environments in held for item in environments.items}

    def warn_of_batch(self, job_id: str, number: int, warnings: Sequence[str]) -> None:
        if (job_id, number) in self._batches:
            batch = self._batches[job_id, number]
            self._batches[job_id, number] = replace(batch, warnings=tuple(warnings))
            self._keep_job(self.job(job_id))

    def _is_other(self, job_id: str, revision: int | None) -> bool:
        """Whether a job was changed since then."""
        return revision is not None and self.job(job_id).revision != revision

    def _are_recorded(self, firings: Sequence[FiringRecord]) -> bool:
        """Whether one of these firings has a record already that is not the wait for its batch."""
        for firing in firings:
            known = self._firings.get((firing.job_id, firing.at))
            if known is not None and (
                known.outcome is not FiringOutcome.QUEUED or firing.outcome is FiringOutcome.QUEUED
            ):
                return True
        return False
