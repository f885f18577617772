"""Tags of a notebook's cells that mean something to runs, and how people count cells.

A cell is what JSON has of it, a mapping; whatever else a file may hold is no cell of ours.
"""

from collections.abc import Mapping, Sequence
from typing import Any

SKIP_TAG = "skip"
"""Cells with this tag are not executed, as in Orchest."""
PARAMETERS_TAG = "parameters"
"""The code cell with this tag has the parameters and their defaults, as for papermill."""
INJECTED_TAG = "injected-parameters"
"""The code cell with a run's values, which stands after the one with the defaults."""

Cell = Mapping[str, Any]


def is_code(cell: Any) -> bool:
    """Whether this is a code cell."""
    return isinstance(cell, Mapping) and cell.get("cell_type") == "code"


def has_tag(cell: Cell, tag: str) -> bool:
    """Whether a cell has a tag."""
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return isinstance(tags, list | tuple) and tag in tags


def is_skipped(cell: Cell) -> bool:
    """Whether a cell is not to be executed."""
    return has_tag(cell, SKIP_TAG)


def parameters_place(cells: Sequence[Any]) -> int | None:
    """Where the first code cell with the tag ``parameters`` is; None if there is none."""
    for place, cell in enumerate(cells):
        if is_code(cell) and has_tag(cell, PARAMETERS_TAG):
            return place
    return None


def without_injected(cells: Sequence[Any]) -> list[Any]:
    """The cells without those that earlier runs, ours or papermill's, have injected.

    Only where there is a cell with the tag ``parameters``: else such a cell is the notebook's own.
    """
    parameters = parameters_place(cells)
    return [
        cell
        for place, cell in enumerate(cells)
        if parameters in (None, place) or not (is_code(cell) and has_tag(cell, INJECTED_TAG))
    ]


def numbers(cells: Sequence[Any]) -> list[int | None]:
    """The number of each cell, as people count: code cells, from 1; others have None.

    A cell injected after the one with the defaults belongs to that and has its number, so that
    all others have the number that they have in the user's notebook.
    """
    parameters = parameters_place(cells)
    found: list[int | None] = []
    number = with_defaults = 0
    for place, cell in enumerate(cells):
        if not is_code(cell):
            found.append(None)
        elif with_defaults and has_tag(cell, INJECTED_TAG):
            found.append(with_defaults)
        else:
            number += 1
            found.append(number)
            if place == parameters:
                with_defaults = number
    return found
