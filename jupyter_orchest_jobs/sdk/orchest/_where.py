"""Where this code is: in a step of a job, or in a notebook that somebody is writing.

In a job, environment variables say it. Elsewhere it is looked for, or was said to `use_pipeline`.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from ._files import (
    SUFFIX,
    files_of_steps,
    own_file,
    pipelines_around,
    project_of,
    read_definition,
)
from .error import PipelineDefinitionNotFoundError, StepUUIDResolveError

_SAY = "Say which one you mean: orchest.use_pipeline(path, step)."
_SHOWN = 20


class _Chosen(NamedTuple):
    """A pipeline file, and which of its steps this code may be."""

    path: str
    steps: list[str]


_said: _Chosen | None = None
_found: dict[str, _Chosen] = {}
"""What was found for a notebook; to be looked at again, since pipelines change."""


def use_pipeline(path: str, step: str | None = None) -> None:
    """Say which pipeline, and which of its steps, the code of this process is.

    For notebooks of which that can't be told. In a job this does nothing: there it is known.

    Args:
        path: the pipeline file, relative to the current folder.
        step: id, title or file of the step; may be left out if only parameters of the pipeline
            are wanted, or the notebook is one step of this pipeline.

    Raises:
        PipelineDefinitionNotFoundError: there is no such pipeline file.
        StepUUIDResolveError: it has no such step, or several.
    """
    global _said
    if in_job():
        return
    real = os.path.realpath(os.path.expanduser(os.fspath(path)))
    found = _read(real)
    if step is None:
        own = own_file()
        files = files_of_steps(real, found)
        _said = _Chosen(real, [key for key, file in files.items() if own and file == own])
        return
    steps = [key for key, properties in found["steps"].items() if step in _names(key, properties)]
    if len(steps) != 1:
        has = "has no step" if not steps else f"has {len(steps)} steps"
        known = "\n".join(_line(real, found, key) for key in found["steps"])
        raise StepUUIDResolveError(f"{path} {has} {step!r}. Its steps:\n{known}")
    _said = _Chosen(real, steps)


def in_job() -> bool:
    """Whether this code is executed by a job."""
    return os.environ.get("ORCHEST_SESSION_TYPE") == "noninteractive"


def definition() -> dict[str, Any]:
    """The definition of the pipeline, read anew.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline, or to several.
    """
    return _read(_path())


def step_uuid() -> str:
    """The id of the step.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline, or to several.
        StepUUIDResolveError: which step this code is can't be told.
    """
    step = os.environ.get("ORCHEST_STEP_UUID")
    if step:
        return step
    if os.environ.get("ORCHEST_PIPELINE_PATH"):
        raise StepUUIDResolveError(
            "ORCHEST_STEP_UUID is not set: this code does not run as a step of a pipeline."
        )
    chosen = _choose()
    if len(chosen.steps) == 1:
        return chosen.steps[0]
    if not chosen.steps:
        raise StepUUIDResolveError(
            f"This notebook is no step of {chosen.path}. Add it there. {_SAY}"
        )
    found = _read(chosen.path)
    known = "\n".join(_line(chosen.path, found, step) for step in chosen.steps)
    raise StepUUIDResolveError(f"This may be one of several steps:\n{known}\n{_SAY}")


def project_dir() -> str:
    """The root of the project: the working copy in a job, the folder with the notebooks elsewhere.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline, or to several.
    """
    return os.environ.get("ORCHEST_PROJECT_DIR") or project_of(_path())


def _path() -> str:
    return os.environ.get("ORCHEST_PIPELINE_PATH") or _choose().path


def _read(path: str) -> dict[str, Any]:
    try:
        return read_definition(path)
    except (OSError, ValueError) as error:
        raise PipelineDefinitionNotFoundError(
            f"The pipeline's definition {path} can't be read: {error}"
        ) from None


def _choose() -> _Chosen:
    if _said is not None:
        return _said
    file = own_file()
    key = file or os.getcwd()
    chosen = _found.get(key)
    if chosen is None or _steps_of(chosen.path, file, key) != chosen.steps:
        chosen = _found[key] = _search(file, key)
    return chosen


def _search(file: str | None, key: str) -> _Chosen:
    around = pipelines_around(os.path.dirname(file) if file else key)
    found = [_Chosen(path, _steps_of(path, file, key)) for path in around]
    found = [chosen for chosen in found if chosen.steps]
    if len(found) == 1:
        return found[0]
    if file:
        what = f"“{os.path.basename(file)}” is"
    else:
        what = f"Which notebook this is can't be told (restart the kernel?), and in {key} there is"
    if found:
        lines = [
            _line(chosen.path, _read(chosen.path), step)
            for chosen in found
            for step in chosen.steps
        ]
        raise PipelineDefinitionNotFoundError(
            f"{what} a step of {len(found)} pipelines:\n" + "\n".join(lines) + f"\n{_SAY}"
        )
    known = "".join(f"\n  {path!r}" for path in around[:_SHOWN])
    raise PipelineDefinitionNotFoundError(
        f"{what} no step of a pipeline. Add it to a pipeline file ({SUFFIX}) of its project, or "
        "say which step you mean: orchest.use_pipeline(path, step)."
        + (f"\nThe pipelines that were found:{known}" if known else "")
    )


def _steps_of(path: str, file: str | None, key: str) -> list[str]:
    """The steps of a pipeline that execute a file; if that is unknown, those of a folder."""
    try:
        steps = files_of_steps(path, read_definition(path))
    except (OSError, ValueError):
        return []
    if file:
        return [step for step, own in steps.items() if own == file]
    return [step for step, own in steps.items() if os.path.dirname(own) == os.path.realpath(key)]


def _names(step: str, properties: Any) -> tuple[Any, ...]:
    if not isinstance(properties, dict):
        return (step,)
    return step, properties.get("title"), properties.get("file_path")


def _line(path: str, found: dict[str, Any], step: str) -> str:
    properties = found["steps"].get(step) or {}
    return f"  {path!r}, {step!r}  # {properties.get('title') or properties.get('file_path')}"
