"""What the editor of a draft waits for: grids of a million combinations, over REST."""

import json
import time
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bench.server import NAMESPACE, Server
from bench.table import Row, Table

TIMES, QUICK_TIMES = 30, 5
GOAL_MS, GOAL_MB = 20.0, 5.0
SCOPE = "pipeline_parameters"
LISTS: dict[str, list[Any]] = {name: list(range(100)) for name in ("x", "y", "z")}


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    root = home / "root"
    root.mkdir()
    times = QUICK_TIMES if quick else TIMES
    rule = {"scope": SCOPE, "name": "x", "value": 7}
    excepted = [json.dumps({SCOPE: {"x": n // 100, "y": n % 100, "z": 5}}) for n in range(10_000)]
    grids: dict[str, dict[str, Any]] = {
        "the first page": {},
        "a page in the middle": {"offset": 500_000},
        "filtered by a text": {"filter": {"text": "42"}, "offset": 10_000},
        "filtered by name = value": {"filter": {"rules": [rule]}, "offset": 5_000},
        "only those left out by a rule": {
            "selection": {"rules": [rule]},
            "filter": {"included": False},
        },
    }
    rows: list[Row] = []
    computing: list[Row] = []
    sizes: list[float] = []
    with Server(home / "server", root) as server:

        def measure_one(name: str, path: str, body: Any, goal: float | None = None) -> None:
            taken = []
            begun = server.computed_s()
            for _ in range(times):
                started = time.perf_counter()
                status, answer = server.ask("POST", NAMESPACE + path, body)
                taken.append(1000 * (time.perf_counter() - started))
                sizes.append(len(answer) / 1024)
                if status != HTTPStatus.OK:
                    raise RuntimeError(answer.decode())
            each = 1000 * (server.computed_s() - begun) / times
            rows.append(Row(name, taken, "ms", ratio=False))
            computing.append(Row(f"computing: {name}", [each], "ms", goal=goal, ratio=False))

        base = {"parameters": {SCOPE: LISTS}}
        server.post("strategies/expand", base)
        before = server.memory()
        for name, more in grids.items():
            measure_one(name, "strategies/expand", {**base, **more}, GOAL_MS)
        grown = server.memory() - before
        leave_out = {**base, "include": False, "filter": {"rules": [rule]}}
        measure_one("a value left out", "strategies/select", leave_out)
        many = {**base, "selection": {"exceptions": excepted}, "filter": {"included": True}}
        measure_one("with 10,000 exceptions", "strategies/expand", many)
    rows += computing
    rows.append(Row("memory that stays", [grown], "MB", goal=GOAL_MB, of="max", ratio=False))
    notes = [
        "1,000,000 combinations of 3 lists of 100 values; from the request to the whole answer.",
        "Computing is the server's, a mean over all requests.",
        f"The largest answer has {max(sizes):.0f} kB.",
    ]
    return [Table("drafts", "drafts: a grid while it is edited", rows, notes)]
