"""Where the time of our runs goes, as journals and store tell it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bench.server import Server
from bench.table import Row, Table
from jupyter_orchest_jobs.domain import journal

Spans = dict[str, list[float]]

PHASES = (
    "whole run: from its start to its end",
    "start of the runner, until its journal begins",
    "runner: imports, working copy, until the first step starts",
    "step: until its kernel executes the first cell",
    "step: its cells",
    "step: from its last cell to the kernel's end",
    "between two steps of a run",
    "runner: from the last step's end to its last word",
    "between the end of a run and the start of the next one",
)


def of_job(server: Server, job_id: str) -> Spans:
    """How long each phase took, in seconds, for all runs of a job that has ended."""
    spans: Spans = {phase: [] for phase in PHASES}
    runs = server.get("runs", job=job_id, limit=500)["items"]
    starts, ends = [], []
    for run in runs:
        begun, last = _of_run(server, run, spans)
        starts.append(begun)
        ends.append(last)
    # The first runs wait for the snapshot, all others for an end.
    at_once = max(1, sum(start < min(ends) for start in starts))
    later = sorted(starts)[at_once:]
    turns = zip(later, sorted(ends), strict=False)
    spans[PHASES[8]] = [(start - end).total_seconds() for start, end in turns]
    return spans


def _of_run(server: Server, run: Any, spans: Spans) -> tuple[datetime, datetime]:
    path = server.state / "runs" / run["id"] / "attempts" / str(run["attempt"]) / "journal.jsonl"
    lines, _ = journal.whole_lines(path.read_bytes())
    entries = journal.read(lines)
    begun = datetime.fromisoformat(run["started_at"])
    last = entries[-1].t
    marks = {PHASES[0]: [(begun, last)], PHASES[1]: [(begun, entries[0].t)]}
    cells: dict[str, tuple[datetime, datetime]] = {}
    here = entries[0].t
    for entry in entries:
        match entry:
            case journal.StepStarted():
                phase = PHASES[6] if marks.get(PHASES[3]) or cells else PHASES[2]
                marks.setdefault(phase, []).append((here, entry.t))
                here = entry.t
            case journal.CellStarted() if entry.step not in cells:
                marks.setdefault(PHASES[3], []).append((here, entry.t))
                cells[entry.step] = (entry.t, entry.t)
            case journal.CellFinished():
                cells[entry.step] = (cells[entry.step][0], entry.t)
            case journal.StepFinished():
                marks.setdefault(PHASES[4], []).append(cells[entry.step])
                marks.setdefault(PHASES[5], []).append((cells[entry.step][1], entry.t))
                here = entry.t
            case journal.AttemptFinished():
                marks.setdefault(PHASES[7], []).append((here, entry.t))
    for phase, pairs in marks.items():
        spans[phase] += [(end - start).total_seconds() for start, end in pairs]
    return begun, last


def table(all_spans: Sequence[Spans]) -> Table:
    """All of them together, in milliseconds."""
    rows = []
    for phase in PHASES:
        values = [1000 * value for spans in all_spans for value in spans[phase]]
        if values:
            rows.append(Row(phase, values, "ms", ratio=phase != PHASES[8]))
    return Table("phases", "grid: where the time of our runs goes", rows)
