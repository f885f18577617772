"""The time of a grid: ours, as a user of the server sees it, against papermill."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench import phases
from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.server import Server, environment, run_job
from bench.table import Row, Table

CHAIN = ("first", "second")
RUNS, ROUNDS = 24, 3
QUICK_RUNS, QUICK_ROUNDS = 6, 1

WORK = """\
import time

begun = time.process_time()
total = x
while time.process_time() - begun < 0.05:
    total += 1
print(x)
"""
"""50 ms of computing, on whatever machine."""


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    runs, rounds = (QUICK_RUNS, QUICK_ROUNDS) if quick else (RUNS, ROUNDS)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    root, theirs = home / "root", home / "papermill"
    for name in CHAIN:
        ours = ["import orchest\n\nx = orchest.get_pipeline_param('x')", WORK]
        write_notebook(root / f"{name}.ipynb", ours)
        write_notebook(theirs / f"{name}.ipynb", ["x = 0", WORK], parameters=True)
    write_pipeline(root, CHAIN, {"x": range(runs)})

    times: dict[str, list[tuple[float, float]]] = {"papermill": [], "parallel": [], "ours": []}
    spans = []
    with Server(home / "server", root) as server:
        for _ in range(rounds):
            times["papermill"].append(_papermill(home, theirs, runs, 1))
            # After a while without a run, as here, the first one is started anew.
            run_job(server, PIPELINE, parameters={"pipeline_parameters": {"x": [0]}})
            begun, computed = time.perf_counter(), server.computed_s()
            job = run_job(server, PIPELINE)
            times["ours"].append((time.perf_counter() - begun, server.computed_s() - computed))
            spans.append(phases.of_job(server, job["id"]))
            times["parallel"].append(_papermill(home, theirs, runs, cores or 1))
    names = {
        "papermill": "papermill, one run after another",
        "parallel": f"papermill, {cores} processes",
        "ours": f"orchest-jobs, {cores} runs at once",
    }
    rows = [Row(name, [one[0] for one in times[key]], "s") for key, name in names.items()]
    rows += [
        Row(f"computing: {name}", [one[1] for one in times[key]], "s", ratio=False)
        for key, name in names.items()
    ]
    for what, at in (("time", 0), ("computing", 1)):
        for key in ("papermill", "parallel"):
            pairs = zip(times[key], times["ours"], strict=True)
            factors = [theirs[at] / ours[at] for theirs, ours in pairs]
            rows.append(Row(f"{what}: {names[key]} / ours", factors, "times", ratio=False))
    size = f"{runs} runs of {len(CHAIN)} notebooks, 50 ms of computing each"
    notes = [
        f"{cores} cores, so many runs at once; papermill is warm in all its processes.",
        "Ours is from the POST until the last run's end is seen over REST.",
        "It includes snapshot, working copies, database, logs, and a process for each run.",
        f"Load of the machine: {os.getloadavg()[0]:.1f} at the end.",
    ]
    where = phases.table(spans)
    return [Table("grid", f"grid: {size}", rows, notes), where]


def _papermill(home: Path, folder: Path, runs: int, processes: int) -> tuple[float, float]:
    return ask_peer(home, "bench.peer", str(folder), str(runs), str(processes))


def ask_peer(home: Path, module: str, *arguments: str) -> tuple[float, float]:
    """What a module of this package prints, in a process and with a home of its own.

    Returns:
        Seconds by the clock, and of computing.
    """
    own = home / "peer-home"
    own.mkdir(exist_ok=True)
    with (own / "log").open("ab") as log:
        done = subprocess.run(  # noqa: S603  # a module of this package
            [sys.executable, "-m", module, *arguments],
            cwd=Path(__file__).parent.parent,
            env=environment(own),
            check=True,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    clock, computing = done.stdout.splitlines()[-1].split()
    return float(clock), float(computing)
