"""Starting runs and following them, so that a crash at any point can be mended.

Order of a start: the attempt's folder and ``spec.json``, then the store (run is ``running``,
with this attempt), then the runner. The runner's lock is taken before its process exists and
is handed to it, so a free lock means that no runner lives. Hence, for a run that the store
calls running:

- lock held: the runner lives; follow its journal;
- lock free, journal finished: take in the rest;
- lock free, journal empty, not started by this process: its conductor died in between, and
  nothing was executed: start the same attempt (unless the user has cancelled it meanwhile);
- lock free, journal begun but not finished: the runner died; the run is interrupted.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from jupyter_orchest_jobs.domain import fold
from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine import away
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.journal import is_disk_full
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.private import make_private
from jupyter_orchest_jobs.service.executor import Executor
from jupyter_orchest_jobs.service.ingestion import Tail, end_dead, ingest
from jupyter_orchest_jobs.service.limits import Limits, limits_of
from jupyter_orchest_jobs.service.outputs import earlier_outputs
from jupyter_orchest_jobs.service.overdue import TimeLimits
from jupyter_orchest_jobs.service.retries import (
    may_resume,
    resume_forgotten,
    resume_interrupted,
)
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.service.submission import spec_of, titles_of
from jupyter_orchest_jobs.store.contract import Store

KILL_AFTER_S = 8.0
"""How long after it was asked to end a runner that does not listen is killed."""
_log = logging.getLogger(__name__)


class _Live:
    """A run that a runner was given, and how far it is followed.

    Attributes:
        limits: its limits of time, which its runner should mind.
        overdue: what to say of its end, once its runner was killed for not minding them.
        is_away: whether it was given to a cluster.
    """

    def __init__(
        self,
        run: Run,
        attempt_dir: Path,
        tail: Tail,
        titles: dict[str, str],
        policies: Policies,
    ) -> None:
        self.run = run
        self.policies = policies
        self.limits: TimeLimits
        self.overdue: str | None = None
        self.is_away = policies.executor is not ExecutorName.LOCAL
        self.attempt_dir = attempt_dir
        self.tail = tail
        self.titles = titles


class Dispatch:
    """Starts pending runs, follows running ones, and ends those whose runner died.

    Args:
        store: of the state directory.
        state: the state directory.
        executor: starts runners.
        sdk_dir: the folder that holds ``orchest/``.
        python: interpreter for Python scripts.
        now: the wall clock.
        elapsed: a clock that nobody sets, in seconds.
        cluster_room: how many runs more a cluster can be given.
    """

    def __init__(
        self,
        store: Store,
        state: StateDir,
        executor: Executor,
        *,
        sdk_dir: Path,
        python: str,
        now: Callable[[], datetime],
        elapsed: Callable[[], float] = time.monotonic,
        cluster_room: Callable[[], int] = lambda: 1,
    ) -> None:
        self._store = store
        self._state = state
        self._executor = executor
        self._sdk_dir = sdk_dir
        self._python = python
        self._now = now
        self._elapsed = elapsed
        self._cluster_room = cluster_room
        self._waiting = False
        self._live: dict[str, _Live] = {}
        self._launched: set[tuple[str, int]] = set()
        self._cancelling: dict[str, float] = {}
        self._ended: list[str] = []
        self.progressed = 0
        """How many runs :meth:`follow` has saved; each save moved the store's revision by one."""

    @property
    def busy(self) -> bool:
        """Whether a run is going on, or waits for a cluster."""
        return bool(self._live) or self._waiting

    @property
    def cancelling(self) -> bool:
        """Whether a runner was told to end, and has not."""
        return bool(self._cancelling)

    def take_ended(self) -> list[str]:
        """The runs that have ended since this was asked."""
        ended, self._ended = self._ended, []
        return ended

    def recover(self) -> None:
        """Adopt what an earlier conductor left."""
        for run in self._store.running_runs():
            _log.info("adopting run %s", run.id)
            job, batch = self._store.job(run.job_id), self._store.batch(run.job_id, run.batch)
            self._adopt(run, job, batch, run.started_at)
        resume_forgotten(self._store)

    def start_pending(self) -> None:
        """Give pending runs to runners, as many as the limits allow."""
        limits = limits_of(self._store.settings())
        here = limits.max_runs - sum(not live.is_away for live in self._live.values())
        there = self._cluster_room()
        full: set[str] = set()
        self._waiting = False
        while here > 0 or there > 0 or not self._waiting:
            found = self._store.pending_runs(1, full)
            if not found:
                return
            job = self._store.job(found[0].job_id)
            batch = self._store.batch(job.id, found[0].batch)
            is_away = batch.policies.executor is not ExecutorName.LOCAL
            going_on = sum(live.run.job_id == job.id for live in self._live.values())
            if job.policies.max_runs is not None and going_on >= job.policies.max_runs:
                full.add(job.id)
            elif (there if is_away else here) <= 0:
                full.add(job.id)
                self._waiting = self._waiting or is_away
            else:
                here, there = (here, there - 1) if is_away else (here - 1, there)
                self._start(found[0], job, batch, limits)

    def follow(self) -> bool:
        """Take in journals, see to deaths and to wishes to cancel.

        Returns:
            Whether a run ended, or one that waits for a cluster can be started.
        """
        ended = False
        self.progressed = 0
        for live in list(self._live.values()):
            # In this order: what a runner wrote before its death must be read after it.
            alive = self._executor.is_alive(live.attempt_dir)
            before = live.run
            live.run = ingest(self._store, before, live.tail, live.titles)
            self.progressed += live.run is not before
            if live.run.status is RunStatus.RUNNING and not alive:
                self._see_to_dead(live)
            elif live.run.status is RunStatus.RUNNING:
                self._see_to_overdue(live)
            if live.run.status is not RunStatus.RUNNING:
                del self._live[live.run.id]
                self._cancelling.pop(live.run.id, None)
                self._after_end(live)
                ended = True
        return ended or (self._waiting and self._cluster_room() > 0)

    def _after_end(self, live: _Live) -> None:
        if not resume_interrupted(self._store, live.run, live.policies):
            self._ended.append(live.run.id)

    def _see_to_overdue(self, live: _Live) -> None:
        """End a runner that should have ended its run, or a step, for a time limit, and did not."""
        if live.is_away and not live.tail.started:
            live.limits = self._limits(live)  # it waits for a worker
        elif live.overdue is None:
            live.overdue = live.limits.exceeded(live.tail.tries)
            if live.overdue is not None:
                _log.warning("the runner of run %s minds no limit: killing it", live.run.id)
                self._executor.kill(live.attempt_dir)

    def see_to_cancels(self) -> None:
        """Do what users who cancelled wait for: pending runs end, runners are told.

        A runner that does not listen is killed; its run then ends as cancelled.
        """
        now = self._now()
        for run in self._store.runs_to_cancel():
            live = self._live.get(run.id)
            if run.status is RunStatus.PENDING:
                self._store.save_run(fold.cancel(run, now), {RunStatus.PENDING})
            elif live is None:
                continue
            elif run.id not in self._cancelling:
                self._cancelling[run.id] = self._elapsed()
                self._ask_to_end(live)
            elif self._elapsed() - self._cancelling[run.id] > KILL_AFTER_S:
                _log.warning("the runner of run %s does not end: killing it", run.id)
                self._executor.kill(live.attempt_dir)

    def _start(self, run: Run, job: Job, batch: Batch, limits: Limits) -> None:
        attempt = run.attempt + 1
        folder = self._state.attempt(run.id, attempt)
        try:
            run = self._with_what_is_here(run)
            outputs = earlier_outputs(self._store, self._state, job, batch)
            tools = self._sdk_dir, self._python
            spec = spec_of(job, batch, run, self._state, *tools, limits, outputs)
            make_private(folder.path)
            order = fold.order_of(run)
            if order.kind is not AttemptKind.FIRST:  # that is what a runner does without
                write_atomic(folder.order, order.to_json().encode())
            write_atomic(folder.spec, spec.to_json().encode())
        except OSError as error:
            cause = Cause.DISK_FULL if is_disk_full(error) else Cause.INTERNAL_ERROR
            self._refuse(run, f"The run's folder can't be made: {error}.", cause)
            return
        except Exception as error:
            # One run that can't be described must not keep all others from starting.
            _log.exception("run %s", run.id)
            self._refuse(run, f"The run can't be prepared: {type(error).__name__}: {error}.")
            return
        steps = [step.id for step in spec.steps]
        begun = fold.begin_attempt(run, attempt, steps, self._now())
        saved = self._store.save_run(begun, {RunStatus.PENDING})
        if saved is not None:
            self._launch(self._adopt(saved, job, batch))

    def _with_what_is_here(self, run: Run) -> Run:
        """The run without what steps have done whose files a cluster has lost.

        Raises:
            OSError: nobody knows now.
        """
        here = {
            number: away.has_files(self._state.attempt(run.id, number))
            for number in {step.attempt for step in run.steps}
        }
        return replace(run, steps=tuple(step for step in run.steps if here[step.attempt]))

    def _adopt(self, run: Run, job: Job, batch: Batch, started_at: datetime | None = None) -> _Live:
        folder = self._state.attempt(run.id, run.attempt)
        titles = titles_of(job, batch)
        live = _Live(run, folder.path, Tail(folder.journal), titles, batch.policies)
        live.limits = self._limits(live, started_at)
        self._live[run.id] = live
        return live

    def _limits(self, live: _Live, started_at: datetime | None = None) -> TimeLimits:
        # Clocks of other machines may be wrong: what they say happens when it is heard.
        now = _never if live.is_away else self._now
        return TimeLimits(live.policies, now, self._elapsed, None if live.is_away else started_at)

    def _launch(self, live: _Live) -> None:
        live.limits = self._limits(live)
        self._launched.add((live.run.id, live.run.attempt))
        try:
            self._executor.launch(live.attempt_dir)
        except EngineError as error:
            if self._executor.is_alive(live.attempt_dir):
                return  # it has a runner: that one is followed
            self._refuse(live.run, error.message)
            self._live.pop(live.run.id, None)

    def _ask_to_end(self, live: _Live) -> None:
        try:
            self._executor.request_cancel(live.attempt_dir)
        except EngineError as error:
            _log.warning("run %s will be killed: %s", live.run.id, error.message)

    def _refuse(self, run: Run, message: str, cause: Cause = Cause.INTERNAL_ERROR) -> None:
        _log.error("run %s: %s", run.id, message)
        failed = fold.fail(run, cause, message, self._now())
        self._store.save_run(failed, {run.status})

    def _see_to_dead(self, live: _Live) -> None:
        current = self._store.run(live.run.id)
        launched = live.tail.started or (current.id, current.attempt) in self._launched
        if not launched and current.cancel_requested_at is None:
            _log.info("run %s was never executed: starting it", live.run.id)
            self._launch(live)
            return
        swept = self._executor.sweep(live.run.id, live.run.attempt)
        log = self._state.attempt(live.run.id, live.run.attempt).runner_log
        _log.warning("the runner of run %s died; %d processes swept", live.run.id, swept)
        most = live.policies.resume_interrupted
        noted = away.read(AttemptFolder(live.attempt_dir))
        live.run = end_dead(
            self._store,
            current,
            self._now(),
            _end_of(log),
            overdue=live.overdue,
            given_up=most > 0 and not may_resume(current, live.policies),
            lost=None if noted is None else noted.lost,
        )


def _never() -> datetime:
    """Before all that is told."""
    return datetime.min.replace(tzinfo=UTC)


def _end_of(log: Path, size: int = 1000) -> str:
    try:
        return log.read_bytes()[-size:].decode(errors="replace").strip()
    except OSError:
        return ""
