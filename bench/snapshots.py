"""Snapshots of a large project: their time, and the disk that they and their runs take."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.project import PIPELINE, write_pipeline
from bench.server import Server, run_job
from bench.table import Row, Table
from jupyter_orchest_jobs.snapshot.take import take

FILES, MEGABYTES, ROUNDS, RUNS = 5000, 200, 5, 100
QUICK_FILES, QUICK_MEGABYTES, QUICK_ROUNDS, QUICK_RUNS = 500, 20, 2, 4
GOAL_MB, GOAL_KB = 2.0, 20.0
SETTLED_S = 2.5
"""Files that were changed a moment ago are read again, as file systems may have coarse times."""


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    files, size, rounds, runs = (
        (QUICK_FILES, QUICK_MEGABYTES, QUICK_ROUNDS, QUICK_RUNS)
        if quick
        else (FILES, MEGABYTES, ROUNDS, RUNS)
    )
    project = home / "project"
    write_project(project, files, size * 10**6 // files)
    time.sleep(SETTLED_S)
    title = f"{files:,} files, {size} MB"
    return [_times(home, project, rounds, title), _disk(home, project, runs, title)]


def write_project(project: Path, files: int, size: int) -> None:
    """Files of random bytes, a hundred in a folder."""
    generator = random.Random(1)  # noqa: S311  # no secret
    for number in range(files):
        file = project / "data" / f"{number // 100}" / f"{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(generator.randbytes(size))
    (project / "step.py").write_text("pass\n")


def _times(home: Path, project: Path, rounds: int, title: str) -> Table:
    snapshots = home / "state" / "snapshots"
    found: dict[str, list[tuple[float, float]]] = {"cp": [], "first": [], "again": []}
    disk = []
    for _ in range(rounds):
        shutil.rmtree(snapshots, ignore_errors=True)
        shutil.rmtree(home / "copy", ignore_errors=True)
        os.sync()
        with _timed(found["cp"]):
            subprocess.run(["cp", "-a", project, home / "copy"], check=True)  # noqa: S603, S607  # cp as users have it
            os.sync()
        with _timed(found["first"]):
            first = take(project, snapshots)
        with _timed(found["again"]):
            again = take(project, snapshots, share=True)
        disk.append((taken(first.path, again.path) - taken(first.path)) / 1e6)
    names = {
        "cp": "cp -a, and sync",
        "first": "the first snapshot",
        "again": "the next one, nothing changed",
    }
    rows = [Row(name, [one[0] for one in found[key]], "s") for key, name in names.items()]
    rows += [
        Row(f"computing: {name}", [one[1] for one in found[key]], "s", ratio=False)
        for key, name in names.items()
    ]
    rows.append(Row("disk that the next one takes", disk, "MB", GOAL_MB, ratio=False))
    notes = ["Goals: twice cp at most; a tenth if nothing changed. Both are on the disk then."]
    return Table("snapshots", f"snapshots: {title}", rows, notes)


@contextmanager
def _timed(found: list[tuple[float, float]]) -> Iterator[None]:
    """Note seconds by the clock, and of computing here and in processes that were waited for."""
    begun, computed = time.perf_counter(), sum(os.times()[:4])
    yield
    found.append((time.perf_counter() - begun, sum(os.times()[:4]) - computed))


def _disk(home: Path, project: Path, runs: int, title: str) -> Table:
    """What is left of runs that change nothing."""
    write_pipeline(project, ["step"], {"x": range(runs)}, ".py")
    with Server(home / "server", project) as server:
        run_job(server, PIPELINE)
        time.sleep(SETTLED_S)  # the last runs are being cut down
        snapshot = taken(server.state / "snapshots") / 1e6
        left = taken(server.state / "runs") / 1e6
    rows = [
        Row("the snapshot", [snapshot], "MB"),
        Row("snapshot and runs", [snapshot + left], "MB", 1.1 * snapshot + runs * GOAL_KB / 1e3),
        Row("one run", [1e3 * left / runs], "kB", ratio=False),
    ]
    note = f"The goal is 1.1 times the snapshot, and {GOAL_KB:.0f} kB for each run."
    return Table("disk", f"disk: {runs} runs that change nothing; {title}", rows, [note])


def taken(*folders: Path) -> int:
    """What folders take on the disk together, in bytes; files with several names count once."""
    blocks = {}
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for path in (parent, *(os.path.join(parent, name) for name in names)):  # noqa: PTH118  # many files
                status = os.lstat(path)
                blocks[status.st_ino] = status.st_blocks * 512
    return sum(blocks.values())
