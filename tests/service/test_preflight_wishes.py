from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.cluster import ClusterSettings, ExecutorName
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.errors import (
    ConfirmationNeeded,
    InvalidInput,
    NotFound,
    ParametersInvalid,
    PoliciesInvalid,
)
from jupyter_orchest_jobs.service import limits, preflight
from jupyter_orchest_jobs.service.checks import MANY
from jupyter_orchest_jobs.service.wish import (
    LARGE_SNAPSHOT,
    MANY_RUNS,
    UNKNOWN_STEPS,
    WITHOUT_SERVICES,
)
from tests.service.preflight_project import Project

# --- where it runs ---


def test_a_job_for_the_cluster_starts_only_if_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "p")
    wish: dict[str, Any] = {"policies": Policies(executor=ExecutorName.DASK)}
    assert project.check(**wish).steps == ()  # a draft is being worked on
    wish["start"] = True
    assert "none is set up" in project.refusal(PoliciesInvalid, **wish).message
    wish["cluster"] = ClusterSettings(address="tcp://127.0.0.1:8786")
    monkeypatch.setattr(limits, "has_distributed", lambda: True)
    project.check(**wish)
    monkeypatch.setattr(limits, "has_distributed", lambda: False)
    assert "jupyter_orchest_jobs[dask]" in project.refusal(PoliciesInvalid, **wish).message


# --- parameters, selection ---


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"pipeline_parameters": {\n"n": 5}}', 2, "the value of “n” must be a list"),
        ('{"a": {\n"n": []}}', 2, "the list of “n” is empty and gives no runs"),
        ('{"a": {"n": [1]},\n"a": {"n": [2]}}', 2, "has the key “a” twice in one object"),
        ('{"a": {\n"n": [NaN]}}', 2, "has NaN, which is not JSON"),
        ("{\n", 2, "is not valid JSON"),
        ("[]", 1, "must be a JSON object"),
    ],
)
def test_parameters_file_that_is_wrong_is_refused(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    problem = Project(tmp_path / "p", files={"main.parameters.json": text}).problem(
        ParametersInvalid
    )
    assert (problem.file, problem.line) == ("main.parameters.json", line)
    assert problem.message.startswith(message)


def test_parameters_file_that_is_missing_is_not_found(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    error = project.refusal(NotFound, parameters_file=project.root / "gone.json")
    assert "gone.json" in error.message


def test_parameters_over_those_of_the_file_win(tmp_path: Path) -> None:
    files = {"main.parameters.json": '{"a": {"n": [1], "m": [1]}}'}
    project = Project(tmp_path / "p", files=files)
    checked = project.check(parameters={"a": {"n": [2]}}, settings=["a.m=[3]"])
    assert checked.strategy.nth(0) == {"a": {"n": 2, "m": 3}}


@pytest.mark.parametrize(
    "wish",
    [
        {"parameters": {"a": {"n": 5}}},
        {"parameters": {"a": {"n": []}}},
        {"parameters": {"gone": {"n": [1]}}},
        {"parameters": {"a": {"n": [float("nan")]}}},
        {"parameters": {"a": {"n": ["\ud800"]}}},
        {"parameters": {"a": {"\ud800": [1]}}},
        {"settings": ["a.n"]},
        {"settings": ["a.n=5"]},
        {"settings": ["a.n=[]"]},
        {"settings": ["gone.n=[1]"]},
        {"settings": ["a.n=[\udcff]"]},
        {"selection": Selection(base="none")},
        {"selection": Selection(rules=(Rule("a", "n", "\ud800"),))},
        {"parameters": {"a": {"n": list(range(1000)), "m": list(range(101))}}},
    ],
    ids=str,
)
def test_wish_for_no_or_impossible_runs_is_refused(tmp_path: Path, wish: dict[str, Any]) -> None:
    Project(tmp_path / "p").refusal(ParametersInvalid, start=True, **wish)


@pytest.mark.parametrize(
    "wish",
    [
        {"selection": Selection(base="none")},
        {"parameters": {"a": {"n": list(range(1000)), "m": list(range(1000))}}},
    ],
    ids=["none", "million"],
)
def test_draft_may_have_no_runs_or_too_many_for_now(tmp_path: Path, wish: dict[str, Any]) -> None:
    Project(tmp_path / "p").check(**wish)


def test_of_a_large_grid_only_what_is_chosen_counts(tmp_path: Path) -> None:
    lists = {"a": {"n": list(range(1000)), "m": list(range(1000))}}
    one = Selection("none", (Rule("a", "n", 5),))
    Project(tmp_path / "p").check(parameters=lists, selection=one, start=True)


def test_steps_of_a_file_that_are_unknown_need_the_users_word(tmp_path: Path) -> None:
    text = '{"a": {"n": [5]},\n"gone": {"n": [5]},\n"5": {}}'
    project = Project(tmp_path / "p", files={"main.parameters.json": text})
    error = project.refusal(ConfirmationNeeded)
    assert error.as_dict()["accept"] == UNKNOWN_STEPS
    assert "“gone”, “5”" in error.message
    assert [(one.scope, one.line) for one in error.problems] == [("gone", 2), ("5", 3)]
    checked = project.check(accept=frozenset({UNKNOWN_STEPS}))
    assert checked.strategy.values == {"a": {"n": [5]}}
    (warning,) = checked.warnings
    assert (warning.file, warning.line) == ("main.parameters.json", 2)
    assert "“gone”, “5”" in warning.message


# --- environment variables ---


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "x"),
        ("A B", "x"),
        ("1A", "x"),
        ("A=B", "x"),
        ("A\n", "x"),
        ("A\0", "x"),
        ("Ä", "x"),
        ("BASH_FUNC_ls%%", "() { echo mine; }"),
        ("\ud800", "x"),
        ("ORCHEST_RUN_ID", "x"),
        ("A", "x\0"),
        ("A", "\udcff"),
    ],
)
def test_env_variable_that_no_process_can_have_is_refused(
    tmp_path: Path, name: str, value: str
) -> None:
    problem = Project(tmp_path / "p").problem(InvalidInput, env_variables={name: value})
    assert value not in problem.message or value == "x"


def test_env_variables_of_any_text_are_accepted(tmp_path: Path) -> None:
    Project(tmp_path / "p").check(env_variables={"_a1": "ä=\n🦊", "EMPTY": ""})


def test_env_variables_of_loaders_and_interpreters_are_the_users_own(tmp_path: Path) -> None:
    own = {"LD_PRELOAD": "/usr/lib/libjemalloc.so", "PYTHONPATH": "/lib", "PYTHONSTARTUP": "/a.py"}
    Project(tmp_path / "p").check(env_variables=own)


# --- what needs the user's word ---


def service(*scope: str) -> dict[str, Any]:
    return {"name": "s", "image": "redis", "scope": list(scope)}


def test_services_of_jobs_need_the_users_word(tmp_path: Path) -> None:
    services = {"redis": service("interactive", "noninteractive"), "ui": service("interactive")}
    project = Project(tmp_path / "p", services=services)
    error = project.refusal(ConfirmationNeeded)
    assert error.as_dict()["accept"] == WITHOUT_SERVICES
    assert "redis" in error.message
    warnings = project.check(accept=frozenset({WITHOUT_SERVICES})).warnings
    assert ["redis" in warnings[0].message, "ui" in warnings[1].message] == [True, True]


def test_other_services_are_warned_about(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", services={"ui": service("interactive")})
    (warning,) = project.check().warnings
    assert "not part of jobs: ui" in warning.message


def test_many_runs_need_the_users_word(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    values = {"a": {"n": list(range(MANY + 1))}}
    error = project.refusal(ConfirmationNeeded, parameters=values, start=True)
    assert error.as_dict()["accept"] == MANY_RUNS
    assert "1,001 runs" in error.message
    project.check(parameters=values, accept=frozenset({MANY_RUNS}), start=True)
    project.check(parameters=values)


@pytest.mark.parametrize(("limit", "value"), [("LARGE_FILES", 3), ("LARGE_BYTES", 100)])
def test_large_snapshot_needs_the_users_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    project = Project(tmp_path / "p", files={f"file {number}": "text" for number in range(5)})
    monkeypatch.setattr(preflight, limit, value)
    error = project.refusal(ConfirmationNeeded)
    assert error.as_dict()["accept"] == LARGE_SNAPSHOT
    project.check(accept=frozenset({LARGE_SNAPSHOT}))


def test_refusals_come_before_questions(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", services={"redis": service("noninteractive")})
    project.refusal(ParametersInvalid, selection=Selection(base="none"), start=True)
