"""What users do with runs: look at them, read their results, cancel them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from jupyter_orchest_jobs.domain import graph
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.pipeline import Pipeline, Step, pipeline_of
from jupyter_orchest_jobs.domain.run import AttemptKind, Run, StepRun
from jupyter_orchest_jobs.domain.status import ENDED_RUNS, ENDED_STEPS, RunStatus, StepStatus
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.store.contract import Page, RunQuery

_LONGEST_CHARACTER = 4


@dataclass(frozen=True)
class StepView:
    """A step of a run: what it is, how it went, and which results it left.

    Attributes:
        log: path of its log, None before it has one.
        notebook: path of its executed notebook, None before it has one.
    """

    step: Step
    run: StepRun
    log: Path | None
    notebook: Path | None


@dataclass(frozen=True)
class RunView:
    """A run with its job and the pipeline that it executes."""

    run: Run
    job: Job
    pipeline: Pipeline

    @property
    def failed_title(self) -> str | None:
        """Title of the step that failed first."""
        failed = self.run.failed_step
        return self.pipeline.steps[failed.step].name if failed else None

    @property
    def steps_done(self) -> int:
        """How many steps have ended."""
        return sum(step.status in ENDED_STEPS for step in self.run.steps)


@dataclass(frozen=True)
class LogPiece:
    """A piece of a log.

    Attributes:
        offset, next_offset: the bytes that ``text`` stands for: offset ≤ … < next_offset.
        size: of the log so far, in bytes.
        finished: whether nothing more will come.
    """

    text: str
    offset: int
    next_offset: int
    size: int
    finished: bool


class Runs:
    """The use cases of runs.

    Args:
        session: with the state directory.
        now: the wall clock.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def page(self, query: RunQuery) -> Page[RunView]:
        """A page of runs."""
        if not self._session.exists():
            return Page((), None, 0, 0)
        page = await self._session.read(lambda store: store.runs(query))
        batches = dict.fromkeys((run.job_id, run.batch) for run in page.items)
        found = await self._session.read(
            lambda store: {key: (store.job(key[0]), store.batch(*key).document) for key in batches}
        )
        known = {
            key: (job, pipeline_of(document, job.pipeline_path))
            for key, (job, document) in found.items()
        }
        views = [RunView(run, *known[run.job_id, run.batch]) for run in page.items]
        return Page(views, page.next_cursor, page.total, page.revision, page.deleted)

    async def get(self, run_id: str) -> RunView:
        """One run.

        Raises:
            NotFound: there is none.
        """
        return await self._view(await self._session.read(lambda store: store.run(run_id)))

    async def find(self, reference: str) -> RunView:
        """One run by its label (12.7), id, or prefix of its id.

        Raises:
            NotFound: none, or several.
        """
        return await self._view(await self._session.read(lambda store: store.find_run(reference)))

    async def cancel(self, run_id: str) -> RunView:
        """End a run, whatever state it is in.

        Raises:
            NotFound: there is none.
            WrongState: it has ended.
        """
        now = self._now()
        run = await self._session.wish(lambda store: store.request_run_cancel(run_id, now))
        if run is None:
            ended = await self.get(run_id)
            raise WrongState(f"Run {ended.run.number} has ended ({ended.run.status}).")
        return await self._view(run)

    async def again(self, run_id: str, kind: AttemptKind) -> RunView:
        """Execute an ended run again.

        Args:
            kind: retry, from the beginning; or resume, in the working copy as the last attempt
                left it: steps that have succeeded are not executed again.

        Raises:
            NotFound: there is none.
            WrongState: it has not ended, has succeeded, or its files are gone.
        """
        run = await self._session.read(lambda store: store.run(run_id))
        if run.status is RunStatus.SUCCEEDED:
            raise WrongState(f"Run {run.number} has succeeded: there is nothing to {kind}.")
        if kind is AttemptKind.RESUME and not run.has_files:
            raise WrongState(f"The files of run {run.number} are gone; retry it instead.")
        wished = await self._session.wish(lambda store: store.request_retry(run_id, kind))
        if wished is None:
            raise WrongState(f"Run {run.number} is {run.status}; cancel it before you retry it.")
        return await self._view(wished)

    async def pin(self, run_id: str, pinned: bool) -> RunView:
        """Keep a run when others are deleted for their age or number, or no longer.

        Raises:
            NotFound: there is none.
        """
        return await self._view(
            await self._session.write(lambda store: store.pin_run(run_id, pinned))
        )

    def steps(self, view: RunView) -> list[StepView]:
        """The steps of a run, each after those that it depends on. Looks at files."""
        known = {step.step: step for step in view.run.steps}
        return [
            self._step_view(
                view, view.pipeline.steps[step], known.get(step) or _unstarted(view.run, step)
            )
            for step in graph.topological(view.pipeline.parents)
        ]

    def step(self, view: RunView, step_id: str) -> StepView:
        """One step of a run.

        Raises:
            NotFound: the pipeline has no such step.
        """
        for found in self.steps(view):
            if found.step.id == step_id:
                return found
        raise NotFound(f"Run {view.run.number} has no step {step_id}.")

    def read_log(self, view: RunView, step_id: str, offset: int, limit: int) -> LogPiece:
        """A piece of a step's log. Reads a file.

        Args:
            offset: first byte; negative counts from the end.
            limit: most bytes; what is smaller than a character counts as one.

        Returns:
            Whole characters only: what is cut off at the end comes with the next piece. Empty
            for a step that has no log.
        """
        found = self.step(view, step_id)
        ended = found.run.status in ENDED_STEPS
        if found.log is None:
            return LogPiece("", 0, 0, 0, ended)
        with found.log.open("rb") as file:
            size = file.seek(0, 2)
            start = min(size, max(0, size + offset if offset < 0 else offset))
            file.seek(start)
            data = file.read(max(limit, _LONGEST_CHARACTER))
        if offset < 0 < start:
            cut = _cut_character(data)
            start, data = start + cut, data[cut:]
        if start + len(data) < size or not ended:
            data = _whole_characters(data)
        text = data.decode("utf-8", "replace")
        end = start + len(data)
        return LogPiece(text, start, end, size, ended and end >= size)

    async def _view(self, run: Run) -> RunView:
        job, batch = await self._session.read(
            lambda store: (store.job(run.job_id), store.batch(run.job_id, run.batch))
        )
        return RunView(run, job, pipeline_of(batch.document, job.pipeline_path))

    def _step_view(self, view: RunView, step: Step, run: StepRun) -> StepView:
        if view.run.attempt == 0:
            return StepView(step, run, None, None)
        attempt = run.attempt or view.run.attempt
        folder = self._session.state.attempt(view.run.id, attempt).step(step.id)
        log, notebook = folder / "log.txt", folder / "notebook.ipynb"
        return StepView(
            step,
            run,
            log if log.exists() else None,
            notebook if notebook.exists() else None,
        )


def _unstarted(run: Run, step_id: str) -> StepRun:
    """A step of a run that no runner was given."""
    if run.status is RunStatus.CANCELLED:
        return replace(StepRun(step_id), status=StepStatus.CANCELLED)
    if run.status in ENDED_RUNS:
        return replace(StepRun(step_id), status=StepStatus.SKIPPED)
    return StepRun(step_id)


def _cut_character(data: bytes) -> int:
    """How many bytes at the start are the rest of a UTF-8 character that began before."""
    ahead = data[: _LONGEST_CHARACTER - 1]
    return next((at for at, byte in enumerate(ahead) if byte & 0xC0 != 0x80), len(ahead))


def _whole_characters(data: bytes) -> bytes:
    """The bytes without a UTF-8 character that was cut off at their end."""
    for back in range(1, min(_LONGEST_CHARACTER, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        return data[:-back] if needed > back else data
    return data
