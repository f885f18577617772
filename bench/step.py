"""What one trivial notebook costs: as a step of ours, and with nbclient as it is."""

import os
from datetime import datetime
from pathlib import Path

from bench import peers
from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.server import Server, run_job
from bench.table import Row, Table

STEPS, ROUNDS = 24, 5
QUICK_STEPS, QUICK_ROUNDS = 6, 1


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    steps, rounds = (QUICK_STEPS, QUICK_ROUNDS) if quick else (STEPS, ROUNDS)
    root, theirs = home / "root", home / "stock"
    chain = [f"s{number}" for number in range(steps)]
    for name in chain:
        write_notebook(root / f"{name}.ipynb", ["print(1)"])
    write_notebook(theirs / "s.ipynb", ["print(1)"])
    write_pipeline(root, chain, {"x": [0]})

    stock: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    with Server(home / "server", root) as server:
        run_job(server, PIPELINE)
        for _ in range(rounds):
            stock.append(peers.ask(home, "bench.stock", str(theirs / "s.ipynb"), str(steps)))
            computed = server.computed_s()
            job = run_job(server, PIPELINE)
            ours.append((_run_s(server, job["id"]), server.computed_s() - computed))
    rows = []
    for what, at in (("time", 0), ("computing", 1)):
        names = (f"{what}: nbclient as it is", stock), (f"{what}: a step of orchest-jobs", ours)
        rows += [
            Row(name, [1000 * one[at] / steps for one in values], "ms", ratio=False)
            for name, values in names
        ]
        factors = [before[at] / after[at] for before, after in zip(stock, ours, strict=True)]
        rows.append(Row(f"{what}: nbclient / orchest-jobs", factors, "times", ratio=False))
    notes = [
        f"{steps} notebooks, one after another, of one cell each; both are warm.",
        "Ours is the run's time: with runner, working copy, journal, logs and saved notebooks. Its",
        "computing is all: with conductor, database, snapshot, and the server that is asked.",
        f"Load of the machine: {os.getloadavg()[0]:.1f} at the end.",
    ]
    return [Table("step", "step: what one trivial notebook costs", rows, notes)]


def _run_s(server: Server, job_id: str) -> float:
    run = server.get("runs", job=job_id, limit=1)["items"][0]
    begun, ended = (datetime.fromisoformat(run[name]) for name in ("started_at", "finished_at"))
    return (ended - begun).total_seconds()
