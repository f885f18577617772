"""What runs come to is counted again after every change, whoever makes it."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts
from jupyter_orchest_jobs.domain.run import AttemptKind, Run
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.store.contract import RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import ENDED, NOW, a_run, stored_job, stored_runs

RUNNING = {"status": RunStatus.RUNNING, "started_at": NOW}
BAD = {**ENDED, "status": RunStatus.FAILED, "has_files": True}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "jobs.sqlite")) as store:
        yield store


def told(store: SqliteStore, job_ids: list[str]) -> list[object]:
    return [store.run_counts(job_ids), store.first_bad_runs(job_ids), store.disk_use(job_ids)]


def counted(store: SqliteStore, job_ids: list[str]) -> list[object]:
    """The same, slowly and surely."""
    of = {job_id: store.runs(RunQuery(job_id, limit=500)).items for job_id in job_ids}
    bad = (RunStatus.FAILED, RunStatus.INTERRUPTED)
    firsts = {
        job_id: [run.id for run in runs if run.status in bad][:1] for job_id, runs in of.items()
    }
    return [
        {job_id: RunCounts.of(Counter(run.status for run in runs)) for job_id, runs in of.items()},
        {job_id: first[0] for job_id, first in firsts.items() if first},
        {job_id: sum(run.size_bytes or 0 for run in runs) for job_id, runs in of.items()},
    ]


Change = Callable[[SqliteStore, Job, list[Run]], object]
CHANGES: dict[str, Change] = {
    "save": lambda store, _, runs: store.save_run(
        replace(runs[1], status=RunStatus.FAILED), {RunStatus.RUNNING}
    ),
    "batch": lambda store, job, _: store.add_batch(
        Batch(job.id, 2, "manual", NOW), [a_run(job, 9, batch=2)], {}
    ),
    "cancel": lambda store, job, _: store.cancel_pending_runs(job.id, NOW),
    "stop": lambda store, job, _: store.stop_batch(job.id, 1, NOW),
    "files": lambda store, _, runs: store.note_files(runs[2].id, 77, True),
    "delete": lambda store, _, runs: store.delete_runs([runs[2].id, runs[3].id]),
    "delete the job": lambda store, job, _: store.delete_job(job.id, set(JobStatus)),
    "wish": lambda store, _, runs: store.request_retry(runs[3].id, AttemptKind.RETRY),
}


@pytest.mark.parametrize("by_other", [True, False])
@pytest.mark.parametrize("what", CHANGES)
def test_tallies_follow_every_change(store: SqliteStore, what: str, by_other: bool) -> None:
    jobs = [stored_job(store) for _ in range(3)]
    runs = [stored_runs(store, job, {}, RUNNING, {**ENDED, "size_bytes": 5}, BAD) for job in jobs]
    ids = [job.id for job in jobs]
    before = told(store, ids)
    assert before == counted(store, ids)
    with closing(SqliteStore(store._database.path)) as other:
        assert CHANGES[what](other if by_other else store, jobs[1], runs[1]) or what == "files"
    assert told(store, ids) == counted(store, ids)
    assert (told(store, ids) == before) is (what == "wish")


def test_tallies_of_one_file_are_not_those_of_another(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    job = stored_job(store)
    (run,) = stored_runs(store, job, RUNNING)
    other = tmp_path / "other.sqlite"
    with closing(SqliteStore(path)) as here:
        here.save_run(replace(run, journal_seq=1), {RunStatus.RUNNING})
        revision = here.revision()
    assert told(store, [job.id]) == counted(store, [job.id])
    store.close()  # moves the log into the file
    shutil.copyfile(path, other)
    with closing(SqliteStore(other)) as there:
        there.save_run(replace(run, status=RunStatus.FAILED), {RunStatus.RUNNING})
        there.delete_runs([run.id])
        assert there.revision() > revision
    other.replace(path)
    assert told(store, [job.id]) == counted(store, [job.id])
    assert store.run_counts([job.id])[job.id].total == 0
