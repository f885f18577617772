"""What the editor of a draft asks: grids, selections, pipelines, parameters files, secrets."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.grid import Grid
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import write_project
from tests.factories import pipeline_text
from tests.servers import Ask

PIPELINE = "own/main.orchest"
LISTS = "own/main.parameters.json"
MILLION = {"a": {name: list(range(100)) for name in ("x", "y", "z")}}


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    text = pipeline_text(
        {"a": {"title": "Fit", "parameters": {"depth": 1.0}}}, parameters={"size": 2}
    )
    write_project(jp_root_dir, {PIPELINE: text, "own/a.py": "print(1)\n"})
    return jp_root_dir


async def make(ask: Ask, **others: Any) -> dict[str, Any]:
    answer = await ask("POST", "jobs", {"pipeline_path": PIPELINE, **others})
    assert answer.status == 201
    return dict(answer.data)


async def change(ask: Ask, job: dict[str, Any], **changes: Any) -> Any:
    return await ask("PATCH", f"jobs/{job['id']}", changes)


def values_of(job: dict[str, Any]) -> list[Any]:
    return [(one["scope"], one["name"], one["texts"]) for one in job["parameters"]]


# --- grid ---


async def test_a_page_of_a_grid_has_places_and_exact_texts(ask: Ask) -> None:
    body = b'{"parameters": {"a": {"x": [1, 1.0, true], "one": [5]}}, "offset": 1}'
    found = (await ask("POST", "strategies/expand", body)).data
    assert found == {
        "total": 3,
        "included": 3,
        "matching": 3,
        "axes": [{"scope": "a", "name": "x"}],
        "items": [
            {"index": 1, "texts": ["1.0"], "included": True},
            {"index": 2, "texts": ["true"], "included": True},
        ],
    }


async def test_a_filter_leaves_what_is_asked_for_of_a_million(ask: Ask) -> None:
    rules = [{"scope": "a", "name": "x", "value": value} for value in (7, 8)]
    found = await ask(
        "POST",
        "strategies/expand",
        {
            "parameters": MILLION,
            "selection": {"rules": rules[:1]},
            "filter": {"rules": rules, "included": True},
            "offset": 9_999,
        },
    )
    assert {name: found.data[name] for name in ("total", "included", "matching")} == {
        "total": 1_000_000,
        "included": 990_000,
        "matching": 10_000,
    }
    assert found.data["items"] == [{"index": 89_999, "texts": ["8", "99", "99"], "included": True}]


async def test_runs_are_left_out_and_included_again(ask: Ask) -> None:
    rule = {"scope": "a", "name": "x", "value": 7}
    body = {"parameters": MILLION, "include": False, "filter": {"rules": [rule]}}
    left = (await ask("POST", "strategies/select", body)).data
    assert left["included"] == 990_000
    assert left["selection"]["rules"] == [{**rule, "text": "7"}]
    sent = {**left["selection"], "rules": [rule]}
    body = {"parameters": MILLION, "selection": sent, "include": True, "indexes": [70_000]}
    back = (await ask("POST", "strategies/select", body)).data
    assert back["included"] == 990_001
    assert back["selection"]["exceptions"] == ['{"a":{"x":7,"y":0,"z":0}}']
    body = {"parameters": MILLION, "selection": sent, "include": True}
    everything = (await ask("POST", "strategies/select", body)).data
    assert everything["selection"] == {"base": "all", "rules": [], "exceptions": []}


async def test_what_takes_too_many_exceptions_is_refused_with_a_way_out(ask: Ask) -> None:
    body = {"parameters": MILLION, "include": False, "filter": {"included": True, "text": "1"}}
    answer = await ask("POST", "strategies/select", {**body, "selection": {}})
    assert (answer.status, answer.data["code"]) == (422, "parameters_invalid")
    assert "name = value" in answer.data["message"]


# --- a draft and its start ---


async def test_a_draft_may_be_too_large_until_it_is_started(
    ask: Ask, root: Path, store: SqliteStore
) -> None:
    job = await make(ask)
    changed = await change(ask, job, parameters=MILLION)
    assert changed.status == 200
    refused = await ask("POST", f"jobs/{job['id']}/start", {})
    assert (refused.status, refused.data["code"]) == (422, "parameters_invalid")
    assert "1,000,000 runs; a job has at most 100,000" in refused.data["message"]
    assert (await change(ask, job, selection={"base": "none"})).status == 200
    refused = await ask("POST", f"jobs/{job['id']}/start", {})
    assert "include at least one" in refused.data["message"]
    rule = {"scope": "a", "name": "x", "value": 1}
    await change(ask, job, selection={"base": "none", "rules": [rule]})
    asked = await ask("POST", f"jobs/{job['id']}/start", {})
    assert (asked.status, asked.data["accept"]) == (409, "many_runs")
    assert store.job(job["id"]).start_requested_at is None
    started = await ask("POST", f"jobs/{job['id']}/start", {"accept": ["many_runs"]})
    assert started.status == 202
    kept = store.job(job["id"])
    assert next(Grid(kept.strategy, kept.selection).picked())["a"]["x"] == 1


async def test_parameters_are_added_removed_and_reset(
    ask: Ask, root: Path, store: SqliteStore
) -> None:
    job = await make(ask)
    own = {"a": {"depth": [3], "added": [1, 2]}, "pipeline_parameters": {"new": [None]}}
    changed = (await change(ask, job, parameters=own)).data
    # What is left out is as in the pipeline again.
    assert values_of(changed) == [
        ("a", "depth", ["3"]),
        ("a", "added", ["1", "2"]),
        ("pipeline_parameters", "size", ["2"]),
        ("pipeline_parameters", "new", ["null"]),
    ]
    assert [one["default"] for one in changed["parameters"]] == ["1.0", None, "2", None]
    reset = (await change(ask, job, parameters={})).data
    assert values_of(reset) == [("pipeline_parameters", "size", ["2"]), ("a", "depth", ["1.0"])]


async def test_refused_parameters_are_named(ask: Ask, root: Path) -> None:
    job = await make(ask)
    refused = await change(ask, job, parameters={"a": {"depth": []}, "gone": {"x": [1]}})
    assert refused.status == 422
    places = [(one["scope"], one["parameter"]) for one in refused.data["problems"]]
    assert places == [("a", "depth"), ("gone", None)]
    assert refused.data["problems"][0]["step"] == "Fit"


# --- parameters files ---


async def test_a_file_replaces_the_lists_of_a_draft(ask: Ask, root: Path) -> None:
    job = await make(ask, parameters={"a": {"depth": [9]}})
    write_project(root, {"else/where.json": '{"pipeline_parameters": {"size": [5, 6.0]}}'})
    changed = (await change(ask, job, parameters_file="else/where.json")).data
    assert values_of(changed) == [
        ("pipeline_parameters", "size", ["5", "6.0"]),
        ("a", "depth", ["1.0"]),
    ]
    assert changed["parameters_file"].endswith("else/where.json")


async def test_a_file_that_is_wrong_changes_nothing(ask: Ask, root: Path) -> None:
    job = await make(ask)
    write_project(root, {"own/bad.json": '{"a":\n{"depth": 5}}', ".hidden/x.json": "{}"})
    refused = await change(ask, job, name="Other", parameters_file="own/bad.json")
    (problem,) = refused.data["problems"]
    assert (refused.status, problem["file"], problem["line"]) == (422, "bad.json", 2)
    assert (problem["scope"], problem["parameter"]) == ("a", "depth")
    assert (await change(ask, job, parameters_file="own/none.json")).status == 404
    assert (await change(ask, job, parameters_file=".hidden/x.json")).status == 404
    assert (await change(ask, job, parameters_file="../x.json")).status == 422
    both = await change(ask, job, parameters_file="own/bad.json", parameters={})
    assert "not both" in both.data["message"]
    assert (await ask("GET", f"jobs/{job['id']}")).data == job


async def test_steps_that_a_file_names_in_vain_are_asked_about(ask: Ask, root: Path) -> None:
    job = await make(ask)
    write_project(root, {"own/old.json": '{"gone": {"x": [1]}, "a": {"depth": [2]}}'})
    asked = await change(ask, job, parameters_file="own/old.json")
    assert (asked.status, asked.data["accept"]) == (409, "unknown_steps")
    assert "“gone”" in asked.data["message"]
    accept = ["unknown_steps"]
    done = (await change(ask, job, parameters_file="own/old.json", accept=accept)).data
    assert values_of(done)[0] == ("a", "depth", ["2"])
    assert "“gone”" in done["warnings"][0]["message"]
    write_project(root, {"own/new.json": "{}"})
    again = (await change(ask, job, parameters_file="own/new.json")).data
    assert again["warnings"] == []


async def write(ask: Ask, **request: Any) -> Any:
    return await ask("POST", "parameters-files", request)


async def test_lists_of_a_job_are_written_and_read_back(ask: Ask, root: Path) -> None:
    lists = b'{"parameters": {"a": {"depth": [1.0, 10000000000000000000001, "\xc3\xa9"]}}}'
    job = await make(ask)
    assert (await ask("PATCH", f"jobs/{job['id']}", lists)).status == 200
    written = await write(ask, job=job["id"])
    assert (written.status, written.data["path"]) == (201, LISTS)
    text = (root / LISTS).read_text("utf-8")
    assert "\n" in text
    assert '[\n      1.0,\n      10000000000000000000001,\n      "é"\n    ]' in text
    before = (await ask("GET", f"jobs/{job['id']}")).data
    other = await make(ask)
    assert values_of(other) == values_of(before)
    assert other["parameters_file"] == "main.parameters.json"


async def test_a_file_is_generated_from_the_defaults(ask: Ask, root: Path) -> None:
    written = await write(ask, pipeline_path=PIPELINE, path="own/mine.json")
    assert written.data["path"] == "own/mine.json"
    found = json.loads((root / "own/mine.json").read_text())
    assert found == {"pipeline_parameters": {"size": [2]}, "a": {"depth": [1.0]}}
    assert (root / "own/mine.json").stat().st_mode & 0o777 == 0o644


async def test_a_file_is_replaced_only_if_that_was_agreed_to(ask: Ask, root: Path) -> None:
    write_project(root, {LISTS: "precious"})
    asked = await write(ask, pipeline_path=PIPELINE)
    assert (asked.status, asked.data["accept"]) == (409, "overwrite_file")
    assert (root / LISTS).read_text() == "precious"
    done = await write(ask, pipeline_path=PIPELINE, accept=["overwrite_file"])
    assert done.status == 201
    # The same again is no loss.
    assert (await write(ask, pipeline_path=PIPELINE)).status == 201


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({}, 400),
        ({"job": "nobody"}, 404),
        ({"pipeline_path": "own/none.orchest"}, 404),
        ({"pipeline_path": PIPELINE, "path": "own/a.py"}, 422),
        ({"pipeline_path": PIPELINE, "path": "../x.json"}, 422),
        ({"pipeline_path": PIPELINE, "path": ".x/x.json"}, 404),
        ({"pipeline_path": PIPELINE, "path": "none/x.json"}, 422),
        ({"pipeline_path": PIPELINE, "path": "own/link.json"}, 422),
        ({"pipeline_path": PIPELINE, "path": "own"}, 422),
    ],
    ids=str,
)
async def test_what_can_be_no_parameters_file_is_refused(
    ask: Ask, root: Path, request_: dict[str, Any], status: int
) -> None:
    (root / "own/link.json").symlink_to(root.parent / "outside.json")
    answer = await write(ask, **request_)
    assert answer.status == status
    assert not (root.parent / "outside.json").exists()


# --- pipelines ---


async def test_pipelines_below_the_root_are_listed(ask: Ask, root: Path) -> None:
    uuid = json.loads((root / PIPELINE).read_text())["uuid"]
    write_project(
        root,
        {
            LISTS: "{}",
            "broken.orchest": "{",
            "own/deep/er/b.orchest": json.dumps({"name": "Deep", "uuid": "u-1"}),
            "own/deep/.git/HEAD": "",
            ".hidden/x.orchest": "{}",
            "node_modules/x.orchest": "{}",
            "env/pyvenv.cfg": "",
            "env/x.orchest": "{}",
        },
    )
    (root / "again").symlink_to(root / "own")
    found = (await ask("GET", "pipelines")).data
    told = ("path", "name", "uuid", "project", "parameters_file")
    assert [tuple(one[key] for key in told) for one in found["items"]] == [
        ("broken.orchest", "broken", "", ".", None),
        ("own/deep/er/b.orchest", "Deep", "u-1", "own/deep", None),
        (PIPELINE, "example", uuid, "own", LISTS),
    ]
    assert found["complete"] is True


# --- secrets ---


def everything_kept(folder: Path) -> bytes:
    files = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    return b"".join(path.read_bytes() for path in files if "secrets" not in path.parts)


async def test_secrets_are_named_but_never_shown(
    ask: Ask, root: Path, state_dir: Path, store: SqliteStore
) -> None:
    job = await make(ask, secrets={"TOKEN": "hunter22", "KEY": "k€y"})
    assert job["secrets"] == ["KEY", "TOKEN"]
    file = state_dir / "secrets" / f"{job['id']}.json"
    assert json.loads(file.read_text()) == {"TOKEN": "hunter22", "KEY": "k€y"}
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    changed = await change(ask, job, secrets={"KEY": None, "NEW": "n"})
    assert changed.data["secrets"] == ["NEW", "TOKEN"]
    assert json.loads(file.read_text()) == {"TOKEN": "hunter22", "NEW": "n"}
    shown = [(await ask("GET", f"jobs/{job['id']}")).body, (await ask("GET", "jobs")).body]
    assert b"hunter22" not in b"".join([*shown, changed.body, everything_kept(state_dir)])


@pytest.mark.parametrize(
    "changes",
    [
        {"secrets": {"PLAIN": "other"}},
        {"env_variables": {"TOKEN": "x"}},
        {"secrets": {"A B": "swordfish"}},
        {"secrets": {"ORCHEST_X": "swordfish"}},
        {"secrets": {"X": "swordfish\0"}},
    ],
    ids=str,
)
async def test_secrets_that_cannot_be_are_refused_without_their_values(
    ask: Ask, root: Path, state_dir: Path, changes: dict[str, Any]
) -> None:
    job = await make(ask, env_variables={"PLAIN": "p"}, secrets={"TOKEN": "t"})
    refused = await change(ask, job, **changes)
    assert (refused.status, refused.data["code"]) == (422, "invalid")
    assert b"swordfish" not in refused.body
    assert (await ask("GET", f"jobs/{job['id']}")).data == job


async def test_a_variable_becomes_a_secret_in_one_change(ask: Ask, root: Path) -> None:
    job = await make(ask, env_variables={"TOKEN": "t", "OTHER": "o"})
    changed = await change(ask, job, env_variables={"OTHER": "o"}, secrets={"TOKEN": "t"})
    assert (changed.data["env_variables"], changed.data["secrets"]) == ({"OTHER": "o"}, ["TOKEN"])


async def test_secrets_go_with_their_job(ask: Ask, root: Path, state_dir: Path) -> None:
    job = await make(ask, secrets={"TOKEN": "t"})
    copy = (await ask("POST", f"jobs/{job['id']}/duplicate", {})).data
    assert copy["secrets"] == ["TOKEN"]
    assert (await ask("DELETE", f"jobs/{job['id']}")).status == 204
    assert [path.name for path in (state_dir / "secrets").iterdir()] == [f"{copy['id']}.json"]
