"""The store on SQLite: jobs, settings, changes.

Runs are in :mod:`.sqlite_wishes` and :mod:`.sqlite_runs`, batches and firings in
:mod:`.sqlite_batches`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy import delete as delete_from

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, JobStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store import backups, rows, tables
from jupyter_orchest_jobs.store.contract import DELETED, Change, JobQuery, Page, Settings
from jupyter_orchest_jobs.store.database import Database
from jupyter_orchest_jobs.store.sqlite_batches import SqliteBatches
from jupyter_orchest_jobs.store.sqlite_runs import begins_with
from jupyter_orchest_jobs.store.transactions import (
    job_row_of,
    next_revision,
    revision_of,
    update_job,
)

J = TypeVar("J", Job, JobLine)

_jobs, _runs, _gone = tables.jobs.c, tables.runs.c, tables.deletions.c
_since: BindParameter[int] = bindparam("since")

# The conductor and the server ask these again and again: they are built once.
_CHANGES = union_all(
    select(literal("job"), _jobs.id, _jobs.id, _jobs.status, _jobs.revision).where(
        _jobs.revision > _since
    ),
    select(literal("run"), _runs.id, _runs.job_id, _runs.status, _runs.revision).where(
        _runs.revision > _since
    ),
    select(_gone.kind, _gone.id, _gone.job_id, literal(DELETED), _gone.revision).where(
        _gone.revision > _since
    ),
)
_UNFINISHED = select(tables.jobs).where(_jobs.status.not_in(ENDED_JOBS)).order_by(_jobs.number)
_SETTINGS = select(tables.settings)
_JOB_REVISIONS = select(_jobs.id, _jobs.revision).where(
    _jobs.id.in_(bindparam("these", expanding=True))
)


class SqliteStore(SqliteBatches):
    """The contract on one SQLite file.

    Args:
        path: of the file.
        migrate: whether an older file is brought up to date, and a damaged one replaced.
        guard: called in each transaction that writes; raises if this process may not any more.
    """

    def __init__(
        self, path: Path, *, migrate: bool = False, guard: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(Database(path, migrate=migrate, guard=guard))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @property
    def notice(self) -> str | None:
        """What the user should know about the database."""
        return self._database.notice

    @property
    def has_lost_records(self) -> bool:
        """Whether the file was replaced by an older one."""
        return self._database.has_lost_records

    def back_up(self, now: datetime) -> None:
        """Keep a copy, if the newest one is a day old."""
        if backups.is_due(self._database.path, now):
            backups.back_up(self._database.path, now)

    def revision(self) -> int:
        """The number of the last change."""
        with self._database.reading() as connection:
            return revision_of(connection)

    def changes(self, since: int) -> list[Change]:
        """What changed after a revision."""
        with self._database.reading() as connection:
            found = [Change(*row) for row in connection.execute(_CHANGES, {"since": since})]
        return sorted(found, key=lambda change: (change.revision, change.kind))

    def settings(self) -> Settings:
        """The limits that somebody has set."""
        with self._database.reading() as connection:
            return _settings(connection)

    def change_settings(self, changes: Mapping[str, Any]) -> Settings:
        """Set limits; the others stay."""
        with self._database.writing() as connection:
            old = _settings(connection)
            new = replace(old, **changes)
            if new == old:
                return old
            for name, value in changes.items():
                connection.execute(
                    delete_from(tables.settings).where(tables.settings.c.name == name)
                )
                connection.execute(insert(tables.settings).values(name=name, value=value))
            next_revision(connection)
            return new

    def add_job(self, job: Job, *, shares_snapshot: bool = False) -> Job:
        """Keep a new job."""
        with self._database.writing() as connection:
            if shares_snapshot:
                _check_held(connection, job.snapshot.id)
            revision = next_revision(connection)
            number = connection.execute(
                update(tables.state)
                .values(last_job_number=tables.state.c.last_job_number + 1)
                .returning(tables.state.c.last_job_number)
            ).scalar_one()
            job = rows.changed_job(job, {"number": number, "revision": revision})
            connection.execute(insert(tables.jobs).values(rows.job_row(job)))
            return job

    def job(self, job_id: str) -> Job:
        """One job."""
        with self._database.reading() as connection:
            return job_row_of(connection, job_id)

    def job_revisions(self, job_ids: Collection[str]) -> dict[str, int]:
        """The revisions of jobs."""
        with self._database.reading() as connection:
            found = connection.execute(_JOB_REVISIONS, {"these": list(job_ids)})
            return {job_id: revision for job_id, revision in found}

    def find_job(self, reference: str) -> Job:
        """One job by number, id or prefix."""
        table = tables.jobs
        found: Sequence[Row[Any]] = ()
        with self._database.reading() as connection:
            if reference.isascii() and reference.isdecimal() and len(reference) < 10:
                where = table.c.number == int(reference)
                found = connection.execute(select(table).where(where)).all()
            if not found:
                where = begins_with(table.c.id, reference)
                found = connection.execute(select(table).where(where).limit(2)).all()
        if len(found) > 1:
            raise NotFound(f"Several jobs have an id that begins with {reference}.")
        if not found:
            raise NotFound(f"There is no job {reference}.")
        return rows.job_of(found[0])

    def jobs(self, query: JobQuery) -> Page[Job]:
        """A page of jobs."""
        return self._page_of_jobs(query, [*tables.jobs.c], rows.job_of)

    def job_lines(self, query: JobQuery) -> Page[JobLine]:
        """A page of jobs without what is frozen in them."""
        columns = [tables.jobs.c[name] for name in rows.JOB_LINE_COLUMNS]
        return self._page_of_jobs(query, columns, rows.job_line_of)

    def _page_of_jobs(
        self, query: JobQuery, columns: Sequence[ColumnElement[Any]], made: Callable[[Row[Any]], J]
    ) -> Page[J]:
        table = tables.jobs
        chosen: Select[Any] = select(*columns)
        counting = select(func.count()).select_from(table)
        if query.status is not None:
            chosen = chosen.where(table.c.status == query.status)
            counting = counting.where(table.c.status == query.status)
        if query.quick is not None:
            chosen = chosen.where(table.c.quick == query.quick)
            counting = counting.where(table.c.quick == query.quick)
        listing = ("jobs", query.status, str(query.quick))
        with self._database.reading() as connection:
            revision = revision_of(connection)
            total = connection.execute(counting).scalar_one()
            if query.since is not None:
                changed = chosen.where(table.c.revision > query.since).order_by(table.c.revision)
                items = [made(row) for row in connection.execute(changed)]
                gone = tables.deletions.c
                deleted = select(gone.id).where(gone.kind == "job", gone.revision > query.since)
                deleted_ids = tuple(connection.execute(deleted.order_by(gone.revision)).scalars())
                return Page(items, None, total, revision, deleted_ids)
            if query.cursor is not None:
                (after,) = rows.read_cursor(query.cursor, listing, (int,))
                chosen = chosen.where(table.c.number < after)
            found = connection.execute(
                chosen.order_by(table.c.number.desc()).limit(query.limit + 1)
            ).all()
        more = len(found) > query.limit
        found = found[: query.limit]
        cursor = rows.write_cursor(listing, [found[-1].number]) if more else None
        items = [made(row) for row in found]
        return Page(items, cursor, total, revision)

    def unfinished_jobs(self) -> list[Job]:
        """Jobs that have not ended."""
        with self._database.reading() as connection:
            return [rows.job_of(row) for row in connection.execute(_UNFINISHED)]

    def update_job(
        self,
        job_id: str,
        changes: Mapping[str, Any],
        expect: Collection[JobStatus] | None = None,
        revision: int | None = None,
        *,
        shares_snapshot: bool = False,
    ) -> Job | None:
        """Change fields of a job."""
        with self._database.writing() as connection:
            if shares_snapshot:
                _check_held(connection, changes["snapshot"].id)
            return update_job(connection, job_id, changes, expect, revision)

    def delete_job(
        self, job_id: str, expect: Collection[JobStatus], revision: int | None = None
    ) -> bool:
        """Delete a job with its batches and runs."""
        with self._database.writing() as connection:
            job = job_row_of(connection, job_id)
            if job.status not in expect or revision not in (None, job.revision):
                return False
            connection.execute(
                insert(tables.deletions).values(
                    id=job_id, revision=next_revision(connection), kind="job", job_id=job_id
                )
            )
            connection.execute(delete_from(tables.jobs).where(tables.jobs.c.id == job_id))
            return True

    def run_ids(self) -> set[str]:
        """The ids of all runs."""
        with self._database.reading() as connection:
            return set(connection.execute(select(tables.runs.c.id)).scalars())

    def snapshot_ids(self) -> set[str]:
        """The ids of all snapshots that a job holds, or a batch that still has runs."""
        with self._database.reading() as connection:
            return _snapshot_ids(connection)

    def environment_ids(self) -> set[str]:
        """The ids of all environments that are held."""
        with self._database.reading() as connection:
            return _environment_ids(connection)


def _check_held(connection: Connection, snapshot_id: str | None) -> None:
    """Refuse to share a snapshot that may be removed at any moment."""
    if snapshot_id not in _snapshot_ids(connection):
        raise NotFound(f"The snapshot {snapshot_id} is gone.")


def _snapshot_ids(connection: Connection) -> set[str]:
    batches, runs = tables.batches.c, tables.runs.c
    has_runs = exists().where(runs.job_id == batches.job_id, runs.batch == batches.number)
    held = union(
        select(tables.jobs.c.snapshot["id"].as_string()),
        select(batches.snapshot_id).where(has_runs),
    )
    return {found for found in connection.execute(held).scalars() if found is not None}


def _environment_ids(connection: Connection) -> set[str]:
    jobs, batches, runs = tables.jobs, tables.batches, tables.runs.c
    has_runs = exists().where(runs.job_id == batches.c.job_id, runs.batch == batches.c.number)

    def ids(table: Table, column: Column[Any], path: str) -> Select[Any]:
        each = func.json_each(column, path).table_valued("value", name=f"each_{column.name}")
        environment = func.json_extract(each.c.value, "$.id")
        return select(environment).select_from(table.join(each, true()))

    held = union(
        ids(jobs, jobs.c.environments, "$.items"),
        ids(jobs, jobs.c.snapshot, "$.inputs.environments.items"),
        ids(batches, batches.c.environments, "$.items").where(has_runs),
    )
    return set(connection.execute(held).scalars())


def _settings(connection: Connection) -> Settings:
    return Settings(**{row.name: row.value for row in connection.execute(_SETTINGS)})
