"""Data that steps pass to the steps after them."""

from __future__ import annotations

import os
import warnings
from typing import Any

from ._outputs import (
    SEPARATOR,
    UNNAMED,
    Output,
    folder_of,
    keep_from_git,
    outputs_of,
    write_output,
)
from ._serial import Serialization, kind_of
from ._where import definition, in_job, project_dir, step_uuid
from .config import Config
from .error import (
    DataInvalidNameError,
    DeserializationError,
    InputNameCollisionError,
    InvalidMetaDataError,
    OutputNotFoundError,
    StepUUIDResolveError,
)
from .pipeline import Pipeline, PipelineStep

__all__ = ["Serialization", "get_inputs", "output", "output_to_disk", "output_to_memory"]

_asked = False


def output(data: Any, name: str | None) -> None:
    """Output data, for the steps after this one to get.

    Outputs of different names are kept side by side; the same name again, or again none, takes
    the place of what was output before.

    Args:
        data: what `pickle` can write, or a table or record batch of pyarrow.
        name: the key by which steps after this one find it; None puts it on their list of unnamed
            data.

    Raises:
        DataInvalidNameError: the name is no text, or ``"unnamed"``, or has ``"; "`` in it.
        SerializationError: the data is of a kind that can't be written.
        PipelineDefinitionNotFoundError: this code belongs to no pipeline.
        StepUUIDResolveError: which step this code is can't be told.
        OSError: the disk is full, or the like.
    """
    output_to_disk(data, name)


def output_to_disk(data: Any, name: str | None, serialization: Serialization | None = None) -> None:
    """Output data; the same as `output`.

    Args:
        serialization: if it is given, ``data`` is bytes that are serialized like this already.

    Raises:
        The same as `output`.
    """
    _check_name(name)
    found, step = definition(), _own_step("Where to output data to can't be told.")
    if step not in found["steps"]:
        raise StepUUIDResolveError(f"The pipeline has no step {step}.")
    project = project_dir()
    if not in_job():
        keep_from_git(project)
    write_output(
        folder_of(project, str(found.get("uuid") or ""), step),
        step,
        UNNAMED if name is None else name,
        data,
        kind_of(data) if serialization is None else serialization,
        raw=serialization is not None,
        # A job begins each try of a step with an empty folder, and a step may be many processes.
        anew=not in_job(),
    )


def output_to_memory(data: Any, name: str | None, disk_fallback: bool = True) -> None:
    """Output data to the disk: nothing is kept in memory.

    Raises:
        The same as `output`.
    """
    _warn("output_to_memory writes to the disk. Call orchest.output instead.", DeprecationWarning)
    output_to_disk(data, name)


def get_inputs(ignore_failure: bool = False, verbose: bool = False) -> dict[str, Any]:
    """Get what the steps right before this one have output.

    Args:
        ignore_failure: whether None stands for what can't be read, instead of an error. A step
            that has output nothing is an error all the same.
        verbose: whether to print from which steps data came.

    Returns:
        Name to data; and for ``"unnamed"`` a list, maybe empty, of what has no name. Its order is
        that of ``incoming_connections`` in the pipeline file.

    Raises:
        OutputNotFoundError: a step before has output nothing.
        InputNameCollisionError: several steps have output data of the same name.
        DeserializationError: data can't be read in this environment.
        PipelineDefinitionNotFoundError: this code belongs to no pipeline.
        StepUUIDResolveError: which step this code is can't be told.
    """
    global _asked
    if _asked and not Config.silence_multiple_data_transfer_calls_warning:
        _warn(
            "get_inputs is called again: all data is read a second time. Keep what it returned. "
            "To silence this warning, set "
            "orchest.Config.silence_multiple_data_transfer_calls_warning to True."
        )
    _asked = True
    pipeline = Pipeline.from_json(definition())
    step = pipeline.get_step_by_uuid(_own_step("From where to get data can't be told."))
    project, uuid = project_dir(), str(pipeline.properties["uuid"])
    found = [
        (parent, output) for parent in step.parents for output in _outputs_of(parent, project, uuid)
    ]
    _check_collisions(found)
    unnamed: list[Any] = []
    inputs: dict[str, Any] = {UNNAMED: unnamed}
    for parent, output in found:
        data, got = _load(output, parent, ignore_failure)
        if verbose:
            did = "Retrieved" if got else "Failed to retrieve"
            print(f"{did} input from step: “{parent.name}”")  # noqa: T201
        if output.name == UNNAMED:
            unnamed.append(data)
        else:
            inputs[output.name] = data
    return inputs


def _check_name(name: Any) -> None:
    if name is None:
        return
    if not isinstance(name, str):
        raise DataInvalidNameError(f"The name of an output must be a text or None, not {name!r}.")
    if name == UNNAMED:
        raise DataInvalidNameError(
            f"“{UNNAMED}” can't be the name of an output: it stands for those without. Say None."
        )
    if SEPARATOR in name:
        raise DataInvalidNameError(f"A name of an output can't have “{SEPARATOR}” in it: {name!r}.")


def _own_step(what: str) -> str:
    try:
        return step_uuid()
    except StepUUIDResolveError as error:
        raise StepUUIDResolveError(f"{what} {error}") from None


def _outputs_of(parent: PipelineStep, project: str, pipeline: str) -> list[Output]:
    step = parent.properties["uuid"]
    who = f"Output from incoming step “{parent.name}” ({step}) cannot be found"
    try:
        found = outputs_of(folder_of(project, pipeline, step), step)
    except InvalidMetaDataError as error:
        raise OutputNotFoundError(f"{who}: {error}") from None
    if not found:
        if step in os.environ.get("ORCHEST_STEPS_LEFT_OUT", "").split():
            raise OutputNotFoundError(
                f"{who}: this run leaves that step out, and there is no output of it from a quick "
                "run before. Run up to this step instead, so that both are run."
            )
        todo = "" if in_job() else "; run it first"
        raise OutputNotFoundError(f"{who}: it did not call orchest.output{todo}.")
    for output in found:
        # A link may have come with the project: to load what others wrote is to execute it.
        if in_job() and not _is_below(output.path, project):
            raise OutputNotFoundError(f"{who}: {output.path} leads out of the run.")
    return found


def _is_below(path: str, folder: str) -> bool:
    base = os.path.realpath(folder)
    return os.path.commonpath([base, os.path.realpath(path)]) == base


def _check_collisions(found: list[tuple[PipelineStep, Output]]) -> None:
    steps: dict[str, list[str]] = {}
    for parent, output in found:
        if output.name != UNNAMED:
            steps.setdefault(output.name, []).append(parent.name)
    lines = [f"\n{name}: {sorted(titles)}" for name, titles in steps.items() if len(titles) > 1]
    if lines:
        raise InputNameCollisionError(
            "Name collisions between input data coming from different steps:" + "".join(lines)
        )


def _load(output: Output, parent: PipelineStep, ignore_failure: bool) -> tuple[Any, bool]:
    try:
        return output.load(), True
    except (OutputNotFoundError, DeserializationError) as error:
        if ignore_failure:
            return None, False
        raise type(error)(f"Output from incoming step “{parent.name}”: {error}") from error


def _warn(message: str, category: type[Warning] = RuntimeWarning) -> None:
    warnings.warn(message, category, stacklevel=3)
