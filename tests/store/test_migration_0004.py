"""What of older runs is searched, after an update."""

from contextlib import closing
from pathlib import Path

from jupyter_orchest_jobs.domain.values import search_text
from jupyter_orchest_jobs.store.contract import RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.store.first_version import fill


def test_runs_of_before_are_found_by_their_values_and_messages(tmp_path: Path) -> None:
    fill(tmp_path / "jobs.sqlite")
    with closing(SqliteStore(tmp_path / "jobs.sqlite", migrate=True)) as store:
        runs = store.runs(RunQuery()).items
        assert len({run.message for run in runs}) > 1
        for run in runs:
            for line in search_text(run.combination, run.message).splitlines():
                found = store.runs(RunQuery(text=line)).items
                assert run.id in [each.id for each in found], line
