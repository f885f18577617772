"""One run as text: its values, its attempts, its steps."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.cli.show import (
    cell,
    console,
    duration,
    moment,
    print_table,
    short,
    size,
    status_text,
)
from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.ids import run_label
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.service.runs import RunView, StepView


def run(view: RunView, steps: Sequence[StepView], host: str | None) -> None:
    """Print a run, its attempts if there were several, and its steps.

    Args:
        host: that executes it, or has; None while that is not known.
    """
    found, out = view.run, console()
    label = run_label(view.job.number, found.number)
    out.print(cell(f"Run {label} of “{view.job.name}”: "), status_text(found.status), sep="")
    if found.message:
        out.print(Text(plain(found.message)))
    if found.retry_requested is not None:
        out.print(f"A {found.retry_requested} was asked for.")
    for scope, values in found.combination.items():
        for name, value in values.items():
            out.print(cell(f"  {view.pipeline.scope_name(scope)}: {name} = {short(value)}"))
    if view.executor is ExecutorName.DASK:
        out.print(cell(f"  on the cluster{'' if host is None else f', host {host}'}"))
    if files := _files(found):
        out.print(files)
    if found.history:
        _attempts(found)
    _steps(found, steps, view.max_tries)


def _files(found: Run) -> str:
    words = []
    if not found.has_files:
        words.append("deleted, its logs and numbers are kept")
    elif found.size_bytes is not None:
        words.append(size(found.size_bytes))
    if found.pinned:
        words.append("pinned: kept when older runs are deleted")
    return f"  files: {', '.join(words)}" if words else ""


def _attempts(found: Run) -> None:
    table = Table("Attempt", "Kind", "Status", "Started", "Duration", "", box=None)
    for one in found.history:
        table.add_row(
            str(one.number),
            one.kind,
            status_text(one.status),
            moment(one.started_at) if one.started_at else "",
            duration(one.started_at, one.finished_at) if one.finished_at else "",
            cell((one.message or "").partition("\n")[0]),
        )
    table.add_row(
        str(found.attempt),
        found.kind,
        status_text(found.status),
        moment(found.started_at) if found.started_at else "",
        duration(found.started_at, found.finished_at),
        cell((found.message or "").partition("\n")[0]),
    )
    print_table(table)


def _steps(found: Run, steps: Sequence[StepView], max_tries: int) -> None:
    """The steps; in which attempt and how often each was tried, where that says something."""
    several = bool(found.history)
    retried = any(step.run.tries > 1 for step in steps)
    table = Table("Step", "File", "Status", "Duration", box=None)
    if several:
        table.add_column("Attempt")
    if retried:
        table.add_column("Tries")
    table.add_column("")
    for step in steps:
        at = f"cell {step.run.failed_cell}: " if step.run.failed_cell else ""
        table.add_row(
            cell(step.step.name),
            cell(step.step.file_path),
            status_text(step.run.status),
            duration(step.run.started_at, step.run.finished_at),
            *([str(step.run.attempt or "")] if several else []),
            *(
                [f"{step.run.tries} of {max_tries}" if step.run.started_at else ""]
                if retried
                else []
            ),
            cell(at + (step.run.message or "").partition("\n")[0]),
        )
    print_table(table)
