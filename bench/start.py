"""What the extension costs a server that starts and has no jobs."""

from pathlib import Path
from statistics import median

from bench.server import Server
from bench.table import Row, Table

TIMES, QUICK_TIMES = 9, 3
GOAL_S, GOAL_MB = 0.05, 5.0


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    seconds: dict[bool, list[float]] = {False: [], True: []}
    computing: dict[bool, list[float]] = {False: [], True: []}
    memory: dict[bool, list[float]] = {False: [], True: []}
    root = home / "root"
    root.mkdir()
    times = QUICK_TIMES if quick else TIMES
    for number in range(-1, times):  # the first pair warms the caches of the system
        for extension in (False, True):
            with Server(home / f"{number}-{extension}", root, extension=extension) as server:
                if number >= 0:
                    seconds[extension].append(server.start_s)
                    computing[extension].append(server.computed_s())
                    memory[extension].append(server.memory())
    rows = [
        Row("without the extension", seconds[False], "s"),
        Row("with the extension", seconds[True], "s", goal=median(seconds[False]) + GOAL_S),
        Row("computing without the extension", computing[False], "s", ratio=False),
        Row("computing with the extension", computing[True], "s", ratio=False),
        Row("memory without the extension", memory[False], "MB", ratio=False),
        Row(
            "memory with the extension",
            memory[True],
            "MB",
            goal=median(memory[False]) + GOAL_MB,
            ratio=False,
        ),
    ]
    more = [rows[at + 1].median - rows[at].median for at in (0, 2, 4)]
    notes = [
        f"It costs {1000 * more[0]:+.0f} ms, {1000 * more[1]:+.0f} ms of computing, "
        f"{more[2]:+.1f} MB (medians).",
        "From the start of the process to the first answer; memory is what is the process's own.",
    ]
    return [Table("start", "start: a Jupyter server, no jobs yet", rows, notes)]
