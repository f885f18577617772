"""The same grid by papermill: ``python -m bench.peer FOLDER RUNS PROCESSES``, prints seconds.

Generously: imported, and the first notebook executed, before the clock starts.
"""

import multiprocessing
import sys
import time
from pathlib import Path

import papermill


def one_run(folder: Path, chain: list[str], x: int) -> None:
    """Execute the notebooks of one run, one after another."""
    for name in chain:
        papermill.execute_notebook(
            folder / f"{name}.ipynb",
            folder / "out" / f"{x}-{name}.ipynb",
            parameters={"x": x},
            cwd=folder,
            progress_bar=False,
        )


def main(folder: Path, runs: int, processes: int) -> float:
    """Execute all runs.

    Args:
        folder: with the notebooks.
        runs: how many.
        processes: how many at once; with 1, in this process.

    Returns:
        Seconds.
    """
    (folder / "out").mkdir(exist_ok=True)
    chain = sorted(path.stem for path in folder.glob("*.ipynb"))
    if processes == 1:
        one_run(folder, chain, 0)
        begun = time.perf_counter()
        for x in range(runs):
            one_run(folder, chain, x)
        return time.perf_counter() - begun
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.starmap(one_run, [(folder, chain, x) for x in range(processes)], 1)
        begun = time.perf_counter()
        pool.starmap(one_run, [(folder, chain, x) for x in range(runs)], 1)
        return time.perf_counter() - begun


if __name__ == "__main__":
    seconds = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(f"{seconds}\n")
