"""The contract of a store, as tests: revisions, jobs, settings; the rest is beside it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.job import Batch, Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import IllegalTransition, InvalidInput, NotFound, Problem
from jupyter_orchest_jobs.store.contract import Change, JobQuery, RunQuery, Settings, Store
from tests.contracts.store_batches import BatchContract
from tests.contracts.store_lists import ListContract
from tests.contracts.store_runs import RunContract
from tests.contracts.store_wishes import WishContract
from tests.records import AWKWARD, NOW, a_job, a_run, pages, stored_job, stored_runs

SECOND = timedelta(seconds=1)


def exactly(value: Any) -> str:
    """A value's text, which tells 1, 1.0 and true apart, and the order of keys."""
    return repr(value)


class StoreContract(RunContract, ListContract, WishContract, BatchContract):
    """Every promise of :mod:`jupyter_orchest_jobs.store.contract`.

    Subclasses have a fixture ``store``: an empty one.
    """

    # --- Revisions ---------------------------------------------------------------------------

    def test_begins_at_revision_zero(self, store: Store) -> None:
        assert store.revision() == 0
        assert store.changes(0) == []
        assert store.jobs(JobQuery()).items == []
        assert store.runs(RunQuery()).items == []

    def test_every_write_moves_the_revision_by_one_and_stamps(self, store: Store) -> None:
        job = store.add_job(a_job())
        assert (store.revision(), job.revision, store.job(job.id).revision) == (1, 1, 1)
        updated = store.update_job(job.id, {"name": "other"})
        assert updated is not None
        assert (store.revision(), updated.revision, store.job(job.id).revision) == (2, 2, 2)
        runs = [a_run(job, 1), a_run(job, 2)]
        after = store.add_batch(Batch(job.id, 1, "manual", NOW), runs, {})
        assert after is not None
        assert (store.revision(), after.revision, store.job(job.id).revision) == (3, 3, 3)
        assert [store.run(run.id).revision for run in runs] == [3, 3]
        started = replace(runs[0], status=RunStatus.RUNNING)
        saved = store.save_run(started, {RunStatus.PENDING})
        assert saved is not None
        assert (store.revision(), saved.revision, store.run(saved.id).revision) == (4, 4, 4)
        wished = store.request_run_cancel(saved.id, NOW)
        assert wished is not None
        assert (store.revision(), wished.revision) == (5, 5)
        assert store.cancel_pending_runs(job.id, NOW) == 1
        assert (store.revision(), store.run(runs[1].id).revision) == (6, 6)
        assert store.run(runs[0].id).revision == 5
        store.change_settings({"max_runs": 3})
        assert store.revision() == 7
        assert store.delete_job(job.id, set(JobStatus))
        assert store.revision() == 8

    def test_writes_that_change_nothing_move_nothing(self, store: Store) -> None:
        job = stored_job(store, strategy=Strategy({"s": {"x": [1]}}))
        running, _ = stored_runs(store, job, {"combination": {"s": {"x": 1}}}, {})
        running = store.save_run(replace(running, status=RunStatus.RUNNING), {RunStatus.PENDING})
        assert running is not None
        assert store.cancel_pending_runs(job.id, NOW) == 2
        store.change_settings({"max_runs": 3})
        job = store.job(job.id)
        before = store.revision()

        assert store.update_job(job.id, {}) == job
        assert store.update_job(job.id, {"name": job.name, "strategy": job.strategy}) == job
        assert store.update_job(job.id, {"name": "x"}, expect={JobStatus.DRAFT}) is None
        assert store.add_batch(Batch(job.id, 1, "manual", NOW), [a_run(job, 9)], {}) is None
        assert not store.delete_job(job.id, {JobStatus.DRAFT})
        wished = store.run(running.id)
        assert store.save_run(wished, {RunStatus.RUNNING}) == wished
        assert store.save_run(wished, {RunStatus.PENDING}) is None
        assert store.request_run_cancel(running.id, NOW + SECOND) == wished
        assert store.cancel_pending_runs(job.id, NOW + SECOND) == 0
        assert store.change_settings({}) == store.change_settings({"max_runs": 3})

        assert store.revision() == before
        assert store.changes(before) == []

    def test_refused_writes_leave_nothing(self, store: Store) -> None:
        job = stored_job(store)
        before = store.revision()
        illegal = {"status": JobStatus.SUCCEEDED, "name": "x"}
        with pytest.raises(IllegalTransition):
            store.update_job(job.id, illegal)
        with pytest.raises(IllegalTransition):
            store.add_batch(Batch(job.id, 1, "manual", NOW), [a_run(job)], illegal)
        assert (store.job(job.id), store.revision()) == (job, before)
        assert store.runs(RunQuery()).total == 0
        again = store.add_batch(Batch(job.id, 1, "manual", NOW), [a_run(job)], {})
        assert again is not None

    def test_changes_are_the_newest_of_each_thing_in_order(self, store: Store) -> None:
        first, second = stored_job(store), stored_job(store)
        (run,) = stored_runs(store, first, {})
        gone = stored_job(store)
        store.update_job(second.id, {"name": "x"})
        store.delete_job(gone.id, {JobStatus.DRAFT})
        assert store.changes(0) == [
            Change("job", first.id, first.id, "running", 3),
            Change("run", run.id, first.id, "pending", 3),
            Change("job", second.id, second.id, "draft", 5),
            Change("job", gone.id, gone.id, "deleted", 6),
        ]
        assert [change.revision for change in store.changes(3)] == [5, 6]

    # --- Jobs --------------------------------------------------------------------------------

    def test_a_job_comes_out_as_it_went_in(self, store: Store) -> None:
        moment = datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
        job = a_job(
            name="naïve 😀",
            message="line\nline",
            document={"values": AWKWARD},
            strategy=Strategy({"z": {"b": AWKWARD, "a": [1]}, "a": {"c": [[], {}]}}),
            selection=Selection("none", (Rule("z", "b", 2**70),), frozenset({"{}", "ü"})),
            kernels={"step": "python3"},
            env_variables={"KEY": "värde"},
            parameters_file="params.json",
            warnings=(Problem("Look.", "a.py", 3, "Step"), Problem("And here.")),
            schedule=Schedule.recurring("0 9 * * mon", "Europe/Paris"),
            policies=Policies(priority=-3, start_at=moment, keep_runs=None, run_timeout_s=1.5),
            batches_made=3,
            runs_made=2**40,
            planned_until=moment,
            next_firing_at=moment + timedelta(microseconds=2),
            touched_at=moment,
            snapshot=SnapshotState(
                SnapshotStatus.READY, "id", 5, 2**40, 4, 2**39, "abc", 2, ("socket",)
            ),
            start_requested_at=moment,
            cancel_requested_at=moment + timedelta(microseconds=1),
            started_at=moment.astimezone(timezone(timedelta(hours=5))),
            finished_at=datetime(2262, 4, 11, 0, 0, 0, 1, tzinfo=UTC),
        )
        kept = store.add_job(job)
        assert exactly(replace(kept, number=0, revision=0)) == exactly(job)
        loaded = replace(store.job(job.id), number=0, revision=0)
        assert loaded == job
        assert exactly(loaded.document) == exactly(job.document)
        assert exactly(loaded.strategy) == exactly(job.strategy)
        assert loaded.finished_at is not None
        assert loaded.finished_at.utcoffset() == timedelta(0)

    def test_changes_that_compare_equal_are_still_changes(self, store: Store) -> None:
        job = stored_job(store, strategy=Strategy({"s": {"a": [1], "b": [2]}}))
        for values in ({"a": [True], "b": [2]}, {"a": [1.0], "b": [2]}, {"b": [2], "a": [1.0]}):
            store.update_job(job.id, {"strategy": Strategy({"s": values})})
            assert exactly(store.job(job.id).strategy.values["s"]) == exactly(values)

    def test_numbers_are_never_used_again(self, store: Store) -> None:
        first, second = stored_job(store), stored_job(store)
        assert (first.number, second.number) == (1, 2)
        store.delete_job(second.id, {JobStatus.DRAFT})
        assert stored_job(store).number == 3

    def test_update_compares_and_sets(self, store: Store) -> None:
        job = stored_job(store)
        scheduled = store.update_job(
            job.id, {"status": JobStatus.SCHEDULED, "started_at": NOW}, expect={JobStatus.DRAFT}
        )
        assert scheduled is not None
        assert (scheduled.status, scheduled.started_at) == (JobStatus.SCHEDULED, NOW)
        assert store.job(job.id) == scheduled
        assert store.update_job(job.id, {"name": "x"}, expect={JobStatus.DRAFT}) is None
        assert store.job(job.id) == scheduled

    def test_job_transitions_are_checked(self, store: Store) -> None:
        job = stored_job(store)
        with pytest.raises(IllegalTransition, match="draft to paused"):
            store.update_job(job.id, {"status": JobStatus.PAUSED})

    def test_unknown_fields_are_a_mistake(self, store: Store) -> None:
        job = stored_job(store)
        with pytest.raises(TypeError, match="colour"):
            store.update_job(job.id, {"colour": "red"})
        with pytest.raises(TypeError):
            store.change_settings({"colour": 1})
        assert store.revision() == 1

    def test_missing_jobs(self, store: Store) -> None:
        missing = a_job()
        calls: Sequence[Callable[[], object]] = (
            lambda: store.job(missing.id),
            lambda: store.find_job(missing.id),
            lambda: store.update_job(missing.id, {"name": "x"}),
            lambda: store.delete_job(missing.id, {JobStatus.DRAFT}),
            lambda: store.add_batch(Batch(missing.id, 1, "manual", NOW), [], {}),
        )
        for call in calls:
            with pytest.raises(NotFound):
                call()
        assert store.revision() == 0

    def test_find_job(self, store: Store) -> None:
        alike = [
            stored_job(store, id=f"abcd{digit}000-0000-4000-8000-000000000000") for digit in (1, 2)
        ]
        digits = stored_job(store, id="12345678-0000-4000-8000-000000000000")
        for job in (*alike, digits):
            assert store.find_job(str(job.number)) == job
            assert store.find_job(job.id) == job
            assert store.find_job(job.id[:5].upper()) == job
        assert store.find_job("12345678") == digits
        for nothing in (
            "",
            "abc",
            "4",
            "abcd",
            "abcd_",
            "abcd%",
            "bcd1",
            "1.1",
            "\u0662",
            "abcd\ud800",
        ):
            with pytest.raises(NotFound):
                store.find_job(nothing)

    def test_job_pages_are_newest_first(self, store: Store) -> None:
        jobs = [stored_job(store) for _ in range(7)]
        store.update_job(jobs[2].id, {"status": JobStatus.SCHEDULED})
        every = pages(lambda cursor: store.jobs(JobQuery(cursor=cursor, limit=3)))
        assert [job.number for job in every] == [7, 6, 5, 4, 3, 2, 1]
        page = store.jobs(JobQuery(limit=7))
        lines = pages(lambda cursor: store.job_lines(JobQuery(cursor=cursor, limit=3)))
        assert lines == [JobLine.of(job) for job in page.items]
        assert (page.total, page.next_cursor, page.revision) == (7, None, 8)
        drafts = pages(lambda cursor: store.jobs(JobQuery(JobStatus.DRAFT, cursor=cursor, limit=2)))
        assert [job.number for job in drafts] == [7, 6, 5, 4, 2, 1]
        assert store.jobs(JobQuery(JobStatus.DRAFT, limit=1)).total == 6

    def test_jobs_since_a_revision(self, store: Store) -> None:
        first, second, third, fourth = [stored_job(store) for _ in range(4)]
        since = store.revision()
        for job in (third, first):
            store.update_job(job.id, {"name": "x"})
        for job in (fourth, second):
            store.delete_job(job.id, {JobStatus.DRAFT})
        page = store.jobs(JobQuery(since=since, limit=1))
        assert [job.id for job in page.items] == [third.id, first.id]
        assert (page.total, page.next_cursor, page.revision) == (2, None, since + 4)
        assert list(page.deleted) == [fourth.id, second.id]
        assert store.job_lines(JobQuery(since=since, limit=1)) == replace(
            page, items=[JobLine.of(job) for job in page.items]
        )
        page = store.jobs(JobQuery(since=since + 3))
        assert (list(page.items), list(page.deleted)) == ([], [second.id])

    def test_ids_of_snapshots(self, store: Store) -> None:
        ids = (None, "one", "two", "one")
        jobs = [stored_job(store, snapshot=SnapshotState(id=id)) for id in ids]
        assert store.snapshot_ids() == {"one", "two"}
        store.delete_job(jobs[2].id, {JobStatus.DRAFT})
        assert store.snapshot_ids() == {"one"}

    def test_a_snapshot_is_shared_while_somebody_holds_it(self, store: Store) -> None:
        held = SnapshotState(id="held")
        job = stored_job(store, snapshot=held)
        copy = store.add_job(a_job(snapshot=held), shares_snapshot=True)
        store.delete_job(job.id, {JobStatus.DRAFT})
        assert store.add_job(a_job(snapshot=held), shares_snapshot=True).number == copy.number + 1
        for gone in (SnapshotState(id="gone"), SnapshotState()):
            before = store.revision()
            with pytest.raises(NotFound):
                store.add_job(a_job(snapshot=gone), shares_snapshot=True)
            assert store.revision() == before

    def test_a_job_takes_up_a_snapshot_that_somebody_holds(self, store: Store) -> None:
        held = SnapshotState(id="held")
        holder, job = stored_job(store, snapshot=held), stored_job(store)
        assert store.update_job(job.id, {"snapshot": held}, shares_snapshot=True) is not None
        store.delete_job(holder.id, {JobStatus.DRAFT})
        assert store.snapshot_ids() == {"held"}
        before = store.revision()
        with pytest.raises(NotFound):
            store.update_job(job.id, {"snapshot": SnapshotState(id="gone")}, shares_snapshot=True)
        assert (store.revision(), store.job(job.id).snapshot) == (before, held)

    def test_a_job_that_was_changed_is_not_deleted(self, store: Store) -> None:
        job = stored_job(store)
        store.update_job(job.id, {"start_requested_at": NOW})
        assert not store.delete_job(job.id, {JobStatus.DRAFT}, job.revision)
        assert store.delete_job(job.id, {JobStatus.DRAFT}, store.job(job.id).revision)

    def test_unfinished_jobs_are_oldest_first(self, store: Store) -> None:
        jobs = [stored_job(store) for _ in range(3)]
        store.update_job(jobs[1].id, {"status": JobStatus.CANCELLED})
        assert [job.id for job in store.unfinished_jobs()] == [jobs[0].id, jobs[2].id]

    def test_deleting_a_job_deletes_all_that_it_has(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        runs, kept = stored_runs(store, job, {}, {}), stored_runs(store, other, {})
        assert not store.delete_job(job.id, {JobStatus.DRAFT})
        assert store.delete_job(job.id, {JobStatus.RUNNING})
        for lookup in (lambda: store.job(job.id), lambda: store.run(runs[0].id)):
            with pytest.raises(NotFound):
                lookup()
        assert store.runs(RunQuery()).items == kept
        assert store.pending_runs(9) == kept
        # Its batches are gone, too.
        again = store.add_job(a_job(id=job.id))
        assert store.add_batch(Batch(again.id, 1, "manual", NOW), [], {}) is not None

    def test_cursors_of_other_lists_are_refused(self, store: Store) -> None:
        jobs: list[Job] = [stored_job(store), stored_job(store)]
        for job in jobs:
            stored_runs(store, job, {}, {})
        of_jobs = store.jobs(JobQuery(limit=1)).next_cursor
        queries = [
            RunQuery(limit=1),
            RunQuery(sort="-number", limit=1),
            RunQuery(sort="started_at", limit=1),
            RunQuery(sort="duration", limit=1),
            RunQuery(job_id=jobs[0].id, limit=1),
            RunQuery(job_id=jobs[1].id, limit=1),
            RunQuery(status=RunStatus.PENDING, limit=1),
        ]
        cursors = [store.runs(query).next_cursor for query in queries]
        assert None not in (of_jobs, *cursors)
        for query in queries:
            for cursor in (of_jobs, *cursors):
                if cursor != store.runs(query).next_cursor:
                    with pytest.raises(InvalidInput, match="another list"):
                        store.runs(replace(query, cursor=cursor))
        for cursor in (*cursors, "", "x", "é", "e30", "W10", "bnVsbA"):
            with pytest.raises(InvalidInput, match="another list"):
                store.jobs(JobQuery(cursor=cursor, limit=1))

    # --- Settings ----------------------------------------------------------------------------

    def test_settings(self, store: Store) -> None:
        assert store.settings() == Settings()
        assert store.change_settings({"max_runs": 3}) == Settings(max_runs=3)
        assert store.change_settings({"max_step_processes": 8}) == Settings(8, 3)
        assert store.change_settings({"max_runs": 4}) == Settings(8, 4)
        assert store.settings() == Settings(8, 4)
        switches = {"warm_processes": 0, "overlays": 1}
        assert store.change_settings(switches) == Settings(8, 4, warm_processes=0, overlays=1)
        assert store.settings() == Settings(8, 4, warm_processes=0, overlays=1)
