"""``run``: what it creates, and waiting for it. The test is the conductor."""

import io
import json
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_orchest_jobs.cli import wait
from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.domain.job import Job, RunCounts, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus, one_off_end
from jupyter_orchest_jobs.service.jobs import JobView
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.service.submission import submit
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from jupyter_orchest_jobs.wire import schemas
from tests.api.examples import write_project
from tests.factories import pipeline_text
from tests.records import NOW, a_job

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def project(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose parameters file gives two runs; the current folder."""
    folder = home / "my project"
    steps = {"a": {"title": "Load", "parameters": {"depth": 1}}}
    write_project(
        folder,
        {
            "main.orchest": pipeline_text(steps, name="train", parameters={"size": 1}),
            "main.parameters.json": '{"pipeline_parameters": {"size": [1, 2]}}',
            "a.py": "",
        },
    )
    monkeypatch.chdir(folder)
    return folder


def only_job(store: SqliteStore) -> Job:
    (job,) = store.jobs(JobQuery()).items
    return job


def test_secrets_come_from_the_environment_or_standard_input(
    capsys: Captured, store: SqliteStore, state: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "hunter22")
    monkeypatch.setattr("sys.stdin", io.StringIO("swordfish\n"))
    assert main(["run", "main.orchest", "--secret", "TOKEN", "--secret", "KEY", "--json"]) == 0
    answer = capsys.readouterr().out
    assert json.loads(answer)["secrets"] == ["KEY", "TOKEN"]
    assert "hunter22" not in answer + repr(only_job(store))
    kept = json.loads((state.secrets / f"{only_job(store).id}.json").read_text())
    assert kept == {"TOKEN": "hunter22", "KEY": "swordfish"}
    # Or the conductor, and every step of every job, would inherit it.
    assert "TOKEN" not in os.environ


def test_a_secret_without_a_value_is_refused(
    capsys: Captured, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["run", "main.orchest", "--secret", "TOKEN"]) == 2
    assert "The secret TOKEN has no value" in capsys.readouterr().err
    assert store.jobs(JobQuery()).total == 0


def test_a_job_is_created_and_starts(capsys: Captured, store: SqliteStore, project: Path) -> None:
    assert main(["run", "main.orchest"]) == 0
    job = only_job(store)
    assert capsys.readouterr().out == (
        "Job 1 “train” was created and starts. See it with: jupyter orchest-jobs jobs show 1\n"
    )
    assert (job.status, job.project) == (JobStatus.DRAFT, str(project.resolve()))
    assert job.start_requested_at is not None
    assert job.parameters_file == "main.parameters.json"
    assert job.strategy.size() == 2


def test_options_become_the_job(
    capsys: Captured, store: SqliteStore, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(project, {"other.json": '{"a": {"depth": [5, 6, 7]}}'})
    monkeypatch.chdir("/")
    options = ["--parameters", f"{project}/other.json", "--set", "pipeline.size=[8, 9]"]
    options += ["--set", "Load.depth=[4]", "--env", "A=1", "--env", "B=x=y", "--env", "C="]
    assert main(["run", f"{project}/main.orchest", *options, "--name", "Night", "--json"]) == 0
    answer = schemas.JobDetailAnswer.model_validate(json.loads(capsys.readouterr().out))
    job = only_job(store)
    assert (answer.id, answer.name) == (job.id, "Night")
    assert job.env_variables == {"A": "1", "B": "x=y", "C": ""}
    assert job.strategy.values == {"a": {"depth": [4]}, "pipeline_parameters": {"size": [8, 9]}}
    assert job.parameters_file == "other.json"


class Conductor(threading.Thread):
    """Carries out the first job that comes: ends its runs in the given states."""

    def __init__(self, state: StateDir, ends: list[RunStatus]) -> None:
        super().__init__(daemon=True)
        self._state = state
        self._ends = ends

    def run(self) -> None:
        store = SqliteStore(self._state.database)
        while not (jobs := store.unfinished_jobs()):
            pass
        (job,) = jobs
        submit(store, job, "manual", NOW)
        for run, end in zip(store.pending_runs(100), self._ends, strict=True):
            running = store.save_run(_changed(run, RunStatus.RUNNING), {RunStatus.PENDING})
            assert running is not None
            store.save_run(_changed(running, end), {RunStatus.RUNNING})
        store.update_job(job.id, {"status": one_off_end(self._ends), "finished_at": NOW})
        store.close()


def _changed(run: Run, status: RunStatus) -> Run:
    return replace(run, status=status, started_at=NOW, finished_at=NOW + timedelta(seconds=2))


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ([RunStatus.SUCCEEDED, RunStatus.SUCCEEDED], 0),
        ([RunStatus.SUCCEEDED, RunStatus.FAILED], 1),
        ([RunStatus.INTERRUPTED, RunStatus.SUCCEEDED], 1),
        ([RunStatus.SUCCEEDED, RunStatus.CANCELLED], 1),
    ],
)
def test_the_exit_code_is_0_only_if_all_runs_succeeded(
    ends: list[RunStatus], code: int, capsys: Captured, store: SqliteStore, state: StateDir
) -> None:
    conductor = Conductor(state, ends)
    conductor.start()
    assert main(["run", "main.orchest", "--wait"]) == code
    conductor.join()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[-3:]] == ["Run", "1.1", "1.2"]
    assert [line.split()[2] for line in lines[-2:]] == [str(end) for end in ends]


def test_waiting_with_json_prints_nothing_but_the_job(
    capsys: Captured, store: SqliteStore, state: StateDir
) -> None:
    conductor = Conductor(state, [RunStatus.SUCCEEDED] * 2)
    conductor.start()
    assert main(["run", "main.orchest", "--wait", "--json"]) == 0
    conductor.join()
    answer = schemas.JobDetailAnswer.model_validate(json.loads(capsys.readouterr().out))
    assert (answer.status, answer.runs.succeeded) == (JobStatus.SUCCEEDED, 2)


def test_a_job_that_cannot_start_is_a_failure_and_says_why(
    capsys: Captured, store: SqliteStore, state: StateDir
) -> None:
    def fail() -> None:
        other = SqliteStore(state.database)
        while not (jobs := other.unfinished_jobs()):
            pass
        changes = {"status": JobStatus.FAILED, "message": "The disk is full.", "finished_at": NOW}
        other.update_job(jobs[0].id, changes)
        other.close()

    conductor = threading.Thread(target=fail)
    conductor.start()
    assert main(["run", "main.orchest", "--wait"]) == 1
    conductor.join()
    captured = capsys.readouterr()
    assert "The disk is full." in captured.out


def test_before_there_are_runs_it_is_said_what_is_waited_for() -> None:
    copying = SnapshotState(SnapshotStatus.COPYING, files=7, files_done=3)
    ready = SnapshotState(SnapshotStatus.READY, "1", 7)
    words = {
        "taking the snapshot: 3 of 7 files": a_job(snapshot=copying),
        "starting": a_job(snapshot=ready),
        "waiting for 2024-02-29 12:00:00": a_job(
            snapshot=ready, status=JobStatus.SCHEDULED, next_firing_at=NOW
        ),
        "no runs": a_job(snapshot=ready, status=JobStatus.FAILED),
    }
    for text, job in words.items():
        assert wait._text(JobView(job, RunCounts(), None)) == text


def test_ctrl_c_only_stops_waiting(
    capsys: Captured, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_first_look(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGINT))
    assert main(["run", "main.orchest", "--wait"]) == 130
    job = only_job(store)
    assert job.cancel_requested_at is None
    captured = capsys.readouterr()
    assert "Job 1 goes on. Cancel it with: jupyter orchest-jobs jobs cancel 1" in captured.err
    assert "Traceback" not in captured.err


def after_first_look(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something when the job was looked at for the first time."""
    told = wait._text

    def text(view: JobView) -> str:
        act()
        return told(view)

    monkeypatch.setattr(wait, "_text", text)


def test_jobs_and_runs_are_cancelled_by_number(
    capsys: Captured, store: SqliteStore, state: StateDir
) -> None:
    assert main(["run", "main.orchest"]) == 0
    submit(store, only_job(store), "manual", NOW)
    assert main(["runs", "cancel", "1.2"]) == 0
    assert main(["jobs", "cancel", "1"]) == 0
    assert "Run 1.2 is being cancelled.\nJob 1 is being cancelled.\n" in capsys.readouterr().out
    first, second = store.runs(RunQuery()).items
    assert (first.cancel_requested_at, second.cancel_requested_at is None) == (None, False)
    assert only_job(store).cancel_requested_at is not None
