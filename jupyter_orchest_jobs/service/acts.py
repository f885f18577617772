"""What users do to runs, one or many at once: cancel, execute again, delete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import ENDED_RUNS, RunStatus
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.store.contract import Store


class Act(StrEnum):
    """Something that can be done to a run."""

    CANCEL = "cancel"
    RETRY = "retry"
    RESUME = "resume"
    DELETE = "delete"


@dataclass(frozen=True)
class Outcome:
    """What became of an act on several runs.

    Attributes:
        done: ids, in the order in which they were given.
        refused: id → why, as a sentence.
    """

    done: tuple[str, ...]
    refused: dict[str, str]


class Acts:
    """The use cases.

    Args:
        session: with the state directory.
        now: the wall clock.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def act(self, act: Act, run_ids: Sequence[str]) -> Outcome:
        """Do the same to several runs, in one transaction; each is done or refused by itself.

        Raises:
            NotFound: there are no runs at all yet.
        """
        if not self._session.exists():
            raise NotFound(f"There are no jobs in {self._session.state.root}.")
        now = self._now()
        return await self._session.wish(lambda store: _act(store, act, run_ids, now))

    async def delete(self, run_id: str) -> None:
        """Delete an ended run; the conductor removes its files.

        Raises:
            NotFound: there is none.
            WrongState: it is kept, or still needed.
        """
        await self._session.read(lambda store: store.run(run_id))
        outcome = await self.act(Act.DELETE, [run_id])
        if outcome.refused:
            raise WrongState(outcome.refused[run_id])


def refusal(act: Act, run: Run) -> str | None:
    """Why an act is not possible on a run, as a sentence; None if it is."""
    ended = run.status in ENDED_RUNS
    if act is Act.CANCEL:
        return f"Run {run.number} has ended ({run.status})." if ended else None
    if not ended:
        return f"Run {run.number} is {run.status}; cancel it before you {act} it."
    if act is Act.DELETE:
        if run.pinned:
            return f"Run {run.number} is pinned; unpin it before you delete it."
        if run.retry_requested is not None:
            return f"Run {run.number} is about to be executed again; cancel it first."
        return None
    if run.status is RunStatus.SUCCEEDED:
        return f"Run {run.number} has succeeded: there is nothing to {act}."
    if act is Act.RESUME and not run.has_files:
        return f"The files of run {run.number} are gone; retry it instead."
    return None


def _act(store: Store, act: Act, run_ids: Sequence[str], now: datetime) -> Outcome:
    known = {run.id: run for run in store.some_runs(run_ids)}
    refused = {run_id: f"There is no run {run_id}." for run_id in run_ids if run_id not in known}
    for run in known.values():
        reason = refusal(act, run)
        if reason is not None:
            refused[run.id] = reason
    if act is Act.DELETE:
        refused |= _still_counted(store, [run for run in known.values() if run.id not in refused])
    wanted = [run_id for run_id in dict.fromkeys(run_ids) if run_id not in refused]
    match act:
        case Act.CANCEL:
            done = store.request_run_cancels(wanted, now)
        case Act.DELETE:
            done = store.delete_runs(wanted)
        case _:
            done = store.request_retries(wanted, AttemptKind(act))
    for run_id in wanted:
        if run_id not in done:
            refused[run_id] = f"Run {known[run_id].number} has changed meanwhile; look at it again."
    return Outcome(
        tuple(run_id for run_id in wanted if run_id in done),
        {run_id: refused[run_id] for run_id in dict.fromkeys(run_ids) if run_id in refused},
    )


def _still_counted(store: Store, runs: Sequence[Run]) -> dict[str, str]:
    """The runs of batches that have not ended: how their job ends is decided by all of them."""
    unfinished = {
        job_id: set(store.unfinished_batches(job_id)) for job_id in {run.job_id for run in runs}
    }
    return {
        run.id: f"Other runs of batch {run.batch} have not ended, and the job's end depends on "
        f"run {run.number}, too; delete it after them."
        for run in runs
        if run.batch in unfinished[run.job_id]
    }
