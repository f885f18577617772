"""Jobs and runs as text: tables for people, JSON for programs."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jupyter_orchest_jobs.cli.plain import line, plain
from jupyter_orchest_jobs.domain.ids import run_label
from jupyter_orchest_jobs.domain.job import Job, RunCounts
from jupyter_orchest_jobs.service.jobs import JobView
from jupyter_orchest_jobs.service.runs import RunView, StepView

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


def created(view: JobView) -> str:
    """What to say of a job that was just created."""
    number = view.job.number
    return (
        f"Job {number} “{line(view.job.name)}” was created and starts. "
        f"See it with: jupyter orchest-jobs jobs show {number}"
    )


def progress(counts: RunCounts) -> str:
    """How far the runs of a job are: “7 of 24 runs, 1 failed”."""
    text = f"{counts.ended} of {counts.total} runs"
    for name in ("failed", "interrupted", "cancelled"):
        if number := getattr(counts, name):
            text += f", {number} {name}"
    return text


def jobs(views: Sequence[JobView], state_dir: Path) -> None:
    """Print a table of jobs."""
    if not views:
        print(f"There are no jobs in {state_dir}. Run one: jupyter orchest-jobs run PIPELINE")
        return
    table = Table("Job", "Name", "Status", "Runs", "Pipeline", "Created", box=None)
    for view in views:
        job = view.job
        table.add_row(
            str(job.number),
            _cell(job.name),
            status_text(job.status),
            progress(view.counts),
            _cell(str(Path(job.project) / job.pipeline_path)),
            moment(job.created_at),
        )
    _print(table)


def job(view: JobView, run_views: Sequence[RunView]) -> None:
    """Print a job and its runs."""
    found = view.job
    console = _console()
    console.print(_cell(f"Job {found.number} “{found.name}”: "), status_text(found.status), sep="")
    if found.message:
        console.print(Text(plain(found.message)))
    snapshot = found.snapshot
    lines = [
        f"pipeline  {Path(found.project) / found.pipeline_path}",
        f"snapshot  {snapshot.status}, {snapshot.files} files, {snapshot.bytes / 2**20:.1f} MB"
        + (f", commit {snapshot.commit[:10]}" if snapshot.commit else "")
        + (f" with {snapshot.dirty} uncommitted changes" if snapshot.dirty else ""),
        f"values    {found.parameters_file or 'defaults of the pipeline'}",
        f"progress  {progress(view.counts)}",
    ]
    for text in [*lines, *(f"warning   {warning}" for warning in found.warnings)]:
        console.print(_cell(text))
    runs(found, run_views)


def runs(found: Job, views: Sequence[RunView]) -> None:
    """Print a table of runs: the parameters that differ, status, duration, metrics."""
    if not views:
        print("No runs yet.")
        return
    varying = found.strategy.varying()
    metrics = sorted({name for view in views for name in view.run.metrics})
    names = [name for _, name in varying]
    table = Table("Run", box=None)
    pipeline = views[0].pipeline
    for scope, name in varying:
        twice = names.count(name) > 1
        table.add_column(_cell(f"{pipeline.scope_name(scope)}: {name}" if twice else name))
    table.add_column("Status")
    table.add_column("Duration", justify="right")
    for name in metrics:
        table.add_column(_cell(name), justify="right")
    for view in views:
        run_ = view.run
        table.add_row(
            run_label(found.number, run_.number),
            *(_cell(_short(run_.combination[scope][name])) for scope, name in varying),
            status_text(run_.status),
            duration(run_.started_at, run_.finished_at),
            *(f"{run_.metrics[name]:.4g}" if name in run_.metrics else "" for name in metrics),
        )
    _print(table)


def run(view: RunView, steps: Sequence[StepView]) -> None:
    """Print a run and its steps."""
    console = _console()
    label = run_label(view.job.number, view.run.number)
    console.print(
        _cell(f"Run {label} of “{view.job.name}”: "), status_text(view.run.status), sep=""
    )
    if view.run.message:
        console.print(Text(plain(view.run.message)))
    for scope, values in view.run.combination.items():
        for name, value in values.items():
            console.print(_cell(f"  {view.pipeline.scope_name(scope)}: {name} = {_short(value)}"))
    table = Table("Step", "File", "Status", "Duration", "", box=None)
    for step in steps:
        cell = f"cell {step.run.failed_cell}: " if step.run.failed_cell else ""
        table.add_row(
            _cell(step.step.name),
            _cell(step.step.file_path),
            status_text(step.run.status),
            duration(step.run.started_at, step.run.finished_at),
            _cell(cell + (step.run.message or "").partition("\n")[0]),
        )
    _print(table)


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


def _cell(text: str) -> Text:
    """Text of others, in one line."""
    return Text(line(text))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_WIDTH else text[: _VALUE_WIDTH - 1] + "…"


def _print(table: Table) -> None:
    _console().print(table)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to :mod:`.main`, where the exit codes are."""
        raise BrokenPipeError


def _console() -> Console:
    """A console that doesn't fold tables when nobody looks: scripts want one line a row."""
    console = _Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = _Console(highlight=False, markup=False, width=_ENDLESS)
    return console
