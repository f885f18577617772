"""What each further run costs: against the least that is possible, and in jobs of any size."""

import os
from datetime import datetime
from pathlib import Path

from bench import peers
from bench.grid import Measured, cores, run_grid, warm_up, write_projects
from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.server import Server, run_job
from bench.table import Row, Table

FEW, MANY, ROUNDS = 24, 96, 3
QUICK_FEW, QUICK_MANY, QUICK_ROUNDS = 4, 12, 1
SIZES, QUICK_SIZES = (10, 100, 1000), (5, 25)
MOST, FLAT = 2.5, 1.2


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    return [_marginal(home / "marginal", quick=quick), _flat(home / "flat", quick=quick)]


def _marginal(home: Path, *, quick: bool) -> Table:
    few, many = (QUICK_FEW, QUICK_MANY) if quick else (FEW, MANY)
    root, theirs = home / "root", home / "theirs"
    write_projects(root, theirs, many)
    ours: list[Measured] = []
    floor: list[Measured] = []
    with Server(home / "server", root) as server:
        for _ in range(QUICK_ROUNDS if quick else ROUNDS):
            warm_up(server)
            values = {"pipeline_parameters": {"x": list(range(few))}}
            smaller = run_grid(server, parameters=values)[1]
            ours.append(_each(smaller, run_grid(server)[1], many - few))
            floor.append(_each(_floor(home, theirs, few), _floor(home, theirs, many), many - few))
    rows = []
    for what, at in (("time", 0), ("computing", 1)):
        rows += [
            Row(f"{what}: the floor", [one[at] for one in floor], "ms", ratio=False),
            Row(f"{what}: orchest-jobs", [one[at] for one in ours], "ms", ratio=False),
        ]
        pairs = zip(ours, floor, strict=True)
        factors = [mine[at] / least[at] for mine, least in pairs]
        rows.append(Row(f"{what}: ours / the floor", factors, "times", goal=MOST, ratio=False))
    notes = [
        f"What a job of {many} runs takes more than one of {few}, for each run.",
        f"Floor: forks of a ready IPython shell, {cores()} at once; no kernel, nothing saved.",
        f"Load of the machine: {os.getloadavg()[0]:.1f} at the end.",
    ]
    title = "marginal: what one more run of the grid's two notebooks costs"
    return Table("marginal", title, rows, notes)


def _floor(home: Path, folder: Path, runs: int) -> Measured:
    return peers.ask(home, "bench.floor", str(folder), str(runs), str(cores()), ours=True)


def _each(few: Measured, many: Measured, more: int) -> Measured:
    return 1000 * (many[0] - few[0]) / more, 1000 * (many[1] - few[1]) / more


def _flat(home: Path, *, quick: bool) -> Table:
    sizes = QUICK_SIZES if quick else SIZES
    root = home / "root"
    write_notebook(root / "step.ipynb", ["print(1)"])
    write_pipeline(root, ["step"], {"x": range(max(sizes))})
    rows: list[Row] = []
    medians: list[float] = []
    with Server(home / "server", root) as server:
        for size in sizes:
            times, computing = [], []
            for _ in range(1 if size == max(sizes) else 3):
                warm_up(server)
                computed = server.computed_s()
                values = {"pipeline_parameters": {"x": list(range(size))}}
                job = run_job(server, PIPELINE, parameters=values)
                times.append(1000 * _went_on_s(job) / size)
                computing.append(1000 * (server.computed_s() - computed) / size)
            rows.append(Row(f"time per run, of {size}", times, "ms"))
            rows.append(Row(f"computing per run, of {size}", computing, "ms", ratio=False))
            medians.append(rows[-2].median)
    spread = max(medians) / min(medians)
    rows.append(Row("largest / smallest time per run", [spread], "times", FLAT, ratio=False))
    notes = [
        f"{cores()} runs at once, each of one notebook that prints a number.",
        f"From the job's start to its end. Load: {os.getloadavg()[0]:.1f} at the end.",
    ]
    return Table("flat", f"flat: jobs of {', '.join(map(str, sizes))} runs", rows, notes)


def _went_on_s(job: dict[str, str]) -> float:
    begun, ended = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (ended - begun).total_seconds()
