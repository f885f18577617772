"""Lists of 10,000 runs are answered from indexes: SQLite says so itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from jupyter_orchest_jobs.store.tallies import Tallies
from tests.records import NOW, a_run, stored_job

MANY = 10_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path_factory.mktemp("plans") / "jobs.sqlite")
    for count in (MANY, 100):
        job = stored_job(store)
        runs = [
            a_run(
                job,
                number,
                status=list(RunStatus)[number % 6],
                started_at=None if number % 7 == 0 else NOW + timedelta(seconds=number % 999),
            )
            for number in range(1, count + 1)
        ]
        store.add_batch(Batch(job.id, 1, "manual", NOW), runs, {"status": JobStatus.RUNNING})
    yield store
    store.close()


@pytest.fixture
def job(store: SqliteStore) -> Job:
    return store.find_job("1")


@contextmanager
def recorded(store: SqliteStore) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are executed."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _m: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            statements.append((statement, parameters))

    engine = store._database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plans(store: SqliteStore, call: Callable[[], object]) -> str:
    """How SQLite goes about what a call asks of it."""
    # Else nothing is counted again.
    store._totals.clear()
    store._tallies = Tallies()
    with recorded(store) as statements:
        call()
    found = []
    with store._database.reading() as connection:
        for statement, parameters in statements:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found += [row[-1] for row in rows]
    # The one row that has the revision; and the few quick jobs, whose runs most lists leave out.
    small = ("SCAN state", "LIST SUBQUERY", "SEARCH jobs USING COVERING INDEX ix_jobs_quick")
    return "\n".join(line for line in found if not line.startswith(small))


def at_depth(store: SqliteStore, query: RunQuery) -> RunQuery:
    """The page after 1,000 runs."""
    return replace(query, cursor=store.runs(replace(query, limit=1000)).next_cursor)


@pytest.mark.parametrize("descending", ["", "-"])
@pytest.mark.parametrize("status", [None, RunStatus.FAILED])
@pytest.mark.parametrize("within", [True, False])
@pytest.mark.parametrize("sort", ["number", "status", "started_at", "finished_at", "duration"])
def test_pages_of_runs(
    store: SqliteStore, job: Job, sort: str, within: bool, status: RunStatus | None, descending: str
) -> None:
    if sort in ("finished_at", "duration") and (within or status is not None):
        pytest.skip("sorted in memory")
    query = RunQuery(job.id if within else None, status, sort=descending + sort, limit=50)
    for page in (query, at_depth(store, query)):
        plan = plans(store, lambda page=page: store.runs(page))
        counting, listing = plan.split("\n", 1)
        assert "INDEX" in counting
        assert "TEMP B-TREE" not in listing
        # Over everything, by number, the table itself is in order.
        if listing != "SCAN runs":
            assert "INDEX" in listing or "INTEGER PRIMARY KEY" in listing
            assert "SCAN runs\n" not in f"{listing}\n"


@pytest.mark.parametrize("within", [True, False])
@pytest.mark.parametrize("sort", ["number", "status", "started_at", "finished_at", "duration"])
def test_deep_pages_begin_at_their_place(
    store: SqliteStore, job: Job, sort: str, within: bool
) -> None:
    if within and sort in ("finished_at", "duration"):
        pytest.skip("sorted in memory")
    query = at_depth(store, RunQuery(job.id if within else None, sort=sort))
    job_id, made = ("job_id=? AND ", "number") if within else ("", "ordinal")
    column = "status" if sort == "status" else f"{sort.removesuffix('_at')}_key"
    plan = plans(store, lambda: store.run_lines(replace(query, limit=MANY)))
    if sort == "number":
        assert ("(job_id=? AND number>?)" if within else "(rowid>?)") in plan
    else:
        assert f"({job_id}{column}=? AND {made}>?)" in plan
        assert f"({job_id}{column}>?)" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    "call",
    [
        lambda store, job: store.run_counts([job.id]),
        lambda store, job: store.first_bad_runs([job.id]),
        lambda store, job: store.neighbours(store.find_run("1.7")),
        lambda store, job: store.pending_runs(50),
        lambda store, job: store.running_runs(),
        lambda store, job: store.runs_to_cancel(),
        lambda store, job: store.find_run("1.7"),
        lambda store, job: store.find_run(store.find_run("1.7").id[:18]),
        lambda store, job: store.find_job(job.id[:18]),
        lambda store, job: store.cancel_pending_runs(job.id, NOW),
        lambda store, job: store.runs(RunQuery(job.id, since=store.revision())),
        lambda store, job: store.runs(RunQuery(since=store.revision())),
        lambda store, job: store.changes(store.revision()),
        lambda store, job: store.jobs(JobQuery(JobStatus.DRAFT, limit=1)),
        lambda store, job: store.run_ids(),
        lambda store, job: store.some_runs([job.id]),
        lambda store, job: store.job_revisions([job.id]),
        lambda store, job: store.request_run_cancels([job.id], NOW),
        lambda store, job: store.request_retries([job.id], AttemptKind.RETRY),
        lambda store, job: store.runs(RunQuery(job.id, batch=1, text="x")),
        lambda store, job: store.runs(RunQuery(job.id, sort="metric:x")),
        lambda store, job: store.pending_runs(50, {job.id}),
        lambda store, job: store.runs_to_retry(),
        lambda store, job: store.ended_runs(job.id),
        lambda store, job: store.disk_use([job.id]),
        lambda store, job: store.batch_counts(job.id, [1, 2]),
        lambda store, job: store.unfinished_batches(job.id),
        lambda store, job: store.stop_batch(job.id, 2, NOW),
        lambda store, job: store.batches(job.id),
        lambda store, job: store.firings(job.id),
        lambda store, job: store.queued_firing(job.id),
        lambda store, job: store.delete_runs([job.id]),
        lambda store, job: store.request_batch_retry(job.id, 2, AttemptKind.RESUME),
    ],
)
def test_other_questions(
    store: SqliteStore, job: Job, call: Callable[[SqliteStore, Job], object]
) -> None:
    plan = plans(store, lambda: call(store, job))
    assert "INDEX" in plan
    assert not [line for line in plan.split("\n") if line.endswith(("SCAN runs", "SCAN jobs"))]


def test_counts_never_touch_the_table(store: SqliteStore, job: Job) -> None:
    for call in (
        lambda: store.run_counts([job.id]),
        lambda: store.first_bad_runs([job.id]),
    ):
        assert "COVERING INDEX ix_runs_job_status" in plans(store, call)


def test_sizes_never_touch_the_table(store: SqliteStore, job: Job) -> None:
    assert "COVERING INDEX ix_runs_job_size" in plans(store, lambda: store.disk_use([job.id]))


@pytest.mark.parametrize("full", [set[str](), {"unknown"}])
def test_next_runs_are_found_without_sorting_those_that_wait(
    store: SqliteStore, full: set[str]
) -> None:
    plan = plans(store, lambda: store.pending_runs(1, full))
    heads, page = plan.split("SEARCH jobs", 1)[1].rsplit("SEARCH runs", 1)
    # The jobs are sorted, of which there are few.
    assert heads.count("TEMP B-TREE") == 1
    assert "ix_runs_job_status" in heads
    assert "ix_runs_job_status" in page
    assert "TEMP B-TREE" not in page
