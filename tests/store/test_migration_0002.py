"""What becomes of a file of the first version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from jupyter_orchest_jobs.domain.job import Batch
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, StepRun
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.store import tables
from jupyter_orchest_jobs.store.backups import good_backups
from jupyter_orchest_jobs.store.connections import engine_for
from jupyter_orchest_jobs.store.contract import Change, JobQuery, RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import AWKWARD, NOW
from tests.store.first_version import AT, fill


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.sqlite"
    fill(path)
    return path


def test_jobs_of_the_first_version_are_as_they_were(path: Path) -> None:
    with closing(SqliteStore(path, migrate=True)) as store:
        second, first = store.jobs(JobQuery()).items
        assert (first.id, first.number, first.name) == ("job-one", 1, "job 1")
        assert (first.status, first.revision, first.started_at) == (
            JobStatus.RUNNING,
            5,
            tables.moment_of(AT + 1),
        )
        assert repr(first.document) == repr({"number": 1, "values": AWKWARD})
        assert repr(first.strategy.values) == repr({"s": {"x": AWKWARD}})
        for job, batches, runs in ((first, 2, 3), (second, 1, 1)):
            assert job.schedule == Schedule.now()
            assert job.policies == Policies()
            assert (job.batches_made, job.runs_made) == (batches, runs)
            assert (job.planned_until, job.next_firing_at, job.touched_at) == (None, None, None)
        assert (store.revision(), store.settings().max_runs) == (9, 3)
        assert store.changes(7) == [Change("job", "gone", "gone", "deleted", 8)]


def test_batches_of_the_first_version_work_with_what_their_job_has(path: Path) -> None:
    with closing(SqliteStore(path, migrate=True)) as store:
        for job_id, number, snapshot_id in (
            ("job-one", 1, "snapshot-one"),
            ("job-one", 2, "snapshot-one"),
            ("job-two", 1, None),
        ):
            batch = store.batch(job_id, number)
            job = store.job(job_id)
            expected = Batch(
                job_id,
                number,
                "manual",
                NOW,
                snapshot_id=snapshot_id,
                document=job.document,
                kernels=job.kernels,
                env_variables=job.env_variables,
            )
            assert batch == expected
            assert repr(batch.document) == repr(job.document)
        assert store.snapshot_ids() == {"snapshot-one"}


def test_runs_of_the_first_version_are_as_they_were(path: Path) -> None:
    with closing(SqliteStore(path, migrate=True)) as store:
        runs = store.runs(RunQuery()).items
        assert [run.id for run in runs] == ["run-1-1", "run-1-2", "run-1-3", "run-2-1"]
        for run in runs:
            assert repr(run.combination) == repr({"s": {"x": AWKWARD}})
            assert (run.kind, run.history, run.retry_requested) == (AttemptKind.FIRST, (), None)
            assert (run.pinned, run.size_bytes, run.has_files) == (False, None, True)
            assert run.revision == 6
        good, bad, running, pending = runs
        assert (good.status, good.finished_at) == (RunStatus.SUCCEEDED, tables.moment_of(AT + 9))
        assert good.steps == ()
        assert bad.metrics == {"loss": 5e-324}
        # Where the logs of its steps are: in the run's latest attempt.
        assert bad.steps == (
            StepRun("ü", StepStatus.SUCCEEDED, started_at=NOW, cells=3, cells_done=3, attempt=2),
            StepRun("b", StepStatus.FAILED, Cause.TIMEOUT, "slow 😀", limits=("cut",), attempt=2),
            StepRun("c"),
        )
        assert (running.batch, running.cancel_requested_at) == (2, NOW)
        assert store.pending_runs(9) == [pending]
        by_duration = store.runs(RunQuery(sort="-duration", limit=1)).items
        assert [run.id for run in by_duration] == ["run-1-1"]


@pytest.mark.filterwarnings("ignore:Computed default on")  # as in test_migrations.py
def test_an_updated_file_goes_on_as_a_new_one(path: Path) -> None:
    with closing(SqliteStore(path, migrate=True)) as store:
        assert store.delete_job("job-one", set(JobStatus))
        assert store.run_ids() == {"run-2-1"}
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT job_id, number FROM batches").fetchall() == [("job-two", 1)]
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    engine = engine_for(path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()
    ((backup, _),) = good_backups(path)
    with closing(sqlite3.connect(backup)) as raw:
        assert raw.execute("SELECT count(*) FROM runs").fetchall() == [(4,)]
