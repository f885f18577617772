"""Which pipeline and which step this code belongs to."""

from __future__ import annotations

from ._where import definition, step_uuid
from .pipeline import Pipeline


def get_pipeline() -> Pipeline:
    """The pipeline of this code, with the values that it has now.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline.
    """
    return Pipeline.from_json(definition())


def get_step_uuid(pipeline: Pipeline | None = None) -> str:
    """The id of the step that this code is.

    Args:
        pipeline: not needed; Orchest asks for it.

    Raises:
        PipelineDefinitionNotFoundError: this code belongs to no pipeline.
        StepUUIDResolveError: which step it is can't be told.
    """
    return step_uuid()
