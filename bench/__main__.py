"""Runs the benchmarks: ``python -m bench [NAME…] [--quick] [--json FILE]``."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import (
    cluster,
    drafts,
    environments,
    first,
    grid,
    lists,
    loop,
    memory,
    overlays,
    pages,
    scale,
    science,
    snapshots,
    start,
    step,
)
from bench.table import Table

BENCHMARKS = {
    "start": start,
    "lists": lists,
    "loop": loop,
    "pages": pages,
    "snapshots": snapshots,
    "overlays": overlays,
    "step": step,
    "first": first,
    "grid": grid,
    "science": science,
    "scale": scale,
    "cluster": cluster,
    "memory": memory,
    "drafts": drafts,
    "environments": environments,
}
PACKAGES = ("jupyter_server", "ipykernel", "nbclient", "sqlalchemy", "tornado")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print.

    Returns:
        0, whatever was measured: goals are no tests.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"all, or some of: {', '.join(BENCHMARKS)}"
    )
    parser.add_argument("--quick", action="store_true", help="smaller and fewer: only to try it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all values to a file")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    console = Console()
    console.print(" · ".join(str(value) for value in machine().values()), highlight=False)
    tables: list[Table] = []
    for name, benchmark in BENCHMARKS.items():
        if options.names and name not in options.names:
            continue
        console.print(f"\nmeasuring: {name}", highlight=False)
        with tempfile.TemporaryDirectory(
            prefix="orchest-jobs-bench-", ignore_cleanup_errors=True
        ) as folder:
            found = benchmark.measure(Path(folder), quick=options.quick)
        for table in found:
            table.show(console)
        tables += found
    if options.json is not None:
        written = {
            "machine": machine(),
            "quick": options.quick,
            "tables": {table.name: table.as_json() for table in tables},
        }
        options.json.write_text(json.dumps(written, indent=1) + "\n")
    return 0


def machine() -> dict[str, Any]:
    """What it was measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.release()}",
        "cores": f"{os.cpu_count()} cores",
        "load": f"load {load:.1f} before" if load is not None else "",
        "python": f"Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES),
    }


if __name__ == "__main__":
    sys.exit(main())
