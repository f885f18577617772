"""How long it takes to make a page of a notebook with large tables."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.html import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bench.table import Row, Table
from jupyter_orchest_jobs.render.html import render_notebook

MEGABYTES, ROUNDS = 5.0, 3
QUICK_MEGABYTES, QUICK_ROUNDS = 2.0, 1
GOAL = 50


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure; in this process, with all that is needed imported before."""
    size, rounds = (QUICK_MEGABYTES, QUICK_ROUNDS) if quick else (MEGABYTES, ROUNDS)
    book = tables(size)
    notebook = home / "tables.ipynb"
    nbformat.write(book, notebook)
    exporter: Any = HTMLExporter(template_name="lab")
    makers: dict[str, Callable[[], object]] = {
        "nbconvert": lambda: exporter.from_notebook_node(nbformat.read(notebook, 4)),
        "orchest-jobs": lambda: render_notebook(notebook, theme="light", title="tables"),
    }
    small = home / "small.ipynb"
    nbformat.write(tables(0.001), small)
    exporter.from_notebook_node(tables(0.001))
    render_notebook(small, theme="light", title="small")  # templates are compiled now
    clock: dict[str, list[float]] = {name: [] for name in makers}
    computing: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(rounds):
        for name, make in makers.items():
            begun, computed = time.perf_counter(), time.process_time()
            make()
            clock[name].append(time.perf_counter() - begun)
            computing[name].append(time.process_time() - computed)
    rows = [Row(name, values, "s") for name, values in clock.items()]
    rows += [Row(f"computing: {name}", each, "s", ratio=False) for name, each in computing.items()]
    pairs = zip(computing["nbconvert"], computing["orchest-jobs"], strict=True)
    times = [theirs / ours for theirs, ours in pairs]
    rows.append(Row("computing: nbconvert / ours", times, "times", ratio=False))
    note = f"The goal is {GOAL} times. Tests compare what both make."
    return [Table("pages", f"pages: {size:g} MB of tables in HTML", rows, [note])]


def tables(megabytes: float) -> Any:
    """A notebook with tables as pandas writes them."""
    row = "<tr>\n<th>0</th>\n" + "<td>0.1234</td>\n" * 10 + "</tr>\n"
    each = max(1, int(megabytes * 1e6 / 5 / len(row)))
    html = f'<table border="1" class="dataframe">\n<tbody>\n{row * each}</tbody>\n</table>'
    outputs = [new_output("display_data", data={"text/html": html})]
    return new_notebook(cells=[new_code_cell("df", outputs=outputs) for _ in range(5)])
