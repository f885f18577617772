"""Parameters of a step and of its pipeline."""

from __future__ import annotations

from typing import Any

from ._where import definition, step_uuid
from .error import StepUUIDResolveError


def get_step_param(name: str, default: Any = None) -> Any:
    """The value of a parameter of this step.

    Args:
        name: of the parameter.
        default: returned when the step has no such parameter.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline.
        StepUUIDResolveError: this code is no step of its pipeline.
    """
    return _step_params(definition()).get(name, default)


def get_pipeline_param(name: str, default: Any = None) -> Any:
    """The value of a parameter of the pipeline.

    Args:
        name: of the parameter.
        default: returned when the pipeline has no such parameter.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline.
    """
    return _pipeline_params(definition()).get(name, default)


def get_params() -> tuple[dict[str, Any], dict[str, Any]]:
    """All parameters: those of this step, and those of the pipeline.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline.
        StepUUIDResolveError: this code is no step of its pipeline.
    """
    found = definition()
    return _step_params(found), _pipeline_params(found)


def _pipeline_params(found: dict[str, Any]) -> dict[str, Any]:
    return dict(found.get("parameters") or {})


def _step_params(found: dict[str, Any]) -> dict[str, Any]:
    step = step_uuid()
    try:
        return dict(found["steps"][step].get("parameters") or {})
    except KeyError:
        raise StepUUIDResolveError(f"The pipeline has no step {step}.") from None
