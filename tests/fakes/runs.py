"""The half of the store in memory that is about runs."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jupyter_orchest_jobs.domain.ids import run_label
from jupyter_orchest_jobs.domain.job import RunCounts
from jupyter_orchest_jobs.domain.run import AttemptKind, Run, RunLine
from jupyter_orchest_jobs.domain.status import (
    ENDED_JOBS,
    ENDED_RUNS,
    Cause,
    RunStatus,
    check_run_move,
)
from jupyter_orchest_jobs.domain.values import Wanted, place_of, search_text
from jupyter_orchest_jobs.store import rows
from jupyter_orchest_jobs.store.contract import DELETED, Change, Page, RunQuery
from jupyter_orchest_jobs.store.run_query import has_text, value_getter
from tests.fakes.records import Records, only, turn

_NEVER = -1


def microseconds(moment: datetime | None) -> int:
    """A time as a number that can be compared with that of a run that has none."""
    return _NEVER if moment is None else round(moment.timestamp() * 1e6)


def _duration(run: Run) -> int:
    if run.started_at is None or run.finished_at is None:
        return _NEVER
    return (run.finished_at - run.started_at) // timedelta(microseconds=1)


_SORTS: dict[str, Callable[[Run], Any]] = {
    "number": lambda run: 0,
    "status": lambda run: str(run.status),
    "started_at": lambda run: microseconds(run.started_at),
    "finished_at": lambda run: microseconds(run.finished_at),
    "duration": _duration,
}


def _sort_key(query: RunQuery) -> Callable[[Run], Any]:
    if not query.by_value:
        return _SORTS[query.key]
    field, value = value_getter(query)
    return lambda run: place_of(value(getattr(run, field)))


def _is_listed(run: Run, query: RunQuery) -> bool:
    return (
        query.job_id in (None, run.job_id)
        and query.status in (None, run.status)
        and query.batch in (None, run.batch)
        and has_text(run, query.text, search_text(run.combination, run.message))
        and Wanted(query.where).matches(run.combination)
    )


def _is_dispensable(run: Run) -> bool:
    return run.status in ENDED_RUNS and not run.pinned and run.retry_requested is None


class MemoryRuns(Records):
    """Runs in a dictionary, in the order in which they were made."""

    def run_ids(self) -> set[str]:
        return set(self._runs)

    def find_run(self, reference: str) -> Run:
        for run in self._runs.values():
            if run_label(self._jobs[run.job_id].number, run.number) == reference:
                return self.run(run.id)
        return self.run(only(self._runs, reference))

    def runs(self, query: RunQuery) -> Page[Run]:
        query.check()
        key = _sort_key(query)
        placed = [
            ((key(run), made if query.job_id is None else run.number), run)
            for made, run in enumerate(self._runs.values())
            if _is_listed(run, query)
            and (query.job_id is not None or not self._jobs[run.job_id].quick)
        ]
        if query.since is not None:
            return self._changed(query, placed)
        if query.by_value or query.where:
            return self._counted(query, placed)
        types = (str if query.key == "status" else int, int)
        items, more = turn(
            placed, query.listing, types, query.cursor, query.limit, query.descending
        )
        return Page(items, more, len(placed), self._revision)

    def _changed(self, query: RunQuery, placed: list[Any]) -> Page[Run]:
        since = query.since or 0
        new = [item for item in placed if item[1].revision > since]
        items, _ = turn(new, query.listing, (), None, len(new) + 1, query.descending)
        listed = {run.id for run in items}
        gone = [
            change.id
            for change in self._deleted
            if change.kind == "run"
            and change.revision > since
            and query.job_id in (None, change.job_id)
        ]
        gone += [
            run.id
            for run in self._runs.values()
            if run.revision > since and query.job_id in (None, run.job_id) and run.id not in listed
        ]
        return Page(items, None, len(placed), self._revision, gone)

    def _counted(self, query: RunQuery, placed: list[Any]) -> Page[Run]:
        """A page whose cursor says how many come before the next one."""
        start = 0
        if query.cursor is not None:
            (start,) = rows.read_cursor(query.cursor, query.listing, (int,))
        everything, _ = turn(placed, query.listing, (), None, len(placed) + 1, query.descending)
        end = start + query.limit
        more = rows.write_cursor(query.listing, [end]) if end < len(placed) else None
        return Page(everything[start:end], more, len(placed), self._revision)

    def run_lines(self, query: RunQuery) -> Page[RunLine]:
        page = self.runs(query)
        return replace(page, items=[run.line for run in page.items])

    def some_runs(self, run_ids: Collection[str]) -> list[Run]:
        return [self.run(run_id) for run_id in set(run_ids) if run_id in self._runs]

    def run_counts(self, job_ids: Sequence[str]) -> dict[str, RunCounts]:
        return {
            job_id: RunCounts.of(Counter(run.status for run in self._of(job_id)))
            for job_id in job_ids
        }

    def neighbours(self, run: Run) -> tuple[str | None, str | None]:
        siblings = {
            other.number: other.id for other in self._runs.values() if other.job_id == run.job_id
        }
        before = max((number for number in siblings if number < run.number), default=None)
        after = min((number for number in siblings if number > run.number), default=None)
        return siblings.get(before), siblings.get(after)

    def first_bad_runs(self, job_ids: Sequence[str]) -> dict[str, str]:
        first: dict[str, str] = {}
        for run in self._runs.values():
            if run.job_id in job_ids and run.status in (RunStatus.FAILED, RunStatus.INTERRUPTED):
                first.setdefault(run.job_id, run.id)
        return first

    def pending_runs(self, limit: int, full_jobs: Collection[str] = ()) -> list[Run]:
        wanted = [
            run
            for run in self._runs.values()
            if run.status is RunStatus.PENDING
            and run.cancel_requested_at is None
            and self._jobs[run.job_id].cancel_requested_at is None
            and self._jobs[run.job_id].status not in ENDED_JOBS
            and run.job_id not in full_jobs
        ]
        wanted.sort(key=lambda run: -self._jobs[run.job_id].policies.priority)
        return [self.run(run.id) for run in wanted[:limit]]

    def running_runs(self) -> list[Run]:
        return [self.run(run.id) for run in self._runs.values() if run.status is RunStatus.RUNNING]

    def runs_to_cancel(self) -> list[Run]:
        return [
            self.run(run.id)
            for run in self._runs.values()
            if run.cancel_requested_at is not None and run.status not in ENDED_RUNS
        ]

    def runs_to_retry(self) -> list[Run]:
        return [self.run(run.id) for run in self._runs.values() if run.retry_requested is not None]

    def ended_runs(self, job_id: str, with_files: bool = False) -> list[Run]:
        return [
            self.run(run.id)
            for run in self._of(job_id)
            if run.status in ENDED_RUNS and (run.has_files or not with_files)
        ]

    def disk_use(self, job_ids: Sequence[str]) -> dict[str, int]:
        return {job_id: sum(run.size_bytes or 0 for run in self._of(job_id)) for job_id in job_ids}

    def save_run(self, run: Run, expect: Collection[RunStatus]) -> Run | None:
        old = self.run(run.id)
        if old.status not in expect or run.attempt < old.attempt:
            return None
        if run.status is not old.status:
            check_run_move(old.status, run.status)
        if not (run.status is RunStatus.PENDING and old.status in ENDED_RUNS):
            run = replace(
                run,
                cancel_requested_at=old.cancel_requested_at,
                retry_requested=old.retry_requested,
            )
        run = replace(run, pinned=old.pinned, revision=old.revision)
        if not rows.differ(rows.run_row(old), rows.run_row(run)):
            return old
        saved = self._keep_run(run)
        if saved.status is not old.status:
            self._touch_job(saved.job_id, saved.revision)
        return saved

    def request_run_cancel(self, run_id: str, at: datetime) -> Run | None:
        run = self.run(run_id)
        if run.status in ENDED_RUNS:
            return None
        if run.cancel_requested_at is not None:
            return run
        return self._keep_run(replace(run, cancel_requested_at=at))

    def request_retry(self, run_id: str, kind: AttemptKind) -> Run | None:
        run = self.run(run_id)
        if run.status not in ENDED_RUNS:
            return None
        if run.retry_requested is kind:
            return run
        return self._keep_run(replace(run, retry_requested=kind))

    def request_run_cancels(self, run_ids: Collection[str], at: datetime) -> set[str]:
        runs = [run for run in self.some_runs(run_ids) if run.status not in ENDED_RUNS]
        return self._note(
            runs, [replace(run, cancel_requested_at=run.cancel_requested_at or at) for run in runs]
        )

    def request_retries(self, run_ids: Collection[str], kind: AttemptKind) -> set[str]:
        runs = [run for run in self.some_runs(run_ids) if run.status in ENDED_RUNS]
        return self._note(runs, [replace(run, retry_requested=kind) for run in runs])

    def _note(self, before: Sequence[Run], after: Sequence[Run]) -> set[str]:
        changed = [new for old, new in zip(before, after, strict=True) if new != old]
        if changed:
            revision = self._next()
            self._runs.update({run.id: replace(run, revision=revision) for run in changed})
        return {run.id for run in before}

    def request_batch_retry(self, job_id: str, number: int, kind: AttemptKind) -> int:
        bad = [
            run
            for run in self._of(job_id)
            if run.batch == number and run.status in (RunStatus.FAILED, RunStatus.INTERRUPTED)
        ]
        wished = [
            replace(run, retry_requested=kind if run.has_files else AttemptKind.RETRY)
            for run in bad
        ]
        changed = [after for run, after in zip(bad, wished, strict=True) if after != run]
        if changed:
            revision = self._next()
            self._runs.update({run.id: replace(run, revision=revision) for run in changed})
        return len(bad)

    def pin_run(self, run_id: str, pinned: bool) -> Run:
        run = self.run(run_id)
        return run if run.pinned is pinned else self._keep_run(replace(run, pinned=pinned))

    def note_files(self, run_id: str, size_bytes: int, has_files: bool) -> None:
        run = self._runs.get(run_id)
        if run is None or run.status not in ENDED_RUNS:
            return
        noted = replace(run, size_bytes=size_bytes, has_files=has_files)
        if noted != run:
            self._keep_run(noted)

    def release_files(self, run_id: str) -> bool:
        run = self._runs.get(run_id)
        if run is None or not _is_dispensable(run):
            return False
        self._keep_run(replace(run, has_files=False))
        return True

    def delete_runs(self, run_ids: Collection[str]) -> set[str]:
        wanted = set(run_ids)
        gone = [run for run in self._runs.values() if run.id in wanted and _is_dispensable(run)]
        if gone:
            revision = self._next()
            for run in gone:
                del self._runs[run.id]
                self._touch_job(run.job_id, revision)
                self._deleted.append(Change("run", run.id, run.job_id, DELETED, revision))
        return {run.id for run in gone}

    def stop_batch(self, job_id: str, number: int, at: datetime) -> int:
        ended = {"status": RunStatus.CANCELLED, "cause": Cause.BATCH_STOPPED, "finished_at": at}
        return self._keep_together(
            job_id,
            [
                replace(run, **ended)
                for run in self._of(job_id)
                if run.batch == number
                and run.status is RunStatus.PENDING
                and run.kind is AttemptKind.FIRST
            ],
        )

    def cancel_pending_runs(self, job_id: str, at: datetime) -> int:
        new = []
        for run in self._of(job_id):
            wish = replace(run, cancel_requested_at=run.cancel_requested_at or at)
            if run.status is RunStatus.PENDING:
                ended = {"status": RunStatus.CANCELLED, "cause": Cause.CANCELLED}
                new.append(replace(wish, **ended, finished_at=at))
            elif run.status is RunStatus.RUNNING and wish != run:
                new.append(wish)
        return self._keep_together(job_id, new)

    def _of(self, job_id: str) -> list[Run]:
        return [run for run in self._runs.values() if run.job_id == job_id]

    def _keep_together(self, job_id: str, runs: Sequence[Run]) -> int:
        if runs:
            revision = self._next()
            self._touch_job(job_id, revision)
            self._runs.update({run.id: replace(run, revision=revision) for run in runs})
        return len(runs)
