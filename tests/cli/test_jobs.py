"""``jobs …`` and ``runs …``: changing, pausing, repeating and deleting. The test conducts."""

import json
import os
import pty
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.domain.firing import FiringOutcome
from jupyter_orchest_jobs.domain.job import Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind, AttemptRecord, Run
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.service.submission import submit
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from jupyter_orchest_jobs.wire import schemas
from tests.api.examples import a_finished_run, write_project
from tests.cli.test_main import refused
from tests.cli.test_show import printed, shown
from tests.factories import document, pipeline_text
from tests.records import NOW, a_firing, stored_job

Captured = pytest.CaptureFixture[str]
READY = SnapshotState(SnapshotStatus.READY, "5", 3, 1000)
DAILY = Schedule.recurring("30 9 * * *", "Asia/Tokyo")
SIZES = Strategy({"pipeline_parameters": {"size": [1, 2]}, "a": {"depth": [5]}})


def a_recurring_job(store: SqliteStore, **special: Any) -> Job:
    """An active job, which fires daily."""
    plain: dict[str, Any] = {
        "status": JobStatus.SCHEDULED,
        "schedule": DAILY,
        "snapshot": READY,
        "strategy": SIZES,
        "document": document({"a": {"parameters": {"depth": 5}}}, parameters={"size": 1}),
        "started_at": NOW,
        "next_firing_at": datetime(2100, 1, 1, 0, 30, tzinfo=UTC),
    }
    return stored_job(store, **{**plain, **special})


def a_batch(store: SqliteStore, job: Job, *ends: RunStatus) -> list[Run]:
    """Another batch, whose runs end so; those that get no end stay pending."""
    after = submit(store, store.job(job.id), "schedule", NOW)
    assert after is not None
    runs = [run for run in all_runs(store, job) if run.batch == after.batches_made]
    for run, end in zip(runs, ends, strict=False):
        running = replace(run, status=RunStatus.RUNNING, attempt=1, started_at=NOW)
        running = store.save_run(running, {RunStatus.PENDING}) or running
        ended = replace(running, status=end, finished_at=NOW + timedelta(seconds=2))
        store.save_run(ended, {RunStatus.RUNNING})
    return [store.run(run.id) for run in runs]


def all_runs(store: SqliteStore, job: Job) -> list[Run]:
    return list(store.runs(RunQuery(job_id=job.id)).items)


def test_a_job_is_paused_and_resumed(capsys: Captured, store: SqliteStore) -> None:
    job = a_recurring_job(store)
    a_batch(store, job)
    said = shown(capsys, "jobs", "pause", "1")
    assert said == ["Job 1 is paused. Runs that were started go on."]
    assert store.job(job.id).status is JobStatus.PAUSED
    answer = printed(capsys, "jobs", "resume", "1")
    assert schemas.JobDetailAnswer.model_validate(answer).status is JobStatus.SCHEDULED
    assert "not paused" in refused(capsys, "jobs", "resume", "1")
    main(["jobs", "pause", "1"])
    (said_again,) = shown(capsys, "jobs", "resume", "1")[-1:]
    assert said_again.startswith("Job 1 is active again: next at ")
    assert said_again.endswith(" 00:30:00.")


def test_a_job_runs_now(capsys: Captured, store: SqliteStore) -> None:
    job = a_recurring_job(store)
    assert shown(capsys, "jobs", "run", "1") == ["Batch 1 of job 1 starts."]
    assert [run.batch for run in all_runs(store, job)] == [1, 1]


def test_a_draft_is_started(capsys: Captured, store: SqliteStore) -> None:
    job = stored_job(store, document=document(), snapshot=READY)
    assert shown(capsys, "jobs", "start", "1") == ["Job 1 starts."]
    assert store.job(job.id).start_requested_at is not None
    assert "started already" in refused(capsys, "jobs", "start", "1")


def test_only_what_is_given_changes(capsys: Captured, store: SqliteStore) -> None:
    old = Policies(step_retries=3, keep_runs=9)
    job = a_recurring_job(store, env_variables={"A": "1", "B": "2"}, policies=old)
    options = ["--name", "New", "--set", "A.depth=[6, 7]", "--env", "A=3", "--unset-env", "B"]
    options += ["--zone", "Europe/Amsterdam", "--policy", "keep_runs=null"]
    (said,) = shown(capsys, "jobs", "edit", "1", *options)
    assert said.startswith("Job 1 was changed: next at ")
    after = store.job(job.id)
    assert after.name == "New"
    assert after.strategy.values == {
        "pipeline_parameters": {"size": [1, 2]},
        "a": {"depth": [6, 7]},
    }
    assert after.env_variables == {"A": "3"}
    assert after.schedule == Schedule.recurring("30 9 * * *", "Europe/Amsterdam")
    assert after.policies == Policies(step_retries=3, keep_runs=None)
    main(["jobs", "edit", "1", "--cron", "@hourly"])
    assert store.job(job.id).schedule == Schedule.recurring("@hourly", "Europe/Amsterdam")
    assert shown(capsys, "jobs", "edit", "1", "--name", "Newer")[-1] == "Job 1 was changed."
    after = store.job(job.id)
    assert (after.name, after.policies.step_retries) == ("Newer", 3)
    answer = printed(capsys, "jobs", "edit", "1", "--policy", "step_retries=0")
    assert schemas.JobDetailAnswer.model_validate(answer).policies.step_retries == 0


def test_secrets_are_set_shown_by_name_and_taken_away(
    capsys: Captured, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_recurring_job(store)
    monkeypatch.setenv("TOKEN", "hunter22")
    assert printed(capsys, "jobs", "edit", "1", "--secret", "TOKEN")["secrets"] == ["TOKEN"]
    lines = shown(capsys, "jobs", "show", "1")
    assert "secrets   TOKEN" in [line.strip() for line in lines]
    assert "hunter22" not in "".join(lines)
    assert "no secret KEY" in refused(capsys, "jobs", "edit", "1", "--unset-secret", "KEY")
    assert printed(capsys, "jobs", "edit", "1", "--unset-secret", "TOKEN")["secrets"] == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "Nothing to change was said"),
        (["--accept", "many_runs"], "Nothing to change was said"),
        (["--set", "Nobody.x=[1]"], "names no step"),
        (["--unset-env", "Z"], "no environment variable Z"),
        (["--env", "Z"], "write NAME=VALUE"),
        (["--name", "\udcff"], "is not text"),
        (["--at", "2100-01-01"], "stays one"),
        (["--set", f"A.depth={list(range(1200))}"], "To go on, add --accept many_runs."),
    ],
    ids=lambda given: " ".join(given)[:30] if isinstance(given, list) else "",
)
def test_changes_that_make_no_sense_are_refused(
    arguments: list[str], expected: str, capsys: Captured, store: SqliteStore
) -> None:
    job = a_recurring_job(store)
    assert expected in refused(capsys, "jobs", "edit", "1", *arguments)
    assert store.job(job.id) == job


def test_the_zone_of_a_job_that_has_none_cannot_change(
    capsys: Captured, store: SqliteStore
) -> None:
    stored_job(store, document=document())
    assert "goes with --cron" in refused(capsys, "jobs", "edit", "1", "--zone", "UTC")


def test_a_job_is_duplicated_with_either_snapshot(
    capsys: Captured, store: SqliteStore, home: Path
) -> None:
    text = pipeline_text({"a": {"parameters": {"depth": 8}}}, parameters={"size": 1})
    write_project(home, {"example.orchest": text, "a.py": ""})
    a_recurring_job(store, project=str(home))
    own = printed(capsys, "jobs", "duplicate", "1", "--own-snapshot")
    assert schemas.JobDetailAnswer.model_validate(own).snapshot.status is SnapshotStatus.READY
    assert shown(capsys, "jobs", "duplicate", "1") == [
        "Job 3 “Duplicate of example” is a draft. Start it with: jupyter orchest-jobs jobs start 3"
    ]
    newest, *_ = store.jobs(JobQuery()).items
    assert newest.snapshot.status is SnapshotStatus.WAITING
    assert newest.schedule == DAILY


def test_a_new_snapshot_is_taken(capsys: Captured, store: SqliteStore, home: Path) -> None:
    write_project(home, {"example.orchest": pipeline_text(), "a.py": ""})
    job = a_recurring_job(store, project=str(home))
    said = shown(capsys, "jobs", "snapshot", "1")
    assert said == ["A new snapshot for job 1 is being taken."]
    assert store.job(job.id).snapshot.status is SnapshotStatus.WAITING
    services = pipeline_text(services={"db": {"scope": ["noninteractive"]}})
    write_project(home, {"example.orchest": services})
    store.update_job(job.id, {"snapshot": READY})
    assert "add --accept without_services" in refused(capsys, "jobs", "snapshot", "1")
    assert main(["jobs", "snapshot", "1", "--accept", "without_services"]) == 0


def test_the_failed_runs_of_a_batch_are_retried(capsys: Captured, store: SqliteStore) -> None:
    job = a_recurring_job(store)
    assert "has no batch yet" in refused(capsys, "jobs", "retry", "1")
    first = a_batch(store, job, RunStatus.FAILED, RunStatus.SUCCEEDED)
    last = a_batch(store, job, RunStatus.INTERRUPTED, RunStatus.FAILED)
    assert shown(capsys, "jobs", "retry", "1") == [
        "The failed runs of batch 2 of job 1 will be executed again."
    ]
    assert [store.run(run.id).retry_requested for run in last] == [AttemptKind.RETRY] * 2
    assert shown(capsys, "jobs", "retry", "1", "--batch", "1", "--resume") == [
        "The failed runs of batch 1 of job 1 will go on."
    ]
    wishes = [store.run(run.id).retry_requested for run in first]
    assert wishes == [AttemptKind.RESUME, None]
    assert "no batch" in refused(capsys, "jobs", "retry", "1", "--batch", "3").lower()


def test_firings_are_listed_newest_first(capsys: Captured, store: SqliteStore) -> None:
    job = a_recurring_job(store)
    assert shown(capsys, "jobs", "firings", "1") == ["Job 1 has not fired yet."]
    range_ = {"until": NOW + timedelta(days=3), "count": 4, "outcome": FiringOutcome.MISSED}
    missed = a_firing(job, NOW, **range_, reason="Nobody conducted.")
    fired = a_firing(job, NOW + timedelta(days=4), batch=1)
    store.record_firings(job.id, [missed, fired], {})
    head, new, old = shown(capsys, "jobs", "firings", "1")
    assert head.split() == ["Due", "Until", "Firings", "Outcome", "Batch"]
    assert new.split() == ["2024-03-04", "12:00:00", "1", "fired", "1"]
    both = ["2024-02-29", "12:00:00", "2024-03-03", "12:00:00"]
    assert old.split() == [*both, "4", "missed", "Nobody", "conducted."]
    answers = printed(capsys, "jobs", "firings", "1", "--limit", "1")
    assert [schemas.FiringAnswer.model_validate(one).batch for one in answers] == [1]


def test_all_firings_up_to_the_limit_are_listed(capsys: Captured, store: SqliteStore) -> None:
    job = a_recurring_job(store)
    records = [a_firing(job, NOW + timedelta(minutes=minute)) for minute in range(700)]
    store.record_firings(job.id, records, {})
    assert len(printed(capsys, "jobs", "firings", "1", "--limit", "600")) == 600
    assert len(printed(capsys, "jobs", "firings", "1", "--limit", "1000")) == 700


def test_a_recurring_job_is_shown_with_schedule_batches_and_firings(
    capsys: Captured, store: SqliteStore
) -> None:
    job = a_recurring_job(store, policies=Policies(overlap="queue", keep_runs=None))  # type: ignore[arg-type]
    (run, *_) = a_batch(store, job, RunStatus.SUCCEEDED, RunStatus.SUCCEEDED)
    a_batch(store, job, RunStatus.FAILED)
    store.record_firings(job.id, [a_firing(job, NOW, batch=1)], {})
    store.note_files(run.id, 1_234_567, True)
    lines = shown(capsys, "jobs", "show", "1")
    assert "schedule  every day at 09:30 Asia/Tokyo" in lines
    assert "next      2100-01-01 00:30:00" in lines
    assert "policies  overlap=queue keep_runs=null" in lines
    assert "disk use  1.2 MB" in lines
    assert "snapshot  ready, 3 files, 1.0 kB" in lines
    firings, batches = lines.index("Last firings"), lines.index("Last batches")
    assert "fired" in lines[firings + 2]
    assert [line.split()[:2] for line in lines[batches + 2 : batches + 4]] == [
        ["2", "schedule"],
        ["1", "schedule"],
    ]
    assert lines[batches + 2].endswith("1 of 2 runs, 1 failed")
    runs = lines.index(
        "Runs of batch 2 (of all batches: jupyter orchest-jobs runs list 1)", batches
    )
    assert [line.split()[0] for line in lines[runs + 1 :]] == ["Run", "1.3", "1.4"]
    (listed,) = shown(capsys, "jobs", "list")[1:]
    assert "2100-01-01 00:30:00" in listed


@pytest.mark.parametrize(
    ("special", "text"),
    [
        ({"status": JobStatus.PAUSED}, "next      none while it is paused"),
        ({"status": JobStatus.DRAFT}, "next      none before it is started"),
        ({"status": JobStatus.CANCELLED}, "next      none: it has ended"),
        ({"status": JobStatus.RUNNING}, "next      none"),
    ],
)
def test_why_there_is_no_next_firing_is_said(
    special: dict[str, Any], text: str, capsys: Captured, store: SqliteStore
) -> None:
    a_recurring_job(store, **special, next_firing_at=None)
    assert text in shown(capsys, "jobs", "show", "1")


def test_runs_of_several_batches_show_what_differs(capsys: Captured, store: SqliteStore) -> None:
    job = a_recurring_job(store, strategy=Strategy({"pipeline_parameters": {"size": [1]}}))
    a_batch(store, job)
    fewer = {"a": {"depth": [5]}, "pipeline_parameters": {"size": [2]}}
    store.update_job(job.id, {"strategy": Strategy(fewer)})
    a_batch(store, job)
    head, first, second = shown(capsys, "runs", "list", "1")
    assert head.split() == ["Run", "Batch", "size", "Status", "Duration"]
    assert first.split() == ["1.1", "1", "1", "pending"]
    assert second.split() == ["1.2", "2", "2", "pending"]
    assert shown(capsys, "jobs", "show", "1")[-2].split() == ["Run", "Status", "Duration"]


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("retry", "Run 1.1 will be executed again from the beginning."),
        ("resume", "Run 1.1 will go on with the steps that have not succeeded."),
        ("pin", "Run 1.1 is kept when older runs are deleted."),
        ("unpin", "Run 1.1 is kept no longer than others."),
    ],
)
def test_runs_are_repeated_and_pinned(
    verb: str, said: str, capsys: Captured, store: SqliteStore
) -> None:
    job = a_recurring_job(store)
    a_batch(store, job, RunStatus.FAILED)
    assert shown(capsys, "runs", verb, "1.1") == [said]
    answer = schemas.RunDetailAnswer.model_validate(printed(capsys, "runs", verb, "1.1"))
    assert answer.retry_requested is (verb in ("retry", "resume"))
    assert answer.pinned is (verb == "pin")


def test_what_cannot_be_repeated_is_told(capsys: Captured, store: SqliteStore) -> None:
    job = a_recurring_job(store)
    a_batch(store, job, RunStatus.SUCCEEDED)
    assert "nothing to resume" in refused(capsys, "runs", "resume", "1.1")
    assert "cancel it before" in refused(capsys, "runs", "retry", "1.2")


def test_a_run_is_shown_with_its_attempts_and_tries(capsys: Captured, store: SqliteStore) -> None:
    example = a_finished_run(store, attempt=1, tries=3)
    died = AttemptRecord(
        1, AttemptKind.FIRST, RunStatus.INTERRUPTED, Cause.RUNNER_DIED, "It died.", NOW, NOW
    )
    resumed = replace(example.run, attempt=2, kind=AttemptKind.RESUME, history=(died,))
    store.save_run(resumed, {RunStatus.SUCCEEDED})
    store.pin_run(example.run.id, True)
    store.note_files(example.run.id, 50_000, True)
    lines = shown(capsys, "runs", "show", "1.1")
    assert "  files: 50 kB, pinned: kept when older runs are deleted" in lines
    head, first, second = lines[-5:-2]
    assert head.split() == ["Attempt", "Kind", "Status", "Started", "Duration"]
    assert first.split()[:3] == ["1", "first", "interrupted"]
    assert first.endswith("It died.")
    assert second.split()[:3] == ["2", "resume", "succeeded"]
    assert lines[-2].split() == ["Step", "File", "Status", "Duration", "Attempt", "Tries"]
    assert lines[-1].split()[-4:] == ["1", "3", "of", "3"]
    store.request_retry(example.run.id, AttemptKind.RETRY)
    assert "A retry was asked for." in shown(capsys, "runs", "show", "1.1")
    store.note_files(example.run.id, 0, False)
    lines = shown(capsys, "runs", "show", "1.1")
    assert "  files: deleted, its logs and numbers are kept, pinned: kept when older" in lines[3]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other end of the terminal at which the user sits."""
    keyboard, screen = pty.openpty()
    with os.fdopen(screen) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield keyboard
    os.close(keyboard)


def test_deleting_is_asked_for_and_says_what_goes(
    capsys: Captured, store: SqliteStore, terminal: int
) -> None:
    example = a_finished_run(store)
    store.note_files(example.run.id, 2_000_000, True)
    for no in (b"\n", b"n\n", b"\x04"):
        os.write(terminal, no)
        said = refused(capsys, "jobs", "delete", "1")
        assert said == (
            "Job 1 “example”, its 1 run with all files (2.0 MB) will be deleted for ever. "
            "Go on? [y/N] Nothing was deleted.\n"
        )
    os.write(terminal, b"Yes\n")
    assert main(["jobs", "delete", "1"]) == 0
    assert capsys.readouterr().out == "Job 1 was deleted.\n"
    assert store.jobs(JobQuery()).total == 0


def test_without_a_terminal_deleting_needs_a_yes(
    capsys: Captured, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_job(store, document=document())
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        said = refused(capsys, "jobs", "delete", "1")
    assert said == "Job 1 “example” would be deleted; say --yes to do it.\n"
    assert main(["jobs", "delete", "1", "--yes", "--json"]) == 0
    assert capsys.readouterr().out == ""
    assert store.jobs(JobQuery()).total == 0


def test_nobody_is_asked_to_delete_what_goes_on(
    capsys: Captured, store: SqliteStore, terminal: int
) -> None:
    a_recurring_job(store)
    said = "Job 1 is scheduled; cancel it before you delete it.\n"
    assert refused(capsys, "jobs", "delete", "1") == said
    assert refused(capsys, "jobs", "delete", "1", "--yes") == said


def test_every_change_answers_with_the_job(capsys: Captured, store: SqliteStore) -> None:
    a_recurring_job(store)
    for verb in ("show", "run", "pause", "resume", "cancel"):
        assert main(["jobs", verb, "1", "--json"]) == 0
        schemas.JobDetailAnswer.model_validate(json.loads(capsys.readouterr().out))
