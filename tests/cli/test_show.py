"""What people and programs read: tables of one line a row, and the JSON of the API."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jupyter_orchest_jobs.cli import show
from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.domain.job import RunCounts
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from jupyter_orchest_jobs.wire import schemas
from tests.api.examples import a_finished_run
from tests.factories import document
from tests.records import NOW, stored_job, stored_runs

Captured = pytest.CaptureFixture[str]


def shown(capsys: Captured, *arguments: str) -> list[str]:
    """The lines that a command prints."""
    assert main(arguments) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return [line.rstrip() for line in captured.out.splitlines()]


def printed(capsys: Captured, *arguments: str) -> Any:
    """The JSON that a command prints, and nothing else."""
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (4.06, "4.1 s"),
        (59.94, "59.9 s"),
        (59.96, "1 m 0 s"),
        (60, "1 m 0 s"),
        (72.9, "1 m 12 s"),
        (3599, "59 m 59 s"),
        (7383, "2 h 3 m"),
        (200 * 3600, "200 h 0 m"),
        (-5, "0.0 s"),
    ],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert show.duration(NOW, NOW + timedelta(seconds=seconds)) == text


def test_what_has_not_begun_has_no_duration() -> None:
    assert show.duration(None, None) == ""


def test_progress_counts_what_ended_and_names_what_went_wrong() -> None:
    assert show.progress(RunCounts(pending=17, succeeded=7)) == "7 of 24 runs"
    counts = RunCounts(running=1, succeeded=2, failed=1, cancelled=3, interrupted=4)
    assert show.progress(counts) == "10 of 11 runs, 1 failed, 4 interrupted, 3 cancelled"


def test_no_runs_are_not_none_of_none() -> None:
    assert show.progress(RunCounts()) == "no runs"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_234, "1.2 kB"),
        (9_960, "10 kB"),
        (90_000, "90 kB"),
        (999_999, "1.0 MB"),
        (34_000_000_000, "34 GB"),
    ],
)
def test_sizes_are_as_in_the_front_end(number: int, text: str) -> None:
    assert show.size(number) == text


def test_jobs_are_a_table_of_one_line_each(capsys: Captured, store: SqliteStore) -> None:
    stored_job(store, name="two\nlines \x1b[31m and [bold]markup[/bold] " + "long " * 60)
    stored_job(store, name="Größe 模型", project="/" + "deep/" * 300)
    head, second, first = shown(capsys, "jobs", "list")
    assert head.split() == ["Job", "Name", "Status", "Runs", "Next", "Pipeline", "Created"]
    assert second.split()[:3] == ["2", "Größe", "模型"]
    assert second.endswith("2024-02-29 12:00:00")
    assert r"two\nlines \x1b[31m and [bold]markup[/bold]" in first


def test_the_newest_jobs_come_first_up_to_a_limit(capsys: Captured, store: SqliteStore) -> None:
    for _ in range(3):
        stored_job(store)
    lines = shown(capsys, "jobs", "list", "--limit", "2")
    assert [line.split()[0] for line in lines] == ["Job", "3", "2"]


def a_grid(store: SqliteStore) -> None:
    """A job with two runs; the score is a metric, the seed is the same for both."""
    values = {"pipeline_parameters": {"seed": [7], "depth": [3, "deep\ndeeper"]}}
    job = stored_job(store, strategy=Strategy(values), document=document())
    for_runs = [
        {
            "combination": {"pipeline_parameters": {"seed": 7, "depth": depth}},
            "status": status,
            "started_at": NOW,
            "finished_at": NOW + timedelta(seconds=61),
            "metrics": metrics,
        }
        for depth, status, metrics in (
            (3, RunStatus.SUCCEEDED, {"score": 0.123456}),
            ("deep\ndeeper", RunStatus.FAILED, {}),
        )
    ]
    stored_runs(store, job, *for_runs)
    store.update_job(job.id, {"status": JobStatus.FAILED, "message": "because\nof this"})


def test_runs_show_what_differs_between_them(capsys: Captured, store: SqliteStore) -> None:
    a_grid(store)
    head, first, second = shown(capsys, "runs", "list", "1")
    assert head.split() == ["Run", "depth", "Status", "Duration", "score"]
    assert first.split() == ["1.1", "3", "succeeded", "1", "m", "1", "s", "0.1235"]
    assert second.split() == ["1.2", r'"deep\ndeeper"', "failed", "1", "m", "1", "s"]


def test_a_job_is_shown_with_what_is_frozen_and_its_runs(
    capsys: Captured, store: SqliteStore
) -> None:
    a_grid(store)
    lines = shown(capsys, "jobs", "show", "1")
    assert lines[0] == "Job 1 “example”: failed"
    assert lines[1:3] == ["because", "of this"]
    assert "pipeline  /home/someone/project/example.orchest" in lines
    assert "progress  2 of 2 runs, 1 failed" in lines
    assert lines[-3].split()[0] == "Run"


def test_a_run_is_shown_with_its_steps(capsys: Captured, store: SqliteStore) -> None:
    example = a_finished_run(
        store,
        title="Fit\tit",
        status=StepStatus.FAILED,
        cause=Cause.STEP_FAILED,
        message="ZeroDivisionError\nTraceback: …",
        failed_cell=2,
    )
    lines = shown(capsys, "runs", "show", example.run.id[:6])
    assert lines[0] == "Run 1.1 of “example”: succeeded"
    assert "depth = 1" in lines[1]
    assert lines[2].split() == ["Step", "File", "Status", "Duration"]
    assert lines[3].endswith("cell 2: ZeroDivisionError")
    assert r"Fit\tit" in lines[3]
    assert len(lines) == 4


def test_logs_of_earlier_tries_are_printed(
    store: SqliteStore, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    example = a_finished_run(store, log=b"second\n", tries=2)
    (example.folder / "try-1.log.txt").write_bytes(b"first\n")
    for options, printed in {
        "--step Fit": b"second\n",
        "--step Fit --try 1": b"first\n",
        "--step Fit --attempt 1": b"second\n",
        "--try 1": b"==> Fit (succeeded, attempt 1, try 1) <==\nfirst\n",
    }.items():
        assert main(["runs", "log", "1.1", *options.split()]) == 0
        assert capfdbinary.readouterr().out == printed, options
    for options, said in {
        "--try 3": b"no log of try 3 in attempt 1; there are logs of attempt 1 (tries 1, 2)",
        "--attempt 2": b"Run 1 has no attempt 2; it has had one.",
    }.items():
        assert main(["runs", "log", "1.1", *options.split()]) == 2
        assert said in capfdbinary.readouterr().err, options
    assert main(["runs", "show", "1.1"]) == 0
    assert b"2 of 3" in capfdbinary.readouterr().out


def test_a_log_is_printed_as_it_is(
    capfdbinary: pytest.CaptureFixture[bytes], store: SqliteStore
) -> None:
    log = b"\x1b[31mred\x1b[0m\xff\x00 no text\n"
    example = a_finished_run(store, log=log)
    for arguments in (["1.1", "--step", "Fit"], [example.run.id, "--step", example.step]):
        assert main(["runs", "log", *arguments]) == 0
        assert capfdbinary.readouterr().out == log
    assert main(["runs", "log", "1.1"]) == 0
    assert capfdbinary.readouterr().out == b"==> Fit (succeeded) <==\n" + log


def test_json_has_the_shapes_of_the_api(capsys: Captured, store: SqliteStore) -> None:
    a_grid(store)
    example = a_finished_run(store)
    for job in printed(capsys, "jobs", "list"):
        schemas.JobAnswer.model_validate(job)
    schemas.JobDetailAnswer.model_validate(printed(capsys, "jobs", "show", "1"))
    runs = printed(capsys, "runs", "list", "1")
    assert [schemas.RunAnswer.model_validate(run).number for run in runs] == [1, 2]
    run = schemas.RunDetailAnswer.model_validate(printed(capsys, "runs", "show", "2.1"))
    assert run.id == example.run.id
    assert run.steps[0].has_log


def test_all_runs_of_a_large_job_are_listed(capsys: Captured, store: SqliteStore) -> None:
    job = stored_job(store, document=document())
    stored_runs(store, job, *({} for _ in range(501)))
    assert [run["number"] for run in printed(capsys, "runs", "list", "1")] == list(range(1, 502))
