from collections.abc import Collection, Iterable, Mapping
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.graph import descendants
from jupyter_orchest_jobs.domain.machine import (
    AttemptStarted,
    CancelRequested,
    CancelStep,
    FinishRun,
    Instruction,
    RunMachine,
    SkipStep,
    StartStep,
    StepFinished,
    StopStep,
)
from jupyter_orchest_jobs.domain.status import ENDED_STEPS, Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.errors import IllegalTransition
from tests.domain.generated import dags

Graph = Mapping[str, Iterable[str]]

OK, BAD, GONE = StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.CANCELLED
DIAMOND: Graph = {"load": (), "left": ("load",), "right": ("load",), "join": ("left", "right")}


def started(parents: Graph, max_parallel: int | None = None) -> RunMachine:
    machine = RunMachine(parents, max_parallel)
    machine.handle(AttemptStarted())
    return machine


# --- Stories -------------------------------------------------------------------------------------


def test_a_diamond_runs_in_order_and_succeeds() -> None:
    machine = RunMachine(DIAMOND)
    assert machine.handle(AttemptStarted()) == [StartStep("load")]
    assert machine.handle(StepFinished("load", OK)) == [StartStep("left"), StartStep("right")]
    assert machine.handle(StepFinished("right", OK)) == []
    assert machine.handle(StepFinished("left", OK)) == [StartStep("join")]
    assert machine.end is None
    assert machine.handle(StepFinished("join", OK)) == [FinishRun(RunStatus.SUCCEEDED, None)]
    assert machine.end == FinishRun(RunStatus.SUCCEEDED, None)


def test_a_failure_skips_what_depends_on_it_and_lets_the_rest_finish() -> None:
    machine = started(DIAMOND)
    machine.handle(StepFinished("load", OK))
    assert machine.handle(StepFinished("left", BAD)) == [SkipStep("join", "left")]
    end = FinishRun(RunStatus.FAILED, Cause.STEP_FAILED)
    assert machine.handle(StepFinished("right", OK)) == [end]
    assert dict(machine.status) == {
        "load": OK,
        "left": BAD,
        "right": OK,
        "join": StepStatus.SKIPPED,
    }


def test_the_first_failure_gives_the_cause() -> None:
    machine = started({"a": (), "b": ()})
    machine.handle(StepFinished("b", BAD, Cause.KERNEL_DIED))
    machine.handle(StepFinished("a", BAD, Cause.TIMEOUT))
    assert machine.end == FinishRun(RunStatus.FAILED, Cause.KERNEL_DIED)


def test_a_place_that_gets_free_is_taken_at_once() -> None:
    machine = RunMachine({"a": (), "b": (), "c": ()}, max_parallel=2)
    assert machine.handle(AttemptStarted()) == [StartStep("a"), StartStep("b")]
    assert machine.handle(StepFinished("b", BAD)) == [StartStep("c")]


@pytest.mark.parametrize("max_parallel", [None, 0, -1])
def test_without_a_limit_all_may_run_at_once(max_parallel: int | None) -> None:
    machine = RunMachine({"a": (), "b": ()}, max_parallel)
    assert len(machine.handle(AttemptStarted())) == 2


def test_a_cancel_stops_what_runs_and_drops_what_waits() -> None:
    machine = started(DIAMOND)
    assert machine.handle(CancelRequested()) == [
        StopStep("load"),
        CancelStep("left"),
        CancelStep("right"),
        CancelStep("join"),
    ]
    end = FinishRun(RunStatus.CANCELLED, Cause.CANCELLED)
    assert machine.handle(StepFinished("load", GONE)) == [end]


@pytest.mark.parametrize("status", [OK, BAD, GONE])
def test_a_cancelled_run_is_cancelled_however_its_last_step_ends(status: StepStatus) -> None:
    machine = started({"a": ()})
    machine.handle(CancelRequested())
    machine.handle(StepFinished("a", status))
    assert machine.end == FinishRun(RunStatus.CANCELLED, Cause.CANCELLED)


def test_a_cancel_may_come_before_the_start() -> None:
    machine = RunMachine({"a": ()})
    assert machine.handle(CancelRequested()) == [
        CancelStep("a"),
        FinishRun(RunStatus.CANCELLED, Cause.CANCELLED),
    ]


def test_a_second_cancel_changes_nothing() -> None:
    machine = started({"a": ()})
    machine.handle(CancelRequested(Cause.DISK_FULL))
    assert machine.handle(CancelRequested()) == []
    machine.handle(StepFinished("a", GONE))
    assert machine.end == FinishRun(RunStatus.FAILED, Cause.DISK_FULL)


def test_a_cancel_may_cross_the_end() -> None:
    machine = started({"a": ()})
    machine.handle(StepFinished("a", OK))
    assert machine.handle(CancelRequested()) == []
    assert machine.end == FinishRun(RunStatus.SUCCEEDED, None)


def test_resume_executes_only_what_is_not_done() -> None:
    machine = RunMachine(DIAMOND, done=["load", "left"])
    assert machine.handle(AttemptStarted()) == [StartStep("right")]
    assert machine.handle(StepFinished("right", OK)) == [StartStep("join")]


def test_resume_with_everything_done_succeeds_at_once() -> None:
    machine = RunMachine(DIAMOND, done=DIAMOND)
    assert machine.handle(AttemptStarted()) == [FinishRun(RunStatus.SUCCEEDED, None)]


def test_with_stop_on_failure_the_first_failure_ends_the_run() -> None:
    machine = RunMachine(
        {"a": (), "b": (), "below": ("a",), "other": ("b",), "done": ()},
        done=["done"],
        stop_on_failure=True,
    )
    assert machine.handle(AttemptStarted()) == [StartStep("a"), StartStep("b")]
    assert machine.handle(StepFinished("a", BAD, Cause.TIMEOUT)) == [
        SkipStep("below", "a"),
        StopStep("b"),
        CancelStep("other"),
    ]
    end = FinishRun(RunStatus.FAILED, Cause.TIMEOUT)
    assert machine.handle(StepFinished("b", GONE)) == [end]
    assert machine.status["done"] is OK


def test_a_cancel_before_the_first_failure_makes_the_run_cancelled() -> None:
    machine = RunMachine({"a": (), "b": ()}, stop_on_failure=True)
    machine.handle(AttemptStarted())
    machine.handle(CancelRequested())
    assert machine.handle(StepFinished("a", BAD)) == []
    assert machine.handle(StepFinished("b", GONE)) == [
        FinishRun(RunStatus.CANCELLED, Cause.CANCELLED)
    ]


# --- What can't happen ---------------------------------------------------------------------------


def refuse(machine: RunMachine, event: AttemptStarted | StepFinished, words: str) -> None:
    before, end = dict(machine.status), machine.end
    with pytest.raises(IllegalTransition, match=words) as caught:
        machine.handle(event)
    assert "the story of this run:" in str(caught.value)
    assert str(event) in str(caught.value)
    assert (dict(machine.status), machine.end) == (before, end)


def test_the_story_names_all_events_up_to_the_illegal_one() -> None:
    machine = started({"a": (), "b": ("a",)})
    machine.handle(StepFinished("a", OK))
    with pytest.raises(IllegalTransition) as caught:
        machine.handle(StepFinished("a", OK))
    story = str(caught.value).splitlines()[1:]
    assert [line.strip().partition("(")[0] for line in story] == [
        "AttemptStarted",
        "StepFinished",
        "StepFinished",
    ]


def test_illegal_events_are_refused_and_change_nothing() -> None:
    refuse(RunMachine(DIAMOND), StepFinished("load", OK), "load is not running")
    machine = started(DIAMOND)
    refuse(machine, AttemptStarted(), "has started already")
    refuse(machine, StepFinished("left", OK), "left is not running")
    refuse(machine, StepFinished("nobody", OK), "nobody is not running")
    for status in (StepStatus.PENDING, StepStatus.RUNNING, StepStatus.SKIPPED):
        refuse(machine, StepFinished("load", status), f"can't become {status}")
    refuse(machine, StepFinished("load", StepStatus.INTERRUPTED), "can't become interrupted")
    # A run must not end as succeeded with a step that did not.
    refuse(machine, StepFinished("load", GONE), "nobody asked step load to stop")


def test_after_the_end_nothing_but_a_cancel_is_taken() -> None:
    machine = started({"a": ()})
    machine.handle(StepFinished("a", OK))
    refuse(machine, StepFinished("a", OK), "the run has ended")
    refuse(machine, AttemptStarted(), "the run has ended")


# --- Every order of events -----------------------------------------------------------------------


class Shell:
    """Carries out instructions as a runner does, and checks each against the machine's promise."""

    def __init__(
        self, parents: Graph, limit: int | None, done: Collection[str], stop_on_failure: bool
    ) -> None:
        self.parents = {step: tuple(ups) for step, ups in parents.items()}
        self.limit = limit or len(parents)
        self.machine = RunMachine(parents, limit, done, stop_on_failure=stop_on_failure)
        self.stop_on_failure = stop_on_failure
        self.running: list[str] = []
        self.ends: dict[str, StepStatus] = dict.fromkeys(done, OK)
        self.cancelled: Cause | None = None
        self.stopped = False
        self.told_to_stop: set[str] = set()
        self.first_failure: Cause | None = None
        self.finished: list[FinishRun] = []

    def tell(self, event: AttemptStarted | StepFinished | CancelRequested) -> None:
        if isinstance(event, CancelRequested) and not self.finished:
            if not self.stopped:
                self.cancelled = event.cause
            self.stopped = True
        if isinstance(event, StepFinished):
            self.running.remove(event.step)
            self.end(event.step, event.status)
            if event.status is BAD:
                self.first_failure = self.first_failure or event.cause
                self.stopped = self.stopped or self.stop_on_failure
        for instruction in self.machine.handle(event):
            self.carry_out(instruction)
        assert self.machine.end == (self.finished[0] if self.finished else None)
        assert len(self.running) <= self.limit
        for step, status in self.machine.status.items():
            known = StepStatus.RUNNING if step in self.running else StepStatus.PENDING
            assert status is self.ends.get(step, known)
        # Once the run ends, nobody waits, and everybody who runs has been told, once.
        assert not self.stopped or set(self.ends) | set(self.running) == set(self.parents)
        assert not self.stopped or self.told_to_stop >= set(self.running)

    def carry_out(self, instruction: Instruction) -> None:
        assert not self.finished
        match instruction:
            case StartStep(step):
                assert step not in self.ends
                assert step not in self.running
                assert not self.stopped
                assert all(self.ends.get(up) is OK for up in self.parents[step])
                self.running.append(step)
            case StopStep(step):
                assert self.stopped
                assert step in self.running
                assert step not in self.told_to_stop
                self.told_to_stop.add(step)
            case SkipStep(step, failed):
                assert step in descendants(self.parents, failed)
                assert self.ends[failed] is not OK
                self.end(step, StepStatus.SKIPPED)
            case CancelStep(step):
                assert self.stopped
                self.end(step, GONE)
            case FinishRun():
                assert not self.running
                self.finished.append(instruction)

    def end(self, step: str, status: StepStatus) -> None:
        assert step not in self.ends
        self.ends[step] = status


def some_done(parents: Graph, random: Random) -> list[str]:
    """Steps that may have succeeded in an earlier attempt: none without its parents."""
    done: list[str] = []
    for step in sorted(parents):  # in the order of the edges
        if set(parents[step]) <= set(done) and random.random() < 0.6:
            done.append(step)
    return done


@settings(max_examples=400)
@given(dags(), st.integers(0, 3), st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_every_run_ends_once_and_rightly(
    parents: dict[str, tuple[str, ...]],
    limit: int,
    resume: bool,
    stop_on_failure: bool,
    random: Random,
) -> None:
    done = some_done(parents, random) if resume else []
    shell = Shell(parents, limit or None, done, stop_on_failure)
    cancel_at = random.choice([None, None, *range(2 * len(parents) + 1)])
    moment = 0

    def maybe_cancel() -> None:
        if moment == cancel_at:
            shell.tell(CancelRequested(random.choice([Cause.CANCELLED, Cause.DISK_FULL])))

    maybe_cancel()
    if not shell.finished:
        shell.tell(AttemptStarted())
    while shell.running:
        moment += 1
        maybe_cancel()
        if not shell.stopped:
            # Nobody waits who could start.
            free = [
                step
                for step, ups in parents.items()
                if step not in shell.ends
                and step not in shell.running
                and all(shell.ends.get(up) is OK for up in ups)
            ]
            assert not free or len(shell.running) == shell.limit
        step = random.choice(shell.running)
        status = random.choice([OK, OK, OK, BAD, *([GONE] if shell.stopped else [])])
        cause = random.choice([Cause.STEP_FAILED, Cause.TIMEOUT]) if status is BAD else None
        shell.tell(StepFinished(step, status, cause))
    shell.tell(CancelRequested())  # too late

    (end,) = shell.finished
    assert set(shell.ends) == set(parents)
    assert set(shell.ends.values()) <= ENDED_STEPS
    if shell.cancelled is Cause.CANCELLED:
        assert end == FinishRun(RunStatus.CANCELLED, Cause.CANCELLED)
    elif shell.cancelled or shell.first_failure:
        assert end == FinishRun(RunStatus.FAILED, shell.cancelled or shell.first_failure)
    else:
        assert end == FinishRun(RunStatus.SUCCEEDED, None)
    if stop_on_failure and shell.first_failure:
        # Whatever did not depend on it was dropped, not skipped.
        assert {step for step, status in shell.ends.items() if status is StepStatus.SKIPPED} <= {
            step
            for failed, status in shell.ends.items()
            if status in (BAD, GONE)
            for step in descendants(parents, failed)
        }
    if not shell.stopped:
        for step in parents:
            broken = any(
                step in descendants(parents, other) and status is BAD
                for other, status in shell.ends.items()
            )
            assert (shell.ends[step] is StepStatus.SKIPPED) == broken
