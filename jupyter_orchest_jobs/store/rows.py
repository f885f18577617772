"""Rows to domain objects and back. JSON columns hold what no query asks for."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from jupyter_orchest_jobs.domain.job import Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.run import Run, StepRun
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import InvalidInput, Problem

_JOB_COLUMNS = (
    "id",
    "number",
    "name",
    "status",
    "message",
    "project",
    "pipeline_path",
    "pipeline_name",
    "start_requested_at",
    "cancel_requested_at",
    "created_at",
    "started_at",
    "finished_at",
    "revision",
)
_RUN_COLUMNS = (
    "id",
    "job_id",
    "number",
    "batch",
    "status",
    "cause",
    "message",
    "attempt",
    "journal_seq",
    "combination",
    "metrics",
    "cancel_requested_at",
    "created_at",
    "started_at",
    "finished_at",
    "revision",
)
_STEP_TIMES = ("started_at", "finished_at")


def job_row(job: Job) -> dict[str, Any]:
    """The columns of a job."""
    row = {name: getattr(job, name) for name in _JOB_COLUMNS}
    row["snapshot"] = asdict(job.snapshot)
    row["frozen"] = {
        "document": job.document,
        "strategy": job.strategy.values,
        "selection": job.selection.as_json(),
        "kernels": dict(job.kernels),
        "env_variables": dict(job.env_variables),
        "parameters_file": job.parameters_file,
        "warnings": [asdict(problem) for problem in job.warnings],
    }
    return row


def job_of(row: Row[Any]) -> Job:
    """The job of a row."""
    values = row._mapping
    frozen, snapshot = values["frozen"], values["snapshot"]
    plain = {name: values[name] for name in _JOB_COLUMNS if name != "status"}
    return Job(
        **plain,
        status=JobStatus(values["status"]),
        document=frozen["document"],
        strategy=Strategy(frozen["strategy"]),
        selection=_selection_of(frozen["selection"]),
        kernels=frozen["kernels"],
        env_variables=frozen["env_variables"],
        parameters_file=frozen["parameters_file"],
        warnings=tuple(Problem(**problem) for problem in frozen["warnings"]),
        snapshot=SnapshotState(
            **{
                **snapshot,
                "status": SnapshotStatus(snapshot["status"]),
                "skipped": tuple(snapshot["skipped"]),
            }
        ),
    )


def _selection_of(data: Mapping[str, Any]) -> Selection:
    # It was checked when it came in; a job with 10,000 exceptions is loaded often.
    rules = tuple(Rule(**rule) for rule in data["rules"])
    return Selection(data["base"], rules, frozenset(data["exceptions"]))


def changed_job(job: Job, changes: Mapping[str, Any]) -> Job:
    """The job with other values in some fields."""
    unknown = changes.keys() - {item.name for item in fields(Job)}
    if unknown:
        raise TypeError(f"a job has no {', '.join(sorted(unknown))}")
    return replace(job, **changes)


def run_row(run: Run) -> dict[str, Any]:
    """The columns of a run, but for its ordinal."""
    row = {name: getattr(run, name) for name in _RUN_COLUMNS}
    row["metrics"] = dict(run.metrics)
    row["steps"] = [_step_json(step) for step in run.steps]
    return row


def run_of(row: Row[Any]) -> Run:
    """The run of a row."""
    values = row._mapping
    plain = {name: values[name] for name in _RUN_COLUMNS if name not in ("status", "cause")}
    return Run(
        **plain,
        status=RunStatus(values["status"]),
        cause=None if values["cause"] is None else Cause(values["cause"]),
        steps=tuple(_step_of(step) for step in values["steps"]),
    )


def differ(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two rows would be stored differently: 1 is not true, and order counts."""
    return _as_text(old) != _as_text(new)


def _as_text(row: Mapping[str, Any]) -> str:
    return json.dumps(row, default=_utc)


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _step_json(step: StepRun) -> dict[str, Any]:
    data = asdict(step)
    for name in _STEP_TIMES:
        moment = data[name]
        data[name] = None if moment is None else moment.isoformat()
    return data


def _step_of(data: Mapping[str, Any]) -> StepRun:
    values = dict(data)
    for name in _STEP_TIMES:
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name])
    values["status"] = StepStatus(values["status"])
    values["cause"] = None if values["cause"] is None else Cause(values["cause"])
    values["limits"] = tuple(values["limits"])
    return StepRun(**values)


def write_cursor(listing: Sequence[str | None], after: Sequence[int | str]) -> str:
    """An opaque text that says where a page of a list ended.

    Args:
        listing: tells the list from all others: its kind, filters and order.
        after: the place of the page's last item in the list's order.
    """
    data = json.dumps({"v": 1, "list": listing, "after": after}, separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def read_cursor(
    cursor: str, listing: Sequence[str | None], types: Sequence[type]
) -> list[int | str]:
    """Where the page before ended.

    Args:
        cursor: what :func:`write_cursor` wrote.
        listing: the list that is asked for now.
        types: of the values that make a place in it.

    Raises:
        InvalidInput: not a cursor of this list.
    """
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        after = data["after"]
        if data["v"] != 1 or data["list"] != list(listing) or [*map(type, after)] != [*types]:
            raise ValueError
        for value in after:
            if isinstance(value, int) and abs(value) >= 2**63:  # beyond SQLite
                raise ValueError
            str(value).encode()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput("The cursor belongs to another list; begin again without it.") from None
    return list(after)
