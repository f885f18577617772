"""The same grid by papermill: ``python -m bench.peer FOLDER RUNS PROCESSES``, prints seconds
by the clock and seconds of computing.

Generously: imported, and the first notebook executed, before the clock starts.
"""

import multiprocessing
import resource
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


def computed_s() -> float:
    """How long this process, and all of its children that have ended, have computed."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def computed_by(_number: int) -> float:
    """The same of a process of a pool; waits a little, so that each process of it is asked."""
    time.sleep(0.5)
    return computed_s()


def main(folder: Path, runs: int, processes: int) -> tuple[float, float]:
    """Execute all runs.

    Args:
        folder: with the notebooks.
        runs: how many.
        processes: how many at once; with 1, in this process.

    Returns:
        Seconds by the clock, and of computing.
    """
    (folder / "out").mkdir(exist_ok=True)
    chain = sorted(path.stem for path in folder.glob("*.ipynb"))
    if processes == 1:
        one_run(folder, chain, 0)
        begun, computed = time.perf_counter(), computed_s()
        for x in range(runs):
            one_run(folder, chain, x)
        return time.perf_counter() - begun, computed_s() - computed
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.starmap(one_run, [(folder, chain, x) for x in range(processes)], 1)
        computed = sum(pool.map(computed_by, range(processes), 1))
        begun = time.perf_counter()
        pool.starmap(one_run, [(folder, chain, x) for x in range(runs)], 1)
        took = time.perf_counter() - begun
        return took, sum(pool.map(computed_by, range(processes), 1)) - computed


if __name__ == "__main__":
    measured = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(f"{measured[0]} {measured[1]}\n")
