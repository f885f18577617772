"""Nothing outside the server's root is read, whatever a path looks like."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from jupyter_orchest_jobs.store.contract import JobQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run, write_project
from tests.factories import pipeline_text
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


async def test_no_id_in_a_url_leads_anywhere_else(
    fetch: Ask, store: SqliteStore, state_dir: Path
) -> None:
    example = a_finished_run(store, log=SECRET.encode())
    (state_dir / "log.txt").write_text(SECRET)
    (state_dir / "notebook.ipynb").write_text(SECRET)
    up = "../../../../.."
    bad = ["..", up, "%2e%2e", "a%00b", "\\..\\..", "~", f"{example.step}/..", "x" * 5000, "%ff"]
    for part in bad:
        for tail in ("log", "log.txt", "html", "notebook.ipynb"):
            for text in {part, quote(part, safe=""), quote(part, safe="%")}:
                for path in (
                    f"runs/{example.run.id}/steps/{text}/{tail}",
                    f"runs/{text}/steps/{example.step}/{tail}",
                    f"jobs/{text}",
                ):
                    answer = await fetch("GET", f"{BASE}{NAMESPACE}/{path}")
                    assert answer.status in (302, 400, 404), path
                    assert SECRET not in answer.text, path


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
