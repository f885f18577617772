"""The part of a store's contract that is about batches and firings."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.environment import Environment
from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts, SnapshotState
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.policies import Overlap, Policies
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.errors import IllegalTransition, InvalidInput, NotFound
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery, Store
from tests.records import AWKWARD, NOW, a_firing, a_job, a_run, pages, stored_job

MINUTE = timedelta(minutes=1)


def fire(store: Store, job: Job, number: int, *firings: FiringRecord, runs: int = 1) -> Job | None:
    """Add a batch with runs, whose numbers go on from those of the batches before."""
    made = [a_run(job, (number - 1) * 10 + count, batch=number) for count in range(1, runs + 1)]
    return store.add_batch(Batch(job.id, number, "schedule", NOW), made, {}, firings)


def recorded(store: Store, job: Job) -> list[FiringRecord]:
    """All firings of a job, newest first."""
    return pages(lambda cursor: store.firings(job.id, cursor, 2))


class BatchContract:
    """Promises about batches and firings."""

    def test_a_batch_comes_out_as_it_went_in(self, store: Store) -> None:
        job = stored_job(store)
        batch = Batch(
            job.id,
            3,
            "schedule",
            NOW,
            scheduled_at=NOW - MINUTE,
            snapshot_id="snapshot",
            document={"values": AWKWARD},
            kernels={"ü": "python3"},
            env_variables={"KEY": "värde"},
            policies=Policies(priority=7, overlap=Overlap.QUEUE, end_at=NOW, keep_days=0.5),
        )
        store.add_batch(batch, [], {})
        assert store.batch(job.id, 3) == batch
        assert repr(store.batch(job.id, 3)) == repr(batch)
        assert store.batches(job.id).items == [batch]

    def test_missing_batches(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        fire(store, job, 1)
        for job_id, number in ((job.id, 2), (job.id, 0), (other.id, 1), ("unknown", 1)):
            with pytest.raises(NotFound):
                store.batch(job_id, number)

    def test_batches_of_a_job_are_listed_newest_first(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        for number in (2, 1, 5, 4, 3):
            fire(store, job, number)
        fire(store, other, 1)
        for limit in (1, 2, 5, 9):
            found = pages(lambda cursor, limit=limit: store.batches(job.id, cursor, limit))
            assert [batch.number for batch in found] == [5, 4, 3, 2, 1]
        page = store.batches(job.id, limit=5)
        assert (page.total, page.next_cursor, page.revision) == (5, None, store.revision())
        assert store.batches("unknown").items == []

    def test_cursors_of_batches_and_firings_are_for_their_job(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        for number in (1, 2):
            fire(store, job, number, a_firing(job, NOW + number * MINUTE))
        lists: Sequence[Callable[..., Any]] = (store.batches, store.firings)
        cursors = [listing(job.id, None, 1).next_cursor for listing in lists]
        assert None not in cursors
        for index, listing in enumerate(lists):
            for job_id, cursor in (
                (other.id, cursors[index]),
                (job.id, cursors[1 - index]),
                (job.id, "x"),
            ):
                with pytest.raises(InvalidInput, match="another list"):
                    listing(job_id, cursor, 1)
        with pytest.raises(InvalidInput, match="another list"):
            store.jobs(JobQuery(cursor=cursors[0]))

    def test_counts_of_batches(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        for each in (job, other):
            for number in (1, 2):
                fire(store, each, number, runs=2)
        run = store.runs(RunQuery(job.id)).items[0]
        store.save_run(replace(run, status=RunStatus.RUNNING), {RunStatus.PENDING})
        assert store.batch_counts(job.id, [2, 1, 7]) == {
            1: RunCounts(pending=1, running=1),
            2: RunCounts(pending=2),
            7: RunCounts(),
        }
        assert store.batch_counts(job.id, []) == {}

    def test_unfinished_batches_have_a_pending_or_running_run(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        ends = [RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.INTERRUPTED]
        for number, statuses in enumerate(
            ([*ends, RunStatus.RUNNING], ends, [], [RunStatus.PENDING, *ends]), 1
        ):
            runs = [
                a_run(job, number * 10 + place, batch=number, status=status)
                for place, status in enumerate(statuses)
            ]
            store.add_batch(Batch(job.id, number, "manual", NOW), runs, {})
        assert store.unfinished_batches(job.id) == [1, 4]
        assert store.unfinished_batches(other.id) == []

    def test_a_batch_with_its_firings_and_its_job_is_one_write(self, store: Store) -> None:
        job = stored_job(store)
        late = FiringRecord(
            job.id, NOW - 9 * MINUTE, NOW - MINUTE, 9, FiringOutcome.MISSED, "Nobody was there."
        )
        fired = a_firing(job, NOW, batch=1)
        changes = {"status": JobStatus.RUNNING, "planned_until": NOW, "batches_made": 1}
        before = store.revision()
        after = store.add_batch(
            Batch(job.id, 1, "schedule", NOW), [a_run(job)], changes, [late, fired]
        )
        assert after == replace(job, **changes, revision=before + 1)
        assert store.job(job.id) == after
        assert store.revision() == before + 1
        assert [run.revision for run in store.runs(RunQuery(job.id)).items] == [before + 1]
        assert recorded(store, job) == [fired, late]

    @pytest.mark.parametrize("outcome", [FiringOutcome.FIRED, FiringOutcome.SKIPPED])
    def test_a_firing_is_recorded_once(self, store: Store, outcome: FiringOutcome) -> None:
        job, other = stored_job(store), stored_job(store)
        first = a_firing(job, NOW, outcome=outcome)
        assert store.record_firings(job.id, [first], {}) is not None
        before = store.revision()
        for again in FiringOutcome:
            news = [a_firing(job, NOW + MINUTE), replace(first, outcome=again)]
            assert fire(store, job, 1, *news) is None
            assert store.record_firings(job.id, news, {"name": "x"}) is None
        assert (store.revision(), store.changes(before)) == (before, [])
        assert recorded(store, job) == [first]
        assert store.batches(job.id).items == []
        assert store.runs(RunQuery()).items == []
        # The same moment is another firing of another job.
        assert fire(store, other, 1, a_firing(other, NOW)) is not None
        assert fire(store, job, 1, a_firing(job, NOW + MINUTE)) is not None

    def test_a_firing_that_waited_is_replaced(self, store: Store) -> None:
        job = stored_job(store)
        assert store.queued_firing(job.id) is None
        first, second = (
            a_firing(job, NOW + shift * MINUTE, outcome=FiringOutcome.QUEUED) for shift in (0, 1)
        )
        assert store.record_firings(job.id, [second], {}) is not None
        assert store.record_firings(job.id, [first], {}) is not None
        assert store.queued_firing(job.id) == first
        # It waits already.
        assert store.record_firings(job.id, [first], {}) is None
        assert fire(store, job, 1, first) is None
        fired = replace(first, outcome=FiringOutcome.FIRED, batch=1)
        assert fire(store, job, 1, fired) is not None
        assert store.queued_firing(job.id) == second
        skipped = replace(second, outcome=FiringOutcome.SKIPPED, reason="The job was paused.")
        assert store.record_firings(job.id, [skipped], {}) is not None
        assert store.queued_firing(job.id) is None
        assert recorded(store, job) == [skipped, fired]
        assert fire(store, job, 2, fired) is None

    def test_the_firing_that_waits_is_the_jobs_own(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        waiting = a_firing(job, NOW, outcome=FiringOutcome.QUEUED)
        store.record_firings(job.id, [waiting], {})
        assert store.queued_firing(other.id) is None
        assert fire(store, other, 1, a_firing(other, NOW)) is not None
        assert store.queued_firing(job.id) == waiting

    def test_recording_firings_changes_their_job(self, store: Store) -> None:
        job = stored_job(store)
        before = store.revision()
        firing = a_firing(job, NOW, outcome=FiringOutcome.SKIPPED, reason="Busy.")
        after = store.record_firings(job.id, [firing], {"planned_until": NOW})
        assert after == replace(job, planned_until=NOW, revision=before + 1)
        assert store.job(job.id) == after
        # Its list of firings is another one, whatever the job's fields say.
        later = a_firing(job, NOW + MINUTE)
        after = store.record_firings(job.id, [later], {"planned_until": NOW})
        assert after is not None
        assert after.revision == store.revision() == before + 2
        assert store.record_firings(job.id, [], {}) == after
        assert store.revision() == before + 2

    def test_who_has_seen_an_older_job_changes_nothing(self, store: Store) -> None:
        job = stored_job(store)
        seen = job.revision
        batch = Batch(job.id, 1, "schedule", NOW)
        newer = store.update_job(job.id, {"name": "newer"}, revision=seen)
        assert newer is not None
        before = store.revision()
        assert store.update_job(job.id, {"name": "x"}, revision=seen) is None
        assert store.record_firings(job.id, [a_firing(job, NOW)], {}, seen) is None
        assert store.record_firings(job.id, [], {"name": "x"}, seen) is None
        assert store.add_batch(batch, [a_run(job)], {}, [a_firing(job, NOW)], seen) is None
        assert (store.revision(), store.job(job.id)) == (before, newer)
        assert store.run_ids() == set()
        after = store.record_firings(job.id, [a_firing(job, NOW)], {}, newer.revision)
        assert after is not None
        assert store.add_batch(batch, [], {}, (), after.revision) is not None
        for call in (
            lambda: store.update_job("unknown", {}, revision=seen),
            lambda: store.record_firings("unknown", [], {}, seen),
            lambda: store.add_batch(replace(batch, job_id="unknown"), [], {}, (), seen),
        ):
            with pytest.raises(NotFound):
                call()

    def test_refused_firings_leave_nothing(self, store: Store) -> None:
        job, missing = stored_job(store), a_job()
        before = store.revision()
        with pytest.raises(IllegalTransition):
            store.record_firings(job.id, [a_firing(job, NOW)], {"status": JobStatus.PAUSED})
        with pytest.raises(IllegalTransition):
            store.add_batch(
                Batch(job.id, 1, "schedule", NOW),
                [a_run(job)],
                {"status": JobStatus.PAUSED},
                [a_firing(job, NOW)],
            )
        for firings in ([], [a_firing(missing, NOW)]):
            with pytest.raises(NotFound):
                store.record_firings(missing.id, firings, {})
        assert (store.revision(), recorded(store, job)) == (before, [])

    def test_firings_are_listed_newest_first(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        times = [NOW + shift * timedelta(microseconds=1) for shift in (0, 3, 1, -2, 2)]
        for at in times:
            store.record_firings(job.id, [a_firing(job, at)], {})
        store.record_firings(other.id, [a_firing(other, NOW)], {})
        for limit in (1, 2, 5, 9):
            found = pages(lambda cursor, limit=limit: store.firings(job.id, cursor, limit))
            assert [firing.at for firing in found] == sorted(times, reverse=True)
        page = store.firings(job.id, limit=5)
        assert (page.total, page.next_cursor, page.revision) == (5, None, store.revision())
        assert store.firings("unknown").items == []

    def test_firings_go_with_their_job(self, store: Store) -> None:
        job = stored_job(store)
        fire(store, job, 1, a_firing(job, NOW))
        store.delete_job(job.id, set(JobStatus))
        again = store.add_job(a_job(id=job.id))
        assert recorded(store, again) == []
        assert store.batches(again.id).items == []
        assert fire(store, again, 1, a_firing(again, NOW)) is not None

    def test_stopping_a_batch_ends_its_pending_runs(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        fire(store, job, 1, runs=3)
        fire(store, job, 2)
        fire(store, other, 1)
        first, second, third, elsewhere = store.runs(RunQuery(job.id)).items
        running = store.save_run(replace(first, status=RunStatus.RUNNING), {RunStatus.PENDING})
        asked = store.request_run_cancel(second.id, NOW)
        assert asked is not None
        later: datetime = NOW + MINUTE
        assert store.stop_batch(job.id, 1, later) == 2
        stopped = {
            "status": RunStatus.CANCELLED,
            "cause": Cause.BATCH_STOPPED,
            "finished_at": later,
            "revision": store.revision(),
        }
        assert store.runs(RunQuery(job.id)).items == [
            running,
            replace(asked, **stopped),
            replace(third, **stopped),
            elsewhere,
        ]
        assert store.job(job.id).revision == store.revision()
        before = store.revision()
        assert store.stop_batch(job.id, 1, later) == 0
        assert store.stop_batch(job.id, 9, later) == 0
        assert store.stop_batch("unknown", 1, later) == 0
        assert store.revision() == before

    def test_stopping_a_batch_lets_retries_go_on(self, store: Store) -> None:
        job = stored_job(store)
        runs = [
            a_run(job, number, kind=kind, attempt=number - 1)
            for number, kind in enumerate(AttemptKind, 1)
        ]
        store.add_batch(Batch(job.id, 1, "manual", NOW), runs, {})
        assert store.stop_batch(job.id, 1, NOW) == 1
        assert {run.id for run in store.pending_runs(9)} == {run.id for run in runs[1:]}

    def test_snapshots_of_batches_stay_while_they_have_runs(self, store: Store) -> None:
        job = stored_job(store, snapshot=SnapshotState(id="new"))
        for number, snapshot_id in enumerate(("old", None, "older"), 1):
            run = a_run(job, number, batch=number, status=RunStatus.SUCCEEDED)
            store.add_batch(Batch(job.id, number, "manual", NOW, None, snapshot_id), [run], {})
        assert store.snapshot_ids() == {"new", "old", "older"}
        last = store.runs(RunQuery(job.id, sort="-number")).items[0]
        assert store.delete_runs([last.id]) == {last.id}
        assert store.snapshot_ids() == {"new", "old"}
        store.delete_job(job.id, set(JobStatus))
        assert store.snapshot_ids() == set()

    def test_environments_are_held_like_snapshots(self, store: Store) -> None:
        def one(id: str) -> JobEnvironments:
            return JobEnvironments((Environment(id, "python", "", "", "", "", ""),), {"a": id})

        later = SnapshotState(inputs={"environments": one("next").as_json()})
        job = stored_job(store, environments=one("now"), snapshot=later)
        run = a_run(job, status=RunStatus.SUCCEEDED)
        store.add_batch(Batch(job.id, 1, "manual", NOW, environments=one("then")), [run], {})
        store.add_batch(Batch(job.id, 2, "manual", NOW, environments=one("empty")), [], {})
        assert store.environment_ids() == {"now", "next", "then"}
        assert store.job(job.id).environments == one("now")
        assert store.batch(job.id, 1).environments == one("then")
        store.delete_runs([run.id])
        assert store.environment_ids() == {"now", "next"}
        store.delete_job(job.id, set(JobStatus))
        assert store.environment_ids() == set()

    def test_what_was_noticed_of_a_batch_is_kept(self, store: Store) -> None:
        job = stored_job(store)
        store.add_batch(Batch(job.id, 1, "manual", NOW), [a_run(job)], {})
        before = store.job(job.id).revision
        store.warn_of_batch(job.id, 1, ["one", "two"])
        assert store.batch(job.id, 1).warnings == ("one", "two")
        assert store.job(job.id).revision == store.revision() == before + 1
        store.warn_of_batch(job.id, 2, ["gone"])
        assert store.revision() == before + 1
