"""What was measured, and how it is shown."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

FOR_P95, FOR_P99 = 20, 100
"""With fewer values, a percentile would be the largest one under another name."""


@dataclass(frozen=True)
class Row:
    """One thing that was measured.

    Attributes:
        values: all of them, in the order in which they were measured.
        goal: the largest median that we want, or largest value, 95th or 99th percentile for
            ``of="max"``, ``of="p95"`` and ``of="p99"``.
        least: the smallest median that we want.
        ratio: whether it makes sense to compare it with the table's first row.
    """

    what: str
    values: Sequence[float]
    unit: str
    goal: float | None = None
    of: str = "median"
    ratio: bool = True
    least: float | None = None

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float | None:
        """The 95th percentile, if there are enough values for one."""
        if len(self.values) < FOR_P95:
            return None
        return statistics.quantiles(self.values, n=20, method="inclusive")[-1]

    @property
    def p99(self) -> float | None:
        """The 99th percentile, if there are enough values for one."""
        if len(self.values) < FOR_P99:
            return None
        return statistics.quantiles(self.values, n=100, method="inclusive")[-1]

    @property
    def verdict(self) -> str:
        """Whether the goal was reached."""
        if self.least is not None:
            return f"{'yes' if self.median >= self.least else 'NO'} (≥ {_short(self.least)})"
        if self.goal is None:
            return ""
        reached = max(self.values) if self.of == "max" else self.median
        if self.of == "p95":
            reached = self.p95 or max(self.values)
        if self.of == "p99":
            reached = self.p99 or max(self.values)
        return f"{'yes' if reached <= self.goal else 'NO'} (≤ {_short(self.goal)})"


@dataclass(frozen=True)
class Table:
    """The rows of one benchmark; ratios are to the first one."""

    name: str
    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default=())

    def show(self, console: Console) -> None:
        """Print it."""
        base = self.rows[0]
        goals = any(row.goal is not None or row.least is not None for row in self.rows)
        shown = RichTable(title=self.title, title_justify="left", title_style="bold")
        shown.add_column("")
        for heading in ("median", "min-max", "p95", "n", "ratio"):
            shown.add_column(heading, justify="right", no_wrap=True)
        if goals:
            shown.add_column("goal", no_wrap=True)
        for row in self.rows:
            cells = [
                row.what,
                f"{_short(row.median)} {row.unit}",
                f"{_short(min(row.values))}-{_short(max(row.values))}",
                "" if row.p95 is None else _short(row.p95),
                str(len(row.values)),
                f"{row.median / base.median:.2f}" if row.ratio and base.median else "",
            ]
            shown.add_row(*cells, *([row.verdict] if goals else []))
        console.print(shown)
        for note in self.notes:
            console.print(f"  {note}", markup=False, highlight=False)
        console.print()

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        rows = [
            {**asdict(row), "median": row.median, "p95": row.p95, "p99": row.p99}
            for row in self.rows
        ]
        return {"title": self.title, "rows": rows, "notes": list(self.notes)}


def _short(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
