"""Notebooks to look at."""

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
"""An image of one pixel."""


def code(source: str, *outputs: Any) -> Any:
    return new_code_cell(source, outputs=list(outputs))


def shows(**data: Any) -> Any:
    """An output with these media types; ``_`` stands for ``/``."""
    named = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    return new_output("display_data", data=named)


def prints(text: str) -> Any:
    return new_output("stream", text=text)


def fails(name: str, value: str, *traceback: str) -> Any:
    return new_output("error", ename=name, evalue=value, traceback=list(traceback))


def markdown(text: str) -> Any:
    return new_markdown_cell(text)


def book(*cells: Any, **metadata: Any) -> NotebookNode:
    return new_notebook(cells=list(cells), metadata=metadata)


def written(folder: Path, *cells: Any, **metadata: Any) -> Path:
    """A notebook of these cells, as a file."""
    path = folder / "step.ipynb"
    nbformat.write(book(*cells, **metadata), path)
    return path
