"""What a journal says about a run: entries in, the run as it then is out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import (
    AttemptKind,
    AttemptOrder,
    AttemptRecord,
    Run,
    StepRun,
)
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus


def order_again(run: Run, kind: AttemptKind) -> Run:
    """The ended run, waiting for another attempt.

    Args:
        kind: retry or resume.
    """
    record = AttemptRecord(
        run.attempt, run.kind, run.status, run.cause, run.message, run.started_at, run.finished_at
    )
    return replace(
        run,
        status=RunStatus.PENDING,
        cause=None,
        message=None,
        kind=kind,
        history=(*run.history, record),
        retry_requested=None,
        cancel_requested_at=None,
        finished_at=None,
    )


def order_of(run: Run) -> AttemptOrder:
    """What the next attempt of a pending run does: a resume leaves alone what has succeeded."""
    if run.kind is not AttemptKind.RESUME:
        return AttemptOrder(run.kind)
    return AttemptOrder(
        run.kind,
        {step.step: step.attempt for step in run.steps if step.status is StepStatus.SUCCEEDED},
    )


def begin_attempt(run: Run, attempt: int, steps: Iterable[str], now: datetime) -> Run:
    """The run at the moment when a runner is given its next attempt, by :func:`order_of`."""
    done = order_of(run).done
    known = {step.step: step for step in run.steps}
    return replace(
        run,
        status=RunStatus.RUNNING,
        cause=None,
        message=None,
        attempt=attempt,
        journal_seq=0,
        started_at=now,
        finished_at=None,
        metrics=run.metrics if done else {},
        steps=tuple(
            known[step] if step in done else StepRun(step, attempt=attempt) for step in steps
        ),
    )


def apply(run: Run, entries: Iterable[journal.Entry], titles: Mapping[str, str]) -> Run:
    """The run after more of its current attempt's journal.

    Entries that are in the run already are passed over, so that a journal may be read again, and
    so is whatever follows its end.

    Args:
        run: as it was.
        entries: in the order of the journal.
        titles: step id → title, for messages.
    """
    for entry in entries:
        if entry.seq > run.journal_seq and run.status is RunStatus.RUNNING:
            run = replace(_apply(run, entry, titles), journal_seq=entry.seq)
    return run


def interrupt(run: Run, cause: Cause, message: str, now: datetime) -> Run:
    """The run after its runner died: what was going on is unknown, the rest never started."""
    return _end(
        run,
        now,
        StepStatus.INTERRUPTED,
        StepStatus.SKIPPED,
        status=RunStatus.INTERRUPTED,
        cause=cause,
        message=message,
    )


def fail(run: Run, cause: Cause, message: str, now: datetime) -> Run:
    """The run after it could not be started."""
    return _end(
        run,
        now,
        StepStatus.FAILED,
        StepStatus.SKIPPED,
        status=RunStatus.FAILED,
        cause=cause,
        message=message,
    )


def cancel(run: Run, now: datetime) -> Run:
    """The run after it was ended for the user without its runner's help."""
    return _end(
        run,
        now,
        StepStatus.CANCELLED,
        StepStatus.CANCELLED,
        status=RunStatus.CANCELLED,
        cause=Cause.CANCELLED,
        message=None,
    )


def heed_cancel(run: Run, requested_at: datetime | None) -> Run:
    """The run as it counts for somebody who asked for its end before it was over.

    What succeeded although the user had cancelled it by then is cancelled: its runner was only
    quicker than the word that reached it.
    """
    if run.status is not RunStatus.SUCCEEDED or requested_at is None or run.finished_at is None:
        return run
    if run.finished_at <= requested_at:
        return run
    return replace(run, status=RunStatus.CANCELLED, cause=Cause.CANCELLED)


def _end(run: Run, now: datetime, running: StepStatus, pending: StepStatus, **end: Any) -> Run:
    """The run at its end: its running and pending steps take the given states."""
    steps = []
    for step in run.steps:
        if step.status is StepStatus.RUNNING:
            step = replace(step, status=running, cause=end["cause"], finished_at=now)
        elif step.status is StepStatus.PENDING:
            step = replace(step, status=pending)
        steps.append(step)
    return replace(run, finished_at=now, steps=tuple(steps), **end)


def _apply(run: Run, entry: journal.Entry, titles: Mapping[str, str]) -> Run:
    match entry:
        case journal.StepStarted():
            started = _step(run, entry.step).started_at or entry.t
            return _change(
                run,
                entry.step,
                status=StepStatus.RUNNING,
                message=None,
                started_at=started,
                cells=entry.cells,
                cells_done=0,
                tries=entry.tries,
            )
        case journal.StepTryFailed():
            message = f"Try {entry.tries} failed: {entry.message}"
            return _change(run, entry.step, message=message)
        case journal.CellFinished():
            done = max(entry.cell, _step(run, entry.step).cells_done)
            return _change(run, entry.step, cells_done=done)
        case journal.StepOutputLimit():
            limits = (*_step(run, entry.step).limits, entry.message)
            return _change(run, entry.step, limits=limits)
        case journal.Metric():
            return replace(run, metrics={**run.metrics, entry.name: entry.value})
        case journal.StepFinished():
            return _change(
                run,
                entry.step,
                status=entry.status,
                cause=entry.cause,
                message=entry.message,
                failed_cell=entry.cell,
                finished_at=entry.t,
            )
        case journal.StepSkipped():
            title = titles.get(entry.failed, entry.failed)
            message = f"Not started, since “{title}” did not succeed."
            return _change(run, entry.step, status=StepStatus.SKIPPED, message=message)
        case journal.AttemptFinished():
            # A runner that gave up in the middle says nothing about the steps it had.
            cancelled = entry.status is RunStatus.CANCELLED
            return _end(
                run,
                entry.t,
                StepStatus.CANCELLED if cancelled else StepStatus.FAILED,
                StepStatus.CANCELLED if cancelled else StepStatus.SKIPPED,
                status=entry.status,
                cause=entry.cause,
                message=entry.message,
            )
    return run


def _step(run: Run, step_id: str) -> StepRun:
    return next((step for step in run.steps if step.step == step_id), StepRun(step_id))


def _change(run: Run, step_id: str, **values: Any) -> Run:
    steps = tuple(replace(step, **values) if step.step == step_id else step for step in run.steps)
    return replace(run, steps=steps)
