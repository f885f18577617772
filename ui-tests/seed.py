"""Give a draft the runs that it would have, as if all of them had been executed.

Called by a test with the state directory and the job's id, once its snapshot is ready. The
conductor then ends the job. What the runs say is the same each time.
"""

import random
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jupyter_orchest_jobs.domain.grid import Grid
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.run import Run, StepRun
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore

SEED = 2026
FAILS_EVERY = 20
PROBLEM = "ValueError: alpha is too large"


def runs_of(job: Job, begun: datetime) -> Iterator[Run]:
    """Runs that have ended, one in twenty of them badly."""
    chance = random.Random(SEED)  # noqa: S311  # for looks
    steps = list(job.document["steps"])
    for number, combination in enumerate(Grid(job.strategy, job.selection).picked(), 1):
        at = begun + timedelta(milliseconds=100 * number)
        took = timedelta(milliseconds=chance.randint(400, 90_000))
        bad = number % FAILS_EVERY == 7
        yield Run(
            id=new_id(),
            job_id=job.id,
            number=number,
            batch=1,
            combination=combination,
            created_at=at,
            status=RunStatus.FAILED if bad else RunStatus.SUCCEEDED,
            message=PROBLEM if bad else None,
            attempt=1,
            started_at=at,
            finished_at=at + took,
            metrics={} if bad else {"rmse": chance.randint(500_000, 2_000_000) / 1e6},
            steps=tuple(steps_of(steps, at, took, bad)),
            size_bytes=chance.randrange(10_000, 5_000_000),
        )


def steps_of(steps: list[str], at: datetime, took: timedelta, bad: bool) -> Iterator[StepRun]:
    """One after the other; of a bad run, the middle one failed and the last one was skipped."""
    share = took / len(steps)
    middle = len(steps) // 2
    for place, step in enumerate(steps):
        failed = bad and place == middle
        done = StepRun(
            step,
            StepStatus.FAILED if failed else StepStatus.SUCCEEDED,
            message=PROBLEM if failed else None,
            started_at=at + place * share,
            finished_at=at + (place + 1) * share,
            attempt=1,
        )
        yield StepRun(step, StepStatus.SKIPPED) if bad and place > middle else done


def seed(state_dir: Path, job_id: str) -> None:
    """Add the job's only batch."""
    now = datetime.now(UTC)
    with closing(SqliteStore(StateDir(state_dir).database)) as store:
        job = store.job(job_id)
        runs = list(runs_of(job, now - timedelta(hours=2)))
        batch = Batch(
            job.id,
            1,
            "manual",
            now - timedelta(hours=2),
            snapshot_id=job.snapshot.id,
            document=job.document,
            kernels=job.kernels,
            policies=replace(job.policies, keep_runs=None),
        )
        changes = {
            "status": JobStatus.RUNNING,
            "started_at": batch.created_at,
            "batches_made": 1,
            "runs_made": len(runs),
            "policies": batch.policies,
        }
        if store.add_batch(batch, runs, changes) is None:
            raise SystemExit(f"job {job_id} has runs already")


if __name__ == "__main__":
    seed(Path(sys.argv[1]), sys.argv[2])
