"""Rows to domain objects and back. JSON columns hold what no query asks for."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Row, Text
from sqlalchemy.types import TypeEngine

from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.job import Batch, Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import (
    AttemptKind,
    AttemptRecord,
    Run,
    RunFacts,
    RunLine,
    StepRun,
)
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import InvalidInput, Problem
from jupyter_orchest_jobs.store.tables import moment_of

_JOB_COLUMNS = (
    "id",
    "number",
    "name",
    "status",
    "message",
    "project",
    "pipeline_path",
    "pipeline_name",
    "quick",
    "batches_made",
    "runs_made",
    "planned_until",
    "next_firing_at",
    "touched_at",
    "start_requested_at",
    "cancel_requested_at",
    "created_at",
    "started_at",
    "finished_at",
    "revision",
)
JOB_LINE_COLUMNS = tuple(item.name for item in fields(JobLine))
"""The columns that :func:`job_line_of` needs."""
LINE_COLUMNS = tuple(item.name for item in fields(RunLine))
"""The columns that :func:`lines_of` needs; the others are large."""
_RUN_COLUMNS = (*(item.name for item in fields(RunFacts)), "journal_seq")
_MOMENTS = ("cancel_requested_at", "created_at", "started_at", "finished_at")
_JSON = ("combination", "metrics")
RAW: Mapping[str, TypeEngine[Any]] = {
    **dict.fromkeys(_JSON, Text()),
    **dict.fromkeys(_MOMENTS, BigInteger()),
}
"""Those of them that :func:`lines_of` wants as they are stored."""
_BATCH_COLUMNS = ("job_id", "number", "cause", "created_at", "scheduled_at", "snapshot_id")
_STEP_STATUSES = {str(status): status for status in StepStatus}
_CAUSES: Mapping[str | None, Cause | None] = {None: None, **{str(one): one for one in Cause}}
_KINDS = {str(kind): kind for kind in AttemptKind}
_ENUMS: Mapping[str, Mapping[Any, Any]] = {
    "status": {str(status): status for status in RunStatus},
    "cause": _CAUSES,
    "kind": _KINDS,
    "retry_requested": {None: None, **_KINDS},
}
"""Column of a run → its text → what it stands for."""
_TIMES = ("started_at", "finished_at")


def job_row(job: Job) -> dict[str, Any]:
    """The columns of a job."""
    row = {name: getattr(job, name) for name in _JOB_COLUMNS}
    row["snapshot"] = _snapshot_row(job.snapshot)
    row["environments"] = job.environments.as_json()
    row["schedule"] = job.schedule.as_json()
    row["policies"] = job.policies.as_json()
    row["priority"] = job.policies.priority
    row["frozen"] = {
        "document": job.document,
        "strategy": job.strategy.values,
        "selection": job.selection.as_json(),
        "kernels": dict(job.kernels),
        "steps": list(job.steps),
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
        steps=tuple(frozen.get("steps", ())),  # jobs of earlier versions have all
        environments=JobEnvironments.from_json(values["environments"]),
        env_variables=frozen["env_variables"],
        parameters_file=frozen["parameters_file"],
        warnings=tuple(Problem(**problem) for problem in frozen["warnings"]),
        schedule=Schedule.from_json(values["schedule"]),
        policies=Policies.from_json(values["policies"]),
        snapshot=_snapshot_of(snapshot),
    )


def job_line_of(row: Row[Any]) -> JobLine:
    """The line of a row that has at least ``JOB_LINE_COLUMNS``."""
    values = row._mapping
    return JobLine(
        **{
            **{name: values[name] for name in JOB_LINE_COLUMNS},
            "status": JobStatus(values["status"]),
            "snapshot": _snapshot_of(values["snapshot"]),
            "schedule": Schedule.from_json(values["schedule"]),
        }
    )


def _snapshot_row(state: SnapshotState) -> dict[str, Any]:
    taken_at = state.taken_at.isoformat() if state.taken_at is not None else None
    return {**asdict(state), "taken_at": taken_at}


def _snapshot_of(data: Mapping[str, Any]) -> SnapshotState:
    # Databases of earlier versions don't say when a snapshot was taken.
    taken_at = data.get("taken_at")
    return SnapshotState(
        **{
            **data,
            "status": SnapshotStatus(data["status"]),
            "skipped": tuple(data["skipped"]),
            "taken_at": datetime.fromisoformat(taken_at) if taken_at else None,
        }
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
    # What lists show of the steps, for all who don't read the steps.
    row["steps_done"] = run.steps_done
    row["failed_step_id"] = run.failed_step_id
    row["steps"] = [_timed_json(step) for step in run.steps]
    row["history"] = [_timed_json(record) for record in run.history]
    return row


def run_of(row: Row[Any]) -> Run:
    """The run of a row."""
    values = row._mapping
    return Run(
        **{name: values[name] for name in _RUN_COLUMNS if name not in _ENUMS},
        **{name: known[values[name]] for name, known in _ENUMS.items()},
        steps=tuple(_step_of(step) for step in values["steps"]),
        history=tuple(_record_of(record) for record in values["history"]),
    )


def runs_of(found: Sequence[Row[Any]]) -> list[Run]:
    """The runs of rows."""
    return [run_of(row) for row in found]


def lines_of(found: Sequence[Row[Any]]) -> list[RunLine]:
    """The lines of rows that have at least ``LINE_COLUMNS``, with ``RAW`` as it is stored."""
    if not found:
        return []
    # Column by column: row by row takes twice as long.
    by_column = zip(*found, strict=True)
    columns: dict[str, Iterable[Any]] = dict(zip(found[0]._fields, by_column, strict=True))
    for name in _JSON:
        columns[name] = parsed(columns[name])
    for name in _MOMENTS:
        columns[name] = [None if value is None else moment_of(value) for value in columns[name]]
    for name, known in _ENUMS.items():
        columns[name] = map(known.__getitem__, columns[name])
    return [*map(RunLine, *(columns[name] for name in LINE_COLUMNS))]


def parsed(texts: Iterable[str]) -> list[Any]:
    """The values of some JSON texts; most of the time of one by one is not the parser's."""
    values: list[Any] = json.loads(f"[{','.join(texts)}]")
    return values


def batch_row(batch: Batch) -> dict[str, Any]:
    """The columns of a batch."""
    row = {name: getattr(batch, name) for name in _BATCH_COLUMNS}
    row["inputs"] = {
        "document": batch.document,
        "kernels": dict(batch.kernels),
        "steps": list(batch.steps),
        "env_variables": dict(batch.env_variables),
        "policies": batch.policies.as_json(),
    }
    row["environments"] = batch.environments.as_json()
    row["warnings"] = list(batch.warnings)
    return row


def batch_of(row: Row[Any]) -> Batch:
    """The batch of a row."""
    values = row._mapping
    inputs = values["inputs"]
    return Batch(
        **{name: values[name] for name in _BATCH_COLUMNS},
        document=inputs["document"],
        kernels=inputs["kernels"],
        steps=tuple(inputs.get("steps", ())),
        environments=JobEnvironments.from_json(values["environments"]),
        env_variables=inputs["env_variables"],
        policies=Policies.from_json(inputs["policies"]),
        warnings=tuple(values["warnings"]),
    )


def firing_row(firing: FiringRecord) -> dict[str, Any]:
    """The columns of a firing."""
    return asdict(firing)


def firing_of(row: Row[Any]) -> FiringRecord:
    """The firing of a row."""
    values = dict(row._mapping)
    return FiringRecord(**{**values, "outcome": FiringOutcome(values["outcome"])})


def differ(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two rows would be stored differently: 1 is not true, and order counts."""
    return _as_text(old) != _as_text(new)


def _as_text(row: Mapping[str, Any]) -> str:
    return json.dumps(row, default=_utc)


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _timed_json(thing: StepRun | AttemptRecord) -> dict[str, Any]:
    data = dict(vars(thing))  # much faster than asdict, and nothing in it is a dataclass
    for name in _TIMES:
        moment = data[name]
        data[name] = None if moment is None else moment.isoformat()
    return data


def _step_of(data: Mapping[str, Any]) -> StepRun:
    # Field by field: a list of runs has hundreds of them. The first version didn't count tries,
    # and gave steps that had not begun no attempt.
    return StepRun(
        data["step"],
        _STEP_STATUSES[data["status"]],
        _CAUSES[data["cause"]],
        data["message"],
        _time_of(data["started_at"]),
        _time_of(data["finished_at"]),
        data["cells"],
        data["cells_done"],
        data["failed_cell"],
        tuple(data["limits"]),
        data.get("attempt", 0),
        data.get("tries", 1),
    )


def _record_of(data: Mapping[str, Any]) -> AttemptRecord:
    values = dict(data)
    values["cause"] = _CAUSES[values["cause"]]
    values["status"] = RunStatus(values["status"])
    values["kind"] = AttemptKind(values["kind"])
    for name in _TIMES:
        values[name] = _time_of(values[name])
    return AttemptRecord(**values)


def _time_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


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
