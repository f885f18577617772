"""The errors of the SDK; their names are those of Orchest's.

Error
├── PipelineDefinitionNotFoundError
├── StepUUIDResolveError
├── DataInvalidNameError
├── SerializationError
├── DeserializationError
├── OutputNotFoundError
│   ├── DiskOutputNotFoundError
│   └── MemoryOutputNotFoundError
├── InputNameCollisionError
├── InvalidMetaDataError
├── DataDirNotFoundError
└── ServiceNotFound
"""


class Error(Exception):
    """Root of them all."""


class PipelineDefinitionNotFoundError(Error):
    """The pipeline's definition can't be found or read; so this code is no step of a pipeline."""


class StepUUIDResolveError(Error):
    """Which step of the pipeline this code belongs to can't be told."""


class DataInvalidNameError(Error):
    """Data can't be output under this name."""


class SerializationError(Error):
    """Data can't be written: it is of a kind that can't leave its process."""


class DeserializationError(Error):
    """What an incoming step has output can't be read here."""


class OutputNotFoundError(Error):
    """An incoming step has output nothing."""


class DiskOutputNotFoundError(OutputNotFoundError):
    """The same; Orchest told apart where it had looked."""


class MemoryOutputNotFoundError(OutputNotFoundError):
    """Never raised: nothing is kept in memory. It is there for code that catches it."""


class InputNameCollisionError(Error):
    """Several incoming steps have output data of the same name."""


class InvalidMetaDataError(Error):
    """The description of an output is damaged."""


class DataDirNotFoundError(Error):
    """There is no directory for data that is shared by all runs."""


class ServiceNotFound(Error):
    """There are no services."""
