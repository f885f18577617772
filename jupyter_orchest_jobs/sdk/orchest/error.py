"""The errors of the SDK."""


class Error(Exception):
    """Root of them all."""


class PipelineDefinitionNotFoundError(Error):
    """The pipeline's definition can't be found or read; so this code is no step of a pipeline."""


class StepUUIDResolveError(Error):
    """Which step of the pipeline this code belongs to can't be told."""
