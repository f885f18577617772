"""Builders of what tests need: each has plain defaults, and a test names only what it is about."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.pipeline import Pipeline, read_pipeline

PROJECTS = Path(__file__).parent / "projects"
"""Projects and pipeline files that serve as data."""


def step_json(step: str, incoming: Iterable[str] = (), **others: Any) -> dict[str, Any]:
    """One step as it stands in a pipeline file; runs the script ``<id>.py``."""
    return {
        "uuid": step,
        "title": step.capitalize(),
        "file_path": f"{step}.py",
        "incoming_connections": list(incoming),
        "parameters": {},
        "environment": "",
        "kernel": {"name": "python", "display_name": "Python 3"},
        **others,
    }


def document(steps: Mapping[str, Mapping[str, Any]] | None = None, **others: Any) -> dict[str, Any]:
    """A pipeline file's content.

    Args:
        steps: id → what is special about the step; one plain step ``a`` if not given.
        others: keys of the top level.
    """
    given = {"a": {}} if steps is None else steps
    return {
        "name": "example",
        "uuid": "e3bde42d-6de2-4e69-a191-56b35deb5cf2",
        "version": "1.2.3",
        "settings": {"max_steps_parallelism": 0},
        "parameters": {},
        "services": {},
        "steps": {step: step_json(step, **special) for step, special in given.items()},
        **others,
    }


def pipeline_text(steps: Mapping[str, Mapping[str, Any]] | None = None, **others: Any) -> str:
    """A pipeline file, one key a line; see :func:`document`."""
    return json.dumps(document(steps, **others), indent=1, ensure_ascii=False)


def pipeline(steps: Mapping[str, Mapping[str, Any]] | None = None, **others: Any) -> Pipeline:
    """A pipeline that was read from such a file; see :func:`document`."""
    return read_pipeline(pipeline_text(steps, **others), "example.orchest")
