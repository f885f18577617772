"""The store on SQLite: batches and firings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.domain.values import search_text
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store import rows, tables
from jupyter_orchest_jobs.store.contract import Page
from jupyter_orchest_jobs.store.sqlite_runs import SqliteRuns
from jupyter_orchest_jobs.store.transactions import (
    changed_job,
    job_row_of,
    next_revision,
    revision_of,
    save_job,
    touch_job,
    update_job,
)

_batches, _firings, _runs = tables.batches, tables.firings, tables.runs

# The conductor asks these again and again: they are built once.
_BATCH = select(_batches).where(
    _batches.c.job_id == bindparam("job"), _batches.c.number == bindparam("this")
)
_QUEUED = (
    select(_firings)
    .where(_firings.c.job_id == bindparam("job"), _firings.c.outcome == FiringOutcome.QUEUED)
    .order_by(_firings.c.at)
)
_UNFINISHED = (
    select(_runs.c.batch)
    .distinct()
    .where(
        _runs.c.job_id == bindparam("job"),
        _runs.c.status.in_((RunStatus.PENDING, RunStatus.RUNNING)),
    )
    .order_by(_runs.c.batch)
)


class SqliteBatches(SqliteRuns):
    """The part of the contract that is about batches and firings."""

    def add_batch(
        self,
        batch: Batch,
        runs: Sequence[Run],
        job_changes: Mapping[str, Any],
        firings: Sequence[FiringRecord] = (),
        revision: int | None = None,
    ) -> Job | None:
        """Keep a batch, its runs, firings, and the change of its job."""
        with self._database.writing() as connection:
            known = select(_batches.c.number).where(
                _batches.c.job_id == batch.job_id, _batches.c.number == batch.number
            )
            if connection.execute(known).first() is not None:
                return None
            if _are_recorded(connection, batch.job_id, firings):
                return None
            old = job_row_of(connection, batch.job_id)
            if revision not in (None, old.revision):
                return None
            job = save_job(connection, changed_job(old, job_changes))
            connection.execute(insert(_batches).values(rows.batch_row(batch)))
            if runs:
                connection.execute(
                    insert(_runs),
                    [rows.run_row(replace(run, revision=job.revision)) for run in runs],
                )
                _add_texts(connection, job, runs)
            _record(connection, firings)
            return job

    def record_firings(
        self,
        job_id: str,
        firings: Sequence[FiringRecord],
        job_changes: Mapping[str, Any],
        revision: int | None = None,
    ) -> Job | None:
        """Keep what became of firings, and the change of their job."""
        with self._database.writing() as connection:
            if _are_recorded(connection, job_id, firings):
                return None
            if not firings:
                return update_job(connection, job_id, job_changes, None, revision)
            old = job_row_of(connection, job_id)
            if revision not in (None, old.revision):
                return None
            job = save_job(connection, changed_job(old, job_changes))
            _record(connection, firings)
            return job

    def firings(
        self, job_id: str, cursor: str | None = None, limit: int = 100
    ) -> Page[FiringRecord]:
        """A page of a job's firings, newest first."""
        listing = ("firings", job_id)
        query = select(_firings).where(_firings.c.job_id == job_id)
        key = _firings.c.at
        if cursor is not None:
            (after,) = rows.read_cursor(cursor, listing, (int,))
            query = query.where(key < tables.moment_of(int(after)))
        with self._database.reading() as connection:
            revision = revision_of(connection)
            total = connection.execute(
                select(func.count()).select_from(_firings).where(_firings.c.job_id == job_id)
            ).scalar_one()
            found = connection.execute(query.order_by(key.desc()).limit(limit + 1)).all()
        items = [rows.firing_of(row) for row in found[:limit]]
        more = len(found) > limit
        cursor = rows.write_cursor(listing, [tables.microseconds(items[-1].at)]) if more else None
        return Page(items, cursor, total, revision)

    def queued_firing(self, job_id: str) -> FiringRecord | None:
        """The firing that waits."""
        with self._database.reading() as connection:
            row = connection.execute(_QUEUED, {"job": job_id}).first()
        return None if row is None else rows.firing_of(row)

    def batch(self, job_id: str, number: int) -> Batch:
        """One batch."""
        with self._database.reading() as connection:
            row = connection.execute(_BATCH, {"job": job_id, "this": number}).first()
        if row is None:
            raise NotFound(f"The job has no batch {number}.")
        return rows.batch_of(row)

    def batches(self, job_id: str, cursor: str | None = None, limit: int = 100) -> Page[Batch]:
        """A page of a job's batches, newest first."""
        listing = ("batches", job_id)
        query = select(_batches).where(_batches.c.job_id == job_id)
        if cursor is not None:
            (after,) = rows.read_cursor(cursor, listing, (int,))
            query = query.where(_batches.c.number < after)
        with self._database.reading() as connection:
            revision = revision_of(connection)
            total = connection.execute(
                select(func.count()).select_from(_batches).where(_batches.c.job_id == job_id)
            ).scalar_one()
            ordered = query.order_by(_batches.c.number.desc()).limit(limit + 1)
            found = connection.execute(ordered).all()
        items = [rows.batch_of(row) for row in found[:limit]]
        more = len(found) > limit
        cursor = rows.write_cursor(listing, [items[-1].number]) if more else None
        return Page(items, cursor, total, revision)

    def warn_of_batch(self, job_id: str, number: int, warnings: Sequence[str]) -> None:
        """Note what was noticed of a batch's environments."""
        where = (_batches.c.job_id == job_id, _batches.c.number == number)
        with self._database.writing() as connection:
            if connection.execute(select(_batches.c.number).where(*where)).first() is None:
                return
            connection.execute(update(_batches).where(*where).values(warnings=list(warnings)))
            touch_job(connection, job_id, next_revision(connection))

    def batch_counts(self, job_id: str, numbers: Sequence[int]) -> dict[int, RunCounts]:
        """How many runs of each batch are in each state."""
        query = (
            select(_runs.c.batch, _runs.c.status, func.count())
            .where(_runs.c.job_id == job_id, _runs.c.batch.in_(numbers))
            .group_by(_runs.c.batch, _runs.c.status)
        )
        counts: dict[int, dict[RunStatus, int]] = {number: {} for number in numbers}
        with self._database.reading() as connection:
            for number, status, count in connection.execute(query):
                counts[number][RunStatus(status)] = count
        return {number: RunCounts.of(by_status) for number, by_status in counts.items()}

    def unfinished_batches(self, job_id: str) -> list[int]:
        """The numbers of the batches that have a pending or running run."""
        with self._database.reading() as connection:
            return list(connection.execute(_UNFINISHED, {"job": job_id}).scalars())


def _add_texts(connection: Connection, job: Job, runs: Sequence[Run]) -> None:
    """Keep what is searched of runs that came with this revision of their job."""
    made = select(_runs.c.id, _runs.c.ordinal).where(
        _runs.c.job_id == job.id, _runs.c.revision == job.revision
    )
    ordinals = {run_id: ordinal for run_id, ordinal in connection.execute(made)}
    texts = [
        {"ordinal": ordinals[run.id], "text": search_text(run.combination, run.message)}
        for run in runs
    ]
    connection.execute(insert(tables.run_texts), texts)


def _are_recorded(connection: Connection, job_id: str, firings: Sequence[FiringRecord]) -> bool:
    """Whether one of these firings has a record already that is not the wait for its batch."""
    if not firings:
        return False
    query = select(_firings.c.at, _firings.c.outcome).where(
        _firings.c.job_id == job_id, _firings.c.at.in_([firing.at for firing in firings])
    )
    known = {at: outcome for at, outcome in connection.execute(query)}
    return any(
        firing.at in known
        and (known[firing.at] != FiringOutcome.QUEUED or firing.outcome is FiringOutcome.QUEUED)
        for firing in firings
    )


def _record(connection: Connection, firings: Sequence[FiringRecord]) -> None:
    for firing in firings:
        connection.execute(
            delete(_firings).where(_firings.c.job_id == firing.job_id, _firings.c.at == firing.at)
        )
        connection.execute(insert(_firings).values(rows.firing_row(firing)))
