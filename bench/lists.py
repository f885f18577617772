"""Lists over HTTP, out of a store with many runs."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.server import NAMESPACE, Server
from bench.table import Row, Table
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.run import Run, StepRun
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore

RUNS = 10_000
LARGE_JOB = 5_000
SMALL_JOBS = 50
REQUESTS, QUICK_REQUESTS = 200, 30
PAGE = 100
STEPS = 6
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    root = home / "root"
    root.mkdir()
    state = StateDir(home / "server" / "state")
    state.create()
    store = SqliteStore(state.database)
    large = seed(store)
    revision = store.revision()
    store.close()
    with Server(home / "server", root) as server:
        run = server.get("runs", limit=1)["items"][0]["id"]
        asked = {
            "GET api/status of the Jupyter server": "/api/status",
            f"runs, first {PAGE}": _path("runs", limit=PAGE),
            f"runs, {PAGE} after {RUNS - 2 * PAGE:,}": _deep(server),
            f"runs that failed, first {PAGE}": _path("runs", limit=PAGE, status="failed"),
            f"runs by start, latest {PAGE}": _path("runs", limit=PAGE, sort="-started_at"),
            f"runs by duration, longest {PAGE}": _path("runs", limit=PAGE, sort="-duration"),
            f"runs of a job of {LARGE_JOB:,}, first {PAGE}": _path("runs", limit=PAGE, job=large),
            f"the same, longest {PAGE}": _path("runs", limit=PAGE, job=large, sort="-duration"),
            "runs since the newest revision": _path("runs", since=revision, limit=PAGE),
            "all jobs": _path("jobs", limit=PAGE),
            f"one job of {LARGE_JOB:,} runs": _path(f"jobs/{large}"),
            "one run": _path(f"runs/{run}"),
        }
        times: dict[str, list[float]] = {what: [] for what in asked}
        for number in range(-3, QUICK_REQUESTS if quick else REQUESTS):
            for what, path in asked.items():
                took = _timed(lambda path=path: _ok(server, path))
                if number >= 0:
                    times[what].append(1000 * took)
    rows = [Row(what, values, "ms") for what, values in times.items()]
    title = f"lists: {RUNS:,} runs of {SMALL_JOBS + 1} jobs of {STEPS} steps, one request at a time"
    return [Table("lists", title, rows, ["Over HTTP with a token, the connection kept."])]


def seed(store: SqliteStore) -> str:
    """Fill a store with jobs that have ended.

    Returns:
        The id of the large job.
    """
    rng = random.Random(7)  # noqa: S311  # plausible data, the same each time
    small = (RUNS - LARGE_JOB) // SMALL_JOBS
    for _ in range(SMALL_JOBS):
        _add(store, rng, small)
    return _add(store, rng, LARGE_JOB)


def _add(store: SqliteStore, rng: random.Random, count: int) -> str:
    axes = {"pipeline_parameters": {"x": list(range(count // 10)), "seed": list(range(10))}}
    job = store.add_job(
        Job(
            id=new_id(),
            name="bench",
            project="/project",
            pipeline_path="bench.orchest",
            pipeline_name="bench",
            document=_document(),
            strategy=Strategy(axes),
            created_at=NOW,
            started_at=NOW,
            status=JobStatus.DRAFT,
            snapshot=SnapshotState(SnapshotStatus.READY, new_id(), 20, 10_000, 20, 10_000),
        )
    )
    runs = [
        _run(rng, job.id, number, combination)
        for number, combination in enumerate(job.selection.pick(job.strategy), 1)
    ]
    store.add_batch(Batch(job.id, 1, "manual", NOW), runs, {"status": JobStatus.RUNNING})
    store.update_job(job.id, {"status": JobStatus.SUCCEEDED, "finished_at": NOW})
    return job.id


def _run(rng: random.Random, job_id: str, number: int, combination: Any) -> Run:
    started = NOW + timedelta(seconds=number)
    finished = started + timedelta(milliseconds=rng.randrange(500, 60_000))
    failed = rng.random() < 0.1
    last = StepStatus.FAILED if failed else StepStatus.SUCCEEDED
    message = "ValueError: no such value" if failed else None
    cause = Cause.STEP_FAILED if failed else None
    steps = tuple(
        StepRun(
            step=f"step-{at}",
            status=StepStatus.SUCCEEDED if at < STEPS - 1 else last,
            cause=None if at < STEPS - 1 else cause,
            message=None if at < STEPS - 1 else message,
            started_at=started,
            finished_at=finished,
            cells=12,
            cells_done=12,
        )
        for at in range(STEPS)
    )
    return Run(
        id=new_id(),
        job_id=job_id,
        number=number,
        batch=1,
        combination=combination,
        created_at=NOW,
        status=RunStatus.FAILED if failed else RunStatus.SUCCEEDED,
        cause=cause,
        message=message,
        attempt=1,
        journal_seq=40,
        started_at=started,
        finished_at=finished,
        metrics={"accuracy": rng.random(), "loss": rng.random()},
        steps=steps,
    )


def _document() -> dict[str, Any]:
    steps = {
        f"step-{at}": {
            "uuid": f"step-{at}",
            "title": f"Step {at}",
            "file_path": f"step-{at}.ipynb",
            "incoming_connections": [f"step-{at - 1}"] if at else [],
            "parameters": {"depth": 3},
            "environment": "",
            "kernel": {"name": "python", "display_name": "Python 3"},
            "meta_data": {"position": [100 * at, 100], "hidden": False},
        }
        for at in range(STEPS)
    }
    return {"name": "bench", "uuid": "bench", "version": "1.2.3", "parameters": {}, "steps": steps}


def _path(path: str, **query: Any) -> str:
    return NAMESPACE + path + (f"?{urlencode(query)}" if query else "")


def _deep(server: Server) -> str:
    cursor = None
    for _ in range((RUNS - 2 * PAGE) // PAGE):
        query = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
        cursor = server.get("runs", **query)["next_cursor"]
    return _path("runs", limit=PAGE, cursor=cursor)


def _ok(server: Server, path: str) -> None:
    status, data = server.ask("GET", path)
    if status != 200:
        raise RuntimeError(f"{path}: {status} {data.decode(errors='replace')}")


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
