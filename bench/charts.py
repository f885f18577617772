"""Draws what was measured: ``python -m bench.charts RESULTS.json [--to FOLDER]``.

The results are those of ``python -m bench --json RESULTS.json``. Each chart is an SVG file of bars:
the median, and a line from the smallest value to the largest.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

CHARTS = {
    "grid": ("time", "s"),
    "science": ("time", "s"),
    "step": ("time", "ms"),
    "first": ("time", "ms"),
    "flat": ("time", "ms"),
    "marginal": ("computing", "ms"),
    "memory": ("memory", "MB"),
    "snapshots": ("time", "s"),
    "overlays": ("time", "s"),
    "pages": ("time", "s"),
}
"""Which tables become charts: what is shown, and the unit of the rows that show it."""
FOLDER = Path(__file__).parent.parent / "docs" / "explanation"
WIDTH, LABELS, VALUES, BAR, GAP, TOP = 760, 320, 90, 20, 10, 36
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 } .bar { fill: #8c959f } .ours { fill: #1976d2 }
.range { stroke: #24292f }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #58a6ff } .range { stroke: #e6edf3 }
}"""


def chart(title: str, rows: Sequence[dict[str, Any]]) -> str:
    """The SVG of bars, one for each row; what is ours stands out."""
    largest = max(max(row["values"]) for row in rows)
    room = WIDTH - LABELS - VALUES
    height = TOP + len(rows) * (BAR + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="0" y="18">{escape(title)}</text>',
    ]
    for at, row in enumerate(rows):
        y = TOP + at * (BAR + GAP)
        middle = y + BAR / 2
        ends = [LABELS + room * value / largest for value in _ends(row["values"])]
        length = room * row["median"] / largest
        kind = "bar" if _is_other(row["what"]) else "bar ours"
        across = f'x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{middle}" y2="{middle}"'
        parts += [
            f'<text x="{LABELS - 8}" y="{middle + 4}" text-anchor="end">',
            f"{escape(row['what'])}</text>",
            f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{length:.1f}" height="{BAR}"/>',
            f'<line class="range" {across}/>',
            f'<text x="{max(ends[1], LABELS + length) + 6:.1f}" y="{middle + 4}">'
            f"{_short(row['median'])} {row['unit']}</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])


def rows_of(table: dict[str, Any], what: str, unit: str) -> list[dict[str, Any]]:
    """The rows of a table that a chart shows, without the name of what all of them are."""
    rows = [row for row in table["rows"] if row["unit"] == unit]
    named = [row for row in rows if row["what"].startswith(f"{what}: ")]
    chosen = named or [row for row in rows if not row["what"].startswith("computing")]
    return [{**row, "what": row["what"].removeprefix(f"{what}: ")} for row in chosen]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the charts of all tables that there are."""
    parser = argparse.ArgumentParser(prog="python -m bench.charts", description=__doc__)
    parser.add_argument("results", type=Path, metavar="RESULTS.json")
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER")
    options = parser.parse_args(arguments)
    results = json.loads(options.results.read_text())
    if results["quick"]:
        parser.error("these are results of --quick: they are only to try it, and not worth a chart")
    for name, (what, unit) in CHARTS.items():
        table = results["tables"].get(name)
        rows = rows_of(table, what, unit) if table else []
        if rows:
            file = options.to / f"performance-{name}.svg"
            file.write_text(chart(f"{table['title'].partition(': ')[2]}: {what}", rows), "utf-8")
            sys.stdout.write(f"{file}\n")
    return 0


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


def _is_other(what: str) -> bool:
    others = ("papermill", "scheduler", "nbc", "cp -a", "floor", "copies")
    return any(name in what for name in others)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
