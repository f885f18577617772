"""The store on SQLite: lists of runs.

Most are pages of an index: a page begins where the one before ended. Lists by values of
parameters and metrics look at the values of all runs of the job, and their cursors count.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    Text,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)

from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.values import Wanted, place_of, searchable
from jupyter_orchest_jobs.store import rows, tables
from jupyter_orchest_jobs.store.contract import Page, RunQuery
from jupyter_orchest_jobs.store.database import Database
from jupyter_orchest_jobs.store.run_query import value_getter
from jupyter_orchest_jobs.store.sqlite_wishes import SqliteWishes, in_parts
from jupyter_orchest_jobs.store.transactions import revision_of

_table = tables.runs
_SORTS: dict[str, ColumnElement[Any] | None] = {
    "number": None,
    "status": _table.c.status,
    "started_at": _table.c.started_key,
    "finished_at": func.coalesce(type_coerce(_table.c.finished_at, _table.c.ordinal.type), -1),
    "duration": _table.c.duration_key,
}
_UNINDEXED = ("finished_at", "duration")
_MOST_TOTALS = 64


class SqliteLists(SqliteWishes):
    """The part of the contract that is about lists of runs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._totals: dict[tuple[Any, ...], tuple[int, int]] = {}

    def runs(self, query: RunQuery) -> Page[Run]:
        """A page of runs."""
        query.check()
        chosen = _chosen(query)
        with self._database.reading() as connection:
            if query.where or query.by_value:
                return _by_values(connection, query, chosen)
            return _by_index(connection, query, chosen, self._total(connection, query, chosen))

    def _total(
        self, connection: Connection, query: RunQuery, chosen: Sequence[ColumnElement[bool]]
    ) -> int:
        """How many runs the list has; counted once until something changes."""
        key = (query.job_id, query.status, query.batch, query.text)
        revision = revision_of(connection)
        known = self._totals.get(key)
        if known is None or known[0] != revision:
            counting = select(func.count()).select_from(_table).where(*chosen)
            known = revision, int(connection.execute(counting).scalar_one())
            if len(self._totals) >= _MOST_TOTALS:
                self._totals = {}
            self._totals[key] = known
        return known[1]

    def some_runs(self, run_ids: Collection[str]) -> list[Run]:
        """Those of these runs that there are."""
        with self._database.reading() as connection:
            return [
                rows.run_of(row)
                for ids in in_parts(sorted(set(run_ids)))
                for row in connection.execute(select(_table).where(_table.c.id.in_(ids)))
            ]


def _by_index(
    connection: Connection, query: RunQuery, chosen: list[ColumnElement[bool]], total: int
) -> Page[Run]:
    order, listing = _order(query), query.listing
    revision = revision_of(connection)
    if query.since is not None:
        found = connection.execute(
            _in_order(select(_table), order, query).where(*chosen, _is_changed(query.since))
        ).all()
        gone = _gone(connection, query, [row.ordinal for row in found])
        return Page([rows.run_of(row) for row in found], None, total, revision, gone)
    if query.cursor is not None:
        types = [column.type.python_type for column in order]
        after = tuple_(*rows.read_cursor(query.cursor, listing, types))
        here = tuple_(*order)
        chosen.append(here < after if query.descending else here > after)
    places = _in_order(
        select(_table.c.ordinal, *(column.label(None) for column in order)), order, query
    )
    if query.key in _UNINDEXED:
        # Places are sorted, not whole rows, which are large.
        placed = connection.execute(places.where(*chosen).limit(query.limit + 1)).all()
        found = _rows(connection, [row[0] for row in placed[: query.limit]])
        last = [*placed[query.limit - 1][1:]] if len(placed) > query.limit else None
    else:
        page = _in_order(select(_table), order, query).where(*chosen)
        found = connection.execute(page.limit(query.limit + 1)).all()
        more = len(found) > query.limit
        found = found[: query.limit]
        last = [found[-1]._mapping[column] for column in order] if more else None
    cursor = None if last is None else rows.write_cursor(listing, last)
    return Page([rows.run_of(row) for row in found], cursor, total, revision)


def _by_values(
    connection: Connection, query: RunQuery, chosen: list[ColumnElement[bool]]
) -> Page[Run]:
    order, listing = _order(query), query.listing
    revision = revision_of(connection)
    # As texts, without the whole rows, which are large.
    combination, metrics = (
        type_coerce(column, Text) for column in (_table.c.combination, _table.c.metrics)
    )
    field, value = value_getter(query) if query.by_value else ("combination", None)
    sorted_by = metrics if field == "metrics" else combination
    filtered = combination if query.where else literal("")
    columns = (_table.c.ordinal, _table.c.revision, filtered, sorted_by)
    light = _in_order(select(*columns), order, query).where(*chosen)
    found = [*connection.execute(light)]
    if query.where:
        wanted = Wanted(query.where)
        found = [row for row in found if wanted.matches(json.loads(row[2]))]
    if value is not None:
        # They come by number, and stay so where their values are the same.
        found.sort(key=lambda row: place_of(value(json.loads(row[3]))), reverse=query.descending)
    total, cursor = len(found), None
    gone: tuple[str, ...] = ()
    if query.since is not None:
        found = [row for row in found if row[1] > query.since]
        gone = _gone(connection, query, [row[0] for row in found])
    else:
        start = 0
        if query.cursor is not None:
            start = int(rows.read_cursor(query.cursor, listing, [int])[0])
        end = start + query.limit
        found = found[start:end] if start >= 0 else []
        cursor = rows.write_cursor(listing, [end]) if end < total else None
    items = _rows(connection, [row[0] for row in found])
    return Page([rows.run_of(row) for row in items], cursor, total, revision, gone)


def _order(query: RunQuery) -> list[ColumnElement[Any]]:
    # Within a job, and over all jobs, the order in which they were made.
    made = _table.c.ordinal if query.job_id is None else _table.c.number
    by = None if query.by_value else _SORTS[query.key]
    # What is the same for all is no order, and would keep the index from being used.
    if by is None or (query.key == "status" and query.status is not None):
        return [made]
    return [by, made]


def _in_order(
    statement: Select[Any], order: Sequence[ColumnElement[Any]], query: RunQuery
) -> Select[Any]:
    columns = (column.desc() if query.descending else column for column in order)
    return statement.order_by(*columns)


def _chosen(query: RunQuery) -> list[ColumnElement[bool]]:
    """What a run must be, but for its values."""
    wanted = (
        (_table.c.job_id, query.job_id),
        (_table.c.status, query.status),
        (_table.c.batch, query.batch),
    )
    chosen = [column == value for column, value in wanted if value is not None]
    if query.text:
        needle = searchable(query.text)
        texts = tables.run_texts.c
        among = (
            func.instr(texts.text, needle) > 0,
            func.instr(cast(_table.c.number, String), needle) > 0,
            func.instr(_table.c.status, needle) > 0,
        )
        searched = select(_table.c.ordinal).join(tables.run_texts).where(*chosen, or_(*among))
        chosen.append(_table.c.ordinal.in_(searched))
    return chosen


def _is_changed(since: int) -> ColumnElement[bool]:
    # As a sub-query, so that the index of revisions finds the few that changed; left to itself,
    # SQLite walks the whole table to save a sort.
    changed = select(_table.c.ordinal).where(_table.c.revision > since)
    return _table.c.ordinal.in_(changed)


def _rows(connection: Connection, ordinals: Sequence[int]) -> list[Row[Any]]:
    """Whole rows, in this order."""
    found = {
        row.ordinal: row
        for part in in_parts(ordinals)
        for row in connection.execute(select(_table).where(_table.c.ordinal.in_(part)))
    }
    return [found[ordinal] for ordinal in ordinals]


def _gone(connection: Connection, query: RunQuery, listed: Sequence[int]) -> tuple[str, ...]:
    """The runs that were deleted since, or changed and are not listed."""
    gone = tables.deletions.c
    deleted = select(gone.id).where(gone.kind == "run", gone.revision > query.since)
    others = select(_table.c.ordinal, _table.c.id).where(_table.c.revision > query.since)
    if query.job_id is not None:
        deleted = deleted.where(gone.job_id == query.job_id)
        others = others.where(_is_changed(query.since or 0), _table.c.job_id == query.job_id)
    found = [*connection.execute(deleted.order_by(gone.revision)).scalars()]
    there = set(listed)
    if query.status or query.batch is not None or query.text or query.where:
        changed = connection.execute(others.order_by(_table.c.ordinal))
        found += [run_id for ordinal, run_id in changed if ordinal not in there]
    return tuple(found)
