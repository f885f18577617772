"""What a step of an Orchest pipeline may ask and tell: its parameters, its metrics.

Works in any Python from 3.7 on, and needs nothing but the standard library.
"""

from .error import Error, PipelineDefinitionNotFoundError, StepUUIDResolveError
from .metrics import log_metric, log_metrics
from .parameters import get_params, get_pipeline_param, get_step_param

__all__ = [
    "Error",
    "PipelineDefinitionNotFoundError",
    "StepUUIDResolveError",
    "get_params",
    "get_pipeline_param",
    "get_step_param",
    "log_metric",
    "log_metrics",
]
