"""What users do with runs: look at them, read their results, cancel them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.pipeline import Pipeline, Step, pipeline_of
from jupyter_orchest_jobs.domain.run import AttemptKind, Run, RunFacts, RunLine, StepRun
from jupyter_orchest_jobs.domain.status import ENDED_RUNS, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.folder import LOG, NOTEBOOK
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.files.reading import is_below, open_file
from jupyter_orchest_jobs.service.acts import Act, refusal
from jupyter_orchest_jobs.service.logs import AttemptLogs, StepLogs
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.store.contract import Page, RunQuery, Store

R = TypeVar("R", Run, RunLine)
V = TypeVar("V", bound="RunLineView")

_MOST = 256
"""So many jobs and pipelines are remembered."""
_MOST_OF_INFO = 2**16
"""Bytes: what runners say of themselves is much less."""


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
class RunLineView:
    """A run as lists show it.

    Attributes:
        run: the whole run, or only what lists show of it.
        pipeline: that it executes.
    """

    run: Run | RunLine
    job: Job
    pipeline: Pipeline

    @property
    def failed_title(self) -> str | None:
        """Title of the step that failed first."""
        failed = self.run.failed_step_id
        return None if failed is None else self.pipeline.steps[failed].name


@dataclass(frozen=True)
class RunView(RunLineView):
    """A run with its steps, its job and its pipeline.

    Attributes:
        max_tries: how often each of its steps may be tried in an attempt.
        executor: where it is executed.
    """

    run: Run
    max_tries: int
    executor: ExecutorName

    @property
    def step_runs(self) -> list[StepRun]:
        """How its steps are, each after those that it depends on; those that never began, too."""
        known = {step.step: step for step in self.run.steps}
        return [known.get(step) or _unstarted(self.run, step) for step in self.pipeline.order]


class _Known:
    """The jobs and pipelines of runs, read once: lists need the same ones again and again."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._batches: dict[tuple[str, int], tuple[Pipeline, int, ExecutorName]] = {}

    def views(self, store: Store, runs: Sequence[Run]) -> list[RunView]:
        """The runs with their jobs and pipelines.

        Raises:
            NotFound: a job has gone meanwhile.
        """
        found = self._found(store, runs)
        return [RunView(run, *of_run) for run, of_run in zip(runs, found, strict=True)]

    def lines(self, store: Store, runs: Sequence[RunLine]) -> list[RunLineView]:
        """The same, for runs without their steps."""
        found = self._found(store, runs)
        return [
            RunLineView(run, job, pipeline)
            for run, (job, pipeline, *_) in zip(runs, found, strict=True)
        ]

    def _found(
        self, store: Store, runs: Sequence[RunFacts]
    ) -> list[tuple[Job, Pipeline, int, ExecutorName]]:
        if len(self._jobs) > _MOST or len(self._batches) > _MOST:
            # Another thread may be reading the ones of before.
            self._jobs, self._batches = {}, {}
        jobs, batches = self._jobs, self._batches
        wanted = {run.job_id for run in runs}
        revisions = store.job_revisions(wanted)
        for job_id in wanted:
            if job_id not in jobs or jobs[job_id].revision != revisions.get(job_id):
                jobs[job_id] = store.job(job_id)
        for run in runs:
            key = run.job_id, run.batch
            if key not in batches:  # what a batch has never changes
                batch = store.batch(*key)
                path = jobs[run.job_id].pipeline_path
                pipeline = pipeline_of(batch.document, path, batch.steps)
                batches[key] = pipeline, _max_tries(batch), batch.policies.executor
        return [(jobs[run.job_id], *batches[run.job_id, run.batch]) for run in runs]


class Runs:
    """The use cases of runs.

    Args:
        session: with the state directory.
        now: the wall clock.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._known = _Known()

    async def page(self, query: RunQuery) -> Page[RunView]:
        """A page of runs with their steps.

        Raises:
            InvalidInput: the question means nothing.
        """
        return await self._page(query, lambda store: store.runs(query), self._known.views)

    async def lines(self, query: RunQuery) -> Page[RunLineView]:
        """A page of runs without their steps, which is much faster.

        Raises:
            InvalidInput: the question means nothing.
        """
        return await self._page(query, lambda store: store.run_lines(query), self._known.lines)

    async def _page(
        self,
        query: RunQuery,
        ask: Callable[[Store], Page[R]],
        viewed: Callable[[Store, Sequence[R]], list[V]],
    ) -> Page[V]:
        query.check()
        if not self._session.exists():
            return Page((), None, 0, 0)
        read = self._session.search if query.is_slow else self._session.read

        def look(store: Store) -> tuple[Page[R], list[V]]:
            page = ask(store)
            return page, viewed(store, page.items)

        page, views = await read(look)
        return Page(views, page.next_cursor, page.total, page.revision, page.deleted)

    async def get(self, run_id: str) -> RunView:
        """One run.

        Raises:
            NotFound: there is none.
        """
        return await self._view(await self._session.read(lambda store: store.run(run_id)))

    async def neighbours(self, run_id: str) -> tuple[str | None, str | None]:
        """The ids of the runs before and after one in its job; None where it is the first or last.

        Raises:
            NotFound: there is none.
        """
        return await self._session.read(lambda store: store.neighbours(store.run(run_id)))

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
        reason = refusal(Act(kind), run)
        if reason is not None:
            raise WrongState(reason)
        wished = await self._session.wish(lambda store: store.request_retry(run_id, kind))
        if wished is None:
            raise WrongState(f"Run {run.number} goes on already.")
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
        return [
            self._step_view(view, view.pipeline.steps[found.step], found)
            for found in view.step_runs
        ]

    def host(self, view: RunView) -> str | None:
        """Name of the host that executes the current attempt of a run, or has; None if unknown.

        Of a run on the cluster it is known when its files have come back. Looks at a file.
        """
        info = self._session.state.attempt(view.run.id, view.run.attempt).info
        try:
            with open_file(info) as file:  # as for results: steps could put something else there
                return str(json.loads(file.read(_MOST_OF_INFO))["host"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

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
        (view,) = await self._session.read(lambda store: self._known.views(store, [run]))
        return view

    def _step_view(self, view: RunView, step: Step, run: StepRun) -> StepView:
        if view.run.attempt == 0:
            return StepView(step, run, None, None)
        logs = self._logs(view.run, step, run)
        folder = self._session.state.attempt(view.run.id, logs.attempt)
        # Steps could put links there, which would lead readers elsewhere.
        log, notebook = (
            folder.path / inner if is_below(folder.path, inner) else None
            for inner in (folder.inner(step.id, LOG), folder.inner(step.id, NOTEBOOK))
        )
        return StepView(step, run, log, notebook, tuple(logs.all()))

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
