"""What a grid costs at least: ``python -m bench.floor FOLDER RUNS PROCESSES``, prints seconds by
the clock and seconds of computing.

Each notebook is executed by a fork of a process whose IPython shell is ready. No kernel, no
messages, no working copy, no journal, no saved notebook: nobody could use it.
"""

import json
import os
import sys
import time
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from bench.peer import computed_s


def one_run(shell: InteractiveShell, folder: Path, chain: list[str]) -> None:
    """Execute the notebooks of one run, each in a fork, one after another."""
    for name in chain:
        pid = os.fork()
        if pid == 0:
            os.chdir(folder)
            for cell in json.loads(Path(f"{name}.ipynb").read_text())["cells"]:
                shell.run_cell("".join(cell["source"]))
            os._exit(0)
        if os.waitpid(pid, 0)[1]:
            raise RuntimeError(f"{name} failed")


def main(folder: Path, runs: int, processes: int) -> tuple[float, float]:
    """Execute all runs.

    Returns:
        Seconds by the clock, and of computing.
    """
    sys.stdout.flush()
    said = os.dup(1)
    with Path(os.devnull).open("w") as null:
        os.dup2(null.fileno(), 1)
    shell = InteractiveShell.instance()
    if shell.history_manager is not None:
        shell.history_manager.enabled = False
    chain = sorted(path.stem for path in folder.glob("*.ipynb"))
    begun, computed = time.perf_counter(), computed_s()
    workers = []
    for worker in range(processes):
        pid = os.fork()
        if pid == 0:
            for _ in range(worker, runs, processes):
                one_run(shell, folder, chain)
            os._exit(0)
        workers.append(pid)
    for pid in workers:
        if os.waitpid(pid, 0)[1]:
            raise RuntimeError("a notebook failed")
    measured = time.perf_counter() - begun, computed_s() - computed
    os.dup2(said, 1)
    return measured


if __name__ == "__main__":
    measured = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(f"{measured[0]} {measured[1]}\n")
