"""What is printed: tables of jobs and runs for people, JSON for programs."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyter_orchest_jobs.cli.plain import line, plain
from jupyter_orchest_jobs.domain import jsontext
from jupyter_orchest_jobs.domain.ids import run_label
from jupyter_orchest_jobs.domain.job import Job, RunCounts
from jupyter_orchest_jobs.domain.schedule import ScheduleKind
from jupyter_orchest_jobs.domain.status import ENDED_JOBS
from jupyter_orchest_jobs.domain.strategy import Combination, canonical
from jupyter_orchest_jobs.service.jobs import JobLineView, JobView
from jupyter_orchest_jobs.service.runs import RunView

_COLOURS = {
    "succeeded": "green",
    "failed": "red",
    "interrupted": "yellow",
    "running": "blue",
    "cancelled": "dim",
    "skipped": "dim",
    "pending": "dim",
    "draft": "dim",
}
_VALUE_WIDTH = 30
_ENDLESS = 100_000
_UNITS = ("B", "kB", "MB", "GB", "TB")


def print_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    """Print what the API would answer."""
    if isinstance(answer, BaseModel):
        data: Any = answer.model_dump(mode="json")
    else:
        data = [item.model_dump(mode="json") for item in answer]
    print(json.dumps(data, indent=2, ensure_ascii=False))


def status_text(status: str) -> Text:
    """A status in its colour, which says nothing that the word doesn't."""
    return Text(status, style=_COLOURS.get(status, ""))


def created(view: JobView, first: datetime | None) -> str:
    """What to say of a job that was just created.

    Args:
        first: the first firing of its schedule.
    """
    job = view.job
    see = f"See it with: jupyter orchest-jobs jobs show {job.number}"
    if job.schedule.kind is ScheduleKind.NOW:
        return f"Job {job.number} “{line(job.name)}” was created and starts. {see}"
    when = f"{job.schedule.describe()}; " if job.schedule.is_recurring else ""
    return f"Job {job.number} “{line(job.name)}” was created: {when}{_next(first)}. {see}"


def progress(counts: RunCounts) -> str:
    """How far the runs of a job are: “7 of 24 runs, 1 failed”."""
    if counts.total == 0:
        return "no runs"
    text = f"{counts.ended} of {counts.total} runs"
    for name in ("failed", "interrupted", "cancelled"):
        if number := getattr(counts, name):
            text += f", {number} {name}"
    return text


def jobs(views: Sequence[JobLineView], state_dir: Path) -> None:
    """Print a table of jobs."""
    if not views:
        print(f"There are no jobs in {state_dir}. Run one: jupyter orchest-jobs run PIPELINE")
        return
    table = Table("Job", "Name", "Status", "Runs", "Next", "Pipeline", "Created", box=None)
    for view in views:
        job = view.job
        table.add_row(
            str(job.number),
            cell(job.name),
            status_text(job.status),
            progress(view.counts),
            moment(job.next_firing_at) if job.next_firing_at else "",
            cell(str(Path(job.project) / job.pipeline_path)),
            moment(job.created_at),
        )
    print_table(table)


def runs(found: Job, views: Sequence[RunView]) -> None:
    """Print a table of runs: the parameters that differ, status, duration, metrics."""
    if not views:
        none_yet = "No runs." if found.status in ENDED_JOBS else "No runs yet."
        print("No runs are kept." if found.batches_made else none_yet)
        return
    several = len({view.run.batch for view in views}) > 1
    varying = _differing(found, views)
    metrics = sorted({name for view in views for name in view.run.metrics})
    names = [name for _, name in varying]
    table = Table("Run", *(["Batch"] if several else []), box=None)
    pipeline = views[0].pipeline
    for scope, name in varying:
        twice = names.count(name) > 1
        table.add_column(cell(f"{pipeline.scope_name(scope)}: {name}" if twice else name))
    table.add_column("Status")
    table.add_column("Duration", justify="right")
    for name in metrics:
        table.add_column(cell(name), justify="right")
    for view in views:
        run_ = view.run
        table.add_row(
            run_label(found.number, run_.number),
            *([str(run_.batch)] if several else []),
            *(cell(_value(run_.combination, *which)) for which in varying),
            status_text(run_.status),
            duration(run_.started_at, run_.finished_at),
            *(f"{run_.metrics[name]:.4g}" if name in run_.metrics else "" for name in metrics),
        )
    print_table(table)


def firing_times(words: str, moments: Sequence[datetime], zone: ZoneInfo) -> None:
    """Print what a schedule means, and its next firings by the clock of its zone."""
    print(plain(words))
    for at in moments:
        local = at.astimezone(zone)
        print(f"  {local:%a} {local.isoformat(' ', 'minutes')}")


def next_firing(job: Job) -> str:
    """When a job fires next: “next at 2026-11-22 12:00:00”."""
    return _next(job.next_firing_at)


def _next(at: datetime | None) -> str:
    return "no further firing" if at is None else f"next at {moment(at)}"


def moment(when: datetime) -> str:
    """A time in the user's zone."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def duration(start: datetime | None, end: datetime | None) -> str:
    """How long something took, or takes so far: “4.1 s”, “1 m 12 s”, “2 h 3 m”."""
    if start is None:
        return ""
    passed: timedelta = (end or datetime.now(UTC)) - start
    seconds = max(0.0, passed.total_seconds())
    if seconds < 59.95:  # else it would round to 60.0 s
        return f"{seconds:.1f} s"
    minutes, rest = divmod(max(60, int(seconds)), 60)
    if minutes < 60:
        return f"{minutes} m {rest} s"
    return f"{minutes // 60} h {minutes % 60} m"


def size(number: float) -> str:
    """An amount of bytes as file managers show it, and the front end: “1.2 MB”, “34 GB”."""
    unit = 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:.{1 if unit and number < 9.95 else 0}f} {_UNITS[unit]}"


def cell(text: str) -> Text:
    """Text of others, in one line."""
    return Text(line(text))


def short(value: Any) -> str:
    """A value as JSON, cut off if it is long."""
    return jsontext.short(json.dumps(value, ensure_ascii=False), _VALUE_WIDTH)


def print_table(table: Table) -> None:
    """Print a table, each row in one line when nobody looks."""
    console().print(table)


def _differing(found: Job, views: Sequence[RunView]) -> list[tuple[str, str]]:
    """The parameters that vary in the job's grid, or between these runs of several grids."""
    varying = set(found.strategy.varying())
    seen: dict[tuple[str, str], set[str]] = {axis[:2]: set() for axis in found.strategy.axes}
    for view in views:
        for scope, values in view.run.combination.items():
            for name, value in values.items():
                seen.setdefault((scope, name), set()).add(canonical(value))
    return [which for which, values in seen.items() if which in varying or len(values) > 1]


def _value(combination: Combination, scope: str, name: str) -> str:
    values = combination.get(scope, {})
    return short(values[name]) if name in values else ""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to :mod:`.main`, where the exit codes are."""
        raise BrokenPipeError


def console() -> Console:
    """A console that doesn't fold tables when nobody looks: scripts want one line a row."""
    made = _Console(highlight=False, markup=False)
    if not made.is_terminal:
        made = _Console(highlight=False, markup=False, width=_ENDLESS)
    return made
