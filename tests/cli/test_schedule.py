"""Times, zones, schedules and policies as options; what a schedule means; the settings."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.cli import commands, options
from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.policies import Overlap, Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.service import build
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import JobQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from jupyter_orchest_jobs.wire import schemas
from tests.api.examples import write_project
from tests.cli.test_main import refused
from tests.factories import pipeline_text
from tests.fakes import FakeOverlays

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def project(home: Path) -> None:
    """A project; the current folder."""
    write_project(home, {"main.orchest": pipeline_text(), "a.py": ""})


def only_job(store: SqliteStore) -> Job:
    (job,) = store.jobs(JobQuery()).items
    return job


@pytest.mark.parametrize(
    ("given", "schedule"),
    [
        ([], Schedule.now()),
        (
            ["--at", "2100-06-02T03:04:05+01:00"],
            Schedule.once(datetime(2100, 6, 2, 2, 4, 5, tzinfo=UTC)),
        ),
        (["--at", "2100-06-02T03:04"], Schedule.once(datetime(2100, 6, 2, 1, 4, tzinfo=UTC))),
        (["--at", "2100-12-02 03:04"], Schedule.once(datetime(2100, 12, 2, 2, 4, tzinfo=UTC))),
        (["--cron", "30 2 * * 1-5"], Schedule.recurring("30 2 * * 1-5", "Europe/Amsterdam")),
        (["--cron", "@daily", "--zone", "Asia/Tokyo"], Schedule.recurring("@daily", "Asia/Tokyo")),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_options_become_the_schedule(
    given: list[str], schedule: Schedule, amsterdam: None, store: SqliteStore
) -> None:
    assert main(["run", "main.orchest", *given]) == 0
    assert only_job(store).schedule == schedule


def test_it_is_said_when_the_job_will_run(
    capsys: Captured, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "utc_now", lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    see = "See it with: jupyter orchest-jobs jobs show"
    assert main(["run", "main.orchest", "--cron", "30 9 * * *", "--zone", "Asia/Tokyo"]) == 0
    assert capsys.readouterr().out == (
        "Job 1 “example” was created: every day at 09:30 Asia/Tokyo; "
        f"next at 2026-11-23 00:30:00. {see} 1\n"
    )
    assert main(["run", "main.orchest", "--at", "2026-11-22T12:30"]) == 0
    said = f"Job 2 “example” was created: next at 2026-11-22 12:30:00. {see} 2\n"
    assert capsys.readouterr().out == said
    over = ["--cron", "@daily", "--policy", "end_at=2020-01-01"]
    assert main(["run", "main.orchest", *over]) == 0
    assert "@daily" not in (out := capsys.readouterr().out)
    assert "no further firing" in out


def test_a_time_that_is_just_over_is_meant(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "utc_now", lambda: datetime(2026, 11, 22, 12, 30, 59, tzinfo=UTC))
    assert main(["run", "main.orchest", "--at", "2026-11-22T12:30"]) == 0
    assert only_job(store).schedule.at == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def test_policies_are_json_or_plain_words(store: SqliteStore, amsterdam: None) -> None:
    given = {
        "overlap": "queue",
        "catch_up": '"all"',
        "step_retries": "2",
        "keep_runs": "null",
        "keep_days": "1.5",
        "keep_logs": "false",
        "preload": "numpy,sklearn.svm",
        "start_at": "2100-06-02T03:04",
        "end_at": "null",
    }
    arguments = [word for name, value in given.items() for word in ("--policy", f"{name}={value}")]
    assert main(["run", "main.orchest", *arguments]) == 0
    policies = only_job(store).policies
    assert policies == Policies(
        overlap=Overlap.QUEUE,
        catch_up="all",  # type: ignore[arg-type]
        step_retries=2,
        keep_runs=None,
        keep_days=1.5,
        keep_logs=False,
        preload=("numpy", "sklearn.svm"),
        start_at=datetime(2100, 6, 2, 1, 4, tzinfo=UTC),
    )
    # As they are shown, they can be given again.
    shown = [f"{name}={value}" for name, value in options.policies_as_options(policies).items()]
    assert options.policies(shown, Policies()) == policies


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--at", "noon"], "--at must be a date and time such as 2026-12-24T18:00"),
        (["--at", "0001-01-01T00:00"], "--at must be a date"),
        (["--at", "2020-01-01"], "2020-01-01 is over; leave --at out to run now"),
        (["--at", "2100-01-01", "--zone", "Asia/Tokyo"], "--zone goes with --cron"),
        (["--zone", "Asia/Tokyo"], "--zone goes with --cron"),
        (["--cron", "@daily", "--zone", "Tokio"], "unknown; did you mean Asia/Tokyo"),
        (["--cron", "0 0 30 2 *"], "0 0 30 2 *"),
        (["--cron", "@daily", "--wait"], "has no end to wait for"),
        (["--policy", "overlap"], "write NAME=VALUE"),
        (["--policy", "overlaps=skip"], "did you mean “overlap”"),
        (["--policy", "overlap=perhaps"], "“overlap” is one of “skip”"),
        (["--policy", "step_retries=two"], "“step_retries” is a whole number"),
        (["--policy", "step_retries=" + "9" * 5000], "“step_retries” is a whole number"),
        (["--policy", "keep_days=NaN"], "“keep_days” is a number"),
        (["--policy", "max_runs=" + "[" * 10_000], "“max_runs” is a whole number"),
        (["--policy", "end_at=soon"], "“end_at” must be a date and time"),
    ],
)
def test_what_means_nothing_is_refused(
    arguments: list[str], expected: str, capsys: Captured, state: StateDir
) -> None:
    assert expected in refused(capsys, "run", "main.orchest", *arguments)
    assert not state.root.exists()


def test_once_and_again_are_not_both_possible(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["run", "main.orchest", "--at", "2100-01-01", "--cron", "@daily"])
    assert exit.value.code == 2
    assert "not allowed with argument --at" in capsys.readouterr().err


def failing() -> str:
    raise KeyError("two settings, two zones")


@pytest.mark.parametrize("found", [lambda: "Asia/Tokyo", lambda: "local", lambda: None, failing])
def test_a_machine_whose_zone_is_unknown_is_told(
    found: Any, capsys: Captured, amsterdam: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", found)
    assert "say --zone, such as" in refused(capsys, "schedule", "@daily")


def test_a_machine_without_any_zone_has_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: None)
    assert options.local_zone() == "UTC"


def test_a_schedule_is_explained_by_the_clock_of_its_zone(
    capsys: Captured, home: Path, amsterdam: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "utc_now", lambda: datetime(2026, 3, 27, 12, tzinfo=UTC))
    before = list(home.iterdir())
    assert main(["schedule", "30 9 * * *", "--count", "2"]) == 0
    assert capsys.readouterr().out == (
        "every day at 09:30 Europe/Amsterdam\n"
        "  Sat 2026-03-28 09:30+01:00\n"
        "  Sun 2026-03-29 09:30+02:00\n"
    )
    assert main(["schedule", "30 9 * * *", "--zone", "UTC", "--json"]) == 0
    answer = schemas.PreviewAnswer.model_validate(json.loads(capsys.readouterr().out))
    assert answer.description == "every day at 09:30 UTC"
    assert answer.next[0] == datetime(2026, 3, 28, 9, 30, tzinfo=UTC)
    assert len(answer.next) == 5
    assert list(home.iterdir()) == before


def test_the_settings_are_shown_and_changed(capsys: Captured, state: StateDir) -> None:
    def settings(*arguments: str) -> schemas.SettingsAnswer:
        assert main(["settings", *arguments, "--json"]) == 0
        return schemas.SettingsAnswer.model_validate(json.loads(capsys.readouterr().out))

    before = settings()
    assert not state.root.exists()
    assert settings("--max-runs", "3").max_runs == 3
    after = settings("--max-step-processes", "7")
    assert (after.max_runs, after.max_step_processes) == (3, 7)
    assert before.max_step_processes > 0
    assert main(["settings"]) == 0
    assert capsys.readouterr().out == (
        "max runs            3\nmax step processes  7\nwarm processes      yes\n"
        "overlays            no\n"
        f"data dir            {state.data}\n"
    )
    assert before.warm_processes
    assert not settings("--no-warm-processes").warm_processes
    assert not settings("--max-runs", "4").warm_processes
    assert settings("--warm-processes").warm_processes
    assert settings("--data-dir", str(state.root.parent)).data_dir == str(state.root.parent)
    assert settings("--data-dir", "").data_dir == str(state.data)
    assert settings("--kernel-name", "an-uuid=python3").kernel_names == {"an-uuid": "python3"}
    assert main(["settings"]) == 0
    assert "kernel name         an-uuid: python3" in capsys.readouterr().out
    assert settings("--kernel-name", "an-uuid=").kernel_names == {}
    for wrong in ("an-uuid", "=python3", "an-uuid=gone"):
        assert main(["settings", "--kernel-name", wrong]) == 2, wrong


def test_overlays_are_turned_on_only_where_the_system_can_make_them(
    capsys: Captured, state: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlays = FakeOverlays()
    monkeypatch.setattr(build, "why_not", overlays)

    def are_on(*arguments: str) -> bool:
        assert main(["settings", *arguments, "--json"]) == 0
        return bool(json.loads(capsys.readouterr().out)["overlays"])

    assert not are_on()
    overlays.why = "An overlay can't be mounted here (Operation not supported)"
    assert main(["settings", "--overlays", "--max-runs", "3"]) == 2
    said = capsys.readouterr().err
    assert "“overlays” can't be turned on" in said
    assert f"in {state.root}. An overlay can't be mounted here (Operation not supported)." in said
    assert not are_on("--max-runs", "4")
    assert overlays.asked == [state.root]
    overlays.why = None
    assert are_on("--overlays")
    assert are_on("--max-runs", "5")
    assert main(["settings"]) == 0
    assert "overlays            yes\n" in capsys.readouterr().out
    assert not are_on("--no-overlays")
    assert len(overlays.asked) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["schedule", "@daily", "--count", "101"],
        ["settings", "--max-runs", "0"],
        ["settings", "--max-step-processes", "²"],
        ["jobs", "list", "--limit", "-1"],
        ["jobs", "retry", "1", "--batch", "9" * 5000],
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_numbers_have_limits(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert "is not a whole number from 1 to" in capsys.readouterr().err
