"""Nothing outside the server's root is read, whatever a path looks like."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from jupyter_orchest_jobs.api.operations import OPERATIONS
from jupyter_orchest_jobs.store.contract import JobQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run, write_environment, write_project
from tests.factories import document, pipeline_text
from tests.servers import BASE, NAMESPACE, Ask

SECRET = "cdf3b2"


@pytest.fixture
def outside(jp_root_dir: Path) -> Path:
    """A folder beside the root whose name begins like the root's, with a pipeline and a secret."""
    folder = jp_root_dir.with_name(jp_root_dir.name + "-2")
    text = pipeline_text(name=SECRET)
    values = json.dumps({"pipeline_parameters": {SECRET: [1]}})
    files = {"main.orchest": text, "a.py": "", "p.json": values, "secret.txt": SECRET}
    write_project(folder, files)
    write_project(jp_root_dir, {"main.orchest": pipeline_text(), "a.py": "", "sub/b.txt": ""})
    (jp_root_dir / "link").symlink_to(folder)
    (jp_root_dir / "link.orchest").symlink_to(folder / "main.orchest")
    return folder


def ways_out(name: str, outside: Path) -> list[str]:
    """Paths that lead to a file outside of the root, or try to."""
    beside = f"{outside.name}/{name}"
    return [
        f"../{beside}",
        f"sub/../../{beside}",
        f"/../{beside}",
        f"//{outside}/{name}",
        f"{outside}/{name}",
        f"link/{name}",
        f"./link/../link/{name}",
        f"..\\{outside.name}\\{name}",
        f"%2e%2e/{beside}",
        f"%252e%252e/{beside}",
        f"../{beside}\0.orchest",
        f"~/{name}",
        f"file://{outside}/{name}",
        f"C:\\{name}",
        f"\uff0e\uff0e/{beside}",
        f"sub/{'../' * 50}{str(outside).lstrip('/')}/{name}",
        "x/" * 3000 + name,
        "x" * 300 + name,
    ]


@pytest.mark.parametrize("field", ["pipeline_path", "parameters_file"])
async def test_no_path_of_a_new_job_leads_out_of_the_root(
    ask: Ask, store: SqliteStore, outside: Path, field: str
) -> None:
    name = "main.orchest" if field == "pipeline_path" else "p.json"
    paths = ways_out(name, outside)
    paths += ["link.orchest"] if field == "pipeline_path" else []
    for path in paths:
        body: dict[str, Any] = {"pipeline_path": "main.orchest", field: path}
        answer = await ask("POST", "jobs", body)
        assert answer.status in (404, 422), path[:200]
        assert SECRET not in answer.text, path
    assert store.jobs(JobQuery()).total == 0


async def test_no_step_leads_out_of_the_project(
    ask: Ask, jp_root_dir: Path, store: SqliteStore, outside: Path
) -> None:
    for path in ways_out("a.py", outside):
        text = pipeline_text({"a": {"file_path": path.replace("\0", "")}})
        write_project(jp_root_dir, {"steps.orchest": text})
        answer = await ask("POST", "jobs", {"pipeline_path": "steps.orchest"})
        assert answer.status == 422, path[:200]
    assert store.jobs(JobQuery()).total == 0


async def test_no_step_id_names_another_folder(ask: Ask, jp_root_dir: Path, outside: Path) -> None:
    for step in ("..", "../x", "/etc", ".hidden", "a\\b", "a\nb", ""):
        text = pipeline_text({step: {"file_path": "a.py"}})
        write_project(jp_root_dir, {"ids.orchest": text})
        answer = await ask("POST", "jobs", {"pipeline_path": "ids.orchest"})
        assert (answer.status, answer.data["code"]) == (422, "pipeline_invalid"), step


async def test_no_part_of_a_url_leads_anywhere_else(
    fetch: Ask, store: SqliteStore, state_dir: Path
) -> None:
    example = a_finished_run(store, log=SECRET.encode())
    write_environment(state_dir)
    for folder in (state_dir, state_dir / "environments", state_dir / "runs"):
        for name in ("log.txt", "notebook.ipynb", "manifest.json"):
            (folder / name).write_text(SECRET)
    bad = ["..", "../../../../..", "%2e%2e", "a%00b", "\\..\\..", f"{example.step}/.."]
    bad += ["~", "*", "%ff", "x" * 5000]
    before = store.revision()
    asked = 0
    for operation in OPERATIONS:
        body = "{}" if operation.request else None
        for name in re.findall(r"{\w+}", operation.path):
            for part in bad:
                for text in {part, quote(part, safe=""), quote(part, safe="%")}:
                    path = example.fill(operation.path.replace(name, text))
                    answer = await fetch(operation.method, f"{BASE}{NAMESPACE}/{path}", body)
                    assert answer.status in (302, 400, 403, 404, 405), (operation.name, path[:200])
                    assert SECRET.encode() not in answer.body, path
                    asked += 1
    assert asked > 500
    assert store.revision() == before


async def test_what_belongs_to_another_job_is_as_unknown_as_what_is_not_there(
    ask: Ask, store: SqliteStore, state_dir: Path
) -> None:
    mine, others = a_finished_run(store), a_finished_run(store)
    write_environment(state_dir)
    foreign = "f" * 32
    (state_dir / "environments" / foreign).mkdir()
    steps = {"6e1f0a52-0000-4000-8000-000000000002": {"file_path": "b.py"}}
    (step,) = steps
    store.update_job(others.job.id, {"document": document(steps)})
    for path, theirs in (
        ("jobs/{mine}/environments/{it}", foreign),
        ("jobs/{mine}/environments/{it}/changes", foreign),
        ("jobs/{mine}/environments/{it}/lock.txt", foreign),
        ("runs/{run}/steps/{it}/log", step),
        ("runs/{run}/steps/{it}/notebook.ipynb", step),
        ("jobs/{it}", others.run.id),
        ("jobs/{it}/batches", others.run.id),
        ("runs/{it}", others.job.id),
        ("runs/{it}/files", others.job.id),
    ):
        said = []
        for it in (theirs, "0" * len(theirs)):
            ids = {"mine": mine.job.id, "run": mine.run.id, "it": it}
            answer = await ask("GET", path.format(**ids))
            said.append((answer.status, answer.text.replace(it, "…")))
        assert said[0] == said[1], path
        assert said[0][0] == 404, path
    assert {UUID(id).version for id in (mine.job.id, mine.run.id)} == {4}


async def test_hidden_files_are_used_only_where_the_server_shows_them(
    ask: Ask, jp_root_dir: Path, jp_serverapp: Any
) -> None:
    files = {f"{folder}main.orchest": pipeline_text() for folder in (".own/", "a/.b/")}
    files |= {f"{folder}a.py": "" for folder in (".own/", "a/.b/", "")}
    files |= {"main.orchest": pipeline_text(), ".values.json": "{}"}
    write_project(jp_root_dir, files)
    bodies = [
        {"pipeline_path": ".own/main.orchest"},
        {"pipeline_path": "/a/.b/main.orchest"},
        {"pipeline_path": "main.orchest", "parameters_file": ".values.json"},
    ]
    for body in bodies:
        assert (await ask("POST", "jobs", body)).status == 404, body
    jp_serverapp.contents_manager.allow_hidden = True
    for body in bodies:
        assert (await ask("POST", "jobs", body)).status == 201, body
