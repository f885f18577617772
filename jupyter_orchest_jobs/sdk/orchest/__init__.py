"""What a step of an Orchest pipeline may ask and tell: parameters, data of other steps, metrics.

Works in any Python from 3.7 on, and needs nothing but the standard library; pyarrow only for data
that is pyarrow's. In notebooks that are being written, outside of jobs, it works as in jobs.
"""

from . import transfer, utils
from ._where import use_pipeline
from .config import Config
from .error import (
    DataDirNotFoundError,
    DataInvalidNameError,
    DeserializationError,
    DiskOutputNotFoundError,
    Error,
    InputNameCollisionError,
    InvalidMetaDataError,
    MemoryOutputNotFoundError,
    OutputNotFoundError,
    PipelineDefinitionNotFoundError,
    SerializationError,
    ServiceNotFound,
    StepUUIDResolveError,
)
from .metrics import log_metric, log_metrics
from .parameters import get_params, get_pipeline_param, get_step_param
from .run import data_dir, job_id, run_id
from .services import get_service, get_services
from .transfer import get_inputs, output

__all__ = [
    "Config",
    "DataDirNotFoundError",
    "DataInvalidNameError",
    "DeserializationError",
    "DiskOutputNotFoundError",
    "Error",
    "InputNameCollisionError",
    "InvalidMetaDataError",
    "MemoryOutputNotFoundError",
    "OutputNotFoundError",
    "PipelineDefinitionNotFoundError",
    "SerializationError",
    "ServiceNotFound",
    "StepUUIDResolveError",
    "data_dir",
    "get_inputs",
    "get_params",
    "get_pipeline_param",
    "get_service",
    "get_services",
    "get_step_param",
    "job_id",
    "log_metric",
    "log_metrics",
    "output",
    "run_id",
    "transfer",
    "use_pipeline",
    "utils",
]
