"""What a job is made from: a pipeline file; or a notebook or script, a pipeline by itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain import jsontext, notebookcells, parameters
from jupyter_orchest_jobs.domain.cellparameters import CellParameters, read_parameters
from jupyter_orchest_jobs.domain.pipeline import Pipeline, pipeline_of, read_pipeline
from jupyter_orchest_jobs.domain.single import is_single, single_document
from jupyter_orchest_jobs.engine.kernelspecs import language_of
from jupyter_orchest_jobs.errors import Problem
from jupyter_orchest_jobs.service.listfiles import read_bytes, read_text
from jupyter_orchest_jobs.service.stepfiles import MAX_NOTEBOOK


@dataclass(frozen=True)
class Source:
    """A pipeline as it is in its file.

    Attributes:
        places: where things stand in the file; nothing does in a notebook or script.
        warnings: what of it was not read.
    """

    pipeline: Pipeline
    places: jsontext.Places
    warnings: tuple[Problem, ...] = ()


def read_source(file: Path, name: str) -> Source:
    """Read a pipeline file, or make the pipeline of a notebook or script.

    The step of a notebook has the parameters of the cell with the tag ``parameters``.

    Args:
        name: its path in the project, POSIX.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it can't be read, or is no pipeline.
    """
    if not is_single(name):
        text = read_text(file, name)
        return Source(read_pipeline(text, name), jsontext.Places(text))
    is_notebook = name.lower().endswith(".ipynb")
    found = _parameters(read_bytes(file, name, MAX_NOTEBOOK)) if is_notebook else None
    found = found or CellParameters()
    pipeline = pipeline_of(single_document(name, found.values), name)
    (step,) = pipeline.steps.values()
    warnings = tuple(
        Problem(f"in the cell with the tag “parameters”, {note}", name, step=step.name)
        for note in found.notes
    )
    return Source(pipeline, jsontext.Places(""), warnings)


def _parameters(notebook: bytes) -> CellParameters | None:
    """What the tagged cell says; None if there is none, or the file is no notebook."""
    try:
        content = json.loads(notebook.decode("utf-8"))
        cells, metadata = content["cells"], content.get("metadata") or {}
        place = notebookcells.parameters_place(cells)
        if place is None:
            return None
        source = cells[place].get("source", "")
        language = _language(metadata)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # who looks at the steps' files says so
    if language != "python":
        note = (
            f"which is in {language}, no defaults are read; only those in Python are. Name the "
            "parameters with lists of values."
        )
        return CellParameters(notes=[note])
    return read_parameters("".join(source) if isinstance(source, list) else str(source))


def _language(metadata: Mapping[str, Any]) -> str:
    spec = metadata.get("kernelspec")
    own = spec.get("name") if isinstance(spec, Mapping) else None
    return language_of(metadata, str(own) if own else None)


def defaults_of(file: Path) -> parameters.Lists:
    """What a parameters file says that changes nothing: each value in a list.

    Args:
        file: a pipeline file, a notebook or a script.

    Raises:
        NotFound, InvalidInput: it can't be read.
    """
    return parameters.defaults(read_source(file, file.name).pipeline)
