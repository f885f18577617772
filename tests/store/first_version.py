"""A file as the first version left it, with jobs and runs of that time."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command

from jupyter_orchest_jobs.store import migrate, tables
from jupyter_orchest_jobs.store.connections import engine_for, exclusive
from tests.records import AWKWARD, NOW

JOBS = ("job-one", "job-two")
AT = tables.microseconds(NOW)


def insert(raw: sqlite3.Connection, table: str, **values: Any) -> None:
    """Add a row, as the program of that time did."""
    texts = [json.dumps(x) if isinstance(x, dict | list) else x for x in values.values()]
    marks = ", ".join("?" * len(values))
    raw.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", texts)  # noqa: S608  # names of ours


def insert_job(raw: sqlite3.Connection, number: int, snapshot_id: str | None) -> None:
    frozen = {
        "document": {"number": number, "values": AWKWARD},
        "strategy": {"s": {"x": AWKWARD}},
        "selection": {"base": "all", "rules": [], "exceptions": []},
        "kernels": {"ü": "python3"},
        "env_variables": {"KEY": "värde"},
        "parameters_file": None,
        "warnings": [],
    }
    snapshot = {
        **{"status": "ready", "id": snapshot_id, "files": 1, "bytes": 2, "files_done": 1},
        **{"bytes_done": 2, "commit": None, "dirty": None, "skipped": []},
    }
    named = {"name": f"job {number}", "pipeline_path": "a.orchest", "pipeline_name": "a"}
    insert(
        raw,
        "jobs",
        number=number,
        id=JOBS[number - 1],
        status="running",
        project="/home/someone/project",
        frozen=frozen,
        snapshot=snapshot,
        created_at=AT,
        started_at=AT + 1,
        revision=5,
        **named,
    )


def insert_run(
    raw: sqlite3.Connection, ordinal: int, job: int, number: int, **special: Any
) -> None:
    plain = {
        **{"batch": 1, "status": "pending", "attempt": 0, "journal_seq": 0, "created_at": AT},
        **{"combination": {"s": {"x": AWKWARD}}, "metrics": {}, "steps": [], "revision": 6},
    }
    known = {"ordinal": ordinal, "id": f"run-{job}-{number}", "job_id": JOBS[job - 1]}
    insert(raw, "runs", **known, number=number, **{**plain, **special})


def step(name: str, status: str, **special: Any) -> dict[str, Any]:
    """A step as the first version kept it: without attempt and tries."""
    nothing = ("cause", "message", "started_at", "finished_at", "cells", "failed_cell")
    plain = {**dict.fromkeys(nothing), "cells_done": 0, "limits": []}
    return {"step": name, "status": status, **plain, **special}


def fill(path: Path) -> None:
    """Make a file of the first version, with some of everything."""
    engine = engine_for(path)
    with exclusive(engine) as connection:
        command.upgrade(migrate.config(connection), "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw, raw:
        insert(raw, "state", id=1, revision=9, last_job_number=4)
        insert(raw, "settings", name="max_runs", value=3)
        insert(raw, "deletions", id="gone", revision=8)
        insert_job(raw, 1, "snapshot-one")
        insert_job(raw, 2, None)
        for job, number in ((1, 1), (1, 2), (2, 1)):
            insert(
                raw, "batches", job_id=JOBS[job - 1], number=number, cause="manual", created_at=AT
            )
        insert_run(raw, 3, 1, 1, status="succeeded", started_at=AT, finished_at=AT + 9)
        steps = [
            step("ü", "succeeded", started_at=NOW.isoformat(), cells=3, cells_done=3),
            step("b", "failed", cause="timeout", message="slow 😀", limits=["cut"]),
            step("c", "pending"),
        ]
        failed = {
            "status": "failed",
            "message": "slow 😀",
            "attempt": 2,
            "metrics": {"loss": 5e-324},
        }
        insert_run(raw, 5, 1, 2, steps=steps, **failed)
        insert_run(raw, 7, 1, 3, batch=2, status="running", attempt=1, cancel_requested_at=AT)
        insert_run(raw, 8, 2, 1)
