"""Freezing the environment that runs the benchmarks: time, and the disk that a clone takes."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.snapshots import taken
from bench.table import Row, Table
from jupyter_orchest_jobs.domain.environment import Environment, EnvironmentState
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.snapshot.environments import drift, freeze, frozen_program, look

ROUNDS, QUICK_ROUNDS, LOOKS = 5, 2, 100
GOAL_S, GOAL_PERCENT, GOAL_LOOK_MS = 1.0, 5.0, 1.0


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure; there must be hard links between the environment and the temporary folder."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    begun = time.perf_counter()
    seen = look(sys.executable)
    first = time.perf_counter() - begun
    again = [_seconds(lambda: look(sys.executable)) * 1e3 for _ in range(LOOKS)]
    root = home / "environments"
    links, clones, drifts, starts, removals = [], [], [], [], []
    percent = 0.0
    for _ in range(rounds):
        links.append(_seconds(lambda: _link(seen, home / "links")))
        shutil.rmtree(home / "links")
        clones.append(_seconds(lambda: freeze(seen, root)))
        frozen = freeze(seen, root)
        if frozen.state is not EnvironmentState.FROZEN:
            note = f"{frozen.prefix} is not frozen: {frozen.reason}"
            return [Table("environments", "environments", [Row("look", again, "ms")], [note])]
        percent = 100 * _new_disk(seen, root / seen.id) / frozen.bytes
        drifts.append(_seconds(lambda: drift(root, seen.id)))
        program = frozen_program(root, frozen)
        if program is not None:
            start = [program.program, "-c", "import ipykernel.kernelapp"]
            starts.append(_seconds(lambda: subprocess.run(start, check=True)))  # noqa: B023, S603  # called at once; our clone
        removals.append(_seconds(lambda: remove_folder(root / seen.id)))
    rows = [
        Row("cp -al", links, "s"),
        Row("freeze", clones, "s", GOAL_S),
        Row("drift of the clone", drifts, "s"),
        Row("remove", removals, "s"),
        Row("import ipykernel in the clone", starts, "s", ratio=False),
        Row("look, the first time", [first], "s", ratio=False),
        Row("look again", again, "ms", GOAL_LOOK_MS, ratio=False),
        Row("new disk, of its size", [percent], "%", GOAL_PERCENT, ratio=False),
    ]
    files = sum(1 for path in Path(seen.prefix).rglob("*") if path.is_file())
    title = f"environments: {files:,} files, {frozen.bytes / 1e6:.0f} MB, {seen.packages} packages"
    notes = ["Sources of editable packages are looked at each time, and copied into the clone."]
    return [Table("environments", title, rows, notes)]


def _link(environment: Environment, target: Path) -> None:
    subprocess.run(["cp", "-al", environment.prefix, target], check=True)  # noqa: S603, S607  # cp as users have it


def _new_disk(environment: Environment, clone: Path) -> int:
    """What a clone takes besides what the original takes, in bytes."""
    original = Path(environment.prefix)
    return taken(original, clone) - taken(original)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
