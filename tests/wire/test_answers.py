"""What answers are made of, and how they are written."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.pipeline import pipeline_of
from jupyter_orchest_jobs.domain.run import AttemptKind, StepRun
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.service.runs import RunView
from jupyter_orchest_jobs.store.contract import Page
from jupyter_orchest_jobs.wire import answers, schemas
from jupyter_orchest_jobs.wire.base import Answer, Time
from tests.factories import document
from tests.records import AWKWARD, ENDED, NOW, a_job, a_run

ZONES = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
# From the first years to the last ones.
FAR = st.integers(-738_000 * 86_400_000_000, 2_900_000 * 86_400_000_000)
MOMENTS = st.builds(
    lambda zone, far: (NOW + timedelta(microseconds=far)).astimezone(zone), ZONES, FAR
)


class Moment(Answer):
    """An answer with nothing but a time."""

    at: Time


@given(MOMENTS)
@example(datetime(1, 2, 3, 4, 5, 6, 7_999, tzinfo=UTC))
def test_times_are_utc_in_milliseconds(at: datetime) -> None:
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    assert Moment(at=at).model_dump() == {"at": text.replace("+00:00", "Z")}


FAILED = {
    **ENDED,
    "status": RunStatus.FAILED,
    "cause": Cause.STEP_FAILED,
    "message": "ValueError: é",
    "cancel_requested_at": NOW,
    "retry_requested": AttemptKind.RESUME,
    "kind": AttemptKind.RETRY,
    "pinned": True,
    "size_bytes": 2**40,
    "has_files": False,
}


@pytest.mark.parametrize(
    "special",
    [
        {},
        {"combination": {"a": {str(at): value for at, value in enumerate(AWKWARD)}, "b": {}}},
        {"metrics": {"loss": 0.5, "épochs": 3, "exact": True, "none": float("nan")}},
        {**FAILED, "steps": (StepRun("a", StepStatus.FAILED, started_at=NOW), StepRun("b"))},
    ],
)
def test_runs_are_told_as_validation_would_have_them(special: dict[str, Any]) -> None:
    job = a_job(document=document({"a": {}, "b": {}}))
    pipeline = pipeline_of(job.document, job.pipeline_path)
    view = RunView(a_run(job, **special), job, pipeline, 1, ExecutorName.LOCAL)
    page = Page([view], None, 1, 1)
    for told in (answers.run, answers.run_with_cells):
        answer = answers.runs(page, told)
        (item,) = answer.items
        cells = None if item.cells is None else [vars(cell) for cell in item.cells]
        validated = schemas.RunAnswer.model_validate({**vars(item), "cells": cells})
        assert repr(item) == repr(validated)
        assert item.model_dump_json() == validated.model_dump_json()
        assert item.model_fields_set == validated.model_fields_set
        assert item.model_dump_json() in answer.model_dump_json()
