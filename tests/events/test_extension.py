"""The extension in a server: it starts with nothing, follows the jobs, and ends with the server."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_orchest_jobs.app import OrchestJobsApp
from jupyter_orchest_jobs.cli.config import shared_by_hosts as shared_by_hosts_of_commands
from jupyter_orchest_jobs.cli.config import state_dir as state_dir_of_commands
from jupyter_orchest_jobs.events.watch import SCHEMA_ID
from jupyter_orchest_jobs.service.interactive import SDK, offer_sdk
from jupyter_orchest_jobs.service.state import StateDir, default_state_dir
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.events.waiting import PATIENCE_S, until
from tests.records import stored_job

# A server of its own, since this process has loaded everything for other tests.
SERVER = """
import asyncio, json, sys
from pathlib import Path

from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient
from traitlets.config import Config

HEAVY = {"sqlalchemy", "alembic", "nbconvert", "nbclient", "rich", "apscheduler"}


async def main(folder):
    config = Config()
    config.ServerApp.jpserver_extensions = {"jupyter_orchest_jobs": True}
    config.ServerApp.root_dir = str(folder)
    config.OrchestJobsApp.state_dir = str(folder / "state")
    config.IdentityProvider.token = "secret"
    app = ServerApp.instance(config=config, allow_root=True, port=0, open_browser=False)
    app.initialize(argv=[])
    await app.extension_manager.start_all_extensions()
    url = f"http://127.0.0.1:{app.port}"
    headers = {"Authorization": "token secret"}
    for path in PATHS:
        await AsyncHTTPClient().fetch(url + path, headers=headers)
    found = {
        "loaded": sorted(HEAVY & sys.modules.keys()),
        "registered": "jupyter_orchest_jobs" in app.extension_manager.extension_apps,
        "state": (folder / "state").exists(),
    }
    await app._cleanup()
    return found


print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
"""


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and Jupyter's folders in it; for this process and its children."""
    for name in ("CONFIG", "DATA", "RUNTIME"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_server_without_jobs_opens_creates_and_imports_nothing(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")  # other extensions import what they like
    paths = ["/api/status", "/jupyter-orchest-jobs/server", "/jupyter-orchest-jobs/jobs"]
    done = subprocess.run(
        [sys.executable, "-c", f"PATHS = {paths}\n{SERVER}", str(elsewhere)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "loaded": [],
        "registered": True,
        "state": False,
    }


async def test_a_server_that_runs_hears_of_jobs_and_stops_with_its_own(
    jp_serverapp: Any, extension: OrchestJobsApp, state_dir: Path
) -> None:
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        await heard.put(data)

    jp_serverapp.event_logger.add_listener(schema_id=SCHEMA_ID, listener=listen)
    StateDir(state_dir).create()
    store = SqliteStore(StateDir(state_dir).database)
    await jp_serverapp.extension_manager.start_all_extensions()
    try:
        await until(lambda: extension.watch.seen is not None)
        draft = stored_job(store)
        # No conductor is started for it: it is gone before anybody looks whether one lives.
        store.delete_job(draft.id, {draft.status})
        assert (await asyncio.wait_for(heard.get(), PATIENCE_S))["id"] == draft.id
    finally:
        store.close()
        await jp_serverapp.extension_manager.stop_all_extensions()
    assert not extension.watch.running


def test_kernels_of_a_server_find_the_sdk_after_all_that_is_the_users(
    extension: OrchestJobsApp, state_dir: Path, jp_root_dir: Path
) -> None:
    assert os.environ["PYTHONPATH"].split(os.pathsep)[-1] == str(SDK)
    assert "" not in os.environ["PYTHONPATH"].split(os.pathsep)
    assert os.environ["ORCHEST_SESSION_TYPE"] == "interactive"
    assert os.environ["ORCHEST_SERVER_ROOT"] == str(jp_root_dir)
    assert os.environ["ORCHEST_DATA_DIR"] == str(state_dir / "data")
    assert {path.name for path in SDK.iterdir() if path.is_dir()} <= {"orchest", "__pycache__"}


def test_sdk_is_offered_once_and_not_in_place_of_the_users_path() -> None:
    environ: dict[str, str] = {}
    for _ in range(2):
        offer_sdk(environ, "/root", Path("/state/data"))
    assert environ["PYTHONPATH"] == str(SDK)
    environ["PYTHONPATH"] = "/mine:/other"
    offer_sdk(environ, "/root", Path("/state/data"))
    assert environ["PYTHONPATH"] == f"/mine:/other:{SDK}"


@pytest.fixture
def without_sdk(jp_server_config: Config) -> None:
    jp_server_config.OrchestJobsApp.sdk_in_kernels = False


def test_a_trait_keeps_the_sdk_from_kernels(without_sdk: None, extension: OrchestJobsApp) -> None:
    assert str(SDK) not in os.environ["PYTHONPATH"].split(os.pathsep)
    assert os.environ["ORCHEST_DATA_DIR"] == ""


def test_the_extension_is_enabled_when_it_is_installed() -> None:
    from jupyter_orchest_jobs import _jupyter_labextension_paths, _jupyter_server_extension_points

    (point,) = _jupyter_server_extension_points()
    assert point["app"] is OrchestJobsApp
    assert _jupyter_labextension_paths() == [
        {"src": "labextension", "dest": "jupyter-orchest-jobs"}
    ]


CONFIGS = {
    "jupyter_server_config.py": "c.OrchestJobsApp.state_dir = {!r}",
    "jupyter_lab_config.py": "c.OrchestJobsApp.state_dir = {!r}",
    "jupyter_orchest_jobs_config.py": "c.OrchestJobsApp.state_dir = {!r}",
    "jupyter_config.py": "c.OrchestJobsApp.state_dir = {!r}",
    "jupyter_server_config.json": '{{"OrchestJobsApp": {{"state_dir": "{}"}}}}',
}


@pytest.mark.parametrize("name", CONFIGS)
def test_commands_use_the_state_directory_that_is_configured(elsewhere: Path, name: str) -> None:
    wanted = elsewhere / "my jobs"
    (elsewhere / "config" / name).write_text(CONFIGS[name].format(str(wanted)))
    assert state_dir_of_commands(None) == wanted


def test_commands_use_the_default_without_configuration(elsewhere: Path) -> None:
    assert state_dir_of_commands(None) == elsewhere / "data" / "orchest-jobs"
    assert default_state_dir() == elsewhere / "data" / "orchest-jobs"


def test_the_command_line_wins_over_configuration(elsewhere: Path) -> None:
    (elsewhere / "config" / "jupyter_server_config.py").write_text("raise OSError('unread')")
    assert state_dir_of_commands("~/x") == elsewhere / "x"


class TestServerAndCommandsAgree:
    """Whatever the configuration says, both end up in the same folder."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: Any) -> Any:
        del jp_server_config.OrchestJobsApp
        return jp_server_config

    @pytest.fixture(
        params=[
            ("jupyter_server_config.py",),
            ("jupyter_orchest_jobs_config.py",),
            ("jupyter_orchest_jobs_config.py", "jupyter_server_config.py"),
            ("jupyter_config.py", "jupyter_orchest_jobs_config.py"),
            (),
        ],
        ids=lambda names: "+".join(names) or "none",
    )
    def configured(
        self, request: pytest.FixtureRequest, jp_config_dir: Path, tmp_path: Path
    ) -> None:
        for number, name in enumerate(request.param):
            folder = str(tmp_path / f"jobs {number}")
            (jp_config_dir / name).write_text(f"c.OrchestJobsApp.state_dir = {folder!r}")

    def test_on_the_state_directory(self, configured: None, request: Any) -> None:
        extension = request.getfixturevalue("extension")
        assert extension.services.session.state.root == state_dir_of_commands(None)

    @pytest.mark.parametrize("shared", [None, True, False])
    def test_on_whether_other_hosts_use_it(
        self, jp_config_dir: Path, request: Any, shared: bool | None
    ) -> None:
        text = f"c.OrchestJobsApp.shared_by_hosts = {shared}"
        (jp_config_dir / "jupyter_server_config.py").write_text(text)
        state = request.getfixturevalue("extension").services.session.state
        assert state.shared_by_hosts is shared_by_hosts_of_commands(None) is shared
