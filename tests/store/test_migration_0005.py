"""What lists show of older runs' steps, after an update."""

import sqlite3
from contextlib import closing
from pathlib import Path

from jupyter_orchest_jobs.store.contract import RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.store.first_version import fill, insert_run, step


def test_lines_of_runs_of_before_are_those_of_their_steps(tmp_path: Path) -> None:
    fill(tmp_path / "jobs.sqlite")
    ends = ["2024-02-29T12:00:00.5+00:00", "2024-02-29T12:00:00+00:00", None]
    lost = [step(f"s{at}", "interrupted", finished_at=end) for at, end in enumerate(ends)]
    with closing(sqlite3.connect(tmp_path / "jobs.sqlite")) as raw, raw:
        for at in range(3):
            steps = [step("fine", "succeeded"), *lost[::-1][:at], *lost[at + 1 :]]
            insert_run(raw, 20 + at, 2, 2 + at, status="interrupted", steps=steps)
    with closing(SqliteStore(tmp_path / "jobs.sqlite", migrate=True)) as store:
        runs = store.runs(RunQuery()).items
        assert store.run_lines(RunQuery()).items == [run.line for run in runs]
    assert {run.steps_done for run in runs} >= {0, 2, 3}
    assert {run.failed_step_id for run in runs} >= {None, "b", "s1", "s2"}
