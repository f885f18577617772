"""What answers and requests have in common.

Times are UTC, ISO 8601 with ``Z``. Durations end in ``_s``, times in ``_at``. The OpenAPI
document and the TypeScript types are made from these models.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, FailFast, Field, PlainSerializer

from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.policies import CatchUp, OnStepFailure, Overlap

_put = object.__setattr__
_TWO = tuple(f"{number:02}" for number in range(60))
"""Numbers in two digits."""


def _utc(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    # Half the time of isoformat: a page of runs has hundreds of them.
    day = f"{at.year:04}-{_TWO[at.month]}-{_TWO[at.day]}"
    time = f"{_TWO[at.hour]}:{_TWO[at.minute]}:{_TWO[at.second]}"
    return f"{day}T{time}.{at.microsecond // 1000:03}Z"


Time = Annotated[
    datetime,
    PlainSerializer(_utc, return_type=str),
    Field(json_schema_extra={"format": "date-time"}),
]
Texts = Annotated[list[str], FailFast()]
"""Texts; of those that are none, the first is told: there may be millions."""
Values = dict[str, dict[str, Any]]
"""Scope (``pipeline_parameters`` or a step's id) → name → value."""
Lists = dict[str, dict[str, list[Any]]]
"""Scope → name → list of values."""


class Answer(BaseModel):
    """Base of all answers: every field is always there."""

    # Made ready by the first use: servers start before anybody asks for jobs.
    model_config = ConfigDict(
        extra="forbid", json_schema_serialization_defaults_required=True, defer_build=True
    )

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """One of values that are all fields in their types: they are not validated.

        Lists have hundreds; pydantic's ``model_construct`` takes longer than validation.
        """
        made = cls.__new__(cls)
        _put(made, "__dict__", values)
        _put(made, "__pydantic_fields_set__", set(values))
        _put(made, "__pydantic_extra__", None)
        _put(made, "__pydantic_private__", None)
        return made


class Request(BaseModel):
    """Base of all requests: unknown fields are refused, so that no wish is lost silently."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class PoliciesModel(BaseModel):
    """What a user wishes of a job beyond its schedule; what is left out has its default."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)

    catch_up: CatchUp = CatchUp.LATEST
    overlap: Overlap = Overlap.SKIP
    start_at: Time | None = None
    end_at: Time | None = None
    max_batches: int | None = None
    run_timeout_s: float | None = None
    step_timeout_s: float | None = None
    step_retries: int = 0
    retry_delay_s: float = 10.0
    retry_backoff: float = 2.0
    on_step_failure: OnStepFailure = OnStepFailure.FINISH
    stop_batch_after: int | None = None
    max_runs: int | None = None
    priority: int = 0
    resume_interrupted: int = 0
    freeze_environments: bool = True
    preload: tuple[str, ...] = ()
    executor: ExecutorName = ExecutorName.LOCAL
    keep_runs: int | None = 250
    keep_days: float | None = None
    keep_bytes: int | None = None
    keep_logs: bool = True
