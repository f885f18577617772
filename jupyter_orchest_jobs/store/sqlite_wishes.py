"""The store on SQLite: which runs go first, and what users wish of runs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)

from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import (
    ENDED_JOBS,
    ENDED_RUNS,
    Cause,
    JobStatus,
    RunStatus,
)
from jupyter_orchest_jobs.store import rows, tables
from jupyter_orchest_jobs.store.contract import Store
from jupyter_orchest_jobs.store.database import Database
from jupyter_orchest_jobs.store.transactions import (
    next_revision,
    run_row_of,
    save_run,
    touch_job,
)

_table = tables.runs
_UNFINISHED_JOBS = sorted(set(JobStatus) - ENDED_JOBS)
_BAD_RUNS = (RunStatus.FAILED, RunStatus.INTERRUPTED)

# What is asked before each start of a run is built once.
_waits = and_(_table.c.status == RunStatus.PENDING, _table.c.cancel_requested_at.is_(None))
_ready = (
    select(
        tables.jobs.c.id,
        tables.jobs.c.priority,
        # By the index of its runs each job tells its first one: those that wait are never sorted,
        # and may be very many.
        select(_table.c.ordinal)
        .where(_table.c.job_id == tables.jobs.c.id, _waits)
        .order_by(_table.c.number)
        .limit(1)
        .scalar_subquery()
        .label("first"),
    )
    .where(
        tables.jobs.c.status.in_(_UNFINISHED_JOBS),
        tables.jobs.c.cancel_requested_at.is_(None),
        tables.jobs.c.id.not_in(bindparam("full", expanding=True)),
    )
    .subquery()
)
_HEADS = (
    select(_ready)
    .where(_ready.c.first.is_not(None))
    .order_by(_ready.c.priority.desc(), _ready.c.first)
    .limit(bindparam("most"))
)
"""As many jobs as runs are enough: every job that follows begins later than all of them."""
_WAITING = (
    select(_table)
    .where(_table.c.job_id == bindparam("job"), _waits)
    .order_by(_table.c.number)
    .limit(bindparam("most"))
)


def in_parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The items in parts for which one statement has room."""
    for start in range(0, len(items), 1000):
        yield items[start : start + 1000]


class SqliteWishes(Store):
    """The part of the contract that is about wishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending_runs(self, limit: int, full_jobs: Collection[str] = ()) -> list[Run]:
        """The next runs to start."""
        found: list[tuple[int, int, Row[Any]]] = []
        with self._database.reading() as connection:
            told = {"full": list(full_jobs), "most": limit}
            for job_id, priority, _ in connection.execute(_HEADS, told).all():
                page = connection.execute(_WAITING, {"job": job_id, "most": limit})
                found += [(-priority, row.ordinal, row) for row in page]
        return [rows.run_of(row) for _, _, row in sorted(found)[:limit]]

    def runs_to_cancel(self) -> list[Run]:
        """The unfinished runs that the user has cancelled."""
        unfinished = (RunStatus.PENDING, RunStatus.RUNNING)
        query = (
            select(_table)
            .where(_table.c.status.in_(unfinished), _table.c.cancel_requested_at.is_not(None))
            .order_by(_table.c.ordinal)
        )
        with self._database.reading() as connection:
            return [rows.run_of(row) for row in connection.execute(query)]

    def request_run_cancel(self, run_id: str, at: datetime) -> Run | None:
        """Note the user's wish."""
        with self._database.writing() as connection:
            run = run_row_of(connection, run_id)
            if run.status in ENDED_RUNS:
                return None
            if run.cancel_requested_at is not None:
                return run
            return save_run(connection, replace(run, cancel_requested_at=at))

    def request_retry(self, run_id: str, kind: AttemptKind) -> Run | None:
        """Note the wish that an ended run be executed again."""
        with self._database.writing() as connection:
            run = run_row_of(connection, run_id)
            if run.status not in ENDED_RUNS:
                return None
            if run.retry_requested is kind:
                return run
            return save_run(connection, replace(run, retry_requested=kind))

    def request_run_cancels(self, run_ids: Collection[str], at: datetime) -> set[str]:
        """Note the user's wish on several runs."""
        wished = _table.c.cancel_requested_at
        unfinished = _table.c.status.not_in(ENDED_RUNS)
        return self._note(run_ids, unfinished, wished.is_(None), {"cancel_requested_at": at})

    def request_retries(self, run_ids: Collection[str], kind: AttemptKind) -> set[str]:
        """Note the wish for several runs."""
        other = _table.c.retry_requested.is_distinct_from(kind)
        return self._note(
            run_ids, _table.c.status.in_(ENDED_RUNS), other, {"retry_requested": kind}
        )

    def _note(
        self,
        run_ids: Collection[str],
        may: ColumnElement[bool],
        other: ColumnElement[bool],
        wish: Mapping[str, Any],
    ) -> set[str]:
        """Note a wish on those runs that may have it; on those that have it already, nothing."""
        found: dict[str, bool] = {}
        with self._database.writing() as connection:
            for ids in in_parts(sorted(set(run_ids))):
                query = select(_table.c.id, other).where(_table.c.id.in_(ids), may)
                found.update(
                    {run_id: bool(is_other) for run_id, is_other in connection.execute(query)}
                )
            changed = sorted(run_id for run_id, is_other in found.items() if is_other)
            if changed:
                values = {**wish, "revision": next_revision(connection)}
                for ids in in_parts(changed):
                    connection.execute(update(_table).where(_table.c.id.in_(ids)).values(values))
        return set(found)

    def request_batch_retry(self, job_id: str, number: int, kind: AttemptKind) -> int:
        """Note the wish for all bad runs of a batch."""
        where = and_(
            _table.c.job_id == job_id, _table.c.batch == number, _table.c.status.in_(_BAD_RUNS)
        )
        wish = case((_table.c.has_files, kind), else_=AttemptKind.RETRY)
        other = and_(where, _table.c.retry_requested.is_distinct_from(wish))
        with self._database.writing() as connection:
            bad = connection.execute(select(func.count()).select_from(_table).where(where))
            if connection.execute(select(_table.c.id).where(other).limit(1)).first() is not None:
                revision = next_revision(connection)
                connection.execute(
                    update(_table).where(other).values(retry_requested=wish, revision=revision)
                )
            return int(bad.scalar_one())

    def runs_to_retry(self) -> list[Run]:
        """The ended runs that shall be executed again."""
        # Not null alone would be looked for in all runs, in their order.
        query = select(_table).where(_table.c.retry_requested.in_(list(AttemptKind)))
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(_table.c.ordinal))
            return [rows.run_of(row) for row in found]

    def pin_run(self, run_id: str, pinned: bool) -> Run:
        """Let a run stay, or no longer."""
        with self._database.writing() as connection:
            run = run_row_of(connection, run_id)
            return (
                run if run.pinned is pinned else save_run(connection, replace(run, pinned=pinned))
            )

    def stop_batch(self, job_id: str, number: int, at: datetime) -> int:
        """End a batch's pending runs."""
        where = and_(
            _table.c.job_id == job_id,
            _table.c.batch == number,
            _table.c.status == RunStatus.PENDING,
            _table.c.kind == AttemptKind.FIRST,
        )
        with self._database.writing() as connection:
            if connection.execute(select(_table.c.id).where(where).limit(1)).first() is None:
                return 0
            revision = next_revision(connection)
            touch_job(connection, job_id, revision)
            ended = {"status": RunStatus.CANCELLED, "cause": Cause.BATCH_STOPPED}
            return connection.execute(
                update(_table).where(where).values(**ended, finished_at=at, revision=revision)
            ).rowcount

    def cancel_pending_runs(self, job_id: str, at: datetime) -> int:
        """End pending runs; note the wish on running ones."""
        pending = _table.c.status == RunStatus.PENDING
        waiting = and_(_table.c.status == RunStatus.RUNNING, _table.c.cancel_requested_at.is_(None))
        where = and_(_table.c.job_id == job_id, or_(pending, waiting))
        with self._database.writing() as connection:
            if connection.execute(select(_table.c.id).where(where).limit(1)).first() is None:
                return 0
            revision = next_revision(connection)
            touch_job(connection, job_id, revision)
            return connection.execute(
                update(_table)
                .where(where)
                .values(
                    status=case((pending, RunStatus.CANCELLED), else_=_table.c.status),
                    cause=case((pending, Cause.CANCELLED), else_=_table.c.cause),
                    finished_at=case(
                        (pending, literal(at, tables.Moment())), else_=_table.c.finished_at
                    ),
                    cancel_requested_at=func.coalesce(
                        _table.c.cancel_requested_at, literal(at, tables.Moment())
                    ),
                    revision=revision,
                )
            ).rowcount
