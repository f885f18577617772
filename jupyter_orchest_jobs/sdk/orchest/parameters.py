"""Parameters of a step and of its pipeline."""

from __future__ import annotations

import json
import os
from typing import Any

from .error import PipelineDefinitionNotFoundError, StepUUIDResolveError


def get_step_param(name: str, default: Any = None) -> Any:
    """The value of a parameter of this step.

    Args:
        name: of the parameter.
        default: returned when the step has no such parameter.

    Raises:
        PipelineDefinitionNotFoundError: this code is not running in a pipeline.
        StepUUIDResolveError: this code is no step of its pipeline.
    """
    return _step_params(_definition()).get(name, default)


def get_pipeline_param(name: str, default: Any = None) -> Any:
    """The value of a parameter of the pipeline.

    Args:
        name: of the parameter.
        default: returned when the pipeline has no such parameter.

    Raises:
        PipelineDefinitionNotFoundError: this code is not running in a pipeline.
    """
    return _pipeline_params(_definition()).get(name, default)


def get_params() -> tuple[dict[str, Any], dict[str, Any]]:
    """All parameters: those of this step, and those of the pipeline.

    Raises:
        PipelineDefinitionNotFoundError: this code is not running in a pipeline.
        StepUUIDResolveError: this code is no step of its pipeline.
    """
    definition = _definition()
    return _step_params(definition), _pipeline_params(definition)


def _definition() -> dict[str, Any]:
    path = os.environ.get("ORCHEST_PIPELINE_PATH")
    if not path:
        raise PipelineDefinitionNotFoundError(
            "ORCHEST_PIPELINE_PATH is not set. Parameters are there when this code runs as a "
            "step of a pipeline, in a job."
        )
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            definition: dict[str, Any] = json.load(file)
    except (OSError, ValueError) as error:
        raise PipelineDefinitionNotFoundError(
            f"The pipeline's definition {path} can't be read: {error}"
        ) from None
    return definition


def _pipeline_params(definition: dict[str, Any]) -> dict[str, Any]:
    return dict(definition.get("parameters") or {})


def _step_params(definition: dict[str, Any]) -> dict[str, Any]:
    step = os.environ.get("ORCHEST_STEP_UUID")
    if not step:
        raise StepUUIDResolveError(
            "ORCHEST_STEP_UUID is not set: this code does not run as a step of a pipeline."
        )
    try:
        return dict(definition["steps"][step].get("parameters") or {})
    except KeyError:
        raise StepUUIDResolveError(f"The pipeline has no step {step}.") from None
