"""The time of a grid: ours, as a user of the server sees it, against others."""

import os
import time
from pathlib import Path
from typing import Any

from bench import peers, phases
from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.scheduler import Scheduler
from bench.server import Server, run_job
from bench.table import Row, Table

CHAIN = ("first", "second")
RUNS, ROUNDS = 24, 3
QUICK_RUNS, QUICK_ROUNDS = 6, 1
LEAST = {"papermill": 8.0, "parallel": 4.5, "scheduler": 15.0}
"""How many times as long the others shall take, by the clock and in computing."""

WORK = """\
import time

begun = time.process_time()
total = int(x)
while time.process_time() - begun < 0.05:
    total += 1
print(x)
"""
"""50 ms of computing, on whatever machine."""

Measured = tuple[float, float]
"""Seconds by the clock, and of computing."""


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    runs, rounds = (QUICK_RUNS, QUICK_ROUNDS) if quick else (RUNS, ROUNDS)
    root, theirs = home / "root", home / "theirs"
    write_projects(root, theirs, runs)
    times: dict[str, list[Measured]] = {"papermill": [], "parallel": [], "scheduler": []}
    times["ours"] = []
    spans = []
    with Server(home / "server", root) as server, Scheduler(home / "scheduler", theirs) as other:
        other.grid(CHAIN, 1)
        for _ in range(rounds):
            times["papermill"].append(papermill(home, theirs, runs, 1))
            warm_up(server)
            job, measured = run_grid(server)
            times["ours"].append(measured)
            spans.append(phases.of_job(server, job["id"]))
            times["parallel"].append(papermill(home, theirs, runs, cores()))
            times["scheduler"].append(other.grid(CHAIN, runs))
    names = {
        "papermill": "papermill, one run after another",
        "parallel": f"papermill, {cores()} processes",
        "scheduler": "jupyter-scheduler, all at once",
        "ours": f"orchest-jobs, {cores()} runs at once",
    }
    rows = compare(times, names, LEAST)
    size = f"{runs} runs of {len(CHAIN)} notebooks, 50 ms of computing each"
    notes = [
        f"{cores()} cores, so many runs at once; all are warm. Peers: {peers.versions()}.",
        "Ours is from the POST until the last run's end is seen over REST.",
        "It includes snapshot, working copies, database, logs, and a process for each run.",
        f"Load of the machine: {os.getloadavg()[0]:.1f} at the end.",
    ]
    return [Table("grid", f"grid: {size}", rows, notes), phases.table(spans)]


def write_projects(root: Path, theirs: Path, runs: int) -> None:
    """The same notebooks, for us and for the others."""
    for name in CHAIN:
        ours = ["import orchest\n\nx = orchest.get_pipeline_param('x')", WORK]
        write_notebook(root / f"{name}.ipynb", ours)
        write_notebook(theirs / f"{name}.ipynb", ["x = 0", WORK], parameters=True)
    write_pipeline(root, CHAIN, {"x": range(runs)})


def warm_up(server: Server, **wish: Any) -> None:
    """One run: after a while without any, the first one is started anew."""
    run_job(server, PIPELINE, parameters={"pipeline_parameters": {"x": [0]}}, **wish)


def run_grid(server: Server, **wish: Any) -> tuple[dict[str, Any], Measured]:
    """The job of all runs, and what it took."""
    begun, computed = time.perf_counter(), server.computed_s()
    job = run_job(server, PIPELINE, **wish)
    return job, (time.perf_counter() - begun, server.computed_s() - computed)


def compare(
    times: dict[str, list[Measured]], names: dict[str, str], least: dict[str, float]
) -> list[Row]:
    """What all took, and how many times as long others took as we.

    Args:
        times: what was measured, ``ours`` among them, round by round.
        names: of those in times.
        least: how many times as long some of the others shall take.
    """
    rows = [Row(name, [one[0] for one in times[key]], "s") for key, name in names.items()]
    rows += [
        Row(f"computing: {name}", [one[1] for one in times[key]], "s", ratio=False)
        for key, name in names.items()
    ]
    for what, at in (("time", 0), ("computing", 1)):
        for key, factor in least.items():
            pairs = zip(times[key], times["ours"], strict=True)
            factors = [theirs[at] / ours[at] for theirs, ours in pairs]
            name = f"{what}: {names[key]} / ours"
            rows.append(Row(name, factors, "times", ratio=False, least=factor))
    return rows


def papermill(home: Path, folder: Path, runs: int, processes: int) -> Measured:
    """The same grid by papermill."""
    return peers.ask(home, "bench.peer", str(folder), str(runs), str(processes))


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
