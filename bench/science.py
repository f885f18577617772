"""A grid whose notebooks import pandas and scikit-learn, which a job can preload."""

import os
from pathlib import Path

from bench.grid import CHAIN, Measured, compare, cores, papermill, run_grid, warm_up
from bench.project import write_notebook, write_pipeline
from bench.server import Server
from bench.table import Table

RUNS, ROUNDS = 24, 3
QUICK_RUNS, QUICK_ROUNDS = 6, 1
PRELOAD = {"policies": {"preload": ["pandas", "sklearn.linear_model"]}}
LEAST = 12.0

FIT = """\
import pandas
from sklearn.linear_model import LinearRegression

frame = pandas.DataFrame({"a": range(1000)})
frame["b"] = 2 * frame.a + int(x)
print(LinearRegression().fit(frame[["a"]], frame.b).intercept_)
"""


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    runs, rounds = (QUICK_RUNS, QUICK_ROUNDS) if quick else (RUNS, ROUNDS)
    root, theirs = home / "root", home / "theirs"
    for name in CHAIN:
        ours = ["import orchest\n\nx = orchest.get_pipeline_param('x')", FIT]
        write_notebook(root / f"{name}.ipynb", ours)
        write_notebook(theirs / f"{name}.ipynb", ["x = 0", FIT], parameters=True)
    write_pipeline(root, CHAIN, {"x": range(runs)})
    times: dict[str, list[Measured]] = {"papermill": [], "plain": [], "ours": []}
    with Server(home / "server", root) as server:
        for _ in range(rounds):
            times["papermill"].append(papermill(home, theirs, runs, 1))
            warm_up(server)
            times["plain"].append(run_grid(server)[1])
            warm_up(server, **PRELOAD)
            times["ours"].append(run_grid(server, **PRELOAD)[1])
    names = {
        "papermill": "papermill, one run after another",
        "plain": f"orchest-jobs, {cores()} runs at once",
        "ours": "the same, pandas and scikit-learn preloaded",
    }
    rows = compare(times, names, {"papermill": LEAST})
    notes = [
        "As in the grid above; each notebook imports pandas and scikit-learn, and fits a line.",
        f"Load of the machine: {os.getloadavg()[0]:.1f} at the end.",
    ]
    title = f"science: {runs} runs of {len(CHAIN)} notebooks that import pandas and scikit-learn"
    return [Table("science", title, rows, notes)]
