"""Lists over HTTP, out of a store with many runs."""

import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.server import NAMESPACE, Server
from bench.table import Row, Table
from jupyter_orchest_jobs.domain.grid import Grid
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.run import Run, StepRun
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore

RUNS = 100_000
LARGE_JOB = 10_000
SMALL_JOBS = 50
PAGE_MS, VALUES_MS, TEXT_MS = 10.0, 100.0, 200.0
"""What a page of a list may take, one by values, and one by a text within the large job."""
REQUESTS, QUICK_REQUESTS = 200, 30
BLOCKS, IN_A_BLOCK = 3, 30
"""Computing is counted over so many requests in a row: the system counts in 10 ms."""
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
        asked = _questions(server, large, revision)
        times: dict[str, list[float]] = {what: [] for what in asked}
        for number in range(-3, QUICK_REQUESTS if quick else REQUESTS):
            for what, (path, _) in asked.items():
                took = _timed(partial(_ok, server, path))
                if number >= 0:
                    times[what].append(1000 * took)
        beside = _beside_a_search(server)
        blocks = 1 if quick else BLOCKS
        computed = {
            what: [_computed(server, path) for _ in range(blocks)]
            for what, (path, _) in asked.items()
        }
    rows = [
        Row(what, values, "ms", goal=asked[what][1], of="p95") for what, values in times.items()
    ]
    rows.append(Row("a first page while all runs are searched", beside, "ms"))
    title = f"lists: {RUNS:,} runs of {SMALL_JOBS + 1} jobs of {STEPS} steps, one request at a time"
    notes = ["Over HTTP with a token, the connection kept. Goals are of the 95th percentile."]
    computing = [Row(what, values, "ms") for what, values in computed.items()]
    about = "lists: what the server computes for one request, whatever else the machine does"
    return [Table("lists", title, rows, notes), Table("computing", about, computing)]


def _computed(server: Server, path: str) -> float:
    """What the server computes for one request, in ms."""
    begun = server.computed_s()
    for _ in range(IN_A_BLOCK):
        _ok(server, path)
    return 1000 * (server.computed_s() - begun) / IN_A_BLOCK


def _questions(server: Server, large: str, revision: int) -> dict[str, tuple[str, float | None]]:
    """What is asked: path, and how long it may take in ms."""
    run = server.get("runs", limit=1)["items"][0]["id"]
    job = {"limit": PAGE, "job": large}
    x = json.dumps([{"scope": "pipeline_parameters", "name": "x", "value": at} for at in (3, 5)])
    deep, values, text = PAGE_MS, VALUES_MS, TEXT_MS
    in_job = f"runs of a job of {LARGE_JOB:,}"
    return {
        "GET api/status of the Jupyter server": ("/api/status", None),
        f"runs, first {PAGE}": (_path("runs", limit=PAGE), PAGE_MS),
        "runs by number, deep": (_deep(server, sort="number"), deep),
        "runs by status, deep": (_deep(server, sort="status"), deep),
        "runs by start, deep": (_deep(server, sort="started_at"), deep),
        "runs by start, latest": (_path("runs", limit=PAGE, sort="-started_at"), PAGE_MS),
        "runs that failed": (_path("runs", limit=PAGE, status="failed"), PAGE_MS),
        "runs that succeeded": (_path("runs", limit=PAGE, status="succeeded"), PAGE_MS),
        "runs by duration, longest": (_path("runs", limit=PAGE, sort="-duration"), PAGE_MS),
        "runs with a text": (_path("runs", limit=PAGE, text="such value"), None),
        "runs since the newest revision": (_path("runs", since=revision, limit=PAGE), PAGE_MS),
        "all jobs, with their counts": (_path("jobs", limit=PAGE), PAGE_MS),
        f"one job of {LARGE_JOB:,} runs": (_path(f"jobs/{large}"), PAGE_MS),
        "one run": (_path(f"runs/{run}"), PAGE_MS),
        f"{in_job}, first {PAGE}": (_path("runs", **job), PAGE_MS),
        "… with all steps": (_path("runs", **job, steps="true"), None),
        "… longest": (_path("runs", **job, sort="-duration"), values),
        "… last to end": (_path("runs", **job, sort="-finished_at"), values),
        "… by a parameter": (_path("runs", **job, sort="parameter:pipeline_parameters/x"), values),
        "… by a parameter, deep": (
            _deep(server, 50, job=large, sort="-parameter:pipeline_parameters/seed"),
            values,
        ),
        "… by a metric": (_path("runs", **job, sort="-metric:loss"), values),
        "… with values": (_path("runs", **job, where=x), values),
        "… with a text": (_path("runs", **job, text="such value"), text),
        "… with a text, by a metric": (_path("runs", **job, text="such", sort="metric:loss"), text),
    }


def _beside_a_search(server: Server) -> list[float]:
    """How long a first page takes while another one searches everything, in ms."""
    path, search = _path("runs", limit=PAGE), _path("runs", limit=PAGE, text="nowhere")
    with ThreadPoolExecutor(1) as other, server.again() as connection:
        values = []
        for _ in range(20):
            searched = other.submit(_ok, connection, search)
            time.sleep(0.01)
            values.append(1000 * _timed(lambda: _ok(server, path)))
            searched.result()
    return values


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
        for number, combination in enumerate(Grid(job.strategy, job.selection).picked(), 1)
    ]
    batch = Batch(job.id, 1, "manual", NOW, document=job.document)
    store.add_batch(batch, runs, {"status": JobStatus.RUNNING})
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


def _deep(server: Server, pages: int = 150, **query: Any) -> str:
    """The path of a page that comes after many others."""
    cursor: dict[str, Any] = {}
    for _ in range(pages):
        page = server.get("runs", limit=500 if pages > 50 else PAGE, **query, **cursor)
        cursor = {"cursor": page["next_cursor"]}
    return _path("runs", limit=PAGE, **query, **cursor)


def _ok(server: Server, path: str) -> None:
    status, data = server.ask("GET", path)
    if status != 200:
        raise RuntimeError(f"{path}: {status} {data.decode(errors='replace')}")


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
