"""What users do with runs: look at them, read their results, cancel them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from jupyter_orchest_jobs.domain import graph
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.pipeline import Pipeline, Step, pipeline_of
from jupyter_orchest_jobs.domain.run import AttemptKind, Run, StepRun
from jupyter_orchest_jobs.domain.status import ENDED_RUNS, ENDED_STEPS, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.folder import LOG, NOTEBOOK
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.logs import AttemptLogs, StepLogs
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.store.contract import Page, RunQuery


@dataclass(frozen=True)
class StepView:
    """A step of a run: what it is, how it went, and which results it left.

    Attributes:
        log: path of its current log, None before it has one.
        notebook: path of its executed notebook, None before it has one.
        logs: all logs that it has, earlier attempts first.
    """

    step: Step
    run: StepRun
    log: Path | None
    notebook: Path | None
    logs: tuple[AttemptLogs, ...] = ()


@dataclass(frozen=True)
class RunView:
    """A run with its job and the pipeline that it executes.

    Attributes:
        max_tries: how often each of its steps may be tried in an attempt.
    """

    run: Run
    job: Job
    pipeline: Pipeline
    max_tries: int

    @property
    def failed_title(self) -> str | None:
        """Title of the step that failed first."""
        failed = self.run.failed_step
        return self.pipeline.steps[failed.step].name if failed else None

    @property
    def steps_done(self) -> int:
        """How many steps have ended."""
        return sum(step.status in ENDED_STEPS for step in self.run.steps)


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
            lambda store: {key: (store.job(key[0]), store.batch(*key)) for key in batches}
        )
        known = {
            key: (job, pipeline_of(batch.document, job.pipeline_path), _max_tries(batch))
            for key, (job, batch) in found.items()
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

    def logs(self, view: RunView, step_id: str) -> StepLogs:
        """The logs of a step: of all its attempts and tries. Looks at files.

        Raises:
            NotFound: the pipeline has no such step.
        """
        found = self.step(view, step_id)
        return self._logs(view.run, found.step, found.run)

    async def _view(self, run: Run) -> RunView:
        job, batch = await self._session.read(
            lambda store: (store.job(run.job_id), store.batch(run.job_id, run.batch))
        )
        pipeline = pipeline_of(batch.document, job.pipeline_path)
        return RunView(run, job, pipeline, _max_tries(batch))

    def _step_view(self, view: RunView, step: Step, run: StepRun) -> StepView:
        if view.run.attempt == 0:
            return StepView(step, run, None, None)
        logs = self._logs(view.run, step, run)
        folder = self._session.state.attempt(view.run.id, logs.attempt).step(step.id)
        log, notebook = folder / LOG, folder / NOTEBOOK
        return StepView(
            step,
            run,
            log if log.exists() else None,
            notebook if notebook.exists() else None,
            tuple(logs.all()),
        )

    def _logs(self, run: Run, step: Step, step_run: StepRun) -> StepLogs:
        return StepLogs(self._session.state, run, step_run, step.name)


def _max_tries(batch: Batch) -> int:
    return 1 + batch.policies.step_retries


def _unstarted(run: Run, step_id: str) -> StepRun:
    """A step of a run that no runner was given."""
    if run.status is RunStatus.CANCELLED:
        return replace(StepRun(step_id), status=StepStatus.CANCELLED)
    if run.status in ENDED_RUNS:
        return replace(StepRun(step_id), status=StepStatus.SKIPPED)
    return StepRun(step_id)
