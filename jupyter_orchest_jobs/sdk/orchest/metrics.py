"""Numbers that a step reports about its run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any


def log_metric(name: str, value: float) -> None:
    """Report a number about this run, such as a score; the last value of a name counts.

    Outside a job it only checks its arguments, so that code can be tried in a notebook.

    Args:
        name: what the number is.
        value: a number, or something that ``float`` understands.

    Raises:
        TypeError, ValueError: the name is no text, or the value no number.
    """
    log_metrics({name: value})


def log_metrics(metrics: Mapping[str, Any]) -> None:
    """Report several numbers at once, name to value.

    Raises:
        TypeError, ValueError: a name is no text, or a value no number; then none is reported.
    """
    lines = []
    for name, value in metrics.items():
        if not name or not isinstance(name, str):
            raise TypeError(f"the name of a metric must be a text, not {name!r}")
        lines.append(json.dumps({"name": name, "value": float(value)}) + "\n")
    path = os.environ.get("ORCHEST_METRICS_PATH")
    if path and lines:
        # One write, so that processes of one step don't mix their lines.
        with open(path, "ab", buffering=0) as file:
            file.write("".join(lines).encode())
