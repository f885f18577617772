"""Notebooks by nbclient as it is: ``python -m bench.stock FILE COUNT``, prints seconds by the
clock and seconds of computing.

Generously: imported, and executed once, before the clock starts.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from bench.peer import computed_s


def execute(file: Path) -> None:
    """Execute a notebook in a kernel of its own, and save it."""
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(file.parent)}}).execute()
    nbformat.write(notebook, file.with_name("executed.ipynb"))


def main(file: Path, count: int) -> tuple[float, float]:
    """Execute it so many times, one after another.

    Returns:
        Seconds by the clock, and of computing.
    """
    execute(file)
    begun, computed = time.perf_counter(), computed_s()
    for _ in range(count):
        execute(file)
    return time.perf_counter() - begun, computed_s() - computed


if __name__ == "__main__":
    measured = main(Path(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(f"{measured[0]} {measured[1]}\n")
