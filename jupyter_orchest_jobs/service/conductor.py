"""The conductor: the one process of a state directory that carries out what users want.

It owns the states of jobs and runs. It looks at the store when that has changed, and at the
journals of live attempts, and acts; whatever it does is written first, so that the next
conductor can go on wherever this one was killed (:mod:`.dispatch` says how for runs).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from jupyter_orchest_jobs.domain.job import Job, SnapshotStatus
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.errors import NotFound, StoreOutdated, StoreUnavailable
from jupyter_orchest_jobs.files.lease import Lease
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.scheduler.timers import Timers
from jupyter_orchest_jobs.service import firings
from jupyter_orchest_jobs.service.attach import close_the_door
from jupyter_orchest_jobs.service.cleanup import find_leftovers
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.dispatch import Dispatch
from jupyter_orchest_jobs.service.environments import Watch, check_batch, freeze_waiting
from jupyter_orchest_jobs.service.retries import retry_wished
from jupyter_orchest_jobs.service.snapshots import take_snapshot
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.service.tidying import Tidying
from jupyter_orchest_jobs.store.contract import DELETED, Store

TICK_S = 0.1
RETRY_S = 1.0
"""How long it waits after the store or the disk could not be used."""
LINGER_S = 5.0
"""How long a conductor with nothing to do and nobody attached waits before it leaves."""
_log = logging.getLogger(__name__)


class TurnLost(Exception):
    """Another host may conduct now: this one was not heard of for too long."""


class Conductor:
    """Carries out jobs until there is nothing left to do, or for ever.

    Args:
        store: of the state directory; the caller holds the conductor's lock.
        state: the state directory.
        dispatch: starts and follows runs.
        stay: whether it stays when nothing runs and nobody is attached.
        now: the wall clock.
        linger_s: how long it stays when there is nothing to do and nobody attached.
        threads: where folders are walked; one of its own if it is not given.
        lease: by which this host conducts, where several share the state directory.
    """

    def __init__(
        self,
        store: Store,
        state: StateDir,
        dispatch: Dispatch,
        *,
        stay: bool = False,
        now: Callable[[], datetime] = utc_now,
        linger_s: float = LINGER_S,
        threads: Executor | None = None,
        lease: Lease | None = None,
    ) -> None:
        self._store = store
        self._state = state
        self._dispatch = dispatch
        self._stay = stay
        self._lease = lease
        self._now = now
        self._linger_s = linger_s
        self._seen = -1
        self._look_again = False
        self._clean = True
        self._snapshots: dict[str, asyncio.Task[None]] = {}
        self._watch = Watch(state.environments)
        self._checks: set[Future[None]] = set()
        self._checked: dict[str, int] = {}
        self._timers = Timers(now)
        self._threads = threads or ThreadPoolExecutor(1)
        self._tidying = Tidying(store, state, now, self._threads)
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()

    def stop(self) -> None:
        """Leave soon. Runs go on: they belong to their runners."""
        self._stopping.set()
        self.wake()

    def wake(self) -> None:
        """Look now, not only with the next tick."""
        self._woken.set()

    async def run(self) -> FileLock | None:
        """Conduct until stopped, or until there is nothing to do and nobody attached.

        Returns:
            The closed door (see :func:`.attach.close_the_door`), to be opened after the
            conductor's lock is free; None if the conductor was stopped.

        Raises:
            TurnLost: the lease was lost; nothing was done since.
            StoreOutdated: the database is damaged.
        """
        recovered = self._clean = False
        self._timers.start()
        idle_since = time.monotonic()
        try:
            while not self._stopping.is_set():
                pause = TICK_S
                try:
                    if not self._state.root.exists():
                        _log.warning("%s was deleted: leaving", self._state.root)
                        return None
                    if self._lease is not None and not self._lease.is_ours():
                        raise TurnLost
                    if not recovered:
                        self._dispatch.recover()
                        recovered = True
                    if self.tick() or self._stay:
                        idle_since = time.monotonic()
                    elif time.monotonic() - idle_since > self._linger_s:
                        idle_since = time.monotonic()
                        door = self._leave()
                        if door is not None:
                            return door
                except StoreOutdated:
                    # Damaged: who starts next repairs it, and runs go on meanwhile.
                    raise
                except (StoreUnavailable, OSError):
                    # Locked for long, or the disk is full: that passes, and runs go on meanwhile.
                    _log.exception("can't go on now, trying again")
                    self._look_again = True
                    idle_since, pause = time.monotonic(), RETRY_S
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
                self._woken.clear()
            return None
        finally:
            # Nobody may write into the store, or take a snapshot, when the lock is free.
            self._stopping.set()
            self._timers.stop()
            await asyncio.gather(
                asyncio.to_thread(self._tidying.stop),
                *self._snapshots.values(),
                return_exceptions=True,
            )

    def _leave(self) -> FileLock | None:
        door = close_the_door(self._state)
        if door is None:
            return None
        try:
            # Where the door isn't seen: hosts that wish something from now on don't rely on us.
            self._say_leaving(True)
            busy = self.tick()
            if busy:
                self._say_leaving(False)
        except BaseException:
            door.release()
            raise
        if busy:
            door.release()
            return None
        _log.info("nothing to do and nobody attached: leaving")
        return door

    def _say_leaving(self, leaving: bool) -> None:
        if self._lease is not None:
            self._lease.say_leaving(leaving)

    def tick(self) -> bool:
        """Do what is to be done now.

        Returns:
            Whether there is work that goes on.
        """
        ended = self._dispatch.follow()
        revision = self._store.revision()
        if not ended and revision == self._seen + self._dispatch.progressed:
            # Nothing has changed but how far runs are, and that asks for nothing.
            self._seen = revision
        if revision != self._seen or ended or self._look_again or self._timers.rang():
            self._clean = self._clean and not self._anything_deleted()
            self._seen, self._look_again = revision, False
            retry_wished(self._store)
            for job in self._store.unfinished_jobs():
                self._conduct_or_fail(job)
            self._dispatch.start_pending()
            self._dispatch.see_to_cancels()
        elif self._dispatch.cancelling:
            self._dispatch.see_to_cancels()
        if not self._clean and not self._snapshots:
            self._clean = True
            # What a damaged database has forgotten may be all that is left of it.
            if not self._store.has_lost_records:
                self._tidying.remove(find_leftovers(self._store, self._state))
        checking = self._end_checks()
        tidying = self._tidying.look(self._dispatch.take_ended())
        return (
            self._dispatch.busy
            or bool(self._snapshots)
            or checking
            or self._look_again
            or tidying
            or self._store.revision() != self._seen
        )

    def _anything_deleted(self) -> bool:
        return any(change.status == DELETED for change in self._store.changes(self._seen))

    def _conduct_or_fail(self, job: Job) -> None:
        try:
            self._conduct(job)
        except (StoreUnavailable, OSError):
            raise
        except NotFound:
            _log.info("job %d was deleted meanwhile", job.number)
        except Exception as error:
            # One job that can't be conducted must not keep all others from it.
            _log.exception("job %d", job.number)
            self._end(job, JobStatus.FAILED, f"{type(error).__name__}: {error}")

    def _conduct(self, job: Job) -> None:
        if job.cancel_requested_at is not None:
            self._cancel(job)
            return
        self._see_to_snapshot(job)
        self._see_to_environments(job)
        self._see_to_checks(job)
        if job.status is JobStatus.DRAFT:
            self._start_if_ready(job)
        else:
            self._stop_bad_batches(job)
            if job.status is JobStatus.PAUSED:
                firings.drop_queued(self._store, job, "The job was paused.")
            else:
                job = firings.fire_due(self._store, job, self._now())
                self._settle(job)
            self._timers.arm(job.id, job.next_firing_at)

    def _see_to_snapshot(self, job: Job) -> None:
        if not job.snapshot.is_settled and job.id not in self._snapshots:
            self._prepare(job, self._take_snapshot(job))

    def _see_to_environments(self, job: Job) -> None:
        """Freeze what the user wants frozen, or copied, after the snapshot was taken."""
        if job.snapshot.status is not SnapshotStatus.READY or job.id in self._snapshots:
            return
        wanted = job.environments.wanted(job.policies.freeze_environments)
        if wanted.waiting:
            self._prepare(job, self._freeze(job))
        elif wanted != job.environments:
            self._store.update_job(job.id, {"environments": wanted}, None, job.revision)

    def _prepare(self, job: Job, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._snapshots[job.id] = task
        task.add_done_callback(lambda task: self._snapshot_done(job, task))

    def _see_to_checks(self, job: Job) -> None:
        """Notice what became of the environments of a job's last batch."""
        number = job.batches_made
        if number == self._checked.get(job.id, 0) or not job.environments.items:
            return
        self._checked[job.id] = number
        check = self._threads.submit(check_batch, self._store, self._watch, job.id, number)
        self._checks.add(check)

    def _end_checks(self) -> bool:
        """Forget the checks that have ended; whether others go on."""
        for check in [check for check in self._checks if check.done()]:
            self._checks.discard(check)
            error = None if check.cancelled() else check.exception()
            if error is not None and not isinstance(error, NotFound):
                _log.error("looking at environments: %s", error, exc_info=error)
        return bool(self._checks)

    def _start_if_ready(self, job: Job) -> None:
        if job.start_requested_at is None:
            return
        if job.snapshot.status is SnapshotStatus.READY:
            if job.environments.wanted(job.policies.freeze_environments).waiting:
                return
            firings.begin(self._store, job, self._now())
        elif job.snapshot.status is SnapshotStatus.FAILED:
            # It failed just when the user started the job.
            self._end(job, JobStatus.FAILED)

    def _stop_bad_batches(self, job: Job) -> None:
        """Start no more runs of batches in which too many have failed."""
        unfinished = self._store.unfinished_batches(job.id)
        for number, counts in self._store.batch_counts(job.id, unfinished).items():
            most = self._store.batch(job.id, number).policies.stop_batch_after
            if most is not None and counts.failed + counts.interrupted >= most:
                self._store.stop_batch(job.id, number, self._now())

    def _settle(self, job: Job) -> None:
        """Let the status of a started job be what its runs and its schedule make it."""
        if job.status is JobStatus.PAUSED:
            return  # at this moment
        busy = bool(self._store.unfinished_batches(job.id))
        if firings.is_over(self._store, job):
            # If it has got another batch at this moment, it isn't over.
            self._end(job, *firings.end_of(self._store, job), revision=job.revision)
        elif busy and job.status is JobStatus.SCHEDULED:
            self._store.update_job(job.id, {"status": JobStatus.RUNNING}, {JobStatus.SCHEDULED})
        elif not busy and job.status is JobStatus.RUNNING:
            self._store.update_job(job.id, {"status": JobStatus.SCHEDULED}, {JobStatus.RUNNING})

    def _snapshot_done(self, job: Job, task: "asyncio.Task[None]") -> None:
        del self._snapshots[job.id]
        # The one of before may be of no use any more.
        self._clean = self._clean and job.snapshot.id is None
        # A snapshot that was cancelled leaves no trace in the store, but its job has to end.
        self._look_again = True
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("snapshot of job %d: %s", job.number, error, exc_info=error)

    async def _take_snapshot(self, job: Job) -> None:
        cancelled = partial(self._is_cancelled, job.id)
        await asyncio.to_thread(
            take_snapshot, self._store, self._state, job, cancelled=cancelled, now=self._now
        )

    async def _freeze(self, job: Job) -> None:
        cancelled = partial(self._is_cancelled, job.id)
        await asyncio.to_thread(
            freeze_waiting, self._store, job, self._state.environments, cancelled
        )

    def _is_cancelled(self, job_id: str) -> bool:
        if self._stopping.is_set():
            return True
        try:
            return self._store.job(job_id).cancel_requested_at is not None
        except NotFound:
            return True

    def _cancel(self, job: Job) -> None:
        self._store.cancel_pending_runs(job.id, self._now())
        counts = self._store.run_counts([job.id])[job.id]
        if job.id not in self._snapshots and counts.running == 0:
            firings.drop_queued(self._store, job, "The job was cancelled.")
            self._end(job, JobStatus.CANCELLED)

    def _end(
        self,
        job: Job,
        status: JobStatus,
        message: str | None = None,
        revision: int | None = None,
    ) -> None:
        # A retry may make it run again: its schedule is over all the same.
        changes: dict[str, Any] = {
            "status": status,
            "finished_at": self._now(),
            "next_firing_at": None,
        }
        if message is not None:
            changes["message"] = message
        if job.snapshot.id is not None and not job.snapshot.is_settled:
            changes["snapshot"] = replace(job.snapshot, status=SnapshotStatus.READY, inputs=None)
        if job.environments.waiting:
            changes["environments"] = job.environments.abandoned()
        if self._store.update_job(job.id, changes, None, revision) is not None:
            _log.info("job %d: %s", job.number, status)
            self._timers.arm(job.id, None)
