"""One job as text: what is frozen in it, its schedule, its batches and firings, its runs."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from jupyter_orchest_jobs.cli import show
from jupyter_orchest_jobs.cli.environments import state_of
from jupyter_orchest_jobs.cli.options import policies_as_options
from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.domain.firing import FiringRecord
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts
from jupyter_orchest_jobs.domain.schedule import ScheduleKind
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, JobStatus
from jupyter_orchest_jobs.service.jobs import JobView
from jupyter_orchest_jobs.service.runs import RunView
from jupyter_orchest_jobs.service.submission import pipeline_of_job


def job(
    view: JobView,
    run_views: Sequence[RunView],
    batches: Sequence[tuple[Batch, RunCounts]] = (),
    records: Sequence[FiringRecord] = (),
) -> None:
    """Print a job.

    Args:
        run_views: its runs; those of the last batch, if it has several.
        batches: the last ones, newest first, and how their runs are.
        records: what became of its last firings, newest first.
    """
    found, out = view.job, show.console()
    out.print(
        show.cell(f"Job {found.number} “{found.name}”: "), show.status_text(found.status), sep=""
    )
    if found.message:
        out.print(Text(plain(found.message)))
    for name, text in _lines(view):
        out.print(show.cell(f"{name:<9} {text}"))
    if found.schedule.is_recurring and records:
        print("\nLast firings")
        firings(records)
    if found.batches_made > 1:
        print("\nLast batches")
        _batches(batches)
        number = found.number
        print(
            f"\nRuns of batch {found.batches_made} "
            f"(of all batches: jupyter orchest-jobs runs list {number})"
        )
    show.runs(found, run_views)


def firings(records: Sequence[FiringRecord]) -> None:
    """Print a table of what became of firings."""
    table = Table("Due", "Until", "Firings", "Outcome", "Batch", "", box=None)
    for one in records:
        table.add_row(
            show.moment(one.at),
            show.moment(one.until) if one.until != one.at else "",
            str(one.count),
            one.outcome,
            str(one.batch or ""),
            show.cell(one.reason or ""),
        )
    show.print_table(table)


def _steps(found: Job) -> str:
    """Which steps it executes, if not all."""
    names = ", ".join(step.name for step in pipeline_of_job(found).steps.values())
    return f"only {names}"


def _lines(view: JobView) -> list[tuple[str, str]]:
    found, snapshot = view.job, view.job.snapshot
    lines = [
        ("pipeline", str(Path(found.project) / found.pipeline_path)),
        *([("steps", _steps(found))] if found.steps else []),
        (
            "snapshot",
            f"{snapshot.status}, {snapshot.files} files, {show.size(snapshot.bytes)}"
            + (f", commit {snapshot.commit[:10]}" if snapshot.commit else "")
            + (f" with {snapshot.dirty} uncommitted changes" if snapshot.dirty else ""),
        ),
        *_environments(found),
        ("values", found.parameters_file or "defaults of the pipeline"),
    ]
    if found.schedule.kind is not ScheduleKind.NOW:
        lines += [("schedule", found.schedule.describe()), ("next", _next(found))]
    if differing := policies_as_options(found.policies):
        lines.append(("policies", " ".join(f"{name}={value}" for name, value in differing.items())))
    if view.secrets:
        lines.append(("secrets", ", ".join(view.secrets)))
    lines.append(("progress", show.progress(view.counts)))
    if view.size_bytes:
        lines.append(("disk use", show.size(view.size_bytes)))
    warnings = [*map(str, found.warnings), *view.environment_warnings]
    return [*lines, *(("warning", warning) for warning in warnings)]


def _environments(found: Job) -> list[tuple[str, str]]:
    wanted = found.environments.wanted(found.policies.freeze_environments)
    return [
        ("runs in", f"{item.display_name} ({item.version}): {state_of(item)}")
        for item in wanted.items
    ]


def _next(found: Job) -> str:
    if found.next_firing_at is not None:
        return show.moment(found.next_firing_at)
    if found.status is JobStatus.PAUSED:
        return "none while it is paused"
    if found.status is JobStatus.DRAFT:
        return "none before it is started"
    return "none: it has ended" if found.status in ENDED_JOBS else "none"


def _batches(batches: Sequence[tuple[Batch, RunCounts]]) -> None:
    table = Table("Batch", "By", "Created", "Runs", box=None)
    for one, counts in batches:
        table.add_row(
            str(one.number),
            show.cell(one.cause),
            show.moment(one.created_at),
            show.progress(counts),
        )
    show.print_table(table)
