"""The half of a store's contract that is about runs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.job import Batch, RunCounts
from jupyter_orchest_jobs.domain.run import Run, StepRun
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.errors import IllegalTransition, InvalidInput, NotFound
from jupyter_orchest_jobs.store.contract import RunQuery, Store
from tests.records import ENDED, NOW, a_run, stored_job, stored_runs

SORTS = ("number", "status", "started_at", "duration")

moments = st.none() | st.sampled_from([NOW + timedelta(microseconds=shift) for shift in (0, 1, 2)])
some_runs = st.lists(
    st.fixed_dictionaries(
        {"status": st.sampled_from(RunStatus), "started_at": moments, "finished_at": moments}
    ),
    max_size=12,
)


def sort_key(run: Run, key: str) -> Any:
    """What a run is sorted by, slowly and surely."""
    match key:
        case "status":
            return str(run.status)
        case "started_at":
            return run.started_at or datetime(1970, 1, 1, tzinfo=UTC)
        case "duration":
            if run.started_at is None or run.finished_at is None:
                return timedelta(microseconds=-1)
            return run.finished_at - run.started_at
    return 0


class RunContract:
    """Promises about runs."""

    def test_a_run_comes_out_as_it_went_in(self, store: Store) -> None:
        moment = datetime(2038, 1, 19, 3, 14, 8, 1, tzinfo=UTC)
        steps = (
            StepRun(
                "a", StepStatus.FAILED, Cause.TIMEOUT, "slow\n", NOW, moment, 9, 3, 4, ("cut",)
            ),
            StepRun("ü"),
        )
        run = a_run(
            stored_job(store),
            combination={"z": {"b": 2**70, "a": 1.0}, "a": {"c": ["😀", None, {"k": True}]}},
            status=RunStatus.INTERRUPTED,
            cause=Cause.RUNNER_DIED,
            message="gone",
            attempt=3,
            journal_seq=2**40,
            started_at=NOW,
            finished_at=moment,
            cancel_requested_at=NOW,
            metrics={"loss": 0.1, "big": 1e308, "tiny": 5e-324},
            steps=steps,
        )
        store.add_batch(Batch(run.job_id, 1, "schedule", NOW), [run], {})
        loaded = replace(store.run(run.id), revision=0)
        assert loaded == run
        assert repr(loaded) == repr(run)

    def test_missing_runs(self, store: Store) -> None:
        missing = a_run(stored_job(store))
        for call in (
            lambda: store.run(missing.id),
            lambda: store.find_run(missing.id),
            lambda: store.save_run(missing, set(RunStatus)),
            lambda: store.request_run_cancel(missing.id, NOW),
        ):
            with pytest.raises(NotFound):
                call()
        assert store.cancel_pending_runs(missing.job_id, NOW) == 0

    def test_find_run(self, store: Store) -> None:
        stored_job(store)
        job = stored_job(store)
        alike = [{"id": f"abcd{digit}000-0000-4000-8000-000000000000"} for digit in (1, 2)]
        for run in stored_runs(store, job, *alike):
            assert store.find_run(f"2.{run.number}") == run
            assert store.find_run(run.id) == run
            assert store.find_run(run.id[:5].upper()) == run
        for nothing in (
            "",
            "2",
            "2.",
            ".1",
            "2.3",
            "1.1",
            "abcd",
            "abcd%",
            "²·¹",
            "2.\u0661",
            "abcd\udcff",
        ):
            with pytest.raises(NotFound):
                store.find_run(nothing)

    def test_the_same_batch_is_added_once(self, store: Store) -> None:
        job = stored_job(store)
        batch = Batch(job.id, 1, "schedule", NOW)
        added = store.add_batch(batch, [a_run(job, 1)], {"status": JobStatus.RUNNING})
        assert added is not None
        assert added.status is JobStatus.RUNNING
        assert store.add_batch(batch, [a_run(job, 2)], {"name": "x"}) is None
        assert (store.job(job.id), store.runs(RunQuery()).total) == (added, 1)
        assert store.add_batch(replace(batch, number=2), [a_run(job, 2)], {}) is not None
        assert [run.number for run in store.runs(RunQuery()).items] == [1, 2]

    def test_save_compares_and_sets(self, store: Store) -> None:
        (run,) = stored_runs(store, stored_job(store), {"attempt": 2})
        running = replace(run, status=RunStatus.RUNNING, started_at=NOW, journal_seq=4)
        saved = store.save_run(running, {RunStatus.PENDING})
        assert saved == replace(running, revision=store.revision())
        assert store.run(run.id) == saved
        assert store.save_run(replace(running, message="x"), {RunStatus.PENDING}) is None
        older = replace(running, attempt=1, message="x")
        assert store.save_run(older, {RunStatus.RUNNING}) is None
        assert store.run(run.id) == saved

    def test_changes_that_compare_equal_are_still_saved(self, store: Store) -> None:
        (run,) = stored_runs(store, stored_job(store), {"combination": {"s": {"x": 1}}})
        for value in (True, 1.0):
            store.save_run(replace(run, combination={"s": {"x": value}}), {RunStatus.PENDING})
            assert repr(store.run(run.id).combination["s"]["x"]) == repr(value)

    def test_run_transitions_are_checked(self, store: Store) -> None:
        (run,) = stored_runs(store, stored_job(store), {})
        before = store.revision()
        with pytest.raises(IllegalTransition, match="pending to succeeded"):
            store.save_run(replace(run, status=RunStatus.SUCCEEDED), {RunStatus.PENDING})
        assert (store.run(run.id), store.revision()) == (run, before)

    def test_saving_keeps_the_users_wish(self, store: Store) -> None:
        (run,) = stored_runs(store, stored_job(store), {"status": RunStatus.RUNNING})
        store.request_run_cancel(run.id, NOW)
        saved = store.save_run(replace(run, journal_seq=7), {RunStatus.RUNNING})
        assert saved is not None
        assert (saved.journal_seq, saved.cancel_requested_at) == (7, NOW)

    def test_ended_runs_can_not_be_cancelled(self, store: Store) -> None:
        (run,) = stored_runs(store, stored_job(store), ENDED)
        before = store.revision()
        assert store.request_run_cancel(run.id, NOW) is None
        assert (store.run(run.id), store.revision()) == (run, before)

    def test_cancel_pending_runs(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        later = NOW + timedelta(seconds=1)
        pending, wished, running, asked, ended = stored_runs(
            store,
            job,
            {},
            {"cancel_requested_at": NOW},
            {"status": RunStatus.RUNNING},
            {"status": RunStatus.RUNNING, "cancel_requested_at": NOW},
            ENDED,
        )
        (elsewhere,) = stored_runs(store, other, {})
        assert store.cancel_pending_runs(job.id, later) == 3
        cancelled = {
            "status": RunStatus.CANCELLED,
            "cause": Cause.CANCELLED,
            "finished_at": later,
            "revision": store.revision(),
        }
        assert store.run(pending.id) == replace(pending, cancel_requested_at=later, **cancelled)
        assert store.run(wished.id) == replace(wished, **cancelled)
        assert store.run(running.id) == replace(
            running, cancel_requested_at=later, revision=store.revision()
        )
        assert [store.run(run.id) for run in (asked, ended, elsewhere)] == [asked, ended, elsewhere]

    def test_pending_runs_are_oldest_first_without_those_to_be_cancelled(
        self, store: Store
    ) -> None:
        first, dropped, second = stored_job(store), stored_job(store), stored_job(store)
        late, *_ = stored_runs(store, second, {}, {"cancel_requested_at": NOW}, ENDED)
        stored_runs(store, dropped, {}, {})
        store.update_job(dropped.id, {"cancel_requested_at": NOW})
        early = stored_runs(store, first, {}, {"status": RunStatus.RUNNING}, {})
        # Those of the older batch first, whatever the age of the job.
        expected = [late, early[0], early[2]]
        assert store.pending_runs(9) == expected
        assert store.pending_runs(2) == expected[:2]
        assert store.running_runs() == [early[1]]

    def test_runs_to_cancel(self, store: Store) -> None:
        wish = {"cancel_requested_at": NOW}
        running = {"status": RunStatus.RUNNING}
        runs = stored_runs(
            store, stored_job(store), {}, running, wish, running | wish, ENDED | wish
        )
        assert store.runs_to_cancel() == runs[2:4]

    def test_ids_of_runs(self, store: Store) -> None:
        assert store.run_ids() == set()
        job = stored_job(store)
        runs = stored_runs(store, job, {}, ENDED)
        assert store.run_ids() == {run.id for run in runs}

    def test_neighbours_are_those_of_the_same_job(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        first, second, third = stored_runs(store, job, {}, ENDED, {})
        stored_runs(store, other, {}, {}, {}, {})
        assert store.neighbours(first) == (None, second.id)
        assert store.neighbours(second) == (first.id, third.id)
        assert store.neighbours(third) == (second.id, None)
        store.delete_runs([second.id])
        assert store.neighbours(first) == (None, third.id)
        assert store.neighbours(third) == (first.id, None)

    def test_counts_and_first_bad_runs(self, store: Store) -> None:
        mixed, good, empty = stored_job(store), stored_job(store), stored_job(store)
        statuses = [*RunStatus, RunStatus.FAILED, RunStatus.PENDING]
        runs = stored_runs(store, mixed, *({"status": status} for status in statuses))
        stored_runs(store, good, {"status": RunStatus.SUCCEEDED}, {})
        ids = [mixed.id, good.id, empty.id, "unknown"]
        assert store.run_counts(ids) == {
            mixed.id: RunCounts(2, 1, 1, 2, 1, 1),
            good.id: RunCounts(pending=1, succeeded=1),
            empty.id: RunCounts(),
            "unknown": RunCounts(),
        }
        first = next(run for run in runs if run.status in (RunStatus.FAILED, RunStatus.INTERRUPTED))
        assert store.first_bad_runs(ids) == {mixed.id: first.id}
        assert store.run_counts([]) == {}
        assert store.first_bad_runs([]) == {}

    def test_pages_visit_each_run_once_in_order(self, store: Store) -> None:
        # Each example has a job of its own, in a store that fills up.
        @settings(max_examples=20, deadline=None)
        @given(some_runs, st.integers(1, 5), st.none() | st.sampled_from(RunStatus))
        def check(specials: list[dict[str, Any]], limit: int, wanted: RunStatus | None) -> None:
            job = stored_job(store)
            stored_runs(store, job, *specials)
            for job_id, key in product((job.id, None), SORTS):
                everything = store.runs(RunQuery(job_id, limit=10**6)).items
                assert len(everything) >= len(specials)
                expected = [run for run in everything if wanted in (None, run.status)]
                expected.sort(key=lambda run: sort_key(run, key))
                query = RunQuery(job_id, wanted, sort=key, limit=limit)
                self.check_pages(store, query, expected)
                self.check_pages(store, replace(query, sort=f"-{key}"), expected[::-1])

        check()

    def check_pages(self, store: Store, query: RunQuery, expected: list[Run]) -> None:
        """The list has exactly these runs, in this order, in full pages."""
        if query.job_id is None:
            query = replace(query, limit=query.limit * 20)
        found: list[Run] = []
        while True:
            page = store.runs(query)
            assert page.total == len(expected)
            found += page.items
            if page.next_cursor is None:
                break
            assert len(page.items) == query.limit
            query = replace(query, cursor=page.next_cursor)
        assert found == expected

    def test_pages_stay_in_step_while_runs_are_added(self, store: Store) -> None:
        job = stored_job(store)
        stored_runs(store, job, {}, {}, {})
        for sort, expected in (("number", [1, 2, 3, 4]), ("-number", [4, 3, 2, 1])):
            query = RunQuery(job.id, sort=sort, limit=2)
            page = store.runs(query)
            last = store.runs(RunQuery(job.id, sort="-number", limit=1)).items[0].number + 1
            batch = Batch(job.id, last, "retry", NOW)
            store.add_batch(batch, [a_run(job, last, batch=last)], {})
            rest = store.runs(replace(query, cursor=page.next_cursor)).items
            assert [run.number for run in (*page.items, *rest)] == expected

    @pytest.mark.parametrize("sort", ["", "-", "--number", "id", "number;", "started_at "])
    def test_unknown_sorts_are_refused(self, store: Store, sort: str) -> None:
        with pytest.raises(InvalidInput, match="sorted"):
            store.runs(RunQuery(sort=sort))

    def test_runs_since_a_revision(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        runs = stored_runs(store, job, {}, {}, {})
        stored_runs(store, other, {})
        since = store.revision()
        for run in (runs[2], runs[0]):
            store.save_run(replace(run, status=RunStatus.RUNNING), {RunStatus.PENDING})
        page = store.runs(RunQuery(job.id, since=since, limit=1))
        assert [run.number for run in page.items] == [1, 3]
        assert (page.total, page.next_cursor, page.revision) == (3, None, since + 2)
        descending = store.runs(RunQuery(job.id, since=since, sort="-number"))
        assert [run.number for run in descending.items] == [3, 1]
        assert store.runs(RunQuery(other.id, since=since)).items == []
        assert len(store.runs(RunQuery(since=since + 1)).items) == 1
