"""The decisions of one run, as a pure machine: events in, instructions out.

The runner is its shell: it carries out instructions, and says what happened. No clock, no I/O,
no event loop, so every order of events can be tried.

A step moves pending → running → succeeded | failed | cancelled, or pending → skipped | cancelled.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from jupyter_orchest_jobs.domain import graph
from jupyter_orchest_jobs.domain.status import ENDED_STEPS, Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.errors import IllegalTransition


@dataclass(frozen=True)
class AttemptStarted:
    """The working copy is there; steps may start."""


@dataclass(frozen=True)
class StepFinished:
    """A started step ended."""

    step: str
    status: StepStatus
    cause: Cause | None = None


@dataclass(frozen=True)
class CancelRequested:
    """The run shall end now.

    Attributes:
        cause: ``cancelled`` by the user, or why the run can't go on (``disk_full`` …): then the
            run fails.
    """

    cause: Cause = Cause.CANCELLED


Event = AttemptStarted | StepFinished | CancelRequested


@dataclass(frozen=True)
class StartStep:
    """Start this step, as soon as there is a place for its process."""

    step: str


@dataclass(frozen=True)
class StopStep:
    """End this running step now, and report it as finished."""

    step: str


@dataclass(frozen=True)
class SkipStep:
    """Record that this step never starts, because ``failed`` did not succeed."""

    step: str
    failed: str


@dataclass(frozen=True)
class CancelStep:
    """Record that this pending step never starts, since the run was ended."""

    step: str


@dataclass(frozen=True)
class FinishRun:
    """Record the end; nothing comes after it."""

    status: RunStatus
    cause: Cause | None


Instruction = StartStep | StopStep | SkipStep | CancelStep | FinishRun


class RunMachine:
    """The states of one attempt's steps, and what follows from what happens.

    Args:
        parents: step → steps that must succeed before it, in the order of the pipeline.
        max_parallel: how many steps may run at once; None (or 0, as in Orchest) for no limit.
        done: steps that succeeded in an earlier attempt and are not executed again.
        stop_on_failure: whether a failed step ends the run at once; else steps that don't depend
            on it are still executed.
    """

    def __init__(
        self,
        parents: Mapping[str, Iterable[str]],
        max_parallel: int | None = None,
        done: Collection[str] = (),
        *,
        stop_on_failure: bool = False,
    ) -> None:
        self._parents = {step: tuple(ups) for step, ups in parents.items()}
        no_limit = len(self._parents)
        self._max_parallel = max_parallel if max_parallel and max_parallel > 0 else no_limit
        self._status = {
            step: StepStatus.SUCCEEDED if step in done else StepStatus.PENDING
            for step in self._parents
        }
        self._stop_on_failure = stop_on_failure
        self._started = False
        self._stopped: Cause | None = None
        self._failure: Cause | None = None
        self._end: FinishRun | None = None
        self._story: list[Event] = []

    @property
    def status(self) -> Mapping[str, StepStatus]:
        """Each step's state."""
        return self._status

    @property
    def end(self) -> FinishRun | None:
        """How the run ended, once it has."""
        return self._end

    def handle(self, event: Event) -> list[Instruction]:
        """Take in what happened.

        Returns:
            What to do now, in this order.

        Raises:
            IllegalTransition: this can't happen here; the message tells the run's story.
        """
        self._story.append(event)
        if self._end is not None:
            # A cancel may cross the end of the run on its way; everything else is a bug.
            if isinstance(event, CancelRequested):
                return []
            raise self._illegal("the run has ended")
        match event:
            case AttemptStarted():
                if self._started:
                    raise self._illegal("the attempt has started already")
                self._started = True
                instructions: list[Instruction] = []
            case StepFinished():
                instructions = self._finish_step(event)
            case CancelRequested():
                instructions = self._stop(event.cause)
        return [*instructions, *self._go_on()]

    def _finish_step(self, event: StepFinished) -> list[Instruction]:
        if self._status.get(event.step) is not StepStatus.RUNNING:
            raise self._illegal(f"step {event.step} is not running")
        if event.status not in (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.CANCELLED):
            raise self._illegal(f"a running step can't become {event.status}")
        if event.status is StepStatus.CANCELLED and self._stopped is None:
            raise self._illegal(f"nobody asked step {event.step} to stop")
        self._status[event.step] = event.status
        if event.status is StepStatus.SUCCEEDED:
            return []
        if event.status is StepStatus.FAILED and self._failure is None:
            self._failure = event.cause or Cause.STEP_FAILED
        skipped: list[Instruction] = []
        below = graph.descendants(self._parents, event.step)
        for step in self._parents:
            if step in below and self._status[step] is StepStatus.PENDING:
                self._status[step] = StepStatus.SKIPPED
                skipped.append(SkipStep(step, event.step))
        if event.status is StepStatus.FAILED and self._stop_on_failure:
            skipped += self._stop(self._failure or Cause.STEP_FAILED)
        return skipped

    def _stop(self, cause: Cause) -> list[Instruction]:
        if self._stopped is not None:
            return []
        self._stopped = cause
        stopping: list[Instruction] = []
        for step, status in self._status.items():
            if status is StepStatus.RUNNING:
                stopping.append(StopStep(step))
            elif status is StepStatus.PENDING:
                self._status[step] = StepStatus.CANCELLED
                stopping.append(CancelStep(step))
        return stopping

    def _go_on(self) -> list[Instruction]:
        instructions: list[Instruction] = []
        if self._started and self._stopped is None:
            running = sum(status is StepStatus.RUNNING for status in self._status.values())
            for step, ups in self._parents.items():
                if running >= self._max_parallel:
                    break
                if self._status[step] is StepStatus.PENDING and all(
                    self._status[up] is StepStatus.SUCCEEDED for up in ups
                ):
                    self._status[step] = StepStatus.RUNNING
                    running += 1
                    instructions.append(StartStep(step))
        if (self._started or self._stopped is not None) and all(
            status in ENDED_STEPS for status in self._status.values()
        ):
            self._end = self._decide()
            instructions.append(self._end)
        return instructions

    def _decide(self) -> FinishRun:
        if self._stopped is Cause.CANCELLED:
            return FinishRun(RunStatus.CANCELLED, Cause.CANCELLED)
        if self._stopped is not None:
            return FinishRun(RunStatus.FAILED, self._stopped)
        if self._failure is not None:
            return FinishRun(RunStatus.FAILED, self._failure)
        return FinishRun(RunStatus.SUCCEEDED, None)

    def _illegal(self, why: str) -> IllegalTransition:
        story = "\n".join(f"  {event}" for event in self._story)
        return IllegalTransition(f"{why}; the story of this run:\n{story}")
