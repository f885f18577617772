"""Reading the journals of live attempts into the store."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from jupyter_orchest_jobs.domain import fold, journal
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.store.contract import Store


class Tail:
    """The journal of one attempt, read as it grows.

    Args:
        path: of the journal; need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self.started = False
        """Whether a runner has begun to write it: then steps may have been executed."""
        self.tries: dict[str, datetime] = {}
        """The steps that are being tried, and since when each of these tries goes on."""

    def read(self) -> list[journal.Entry]:
        """The entries that came since; a line that is still being written waits."""
        try:
            # Asked ten times a second. Opened before, since network file systems tell old sizes.
            with self._path.open("rb", buffering=0) as file:
                if os.fstat(file.fileno()).st_size <= self._offset:
                    return []
                self.started = True
                file.seek(self._offset)
                lines, used = journal.whole_lines(file.read())
        except FileNotFoundError:
            return []
        self._offset += used
        entries = journal.read(lines)
        self._note_tries(entries)
        return entries

    def _note_tries(self, entries: Iterable[journal.Entry]) -> None:
        for entry in entries:
            match entry:
                case journal.StepStarted():
                    self.tries[entry.step] = entry.t
                case journal.StepTryFailed() | journal.StepFinished():
                    self.tries.pop(entry.step, None)


def ingest(store: Store, run: Run, tail: Tail, titles: dict[str, str]) -> Run:
    """Take what is new in a run's journal into the store.

    Returns:
        The run afterwards.
    """
    entries = tail.read()
    if not entries:
        return run
    after = fold.apply(run, entries, titles)
    if after == run:
        return run
    if after.status is RunStatus.SUCCEEDED:
        after = fold.heed_cancel(after, _cancel_requested_at(store, run))
    return store.save_run(after, {RunStatus.RUNNING}) or run


def _cancel_requested_at(store: Store, run: Run) -> datetime | None:
    """When the user first asked for the end of a run, or of its job."""
    wishes = (store.run(run.id).cancel_requested_at, store.job(run.job_id).cancel_requested_at)
    return min((wish for wish in wishes if wish is not None), default=None)


def end_dead(
    store: Store,
    run: Run,
    now: datetime,
    log_end: str,
    *,
    overdue: str | None = None,
    given_up: bool = False,
    lost: str | None = None,
) -> Run:
    """Record the end of a run whose runner died without a word.

    Args:
        log_end: the end of the runner's own output, if it has any.
        overdue: what to say if it was killed for not minding a time limit.
        given_up: whether it went on by itself before, as often as its job allows.
        lost: how a cluster has lost it.
    """
    if run.cancel_requested_at is not None:
        after = fold.cancel(run, now)
    elif overdue is not None:
        after = fold.fail(run, Cause.TIMEOUT, overdue, now)
    else:
        message = lost or (
            "The process that carried out this run died: it was killed, ran out of memory, "
            "or the machine went down."
        )
        if log_end and lost is None:
            message += f" Its last words:\n{log_end}"
        if given_up:
            message = f"It died again and again, and is given up. {message}"
        cause = Cause.POISONED if given_up else Cause.RUNNER_DIED
        after = fold.interrupt(run, cause, message, now)
    return store.save_run(after, {RunStatus.RUNNING}) or run
