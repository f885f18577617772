"""Reads the numbers that a step reported."""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

from jupyter_orchest_jobs.files.reading import open_file

_MOST_BYTES = 8 * 2**20
_MOST = 1000
"""More than this many are cut down to the last of each name."""

Reported = Sequence[tuple[str, float]]


def read_metrics(path: Path) -> tuple[Reported, list[str]]:
    """What a step appended to its metrics file.

    Args:
        path: one JSON object a line, ``{"name": …, "value": …}``; may be missing.

    Returns:
        Name and value of each in order; and sentences about what could not be taken.
    """
    try:
        with open_file(path) as file:
            # Whatever mode it was made with, it is ours from now on.
            os.fchmod(file.fileno(), 0o600)
            lines = file.read(_MOST_BYTES).splitlines()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [f"The file of the metrics was passed over: {error.strerror}."]
    metrics: list[tuple[str, float]] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
            name, value = str(data["name"]), float(data["value"])
        except (ValueError, TypeError, KeyError):
            problems.append(f"Line {number} of the metrics is damaged and was passed over.")
            continue
        if math.isfinite(value):
            metrics.append((name, value))
        else:
            problems.append(f"The metric “{name}” is {value} and was passed over.")
    if len(metrics) > _MOST:
        metrics = list(dict(metrics).items())[:_MOST]
    return metrics, problems
