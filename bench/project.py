"""Writes the projects that are run: notebooks, and a pipeline of them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

PIPELINE = "bench.orchest"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def write_notebook(path: Path, cells: Sequence[str], *, parameters: bool = False) -> None:
    """A notebook; its first cell has papermill's tag if ``parameters``."""
    made = [new_code_cell(text) for text in cells]
    if parameters:
        made[0].metadata["tags"] = ["parameters"]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=made, metadata=metadata), path)


def write_pipeline(
    folder: Path,
    chain: Sequence[str],
    values: Mapping[str, Sequence[int]],
    suffix: str = ".ipynb",
) -> None:
    """A pipeline whose steps, notebooks or what else, come one after another, and its grid."""
    steps = {
        name: {
            "uuid": name,
            "title": name,
            "file_path": f"{name}{suffix}",
            "incoming_connections": list(chain[at - 1 : at]) if at else [],
            "parameters": {},
            "environment": "",
            "kernel": {"name": "python", "display_name": "Python 3"},
        }
        for at, name in enumerate(chain)
    }
    pipeline = {
        "name": "bench",
        "uuid": "7f7c3d5e-0c8e-4b54-9b53-0d2f6c9a7f11",
        "version": "1.2.3",
        "settings": {},
        "parameters": {name: next(iter(some)) for name, some in values.items()},
        "services": {},
        "steps": steps,
    }
    (folder / PIPELINE).write_text(json.dumps(pipeline))
    grid = {"pipeline_parameters": {name: list(some) for name, some in values.items()}}
    (folder / "bench.parameters.json").write_text(json.dumps(grid))
