"""One attempt of a run: carries out what the run's machine decides, and journals it."""

import asyncio
import json
import logging
import os
import shutil
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.machine import (
    AttemptStarted,
    CancelRequested,
    CancelStep,
    Event,
    FinishRun,
    Instruction,
    RunMachine,
    SkipStep,
    StartStep,
    StepFinished,
    StopStep,
)
from jupyter_orchest_jobs.domain.run import AttemptOrder, RunSpec, StepSpec
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.engine import processes
from jupyter_orchest_jobs.engine.context import Report
from jupyter_orchest_jobs.engine.environment import STEP_TAG
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.journal import JournalWriter, is_disk_full
from jupyter_orchest_jobs.engine.outcome import CANCELLED, Outcome, failed
from jupyter_orchest_jobs.engine.overlay import Overlays
from jupyter_orchest_jobs.engine.slots import Slots
from jupyter_orchest_jobs.engine.step import execute_step
from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.engine.tries import describe_limit, run_tries
from jupyter_orchest_jobs.engine.warm.kernels import WarmKernels
from jupyter_orchest_jobs.engine.working_copy import Stopped, WorkingCopy

_WATCH_S = 1.0

_log = logging.getLogger(__name__)


class Attempt:
    """Executes the steps of a run as its graph allows.

    Args:
        folder: of the attempt.
        spec: of the run.
        order: what this attempt does of it.
        writer: the attempt's journal, begun.
        runtime: a private folder with a short path, for sockets.
        environ: the runner's environment variables.
        warm: forks kernels.
        overlays: mounts the working copy; None to copy it.
    """

    def __init__(
        self,
        folder: AttemptFolder,
        spec: RunSpec,
        order: AttemptOrder,
        writer: JournalWriter,
        runtime: Path,
        environ: Mapping[str, str],
        warm: WarmKernels,
        overlays: Overlays | None = None,
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._order = order
        self._journal = writer
        self._runtime = runtime
        self._environ = environ
        self._warm = warm
        self._working = WorkingCopy(folder, spec, overlays)
        self._steps = {step.id: step for step in spec.steps}
        self._stops = {step.id: Stop() for step in spec.steps}
        self._machine = RunMachine(
            {step.id: step.incoming for step in spec.steps},
            spec.max_parallel,
            order.done,
            stop_on_failure=spec.stop_on_failure,
        )
        self._slots = Slots(Path(spec.slots_dir), spec.step_slots)
        self._events: asyncio.Queue[Event | BaseException] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: Outcome | None = None
        self._message: str | None = None
        writer.watch_disk(self.disk_is_full)

    def cancel(self) -> None:
        """End the run as cancelled; again: nothing."""
        self._stop(Cause.CANCELLED, None)

    def disk_is_full(self, error: OSError) -> None:
        """End the run, since nothing that it does can be kept."""
        if is_disk_full(error):
            self._stop(Cause.DISK_FULL, f"The disk is full: {error}")
        else:
            self._stop(Cause.INTERNAL_ERROR, f"Nothing more can be written: {error}")

    async def run(self) -> None:
        """Execute the attempt to its end, which is the last entry of the journal."""
        watching = self._begin(self._watch())
        limiting = self._limit_time()
        copying = self._begin(self._copy())
        try:
            while self._machine.end is None:
                event = await self._events.get()
                if isinstance(event, BaseException):
                    raise event
                for instruction in self._machine.handle(event):
                    self._carry_out(instruction)
            # A copy that is still being made stops at its next file.
            await copying
        finally:
            watching.cancel()
            if limiting is not None:
                limiting.cancel()
        self._leave_nothing_behind()
        self._finish(self._machine.end)

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Do something at the same time; its failure ends the attempt."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._events.put_nowait(error)

    async def _copy(self) -> None:
        try:
            await asyncio.to_thread(
                self._working.make, self._order.kind, lambda: self._ending is not None
            )
        except Stopped:
            return
        except OSError as error:
            cause = Cause.DISK_FULL if is_disk_full(error) else Cause.INTERNAL_ERROR
            self._stop(cause, f"The working copy can't be made: {error}")
            return
        except Exception as error:
            _log.exception("The working copy can't be made")
            self._stop(Cause.INTERNAL_ERROR, f"The working copy can't be made: {error}")
            return
        self._events.put_nowait(AttemptStarted())

    def _carry_out(self, instruction: Instruction) -> None:
        match instruction:
            case StartStep(step):
                self._begin(self._run_step(self._steps[step]))
            case StopStep(step):
                self._stop_step(self._stops[step])
            case SkipStep(step, because):
                self._journal.write(journal.StepSkipped, step=step, failed=because)
            case CancelStep(step):
                # There may be hundreds, and the end of the run follows.
                self._journal_end(step, self._ending or CANCELLED, sync=False)
            case FinishRun():
                pass

    def _stop_step(self, stop: Stop) -> None:
        ending = self._ending or CANCELLED
        if ending.cause is Cause.TIMEOUT:
            # What was going on when the time was over is what took too long.
            stop.end(replace(ending, status=StepStatus.FAILED))
        else:
            stop.hurry()
            stop.end(ending)

    async def _run_step(self, step: StepSpec) -> None:
        def report(kind: type[journal.Entry], **values: Any) -> None:
            self._journal.write(kind, step=step.id, **values)

        async def execute(tries: int) -> Outcome:
            return await self._execute(step, tries, report)

        stop = self._stops[step.id]
        outcome = await run_tries(self._spec, self._slots, stop, execute, report)
        if outcome.status is StepStatus.FAILED:
            name = f"Step “{step.title or step.path}”"
            if self._message is None:
                self._message = f"{name}: {outcome.message}"
            if self._spec.stop_on_failure and self._ending is None:
                reason = f"{name} failed, and this job stops at the first failure"
                self._ending = Outcome(StepStatus.CANCELLED, Cause.STEP_FAILED, reason)
        for metric, value in outcome.metrics:
            report(journal.Metric, name=metric, value=value)
        self._journal_end(step.id, outcome)
        self._events.put_nowait(StepFinished(step.id, outcome.status, outcome.cause))

    async def _execute(self, step: StepSpec, tries: int, report: Report) -> Outcome:
        """Execute one try, unless the attempt is ending; nothing is raised."""
        self._look()
        if self._ending is not None:
            return self._ending
        try:
            try:
                return await execute_step(
                    self._folder,
                    self._spec,
                    step,
                    tries,
                    runtime=self._runtime,
                    environ=self._environ,
                    warm=self._warm,
                    report=report,
                    stop=self._stops[step.id],
                    on_disk_full=self.disk_is_full,
                )
            finally:
                _end_leftovers(step)
        except Exception as error:
            if isinstance(error, OSError) and is_disk_full(error):
                self.disk_is_full(error)
                return failed(f"The disk is full: {error}", Cause.DISK_FULL)
            _log.exception("Step %s", step.id)
            return failed(f"{type(error).__name__}: {error}", Cause.INTERNAL_ERROR)

    def _journal_end(self, step: str, outcome: Outcome, *, sync: bool = True) -> None:
        self._journal.write(
            journal.StepFinished,
            sync=sync,
            step=step,
            status=outcome.status,
            cause=outcome.cause,
            message=outcome.message,
            cell=outcome.cell,
        )

    def _stop(self, cause: Cause, message: str | None) -> None:
        if self._ending is None:
            self._ending = Outcome(StepStatus.CANCELLED, cause, message)
            self._message = message
            self._events.put_nowait(CancelRequested(cause))
        elif cause is Cause.CANCELLED:
            # It is ending; now somebody waits for that.
            for stop in self._stops.values():
                stop.hurry()

    def _limit_time(self) -> asyncio.TimerHandle | None:
        limit_s = self._spec.run_timeout_s
        if limit_s is None:
            return None
        message = f"The run {describe_limit(limit_s)}"
        return asyncio.get_running_loop().call_later(limit_s, self._stop, Cause.TIMEOUT, message)

    async def _watch(self) -> None:
        """Look for what no signal tells."""
        while True:
            if not self._folder.path.exists():
                # There is nobody left to tell, and nothing left to do.
                processes.kill_descendants()
                shutil.rmtree(self._runtime, ignore_errors=True)
                os._exit(1)
            self._look()
            await asyncio.sleep(_WATCH_S)

    def _look(self) -> None:
        if _is_cancelled(self._folder.control):
            self.cancel()
        if self._folder.next.exists():
            self._stop(Cause.INTERNAL_ERROR, "Another attempt was begun.")

    def _leave_nothing_behind(self) -> None:
        processes.kill_descendants()
        if self._folder.next.exists() or not self._folder.work.exists():
            # The working copy belongs to another attempt; or there is none.
            return
        try:
            self._working.trim()
        except Exception:
            # The run is what it is; its working copy stays larger than it should be.
            _log.exception("The working copy can't be trimmed")

    def _finish(self, end: FinishRun | None) -> None:
        if end is None:
            return
        self._journal.write(
            journal.AttemptFinished,
            sync=True,
            status=end.status,
            cause=end.cause,
            message=None if end.status is RunStatus.SUCCEEDED else self._message,
        )


def _end_leftovers(step: StepSpec) -> None:
    processes.kill_descendants(lambda process: processes.has_tag(process, STEP_TAG, step.id))


def _is_cancelled(control: Path) -> bool:
    try:
        return bool(json.loads(control.read_bytes()).get("cancel"))
    except (OSError, ValueError, AttributeError):
        return False
