"""What a server without jobs imports because of the extension: next to nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = {
    "sqlalchemy",
    "alembic",
    "pydantic",
    "pydantic_core",
    "nbconvert",
    "nbclient",
    "apscheduler",
}
_SERVER = """
import gc, json, sys
from jupyter_server.serverapp import ServerApp

enabled, folder, request = json.loads(sys.argv[1])
app = ServerApp()
app.initialize([
    f"--ServerApp.jpserver_extensions=jupyter_orchest_jobs={enabled}",
    f"--OrchestJobsApp.state_dir={folder}/state",
    f"--ServerApp.root_dir={folder}",
    "--ServerApp.port=0", "--ServerApp.allow_root=True", "--ServerApp.open_browser=False",
    "--ServerApp.log_level=CRITICAL", "--IdentityProvider.token=t",
])

async def look():
    import asyncio
    from tornado.httpclient import AsyncHTTPClient

    if enabled and not request:
        await asyncio.sleep(1.5)  # longer than the extension waits for anything
    path = "jupyter-orchest-jobs/server" if request else "api/status"
    url = f"http://127.0.0.1:{app.port}/{path}?token=t"
    answer = await AsyncHTTPClient().fetch(url)
    seen = {"modules": sorted(sys.modules), "answer": json.loads(answer.body)}
    seen["collects"] = gc.isenabled()
    print("SEEN" + json.dumps(seen), flush=True)
    app.stop()

app.io_loop.call_later(0, look)
app.start()
"""


def seen_by_server(folder: Path, *, enabled: bool, request: bool = False) -> dict[str, Any]:
    """What a new server process has imported when it has answered."""
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment = {f"JUPYTER_{name}": str(folder / name) for name in names}
    done = subprocess.run(
        [sys.executable, "-c", _SERVER, json.dumps([enabled, str(folder), request])],
        capture_output=True, text=True, timeout=120, check=True, cwd=folder,
        env={**os.environ, **environment},
    )  # fmt: skip
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("SEEN")]
    found: dict[str, Any] = json.loads(line.removeprefix("SEEN"))
    return found


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return set(seen_by_server(tmp_path_factory.mktemp("s"), enabled=False)["modules"])


def test_a_server_without_jobs_imports_next_to_nothing(tmp_path: Path, without: set[str]) -> None:
    seen = seen_by_server(tmp_path, enabled=True)
    assert seen["collects"]  # what is put off for the imports is not put off for ever
    modules = set(seen["modules"]) - without
    assert "jupyter_orchest_jobs.api.operations" in modules
    others = {name.partition(".")[0] for name in modules} - {"jupyter_orchest_jobs"}
    assert others <= set(sys.stdlib_module_names)
    # Routes have to know how strangers' pages are shut in; who makes pages comes with the first.
    light = {"jupyter_orchest_jobs.render", "jupyter_orchest_jobs.render.policy"}
    rooms = {".".join(name.split(".")[1:2]) for name in modules - light}
    assert not rooms & {"wire", "scheduler", "snapshot", "render", "cli", "sdk"}
    assert not (tmp_path / "state").exists()


def test_the_first_request_imports_the_rest(tmp_path: Path, without: set[str]) -> None:
    seen = seen_by_server(tmp_path, enabled=True, request=True)
    assert seen["answer"]["revision"] == 0
    modules = set(seen["modules"]) - without
    assert "jupyter_orchest_jobs.wire.schemas" in modules
    tops = {name.partition(".")[0] for name in modules}
    assert "pydantic" in tops | without
    assert not tops & (HEAVY - {"pydantic", "pydantic_core"})
