"""From the request that starts a job until its first cell is executed."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.server import Server, run_job
from bench.table import Row, Table
from jupyter_orchest_jobs.domain import journal

TIMES, COLD_TIMES = 20, 5
QUICK_TIMES, QUICK_COLD_TIMES = 3, 1
WARM_MS, COLD_MS = 300.0, 2000.0


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    times, cold_times = (QUICK_TIMES, QUICK_COLD_TIMES) if quick else (TIMES, COLD_TIMES)
    root = home / "root"
    write_notebook(root / "step.ipynb", ["print(1)"])
    write_pipeline(root, ["step"], {"x": [0]})
    first, cold, warm = [], [], []
    for number in range(cold_times):
        with Server(home / f"server-{number}", root) as server:
            first.append(_first_cell_ms(server))
        with Server(home / f"server-{number}", root) as server:
            cold.append(_first_cell_ms(server))
            if number == cold_times - 1:
                run_job(server, PIPELINE)
                warm = [_first_cell_ms(server) for _ in range(times)]
    rows = [
        Row("right after another job", warm, "ms", goal=WARM_MS),
        Row("the first job of a server that has just started", cold, "ms", goal=COLD_MS),
        Row("the same, with an environment to freeze", first, "ms"),
    ]
    notes = [f"Load of the machine: {os.getloadavg()[0]:.1f} at the end."]
    title = "first: from the POST until the first cell of the first run is executed"
    return [Table("first", title, rows, notes)]


def _first_cell_ms(server: Server) -> float:
    begun = datetime.now(UTC)
    job: Any = run_job(server, PIPELINE)
    run = server.get("runs", job=job["id"], limit=1)["items"][0]["id"]
    path = server.state / "runs" / run / "attempts" / "1" / "journal.jsonl"
    lines, _ = journal.whole_lines(path.read_bytes())
    cells = [entry.t for entry in journal.read(lines) if isinstance(entry, journal.CellStarted)]
    return 1000 * (cells[0] - begun).total_seconds()
