"""A user of a world's jobs."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.service.changes import Changes
from jupyter_orchest_jobs.service.edits import Edit
from jupyter_orchest_jobs.service.jobs import Jobs, JobView
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.store.contract import Store
from tests.service.world import World

T = TypeVar("T")


class Desk:
    """A user of a world's jobs; between two of their store's calls something may happen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.meanwhile: Callable[[], None] | None = None
        self.session = Session(world.state, lambda _: self._store(), conduct=False)
        self.jobs = Jobs(self.session, world.clock)
        self.changes = Changes(self.session, self.jobs, world.clock)

    def edit(self, job: Job, **values: Any) -> JobView:
        return self._run(self.changes.change(job.id, Edit(**values)))

    def pause(self, job: Job) -> JobView:
        return self._run(self.changes.pause(job.id))

    def resume(self, job: Job) -> JobView:
        return self._run(self.changes.resume(job.id))

    def run_now(self, job: Job) -> JobView:
        return self._run(self.changes.run_now(job.id))

    def duplicate(
        self, job: Job, *, own: bool = False, accept: frozenset[str] = frozenset()
    ) -> Job:
        return self._run(self.changes.duplicate(job.id, own=own, accept=accept)).job

    def refresh(self, job: Job, *, accept: frozenset[str] = frozenset()) -> Job:
        return self._run(self.changes.refresh_snapshot(job.id, accept)).job

    def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done by another part of the service."""
        return asyncio.run(work)

    def _run(self, work: Coroutine[Any, Any, JobView]) -> JobView:
        return asyncio.run(work)

    def _store(self) -> Store:
        return Busy(self)  # type: ignore[return-value]


_WRITES = ("add_job", "update_job", "delete_job", "add_batch", "record_firings")


class Busy:
    """The world's store, on which something happens right before the first write."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> Any:
        if name in _WRITES and self._desk.meanwhile:
            meanwhile, self._desk.meanwhile = self._desk.meanwhile, None
            meanwhile()
        return getattr(self._desk.world.store, name)


def spec_of_run(world: World, number: int, job: Job) -> RunSpec:
    """What the runner of a run was told."""
    run = world.runs(job)[number - 1]
    return RunSpec.from_json(AttemptFolder(world.attempt(run)).spec.read_text())
