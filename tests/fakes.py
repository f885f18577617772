"""Stand-ins that keep the contracts of the real things, without their cost."""

import copy
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.ids import MIN_PREFIX, run_label
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import (
    ENDED_JOBS,
    ENDED_RUNS,
    Cause,
    JobStatus,
    RunStatus,
    check_job_move,
    check_run_move,
)
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import EngineError, InvalidInput, NotFound
from jupyter_orchest_jobs.store import rows
from jupyter_orchest_jobs.store.contract import (
    DELETED,
    Change,
    JobQuery,
    Page,
    RunQuery,
    Settings,
    Store,
)

_NEVER = -1


def _microseconds(moment: datetime | None) -> int:
    return _NEVER if moment is None else round(moment.timestamp() * 1e6)


def _duration(run: Run) -> int:
    if run.started_at is None or run.finished_at is None:
        return _NEVER
    return (run.finished_at - run.started_at) // timedelta(microseconds=1)


_SORTS: dict[str, Callable[[Run], Any]] = {
    "number": lambda run: 0,
    "status": lambda run: str(run.status),
    "started_at": lambda run: _microseconds(run.started_at),
    "duration": _duration,
}


class MemoryStore(Store):
    """The store's contract on dictionaries; for one process."""

    def __init__(self) -> None:
        self._revision = 0
        self._last_number = 0
        self._settings = Settings()
        self._jobs: dict[str, Job] = {}
        self._batches: set[tuple[str, int]] = set()
        self._runs: dict[str, Run] = {}
        self._deleted: dict[str, int] = {}

    def close(self) -> None:
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
        found += [Change("job", id, id, DELETED, at) for id, at in self._deleted.items()]
        new = (change for change in found if change.revision > since)
        return sorted(new, key=lambda change: (change.revision, change.kind))

    def settings(self) -> Settings:
        return self._settings

    def change_settings(self, changes: Mapping[str, int]) -> Settings:
        new = replace(self._settings, **changes)
        if new != self._settings:
            self._next()
            self._settings = new
        return new

    def add_job(self, job: Job) -> Job:
        assert job.id not in self._jobs
        self._last_number += 1
        return self._keep_job(replace(job, number=self._last_number))

    def job(self, job_id: str) -> Job:
        if job_id not in self._jobs:
            raise NotFound(f"There is no job {job_id}.")
        return copy.deepcopy(self._jobs[job_id])

    def find_job(self, reference: str) -> Job:
        for job in self._jobs.values():
            if str(job.number) == reference:
                return self.job(job.id)
        return self.job(_only(self._jobs, reference))

    def jobs(self, query: JobQuery) -> Page[Job]:
        found = [job for job in self._jobs.values() if query.status in (None, job.status)]
        total = len(found)
        if query.since is not None:
            found = sorted(
                (job for job in found if job.revision > query.since), key=lambda job: job.revision
            )
            deleted = [id for id, at in self._deleted.items() if at > query.since]
            return Page(copy.deepcopy(found), None, total, self._revision, deleted)
        places = [((job.number,), job) for job in found]
        items, cursor = _page(places, ("jobs", query.status), (int,), query, True)
        return Page(items, cursor, total, self._revision)

    def unfinished_jobs(self) -> list[Job]:
        return [self.job(job.id) for job in self._jobs.values() if job.status not in ENDED_JOBS]

    def update_job(
        self, job_id: str, changes: Mapping[str, Any], expect: Collection[JobStatus] | None = None
    ) -> Job | None:
        old = self.job(job_id)
        if expect is not None and old.status not in expect:
            return None
        new = _changed(old, changes)
        return self._keep_job(new) if rows.differ(rows.job_row(old), rows.job_row(new)) else old

    def delete_job(self, job_id: str, expect: Collection[JobStatus]) -> bool:
        if self.job(job_id).status not in expect:
            return False
        self._deleted[job_id] = self._next()
        del self._jobs[job_id]
        self._batches = {batch for batch in self._batches if batch[0] != job_id}
        self._runs = {run.id: run for run in self._runs.values() if run.job_id != job_id}
        return True

    def add_batch(
        self, batch: Batch, runs: Sequence[Run], job_changes: Mapping[str, Any]
    ) -> Job | None:
        if (batch.job_id, batch.number) in self._batches:
            return None
        job = self._keep_job(_changed(self.job(batch.job_id), job_changes))
        self._batches.add((batch.job_id, batch.number))
        for run in runs:
            self._runs[run.id] = replace(copy.deepcopy(run), revision=job.revision)
        return job

    def run_ids(self) -> set[str]:
        return set(self._runs)

    def snapshot_ids(self) -> set[str]:
        return {job.snapshot.id for job in self._jobs.values() if job.snapshot.id is not None}

    def run(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise NotFound(f"There is no run {run_id}.")
        return copy.deepcopy(self._runs[run_id])

    def find_run(self, reference: str) -> Run:
        for run in self._runs.values():
            if run_label(self._jobs[run.job_id].number, run.number) == reference:
                return self.run(run.id)
        return self.run(_only(self._runs, reference))

    def runs(self, query: RunQuery) -> Page[Run]:
        key, descending = query.sort.removeprefix("-"), query.sort.startswith("-")
        if key not in _SORTS:
            raise InvalidInput(f"Runs can't be sorted by {key!r}.")
        found = [
            ((_SORTS[key](run), made if query.job_id is None else run.number), run)
            for made, run in enumerate(self._runs.values())
            if query.job_id in (None, run.job_id) and query.status in (None, run.status)
        ]
        total = len(found)
        if query.since is not None:
            found = [item for item in found if item[1].revision > query.since]
            query = replace(query, cursor=None, limit=max(total, 1))
        listing = ("runs", query.job_id, query.status, query.sort)
        types = (str if key == "status" else int, int)
        items, cursor = _page(found, listing, types, query, descending)
        return Page(items, cursor, total, self._revision)

    def run_counts(self, job_ids: Sequence[str]) -> dict[str, RunCounts]:
        return {
            job_id: RunCounts.of(
                Counter(run.status for run in self._runs.values() if run.job_id == job_id)
            )
            for job_id in job_ids
        }

    def first_bad_runs(self, job_ids: Sequence[str]) -> dict[str, str]:
        first: dict[str, str] = {}
        for run in self._runs.values():
            if run.job_id in job_ids and run.status in (RunStatus.FAILED, RunStatus.INTERRUPTED):
                first.setdefault(run.job_id, run.id)
        return first

    def pending_runs(self, limit: int) -> list[Run]:
        wanted = (
            self.run(run.id)
            for run in self._runs.values()
            if run.status is RunStatus.PENDING
            and run.cancel_requested_at is None
            and self._jobs[run.job_id].cancel_requested_at is None
        )
        return list(islice(wanted, limit))

    def running_runs(self) -> list[Run]:
        return [self.run(run.id) for run in self._runs.values() if run.status is RunStatus.RUNNING]

    def runs_to_cancel(self) -> list[Run]:
        return [
            self.run(run.id)
            for run in self._runs.values()
            if run.cancel_requested_at is not None and run.status not in ENDED_RUNS
        ]

    def save_run(self, run: Run, expect: Collection[RunStatus]) -> Run | None:
        old = self.run(run.id)
        if old.status not in expect or run.attempt < old.attempt:
            return None
        if run.status is not old.status:
            check_run_move(old.status, run.status)
        run = replace(run, cancel_requested_at=old.cancel_requested_at, revision=old.revision)
        return self._keep_run(run) if rows.differ(rows.run_row(old), rows.run_row(run)) else old

    def request_run_cancel(self, run_id: str, at: datetime) -> Run | None:
        run = self.run(run_id)
        if run.status in ENDED_RUNS:
            return None
        if run.cancel_requested_at is not None:
            return run
        return self._keep_run(replace(run, cancel_requested_at=at))

    def cancel_pending_runs(self, job_id: str, at: datetime) -> int:
        new = []
        for run in self._runs.values():
            wish = replace(run, cancel_requested_at=run.cancel_requested_at or at)
            if run.job_id == job_id and run.status is RunStatus.PENDING:
                ended = {"status": RunStatus.CANCELLED, "cause": Cause.CANCELLED}
                new.append(replace(wish, **ended, finished_at=at))
            elif run.job_id == job_id and run.status is RunStatus.RUNNING and wish != run:
                new.append(wish)
        if new:
            revision = self._next()
            self._runs.update({run.id: replace(run, revision=revision) for run in new})
        return len(new)

    def _next(self) -> int:
        self._revision += 1
        return self._revision

    def _keep_job(self, job: Job) -> Job:
        self._jobs[job.id] = copy.deepcopy(replace(job, revision=self._next()))
        return self.job(job.id)

    def _keep_run(self, run: Run) -> Run:
        self._runs[run.id] = copy.deepcopy(replace(run, revision=self._next()))
        return self.run(run.id)


def _changed(old: Job, changes: Mapping[str, Any]) -> Job:
    new = rows.changed_job(old, changes)
    if new.status is not old.status:
        check_job_move(old.status, new.status)
    return new


def _only(ids: Collection[str], reference: str) -> str:
    prefix = reference.lower()
    found = [id for id in ids if len(prefix) >= MIN_PREFIX and id.startswith(prefix)]
    if len(found) != 1:
        raise NotFound(f"{len(found)} ids begin with {reference}.")
    return found[0]


def _page(
    placed: Sequence[tuple[tuple[Any, ...], Any]],
    listing: tuple[str | None, ...],
    types: tuple[type, ...],
    query: JobQuery | RunQuery,
    descending: bool,
) -> tuple[list[Any], str | None]:
    """One page of things with their places in the order, and the cursor of the next."""
    ordered = sorted(placed, key=lambda item: item[0], reverse=descending)
    if query.cursor is not None:
        after = tuple(rows.read_cursor(query.cursor, listing, types))
        ordered = [item for item in ordered if (item[0] < after if descending else item[0] > after)]
    page = ordered[: query.limit]
    more = rows.write_cursor(listing, page[-1][0]) if len(ordered) > query.limit else None
    return [copy.deepcopy(item) for _, item in page], more


class FakeExecutor:
    """Runners that do what the test says: they live, write their journals, and die.

    Args:
        now: the clock of the journals.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._sequencers: dict[Path, journal.Sequencer] = {}
        self.alive: set[Path] = set()
        self.launched: list[Path] = []
        self.asked: list[Path] = []
        self.killed: list[Path] = []
        self.swept: list[str] = []
        self.refuses_launch = False
        self.refuses_requests = False

    def launch(self, attempt_dir: Path) -> int:
        if self.refuses_launch or attempt_dir in self.alive:
            raise EngineError("No process for you.")
        self.launched.append(attempt_dir)
        self.alive.add(attempt_dir)
        return 4711

    def request_cancel(self, attempt_dir: Path) -> None:
        if self.refuses_requests:
            raise EngineError("The disk is full.")
        self.asked.append(attempt_dir)

    def kill(self, attempt_dir: Path) -> None:
        self.killed.append(attempt_dir)
        self.die(attempt_dir)

    def is_alive(self, attempt_dir: Path) -> bool:
        return attempt_dir in self.alive

    def sweep(self, run_id: str) -> int:
        self.swept.append(run_id)
        return 0

    def say(self, attempt_dir: Path, kind: type[journal.Entry], **values: Any) -> None:
        """Let the runner of an attempt write into its journal."""
        sequencer = self._sequencers.setdefault(attempt_dir, journal.Sequencer())
        with AttemptFolder(attempt_dir).journal.open("ab") as file:
            file.write(journal.to_line(sequencer.stamp(kind, self._now(), **values)))

    def begin(self, attempt_dir: Path) -> None:
        """Let the runner say that it is there."""
        self.say(attempt_dir, journal.AttemptStarted, nonce="nonce", pid=4711)

    def finish(self, attempt_dir: Path, status: RunStatus, cause: Cause | None = None) -> None:
        """Let the runner say how its run ended, and leave."""
        self.say(attempt_dir, journal.AttemptFinished, status=status, cause=cause, message=None)
        self.die(attempt_dir)

    def die(self, attempt_dir: Path) -> None:
        """Let the runner be gone, without another word."""
        self.alive.discard(attempt_dir)
