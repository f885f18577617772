"""The store on SQLite: lists of runs.

Most are pages of an index: a page begins where the one before ended. Lists by values of
parameters and metrics look at the values of all runs of the job, and their cursors count.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    Text,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
)

from jupyter_orchest_jobs.domain.run import Run, RunLine
from jupyter_orchest_jobs.domain.values import Place, Wanted, place_of, searchable
from jupyter_orchest_jobs.store import rows, tables
from jupyter_orchest_jobs.store.contract import Page, RunQuery
from jupyter_orchest_jobs.store.database import Database
from jupyter_orchest_jobs.store.run_query import value_getter
from jupyter_orchest_jobs.store.sqlite_wishes import SqliteWishes, in_parts
from jupyter_orchest_jobs.store.transactions import revision_of

T = TypeVar("T")
Columns = tuple[ColumnElement[Any], ...]

_table = tables.runs
_SORTS: dict[str, ColumnElement[Any] | None] = {
    "number": None,
    "status": _table.c.status,
    "started_at": _table.c.started_key,
    "finished_at": _table.c.finished_key,
    "duration": _table.c.duration_key,
}
_ONLY_OVER_ALL = ("finished_at", "duration")
"""There are indexes of these over all runs only, not for each job or status."""
_WHOLE: Columns = (*_table.c,)
_LINE: Columns = (
    _table.c.ordinal,
    # Read all at once by `rows.lines_of`: one by one takes longer than all else of a page.
    *(
        type_coerce(_table.c[name], rows.RAW[name]).label(name)
        if name in rows.RAW
        else _table.c[name]
        for name in rows.LINE_COLUMNS
    ),
)
_NOT_QUICK = _table.c.job_id.not_in(select(tables.jobs.c.id).where(tables.jobs.c.quick == true()))
_MOST_TOTALS = _MOST_LISTS = 64
_AT_ONCE = 100


class SqliteLists(SqliteWishes):
    """The part of the contract that is about lists of runs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._totals: dict[tuple[Any, ...], tuple[int, int]] = {}

    def runs(self, query: RunQuery) -> Page[Run]:
        """A page of runs."""
        return self._page(query, _WHOLE, rows.runs_of)

    def run_lines(self, query: RunQuery) -> Page[RunLine]:
        """A page of runs without their steps."""
        return self._page(query, _LINE, rows.lines_of)

    def _page(
        self, query: RunQuery, columns: Columns, made: Callable[[Sequence[Row[Any]]], list[T]]
    ) -> Page[T]:
        query.check()
        with self._database.reading() as connection:
            revision = revision_of(connection)
            if query.where or query.by_value:
                found = _by_values(connection, query, columns, revision)
            else:
                total = self._total(connection, query, revision)
                found = _by_index(connection, query, columns, revision, total)
        return Page(
            made(found.items), found.next_cursor, found.total, found.revision, found.deleted
        )

    def _total(self, connection: Connection, query: RunQuery, revision: int) -> int:
        """How many runs the list has; counted once until something changes."""
        key = (self._database.identity, query.job_id, query.status, query.batch, query.text)
        known = self._totals.get(key)
        if known is None or known[0] != revision:
            counting = select(func.count()).select_from(_table).where(*_chosen(query))
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
    connection: Connection, query: RunQuery, columns: Columns, revision: int, total: int
) -> Page[Row[Any]]:
    if query.since is not None:
        changed = (*_chosen(query), _is_changed(query.since))
        found = connection.execute(_in_order(select(*columns), query).where(*changed)).all()
        gone = _gone(connection, query, [row.ordinal for row in found])
        return Page(found, None, total, revision, gone)
    order = _order(query)
    after: dict[str, int | str] = {}
    if query.cursor is not None:
        types = [column.type.python_type for column in order]
        place = rows.read_cursor(query.cursor, query.listing, types)
        after = {f"after_{at}": value for at, value in enumerate(place)}
    found = []
    for statement in _statements(replace(query, cursor=None, limit=0), columns, bool(after)):
        if len(found) <= query.limit:
            most = query.limit + 1 - len(found)
            found += connection.execute(statement, {"most": most, **after}).all()
    more = len(found) > query.limit
    found = found[: query.limit]
    # Where a page ends in the order is what its last columns say.
    cursor = rows.write_cursor(query.listing, found[-1][-len(order) :]) if more else None
    if _is_sorted(query):
        found = _rows(connection, columns, [row.ordinal for row in found])
    return Page(found, cursor, total, revision)


def _is_sorted(query: RunQuery) -> bool:
    """Whether no index has the order of a list."""
    is_part = query.job_id is not None or query.status is not None
    return is_part and query.key in _ONLY_OVER_ALL


@lru_cache(_MOST_LISTS)
def _statements(listing: RunQuery, columns: Columns, is_later: bool) -> list[Select[Any]]:
    """What asks for a page of at most ``most`` runs: first all of one of these, then of the next.

    Built once for each list: that takes longer than SQLite needs for a page.

    Args:
        listing: without its cursor and limit.
        is_later: whether the page begins where the one before ended: behind ``after_0`` and so on.
    """
    order = _order(listing)
    # Places are sorted, not rows, which are larger.
    wanted = (_table.c.ordinal,) if _is_sorted(listing) else columns
    places = [column.label(f"place_{at}") for at, column in enumerate(order)]
    page = _in_order(select(*wanted, *places), listing).where(*_chosen(listing))
    pieces = _pieces(listing, order) if is_later else [[]]
    return [page.where(*piece).limit(bindparam("most")) for piece in pieces]


def _pieces(query: RunQuery, order: Columns) -> Sequence[Sequence[ColumnElement[bool]]]:
    """What runs come after the page before: first all of one of these, then all of the next."""
    after = [bindparam(f"after_{at}", type_=column.type) for at, column in enumerate(order)]
    if _is_sorted(query):
        here, there = tuple_(*order), tuple_(*after)
        return [[here < there if query.descending else here > there]]
    beyond = [
        column < value if query.descending else column > value
        for column, value in zip(order, after, strict=True)
    ]
    if len(order) == 1:
        return [beyond]
    # For both at once, SQLite begins at the first of those that are the same.
    return [[order[0] == after[0], beyond[1]], [beyond[0]]]


def _by_values(
    connection: Connection, query: RunQuery, columns: Columns, revision: int
) -> Page[Row[Any]]:
    found, changed = _placed(connection, query)
    total, cursor = len(found), None
    gone: tuple[str, ...] = ()
    if query.since is not None:
        found = [ordinal for ordinal in found if ordinal in changed]
        gone = _gone(connection, query, found)
    else:
        start = 0
        if query.cursor is not None:
            start = int(rows.read_cursor(query.cursor, query.listing, [int])[0])
        end = start + query.limit
        found = found[start:end] if start >= 0 else []
        cursor = rows.write_cursor(query.listing, [end]) if end < total else None
    return Page(_rows(connection, columns, found), cursor, total, revision, gone)


def _placed(connection: Connection, query: RunQuery) -> tuple[list[int], set[int]]:
    """The ordinals of all runs of a list by values, in its order; which changed since then."""
    # As texts, without the whole rows, which are large.
    combination, metrics = (
        type_coerce(column, Text) for column in (_table.c.combination, _table.c.metrics)
    )
    field, value = value_getter(query) if query.by_value else ("combination", None)
    sorted_by = metrics if field == "metrics" else combination
    filtered = combination if query.where else literal("")
    needed = (_table.c.ordinal, _table.c.revision, filtered, sorted_by)
    light = _in_order(select(*needed), query).where(*_chosen(query))
    wanted, since = Wanted(query.where), query.since
    found: list[int] = []
    changed: set[int] = set()
    places: list[Place] = []
    # In small parts, of which only numbers and texts are kept: that many rows and values at once
    # would make Python's collector look through the whole server, again and again.
    for part in connection.execute(light).partitions(_AT_ONCE):
        if query.where:
            combinations = rows.parsed([row[2] for row in part])
            part = [
                row for row, each in zip(part, combinations, strict=True) if wanted.matches(each)
            ]
        found += [row[0] for row in part]
        if since is not None:
            changed.update(row[0] for row in part if row[1] > since)
        if value is not None:
            places += [place_of(value(each)) for each in rows.parsed([row[3] for row in part])]
    if value is not None:
        # They come by number, and stay so where their values are the same.
        in_order = sorted(range(len(found)), key=places.__getitem__, reverse=query.descending)
        found = [found[at] for at in in_order]
    return found, changed


def _order(query: RunQuery) -> Columns:
    # Within a job, and over all jobs, the order in which they were made.
    made = _table.c.ordinal if query.job_id is None else _table.c.number
    by = None if query.by_value else _SORTS[query.key]
    # What is the same for all is no order, and would keep the index from being used.
    if by is None or (query.key == "status" and query.status is not None):
        return (made,)
    return by, made


def _in_order(statement: Select[Any], query: RunQuery) -> Select[Any]:
    order = _order(query)
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
    if query.job_id is None:
        chosen.append(_NOT_QUICK)
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


def _rows(connection: Connection, columns: Columns, ordinals: Sequence[int]) -> list[Row[Any]]:
    """These columns of these runs, in this order."""
    found: dict[int, Row[Any]] = {}
    for part in in_parts(ordinals):
        there = connection.execute(select(*columns).where(_table.c.ordinal.in_(part)))
        found.update({row.ordinal: row for row in there})
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
