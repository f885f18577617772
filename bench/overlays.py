"""Working copies that are copies, and such as are overlays, of large and small projects."""

import os
from pathlib import Path

from bench.grid import Measured, cores, run_grid, warm_up
from bench.project import write_notebook, write_pipeline
from bench.server import Server
from bench.snapshots import write_project
from bench.table import Row, Table

RUNS, ROUNDS = 24, 3
QUICK_RUNS, QUICK_ROUNDS = 4, 1
PROJECTS = {"5,000 files, 200 MB": (5000, 40_000), "10 files": (10, 1000)}
"""How many files, and the bytes of each."""


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    runs, rounds = (QUICK_RUNS, QUICK_ROUNDS) if quick else (RUNS, ROUNDS)
    rows: list[Row] = []
    for number, (size, files) in enumerate(PROJECTS.items()):
        rows += _compare(home / str(number), size, files, runs, rounds)
    notes = [
        f"{runs} runs of one notebook that prints a number, {cores()} at once.",
        f"Load of the machine: {os.getloadavg()[0]:.1f} at the end.",
    ]
    title = f"overlays: {runs} runs, their projects copied or mounted"
    return [Table("overlays", title, rows, notes)]


def _compare(home: Path, size: str, files: tuple[int, int], runs: int, rounds: int) -> list[Row]:
    root = home / "root"
    write_project(root, *files)
    write_notebook(root / "step.ipynb", ["print(1)"])
    write_pipeline(root, ["step"], {"x": range(runs)})
    times: dict[bool, list[Measured]] = {False: [], True: []}
    with Server(home / "server", root) as server:
        for _ in range(rounds):
            for overlays, found in times.items():
                server.patch("settings", {"overlays": overlays})
                warm_up(server)
                found.append(run_grid(server)[1])
    names = {False: f"copies, {size}", True: f"overlays, {size}"}
    rows = [Row(names[key], [one[0] for one in found], "s") for key, found in times.items()]
    rows += [
        Row(f"computing: {names[key]}", [one[1] for one in found], "s", ratio=False)
        for key, found in times.items()
    ]
    for what, at in (("time", 0), ("computing", 1)):
        pairs = zip(times[False], times[True], strict=True)
        factors = [copied[at] / mounted[at] for copied, mounted in pairs]
        rows.append(Row(f"{what}: copies / overlays, {size}", factors, "times", ratio=False))
    return rows
