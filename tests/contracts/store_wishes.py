"""The part of a store's contract that is about priorities, wishes and files of runs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_orchest_jobs.domain.fold import order_again
from jupyter_orchest_jobs.domain.job import Batch
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, AttemptRecord, Run
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.store.contract import Change, RunQuery, Store
from tests.records import ENDED, NOW, a_run, stored_job, stored_runs

RUNNING = {"status": RunStatus.RUNNING}


class WishContract:
    """Promises about who goes first, what users wish, and what is kept."""

    def test_attempts_and_wishes_of_a_run_come_out_as_they_went_in(self, store: Store) -> None:
        moment = datetime(2038, 1, 19, 3, 14, 8, 1, tzinfo=UTC)
        run = a_run(
            stored_job(store),
            status=RunStatus.FAILED,
            attempt=3,
            kind=AttemptKind.RESUME,
            history=(
                AttemptRecord(
                    1, AttemptKind.FIRST, RunStatus.FAILED, Cause.TIMEOUT, "ü", NOW, moment
                ),
                AttemptRecord(
                    2, AttemptKind.RETRY, RunStatus.CANCELLED, Cause.CANCELLED, None, None, None
                ),
            ),
            retry_requested=AttemptKind.RETRY,
            pinned=True,
            size_bytes=2**60,
            has_files=False,
        )
        store.add_batch(Batch(run.job_id, 1, "schedule", NOW), [run], {})
        loaded = replace(store.run(run.id), revision=0)
        assert loaded == run
        assert repr(loaded) == repr(run)

    def test_pending_runs_of_jobs_with_priority_come_first(self, store: Store) -> None:
        jobs = [
            stored_job(store, policies=Policies(priority=priority)) for priority in (0, -5, 9, 0)
        ]
        runs = [stored_runs(store, job, {}, {}) for job in jobs]
        expected = [*runs[2], *runs[0], *runs[3], *runs[1]]
        assert [run.id for run in store.pending_runs(99)] == [run.id for run in expected]
        assert [run.id for run in store.pending_runs(3)] == [run.id for run in expected[:3]]
        # The wish may change while they wait.
        store.update_job(jobs[1].id, {"policies": Policies(priority=100)})
        assert [run.id for run in store.pending_runs(2)] == [run.id for run in runs[1]]

    def test_pending_runs_pass_over_full_jobs(self, store: Store) -> None:
        first, second, third = [stored_job(store) for _ in range(3)]
        runs = [stored_runs(store, job, {}, {}) for job in (first, second, third)]
        assert store.pending_runs(9, {second.id}) == [*runs[0], *runs[2]]
        assert store.pending_runs(1, [first.id, second.id]) == runs[2][:1]
        assert store.pending_runs(9, {first.id, second.id, third.id, "unknown"}) == []

    def test_pending_runs_of_a_job_that_has_ended_are_not_started(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        stored_runs(store, job, {})
        (kept,) = stored_runs(store, other, {})
        store.update_job(job.id, {"status": JobStatus.FAILED})
        assert store.pending_runs(9) == [kept]

    def test_next_runs_are_those_of_many_jobs_in_their_order(self, store: Store) -> None:
        jobs = [stored_job(store, policies=Policies(priority=at % 3)) for at in range(7)]
        for batch in (1, 2):
            for job in jobs:
                numbers = (2 * batch - 1, 2 * batch)
                runs = [a_run(job, number, batch=batch) for number in numbers]
                store.add_batch(Batch(job.id, batch, "manual", NOW), runs, {})
        for run in store.pending_runs(99)[::5]:
            store.save_run(replace(run, **RUNNING), {RunStatus.PENDING})
        everything = store.pending_runs(99)
        priorities = [store.job(run.job_id).policies.priority for run in everything]
        assert priorities == sorted(priorities, reverse=True)
        assert len({run.id for run in everything}) == 4 * len(jobs) - 6
        for limit in range(1, len(everything)):
            assert store.pending_runs(limit) == everything[:limit]

    def test_a_change_of_a_runs_status_moves_its_job(self, store: Store) -> None:
        job = stored_job(store)
        (run,) = stored_runs(store, job, {})
        running = store.save_run(replace(run, **RUNNING), {RunStatus.PENDING})
        assert running is not None
        assert store.job(job.id).revision == running.revision == store.revision()
        progress = store.save_run(replace(running, journal_seq=9), {RunStatus.RUNNING})
        assert progress is not None
        assert store.job(job.id).revision == running.revision < progress.revision
        ended = store.save_run(replace(progress, **ENDED), {RunStatus.RUNNING})
        assert ended is not None
        assert store.job(job.id).revision == ended.revision
        changed = store.changes(progress.revision)
        assert [change.kind for change in changed] == ["job", "run"]
        assert store.run_counts([job.id])[job.id].succeeded == 1

    @pytest.mark.parametrize("kind", [AttemptKind.RETRY, AttemptKind.RESUME])
    def test_runs_to_retry_are_those_that_shall(self, store: Store, kind: AttemptKind) -> None:
        job, other = stored_job(store), stored_job(store)
        _, second = stored_runs(store, other, {}, ENDED)
        pending, running, failed, first = stored_runs(
            store, job, {}, RUNNING, {"status": RunStatus.FAILED}, ENDED
        )
        assert store.runs_to_retry() == []
        before = store.revision()
        assert store.request_retry(pending.id, kind) is None
        assert store.request_retry(running.id, kind) is None
        assert (store.revision(), store.runs_to_retry()) == (before, [])
        wished = [store.request_retry(run.id, kind) for run in (first, second)]
        assert wished == [
            replace(run, retry_requested=kind, revision=before + shift)
            for run, shift in ((first, 1), (second, 2))
        ]
        assert store.runs_to_retry() == wished[::-1]
        # The same wish once more is none; another one takes its place.
        assert store.request_retry(first.id, kind) == wished[0]
        assert store.revision() == before + 2
        other_kind = next(k for k in (AttemptKind.RETRY, AttemptKind.RESUME) if k is not kind)
        changed = store.request_retry(first.id, other_kind)
        assert changed is not None
        assert (changed.retry_requested, changed.revision) == (other_kind, before + 3)
        assert store.run(failed.id) == failed

    def test_all_bad_runs_of_a_batch_are_wished_for_at_once(self, store: Store) -> None:
        job = stored_job(store)
        bad = {"status": RunStatus.FAILED}
        specials = [bad, ENDED, {"status": RunStatus.INTERRUPTED}, {**bad, "has_files": False}, {}]
        failed, good, broken, without, pending = stored_runs(store, job, *specials)
        other = a_run(job, 9, batch=2, **bad)
        store.add_batch(Batch(job.id, 2, "manual", NOW), [other], {})
        before = store.revision()
        assert store.request_batch_retry(job.id, 1, AttemptKind.RESUME) == 3
        resume = {"retry_requested": AttemptKind.RESUME, "revision": before + 1}
        retry = {"retry_requested": AttemptKind.RETRY, "revision": before + 1}
        assert store.runs_to_retry() == [
            replace(failed, **resume),
            replace(broken, **resume),
            replace(without, **retry),
        ]
        assert [store.run(run.id) for run in (good, pending)] == [good, pending]
        # The same once more changes nothing.
        assert store.request_batch_retry(job.id, 1, AttemptKind.RESUME) == 3
        assert store.revision() == before + 1
        assert store.request_batch_retry(job.id, 1, AttemptKind.RETRY) == 3
        assert {run.retry_requested for run in store.runs_to_retry()} == {AttemptKind.RETRY}
        assert store.request_batch_retry(job.id, 3, AttemptKind.RETRY) == 0
        assert store.revision() == before + 2

    def test_a_run_that_waits_again_has_its_wish(self, store: Store) -> None:
        wish = {"retry_requested": AttemptKind.RESUME, "cancel_requested_at": NOW}
        (run,) = stored_runs(
            store, stored_job(store), {"status": RunStatus.CANCELLED, "attempt": 1, **wish}
        )
        again = order_again(run, AttemptKind.RESUME)
        saved = store.save_run(again, {RunStatus.CANCELLED})
        assert saved == replace(again, revision=store.revision())
        assert (saved.retry_requested, saved.cancel_requested_at) == (None, None)
        assert store.runs_to_retry() == store.runs_to_cancel() == []
        assert store.pending_runs(9) == [saved]

    def test_saving_keeps_wishes_that_came_in_between(self, store: Store) -> None:
        pending, running, ended = stored_runs(store, stored_job(store), {}, RUNNING, ENDED)
        store.request_run_cancel(pending.id, NOW)
        store.request_run_cancel(running.id, NOW)
        store.request_retry(ended.id, AttemptKind.RETRY)
        for run in (pending, running, ended):
            store.pin_run(run.id, True)
        for run in (pending, running, ended):
            saved = store.save_run(replace(run, message="x"), {run.status})
            assert saved is not None
            assert (saved.message, saved.pinned) == ("x", True)
        assert store.run(pending.id).cancel_requested_at == NOW
        assert store.run(running.id).cancel_requested_at == NOW
        assert store.run(ended.id).retry_requested is AttemptKind.RETRY
        # What the conductor hasn't read it can't add, either.
        wished = replace(running, cancel_requested_at=NOW + timedelta(1), pinned=False)
        saved = store.save_run(replace(wished, **ENDED), {RunStatus.RUNNING})
        assert saved is not None
        assert (saved.cancel_requested_at, saved.pinned) == (NOW, True)

    def test_pins_come_and_go(self, store: Store) -> None:
        (run,) = stored_runs(store, stored_job(store), {})
        before = store.revision()
        assert store.pin_run(run.id, False) == run
        assert store.revision() == before
        pinned = store.pin_run(run.id, True)
        assert pinned == replace(run, pinned=True, revision=before + 1)
        assert store.pin_run(run.id, True) == store.run(run.id) == pinned
        assert store.revision() == before + 1
        assert store.pin_run(run.id, False) == replace(run, revision=before + 2)

    def test_files_are_noted_on_ended_runs(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        ended, second, running = stored_runs(store, job, ENDED, ENDED, RUNNING)
        stored_runs(store, other, ENDED)
        assert store.disk_use([job.id, other.id, "unknown"]) == {
            job.id: 0,
            other.id: 0,
            "unknown": 0,
        }
        before = store.revision()
        store.note_files(ended.id, 2**40, has_files=True)
        store.note_files(second.id, 0, has_files=False)
        assert store.run(ended.id) == replace(ended, size_bytes=2**40, revision=before + 1)
        assert store.run(second.id) == replace(
            second, size_bytes=0, has_files=False, revision=before + 2
        )
        # Nothing new; not ended; not there.
        store.note_files(ended.id, 2**40, has_files=True)
        store.note_files(running.id, 5, has_files=True)
        store.note_files(a_run(job).id, 5, has_files=True)
        assert (store.revision(), store.run(running.id)) == (before + 2, running)
        store.note_files(second.id, 2**41 + 1, has_files=False)
        assert store.disk_use([job.id, other.id]) == {job.id: 2**40 + 2**41 + 1, other.id: 0}
        assert store.disk_use([]) == {}

    def test_ended_runs_are_oldest_first(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        runs = stored_runs(store, job, *({"status": status} for status in reversed(RunStatus)))
        stored_runs(store, other, ENDED)
        unfinished = (RunStatus.PENDING, RunStatus.RUNNING)
        assert store.ended_runs(job.id) == [run for run in runs if run.status not in unfinished]
        assert store.ended_runs("unknown") == []

    def test_deleted_runs_are_gone_and_said_to_be(self, store: Store) -> None:
        job, other, still = [stored_job(store) for _ in range(3)]
        first, second, running, pending = stored_runs(store, job, ENDED, ENDED, RUNNING, {})
        (elsewhere,) = stored_runs(store, other, ENDED)
        before = store.revision()
        ids = [first.id, running.id, pending.id, elsewhere.id, "unknown", first.id]
        assert len(store.delete_runs(ids)) == 2
        now = store.revision()
        assert now == before + 1
        for run in (first, elsewhere):
            with pytest.raises(NotFound):
                store.run(run.id)
        assert store.runs(RunQuery(job.id)).items == [second, running, pending]
        assert store.run_ids() == {second.id, running.id, pending.id}
        # Jobs whose counts are others have moved, too.
        assert [store.job(each.id).revision for each in (job, other)] == [now, now]
        assert store.job(still.id) == still
        assert sorted(store.changes(before), key=lambda change: change.id) == sorted(
            [
                Change("job", job.id, job.id, "running", now),
                Change("job", other.id, other.id, "running", now),
                Change("run", first.id, job.id, "deleted", now),
                Change("run", elsewhere.id, other.id, "deleted", now),
            ],
            key=lambda change: change.id,
        )
        # Deleted once, and once is enough.
        assert store.delete_runs(ids) == set()
        assert store.delete_runs([]) == set()
        assert store.revision() == now

    def test_runs_that_somebody_needs_are_not_deleted(self, store: Store) -> None:
        job = stored_job(store)
        pinned, wished, plain = stored_runs(store, job, ENDED, ENDED, ENDED)
        store.pin_run(pinned.id, True)
        store.request_retry(wished.id, AttemptKind.RETRY)
        before = store.revision()
        assert store.delete_runs([pinned.id, wished.id]) == set()
        assert store.revision() == before
        assert store.delete_runs([pinned.id, wished.id, plain.id]) == {plain.id}
        assert store.run_ids() == {pinned.id, wished.id}
        store.pin_run(pinned.id, False)
        assert store.delete_runs([pinned.id]) == {pinned.id}

    def test_files_of_runs_that_somebody_needs_are_not_released(self, store: Store) -> None:
        job = stored_job(store)
        pinned, wished, plain, running, pending = stored_runs(
            store, job, ENDED, ENDED, ENDED, RUNNING, {}
        )
        store.pin_run(pinned.id, True)
        store.request_retry(wished.id, AttemptKind.RETRY)
        kept = [store.run(run.id) for run in (pinned, wished, running, pending)]
        before = store.revision()
        for run in (*kept, a_run(job)):
            assert not store.release_files(run.id)
        assert store.revision() == before
        assert [store.run(run.id) for run in kept] == kept
        assert store.release_files(plain.id)
        assert store.run(plain.id) == replace(plain, has_files=False, revision=before + 1)
        assert store.ended_runs(job.id, with_files=True) == kept[:2]
        assert store.ended_runs(job.id) == [*kept[:2], store.run(plain.id)]

    def test_lists_since_a_revision_name_deleted_runs(self, store: Store) -> None:
        job, other = stored_job(store), stored_job(store)
        runs = stored_runs(store, job, ENDED, ENDED, {})
        (elsewhere,) = stored_runs(store, other, ENDED)
        since = store.revision()
        for run in (runs[1], elsewhere, runs[0]):
            store.delete_runs([run.id])

        def deleted(query: RunQuery) -> list[str]:
            return list(store.runs(query).deleted)

        gone = [runs[1].id, elsewhere.id, runs[0].id]
        assert deleted(RunQuery(since=since)) == gone
        assert deleted(RunQuery(since=since + 1)) == gone[1:]
        assert deleted(RunQuery(job.id, since=since)) == [runs[1].id, runs[0].id]
        # Nobody knows any more what status they had.
        assert deleted(RunQuery(job.id, RunStatus.PENDING, since=since)) == [gone[0], gone[2]]
        assert deleted(RunQuery(job.id)) == []
        page = store.runs(RunQuery(job.id, since=since))
        assert (page.items, page.total) == ([], 1)

    def test_many_runs_are_deleted_at_once(self, store: Store) -> None:
        job = stored_job(store)
        runs: list[Run] = stored_runs(store, job, *[ENDED] * 2500)
        assert len(store.delete_runs([run.id for run in runs[:-1]])) == 2499
        assert store.runs(RunQuery(job.id)).items == runs[-1:]
        assert len(store.runs(RunQuery(since=store.revision() - 1)).deleted) == 2499

    def test_wishes_about_missing_runs(self, store: Store) -> None:
        missing = a_run(stored_job(store))
        for call in (
            lambda: store.request_retry(missing.id, AttemptKind.RETRY),
            lambda: store.pin_run(missing.id, True),
        ):
            with pytest.raises(NotFound):
                call()
        assert store.revision() == 1

    def test_wishes_on_several_runs_are_one_change(self, store: Store) -> None:
        job = stored_job(store)
        pending, running, failed, done = stored_runs(
            store, job, {}, RUNNING, {"status": RunStatus.FAILED}, ENDED
        )
        ids = [run.id for run in (pending, running, failed, done)] + ["unknown"]
        before = store.revision()
        assert store.request_run_cancels(ids, NOW) == {pending.id, running.id}
        assert store.request_retries(ids, AttemptKind.RESUME) == {failed.id, done.id}
        assert store.revision() == before + 2
        after = {run.id: run for run in store.some_runs(ids)}
        assert after == {
            **{
                run.id: replace(run, cancel_requested_at=NOW, revision=before + 1)
                for run in (pending, running)
            },
            **{
                run.id: replace(run, retry_requested=AttemptKind.RESUME, revision=before + 2)
                for run in (failed, done)
            },
        }

    def test_wishes_that_are_there_already_change_nothing(self, store: Store) -> None:
        runs = stored_runs(store, stored_job(store), {}, ENDED)
        ids = [run.id for run in runs]
        later = NOW + timedelta(seconds=1)
        for at in (NOW, later):
            assert store.request_run_cancels(ids, at) == {ids[0]}
            assert store.request_retries(ids, AttemptKind.RETRY) == {ids[1]}
        assert store.run(ids[0]).cancel_requested_at == NOW
        revision = store.revision()
        for nothing in ([], ["unknown"]):
            assert store.request_run_cancels(nothing, later) == set()
            assert store.request_retries(nothing, AttemptKind.RETRY) == set()
            assert store.some_runs(nothing) == []
        assert store.revision() == revision

    def test_wishes_on_very_many_runs(self, store: Store) -> None:
        runs = stored_runs(store, stored_job(store), *({} for _ in range(2500)))
        ids = [run.id for run in runs]
        assert store.request_run_cancels(ids, NOW) == set(ids)
        assert len(store.some_runs(ids)) == len(store.runs_to_cancel()) == 2500
