"""Making a job from a file of the server's tree: what is taken, what is refused and how."""

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.api.errors import MAX_BODY
from jupyter_orchest_jobs.domain.grid import Grid
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.store.contract import JobQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import write_project
from tests.factories import pipeline_text
from tests.servers import BASE, NAMESPACE, Ask


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The server's root, with a pipeline in a folder of its own."""
    text = pipeline_text({"a": {"parameters": {"depth": 1}}}, parameters={"size": 2})
    write_project(jp_root_dir, {"own/main.orchest": text, "own/a.py": "print(1)\n", "own/x": ""})
    return jp_root_dir


def nothing_was_made(store: SqliteStore) -> bool:
    return store.jobs(JobQuery()).total == 0


async def test_a_job_is_made_from_a_pipeline(ask: Ask, root: Path, store: SqliteStore) -> None:
    answer = await ask(
        "POST",
        "jobs",
        {
            "pipeline_path": "own/main.orchest",
            "name": "Größe <b>",
            "parameters": {"pipeline_parameters": {"size": [1, "two", None]}},
            "env_variables": {"MODE": "fast"},
        },
    )
    assert answer.status == 201
    job = answer.data
    assert answer.headers["Location"] == f"{BASE}{NAMESPACE}/jobs/{job['id']}"
    assert job["name"] == "Größe <b>"
    assert job["status"] == "draft"
    assert job["project"] == str((root / "own").resolve())
    assert job["pipeline_path"] == "main.orchest"
    assert job["env_variables"] == {"MODE": "fast"}
    assert [one["values"] for one in job["parameters"]] == [[1, "two", None], [1]]
    assert job["created_at"] == "2024-02-29T12:00:00.123Z"
    assert job["started_at"] is None
    assert store.job(job["id"]).start_requested_at is None
    assert (await ask("GET", f"jobs/{job['id']}")).data == job


async def test_the_path_may_begin_with_a_slash_as_in_the_file_browser(ask: Ask, root: Path) -> None:
    answer = await ask("POST", "jobs", {"pipeline_path": "/own/main.orchest", "start": True})
    assert answer.status == 201


async def test_values_come_from_a_parameters_file_that_is_named(ask: Ask, root: Path) -> None:
    values = {"pipeline_parameters": {"size": [5, 6]}}
    write_project(root, {"own/other.json": json.dumps(values)})
    answer = await ask(
        "POST",
        "jobs",
        {"pipeline_path": "own/main.orchest", "parameters_file": "own/other.json"},
    )
    assert answer.data["parameters_file"] == "other.json"
    assert answer.data["parameters"][0]["values"] == [5, 6]


async def test_a_selection_chooses_combinations(ask: Ask, root: Path, store: SqliteStore) -> None:
    rules = [{"scope": "pipeline_parameters", "name": "size", "value": 1}]
    answer = await ask(
        "POST",
        "jobs",
        {
            "pipeline_path": "own/main.orchest",
            "parameters": {"pipeline_parameters": {"size": [1, 2]}},
            "selection": {"base": "none", "rules": rules, "exceptions": []},
        },
    )
    job = store.job(answer.data["id"])
    chosen = Grid(job.strategy, job.selection).picked()
    assert [one["pipeline_parameters"]["size"] for one in chosen] == [1]


MALFORMED = [
    (b"not json", "is not valid JSON"),
    (b"[1, 2]", "body: Input should be an object"),
    (b"null", "body: Input should be an object"),
    (b"", "pipeline_path: Field required"),
    (b"{}", "pipeline_path: Field required"),
    (b'{"pipeline_path": 5}', "pipeline_path: Input should be a valid string"),
    (b'{"pipeline_path": "a", "nmae": "x"}', "nmae: Extra inputs are not permitted"),
    (b'{"pipeline_path": "a", "accept": "all"}', "accept: Input should be a valid array"),
    (b'{"pipeline_path": "a", "start": 7}', "start: Input should be a valid boolean"),
    (b'{"pipeline_path": "a", "env_variables": {"A": 1}}', "env_variables.A: "),
    (b'{"pipeline_path": "a", "parameters": {"s": {"n": 1}}}', "parameters.s.n: "),
    (b'{"pipeline_path": "a", "selection": {"base": "some"}}', "selection.base: "),
    (b'{"pipeline_path": "a", "pipeline_path": "b"}', "twice"),
    (b'{"pipeline_path": "a", "parameters": {"s": {"n": [NaN]}}}', "NaN"),
    (b'{"pipeline_path": "a", "name": "\\ud800"}', "half of a character"),
    (b'{"pipeline_path": "\xff"}', "is not UTF-8"),
    (b"[" * 100_000, "nested deeper"),
    (json.dumps({"pipeline_path": "a", "name": "x" * 256}).encode(), "name: "),
]


async def test_a_malformed_body_is_refused(ask: Ask, store: SqliteStore) -> None:
    for body, said in MALFORMED:
        answer = await ask("POST", "jobs", body)
        assert (answer.status, answer.data["code"]) == (400, "malformed"), body[:100]
        assert said in answer.data["message"], body[:100]
    assert nothing_was_made(store)


async def test_a_huge_body_is_refused(ask: Ask, store: SqliteStore) -> None:
    answer = await ask("POST", "jobs", b" " * (MAX_BODY + 1))
    assert (answer.status, answer.data["code"]) == (413, "too_large")


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"pipeline_path": "own/none.orchest"}, 404, "not_found"),
    ({"pipeline_path": "own/main.orchest", "parameters_file": "no.json"}, 404, "not_found"),
    ({"pipeline_path": "own"}, 422, "invalid"),
    ({"pipeline_path": "."}, 422, "invalid"),
    ({"pipeline_path": ""}, 422, "invalid"),
    ({"pipeline_path": "/"}, 422, "invalid"),
    ({"pipeline_path": "own/x"}, 422, "pipeline_invalid"),
    (
        {"pipeline_path": "own/main.orchest", "parameters": {"x": {"y": [1]}}},
        422,
        "parameters_invalid",
    ),
    (
        {"pipeline_path": "own/main.orchest", "parameters": {"a": {"depth": []}}},
        422,
        "parameters_invalid",
    ),
    ({"pipeline_path": "own/main.orchest", "env_variables": {"A B": ""}}, 422, "invalid"),
    (
        {"pipeline_path": "own/main.orchest", "selection": {"base": "none"}, "start": True},
        422,
        "parameters_invalid",
    ),
]


async def test_what_cannot_be_a_job_is_refused(ask: Ask, root: Path, store: SqliteStore) -> None:
    for body, status, code in REFUSED:
        answer = await ask("POST", "jobs", body)
        assert (answer.status, answer.data["code"]) == (status, code), body
        assert answer.data["message"]
    assert nothing_was_made(store)


async def test_everything_that_is_wrong_is_told_with_its_place(
    ask: Ask, jp_root_dir: Path, store: SqliteStore
) -> None:
    steps = {"a": {"title": "Load"}, "b": {"title": "Fit", "file_path": "fit.exe"}}
    write_project(jp_root_dir, {"main.orchest": pipeline_text(steps), "fit.exe": ""})
    answer = await ask("POST", "jobs", {"pipeline_path": "main.orchest"})
    assert answer.status == 422
    problems = answer.data["problems"]
    assert [(one["file"], one["step"]) for one in problems] == [
        ("main.orchest", "Load"),
        ("main.orchest", "Fit"),
    ]
    assert answer.data["accept"] is None
    assert nothing_was_made(store)


async def test_malformed_files_are_told_with_their_line(ask: Ask, jp_root_dir: Path) -> None:
    write_project(jp_root_dir, {"main.orchest": '{"name": "x",\n"steps": oops}'})
    answer = await ask("POST", "jobs", {"pipeline_path": "main.orchest"})
    (problem,) = answer.data["problems"]
    assert (problem["file"], problem["line"]) == ("main.orchest", 2)


async def test_a_consequence_is_agreed_to_by_name(
    ask: Ask, jp_root_dir: Path, store: SqliteStore
) -> None:
    services = {"db": {"scope": ["noninteractive"], "name": "db"}}
    text = pipeline_text(services=services)
    write_project(jp_root_dir, {"main.orchest": text, "a.py": ""})
    asked = await ask("POST", "jobs", {"pipeline_path": "main.orchest"})
    assert (asked.status, asked.data["code"]) == (409, "confirmation_needed")
    assert nothing_was_made(store)
    accept = [asked.data["accept"]]
    done = await ask("POST", "jobs", {"pipeline_path": "main.orchest", "accept": accept})
    assert done.status == 201
    assert done.data["warnings"]


async def test_a_job_is_started_once_and_cancelled_once(
    ask: Ask, root: Path, store: SqliteStore
) -> None:
    job = (await ask("POST", "jobs", {"pipeline_path": "own/main.orchest"})).data["id"]
    assert (await ask("POST", f"jobs/{job}/start")).status == 202
    assert (await ask("POST", f"jobs/{job}/start")).data["code"] == "wrong_state"
    cancelled = await ask("POST", f"jobs/{job}/cancel")
    assert (cancelled.status, cancelled.data["cancel_requested"]) == (202, True)
    store.update_job(job, {"status": JobStatus.CANCELLED})
    assert (await ask("POST", f"jobs/{job}/cancel")).status == 409
    assert (await ask("DELETE", f"jobs/{job}")).status == 204
    assert (await ask("DELETE", f"jobs/{job}")).status == 404
    assert (await ask("GET", f"jobs/{job}")).data["code"] == "not_found"


async def test_a_quick_job_with_some_steps_is_in_no_other_list(
    ask: Ask, root: Path, store: SqliteStore
) -> None:
    text = pipeline_text({"a": {}, "b": {"incoming": ["a"]}, "c": {"incoming": ["b"]}})
    write_project(root, {"own/main.orchest": text, "own/b.py": "", "own/c.py": ""})
    body = {"pipeline_path": "own/main.orchest", "up_to": ["B"], "quick": True, "start": True}
    job = (await ask("POST", "jobs", body)).data
    assert [step["step"] for step in job["steps"]] == ["a", "b"]
    assert (job["quick"], job["steps_left_out"]) == (True, 1)
    assert job["policies"]["freeze_environments"] is False
    assert (await ask("GET", "jobs")).data["items"] == []
    listed = await ask("GET", "jobs", quick="true")
    assert [one["id"] for one in listed.data["items"]] == [job["id"]]
    refused = await ask("POST", "jobs", {**body, "steps": ["gone"]})
    assert refused.status == 422
    assert "the pipeline has no step “gone”." in refused.data["message"]
