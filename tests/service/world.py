"""A state directory with a conductor whose clock, store and runners belong to the test."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.firing import FiringRecord
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.service.conductor import Conductor
from jupyter_orchest_jobs.service.dispatch import Dispatch
from jupyter_orchest_jobs.service.executor import Executor
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import RunQuery, Store
from tests.factories import document, pipeline_text
from tests.fakes import FakeExecutor, Inline, MemoryStore
from tests.records import NOW, a_job

STEPS: dict[str, dict[str, Any]] = {"a": {}, "b": {"incoming": ["a"]}}
READY = SnapshotStatus.READY


async def until(probe: Callable[[], bool]) -> None:
    """Let the loop and other threads go on until the probe is true."""
    async with asyncio.timeout(60):
        while not probe():  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.005)


class Clock:
    """A clock that stands until it is moved; to set it is not to let time pass."""

    def __init__(self) -> None:
        self.time = NOW
        self.passed = 0.0

    def __call__(self) -> datetime:
        return self.time

    def elapsed(self) -> float:
        return self.passed

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.passed += seconds

    def advance_to_minute(self) -> None:
        """On to the next full minute."""
        minute = timedelta(minutes=1)
        then = self.time.replace(second=0, microsecond=0) + minute
        self.advance((then - self.time).total_seconds())
        self.time = then


class World:
    """One state directory, and a conductor that can be replaced at any moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = StateDir(folder / "state")
        self.state.create()
        self.state.database.touch()
        self.clock = Clock()
        self.store = MemoryStore()
        self.executor = FakeExecutor(self.clock)
        self.store.change_settings({"max_runs": 2, "max_step_processes": 4})
        self.restart()

    def restart(self, *, store: Store | None = None, executor: Executor | None = None) -> None:
        """Let another conductor go on with what this one left behind.

        Args:
            store, executor: stand-ins for the world's own, before which the conductor is put.
        """
        self.dispatch = Dispatch(
            store or self.store,
            self.state,
            executor or self.executor,
            sdk_dir=self.folder / "sdk",
            python="python3",
            now=self.clock,
            elapsed=self.clock.elapsed,
        )
        self.conductor = Conductor(
            store or self.store,
            self.state,
            self.dispatch,
            now=self.clock,
            linger_s=0.0,
            threads=Inline(),
        )
        self.dispatch.recover()

    def tick(self, times: int = 4) -> None:
        """Conduct, without a loop: nothing that takes snapshots."""
        for _ in range(times):
            self.conductor.tick()

    async def settle(self) -> None:
        """Conduct until nothing changes any more by itself."""
        await until(lambda: not self.conductor.tick() or bool(self.executor.alive))

    def job(self, runs: int = 1, **special: Any) -> Job:
        """A job that starts at once: its snapshot is taken already."""
        plain: dict[str, Any] = {
            "document": document(STEPS),
            "strategy": Strategy({"pipeline_parameters": {"n": list(range(runs))}}),
            "snapshot": SnapshotState(status=READY, id=new_id()),
            "start_requested_at": self.clock(),
            "created_at": self.clock(),
        }
        return self.store.add_job(a_job(**{**plain, **special}))

    def project(self, files: Mapping[str, str] | None = None) -> Path:
        """A project with a pipeline of two scripts, and these files; its pipeline file."""
        root = self.folder / "project"
        root.mkdir(exist_ok=True)
        given = {"main.orchest": pipeline_text(STEPS), "a.py": "", "b.py": "", **(files or {})}
        for name, text in given.items():
            (root / name).write_text(text)
        return root / "main.orchest"

    def draft(self, **special: Any) -> Job:
        """A job of :meth:`project` whose snapshot is to be taken."""
        pipeline = self.project()
        plain = {"project": str(pipeline.parent), "pipeline_path": "main.orchest"}
        return self.job(**{**plain, "snapshot": SnapshotState(), **special})

    def runs(self, job: Job) -> list[Run]:
        """The runs of a job, as the store has them."""
        return list(self.store.runs(RunQuery(job_id=job.id)).items)

    def run(self, job: Job) -> Run:
        """The only run of a job."""
        (run,) = self.runs(job)
        return run

    def attempt(self, run: Run) -> Path:
        """The folder of a run's current attempt."""
        return self.state.attempt(run.id, run.attempt).path

    def status(self, job: Job) -> JobStatus:
        """A job's status now."""
        return self.store.job(job.id).status

    def statuses(self, job: Job) -> list[RunStatus]:
        """The statuses of a job's runs now."""
        return [run.status for run in self.runs(job)]

    def run_messages(self, job: Job) -> set[str | None]:
        """What the runs of a job say about their ends."""
        return {run.message for run in self.runs(job)}

    def started(self, runs: int = 1, **special: Any) -> Job:
        """A job whose first runs have runners that have begun."""
        job = self.job(runs, **special)
        self.tick()
        for run in self.runs(job):
            if run.status is RunStatus.RUNNING:
                self.executor.begin(self.attempt(run))
        self.tick(1)
        return job

    def finish(self, status: RunStatus = RunStatus.SUCCEEDED, cause: Cause | None = None) -> None:
        """Let all runners end their runs like this, those that are started meanwhile, too."""
        while self.executor.alive:
            for attempt in sorted(self.executor.alive):
                self.executor.finish(attempt, status, cause)
            self.tick()

    def recurring(self, cron: str = "* * * * *", **special: Any) -> Job:
        """A job that fires again and again, every minute by default, and is armed.

        Args:
            special: fields of the job; and of its policies.
        """
        names = {item.name for item in fields(Policies)}
        policies = Policies(**{name: special.pop(name) for name in names & special.keys()})
        schedule = Schedule.recurring(cron, "UTC")
        job = self.job(schedule=schedule, policies=policies, **special)
        self.tick()
        return self.store.job(job.id)

    def pass_minutes(self, minutes: int) -> None:
        """Conduct once at each of the next full minutes."""
        for _ in range(minutes):
            self.clock.advance_to_minute()
            self.tick(2)

    def firings(self, job: Job) -> list[FiringRecord]:
        """What became of a job's firings, oldest first."""
        return list(reversed(self.store.firings(job.id, limit=10_000).items))

    def outcomes(self, job: Job) -> list[tuple[str, int]]:
        """The same in short: outcome, and of how many firings."""
        return [(str(record.outcome), record.count) for record in self.firings(job)]

    def batches(self, job: Job) -> list[Batch]:
        """A job's batches, oldest first."""
        return list(reversed(self.store.batches(job.id, limit=10_000).items))

    def cancel(self, job: Job) -> None:
        """Write the user's wish."""
        self.store.update_job(job.id, {"cancel_requested_at": self.clock()})
