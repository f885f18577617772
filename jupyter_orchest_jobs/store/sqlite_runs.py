"""The store on SQLite: runs, one by one and in numbers.

Lists of them are in :mod:`.sqlite_lists`; who goes first, and what users wish, is in
:mod:`.sqlite_wishes`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    false,
    insert,
    or_,
    select,
    update,
)

from jupyter_orchest_jobs.domain.ids import MIN_PREFIX
from jupyter_orchest_jobs.domain.job import RunCounts
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import (
    ENDED_RUNS,
    RunStatus,
    check_run_move,
)
from jupyter_orchest_jobs.domain.values import search_text
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store import rows, tables
from jupyter_orchest_jobs.store.database import Database
from jupyter_orchest_jobs.store.sqlite_lists import SqliteLists
from jupyter_orchest_jobs.store.sqlite_wishes import in_parts
from jupyter_orchest_jobs.store.tallies import Tallies, Tally
from jupyter_orchest_jobs.store.transactions import (
    next_revision,
    run_row_of,
    save_run,
    touch_job,
)

_table = tables.runs


def begins_with(column: ColumnElement[str], reference: str) -> ColumnElement[bool]:
    """That an id begins like this; by its index, and nothing for what can't be its beginning."""
    prefix = reference.lower()
    if len(prefix) < MIN_PREFIX or not prefix.isascii():
        return false()
    return and_(column >= prefix, column < prefix + "\x7f")


class SqliteRuns(SqliteLists):
    """The part of the contract that is about runs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._tallies = Tallies()

    def run(self, run_id: str) -> Run:
        """One run."""
        with self._database.reading() as connection:
            return run_row_of(connection, run_id)

    def find_run(self, reference: str) -> Run:
        """One run by label, id or prefix."""
        job, _, number = reference.partition(".")
        query = select(_table)
        if job.isdecimal() and number.isdecimal() and reference.isascii() and len(reference) < 20:
            query = query.join(tables.jobs, tables.jobs.c.id == _table.c.job_id).where(
                tables.jobs.c.number == int(job), _table.c.number == int(number)
            )
        else:
            query = query.where(begins_with(_table.c.id, reference))
        with self._database.reading() as connection:
            found = connection.execute(query.limit(2)).all()
        if len(found) > 1:
            raise NotFound(f"Several runs have an id that begins with {reference}.")
        if not found:
            raise NotFound(f"There is no run {reference}; runs are called like 12.7.")
        return rows.run_of(found[0])

    def neighbours(self, run: Run) -> tuple[str | None, str | None]:
        """The ids of the runs before and after one."""
        number = _table.c.number
        siblings = select(_table.c.id).where(_table.c.job_id == run.job_id).limit(1)
        before = siblings.where(number < run.number).order_by(number.desc())
        after = siblings.where(number > run.number).order_by(number)
        with self._database.reading() as connection:
            return connection.scalar(before), connection.scalar(after)

    def run_counts(self, job_ids: Sequence[str]) -> dict[str, RunCounts]:
        """How many runs are in each state."""
        return {job_id: tally.counts for job_id, tally in self._tallies_of(job_ids).items()}

    def first_bad_runs(self, job_ids: Sequence[str]) -> dict[str, str]:
        """The first failed or interrupted run of each job that has one."""
        tallies = self._tallies_of(job_ids).items()
        return {job_id: tally.first_bad for job_id, tally in tallies if tally.first_bad is not None}

    def disk_use(self, job_ids: Sequence[str]) -> dict[str, int]:
        """What the files of each job's runs take."""
        return {job_id: tally.size_bytes for job_id, tally in self._tallies_of(job_ids).items()}

    def _tallies_of(self, job_ids: Sequence[str]) -> dict[str, Tally]:
        with self._database.reading() as connection:
            return self._tallies.of(connection, self._database.identity, job_ids)

    def running_runs(self) -> list[Run]:
        """The runs that a runner was given."""
        query = (
            select(_table).where(_table.c.status == RunStatus.RUNNING).order_by(_table.c.ordinal)
        )
        with self._database.reading() as connection:
            return [rows.run_of(row) for row in connection.execute(query)]

    def save_run(self, run: Run, expect: Collection[RunStatus]) -> Run | None:
        """Keep a changed run."""
        with self._database.writing() as connection:
            old = run_row_of(connection, run.id)
            if old.status not in expect or run.attempt < old.attempt:
                return None
            if run.status is not old.status:
                check_run_move(old.status, run.status)
            if run.status is not RunStatus.PENDING or old.status is RunStatus.PENDING:
                # A wish may have come in between, and is not the conductor's to take back.
                run = replace(
                    run,
                    cancel_requested_at=old.cancel_requested_at,
                    retry_requested=old.retry_requested,
                )
            run = replace(run, pinned=old.pinned, revision=old.revision)
            if not rows.differ(rows.run_row(old), rows.run_row(run)):
                return old
            saved = save_run(connection, run)
            text = search_text(run.combination, run.message)
            if text != search_text(old.combination, old.message):
                texts = tables.run_texts
                this = select(_table.c.ordinal).where(_table.c.id == run.id).scalar_subquery()
                connection.execute(update(texts).where(texts.c.ordinal == this).values(text=text))
            if saved.status is not old.status:
                touch_job(connection, saved.job_id, saved.revision)
            return saved

    def note_files(self, run_id: str, size_bytes: int, has_files: bool) -> None:
        """Note what an ended run's files take."""
        other = or_(
            _table.c.size_bytes.is_distinct_from(size_bytes), _table.c.has_files != has_files
        )
        with self._database.writing() as connection:
            where = and_(_table.c.id == run_id, _table.c.status.in_(ENDED_RUNS), other)
            if connection.execute(select(_table.c.id).where(where)).first() is None:
                return
            revision = next_revision(connection)
            changed = update(_table).where(where)
            connection.execute(
                changed.values(size_bytes=size_bytes, has_files=has_files, revision=revision)
            )

    def release_files(self, run_id: str) -> bool:
        """Note that the files of an ended run go."""
        with self._database.writing() as connection:
            where = and_(_table.c.id == run_id, _dispensable())
            if connection.execute(select(_table.c.id).where(where)).first() is None:
                return False
            revision = next_revision(connection)
            connection.execute(
                update(_table).where(where).values(has_files=False, revision=revision)
            )
            return True

    def ended_runs(self, job_id: str, with_files: bool = False) -> list[Run]:
        """A job's ended runs, oldest first."""
        query = select(_table).where(_table.c.job_id == job_id, _table.c.status.in_(ENDED_RUNS))
        if with_files:
            query = query.where(_table.c.has_files)
        with self._database.reading() as connection:
            return [rows.run_of(row) for row in connection.execute(query.order_by(_table.c.number))]

    def delete_runs(self, run_ids: Collection[str]) -> set[str]:
        """Delete ended runs."""
        found: list[tuple[str, str]] = []
        if not run_ids:
            return set()  # without keeping others from writing
        with self._database.writing() as connection:
            for ids in in_parts(sorted(set(run_ids))):
                where = and_(_table.c.id.in_(ids), _dispensable())
                deleted = delete(_table).where(where).returning(_table.c.id, _table.c.job_id)
                found += [(run_id, job_id) for run_id, job_id in connection.execute(deleted)]
            if not found:
                return set()
            revision = next_revision(connection)
            gone = [
                {"id": run_id, "revision": revision, "kind": "run", "job_id": job_id}
                for run_id, job_id in found
            ]
            connection.execute(insert(tables.deletions), gone)
            for job_id in {job_id for _, job_id in found}:
                touch_job(connection, job_id, revision)
            return {run_id for run_id, _ in found}


def _dispensable() -> ColumnElement[bool]:
    """That nobody needs a run: it has ended, isn't pinned, and shall not run again."""
    return and_(
        _table.c.status.in_(ENDED_RUNS),
        _table.c.pinned.is_(False),
        _table.c.retry_requested.is_(None),
    )
