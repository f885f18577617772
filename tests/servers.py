"""A Jupyter server with the extension, and what tests ask of it.

For ``from tests.servers import *`` in the conftest of a folder: the fixtures of pytest-jupyter come
with it, and some of those are for every test, so the other folders do without.
"""

import json
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403  # its fixtures
from tornado.httputil import HTTPHeaders
from traitlets.config import Config

from jupyter_orchest_jobs.api import openapi
from jupyter_orchest_jobs.api.call import SETTING
from jupyter_orchest_jobs.api.operations import NAMESPACE
from jupyter_orchest_jobs.app import OrchestJobsApp
from jupyter_orchest_jobs.service.acts import Acts
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.service.changes import Changes
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.cluster_look import ClusterLook
from jupyter_orchest_jobs.service.environment_look import EnvironmentLook
from jupyter_orchest_jobs.service.jobs import Jobs
from jupyter_orchest_jobs.service.run_files import RunFiles
from jupyter_orchest_jobs.service.runs import Runs
from jupyter_orchest_jobs.service.session import Session, open_sqlite
from jupyter_orchest_jobs.service.settings_look import SettingsLook
from jupyter_orchest_jobs.service.snapshot_look import SnapshotLook
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.fakes import FakeOverlays
from tests.records import NOW

DOCUMENT = openapi.document()
BASE = "/a%40b/"
"""The server's base URL in these tests."""


@dataclass(frozen=True)
class Answer:
    """An answer of the server."""

    status: int
    headers: HTTPHeaders
    body: bytes

    @property
    def data(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The text in it."""
        return self.body.decode()


Ask = Callable[..., Awaitable[Answer]]


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def jp_server_config(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    for name in ("PYTHONPATH", "ORCHEST_SERVER_ROOT", "ORCHEST_DATA_DIR", "ORCHEST_SESSION_TYPE"):
        # The extension sets them for this process; so they are as before after the test.
        monkeypatch.setenv(name, os.environ.get(name, ""))
    return Config(
        {
            "ServerApp": {
                "jpserver_extensions": {
                    "jupyter_orchest_jobs": True,
                    "jupyter_server_terminals": False,
                },
                "allow_unauthenticated_access": False,
            },
            "OrchestJobsApp": {"state_dir": str(state_dir)},
        }
    )


@pytest.fixture
def jp_base_url() -> str:
    return BASE


@pytest.fixture
def extension(jp_serverapp: Any) -> OrchestJobsApp:
    """The extension as the server made it."""
    (found,) = jp_serverapp.extension_manager.extension_apps["jupyter_orchest_jobs"]
    return found


@pytest.fixture
def overlays() -> FakeOverlays:
    """Whether the system can make overlays."""
    return FakeOverlays()


@pytest.fixture
def services(
    jp_web_app: Any, state_dir: Path, jp_asyncio_loop: Any, overlays: FakeOverlays
) -> Iterator[Services]:
    """What the server serves: as always, but no conductor is started."""
    session = Session(StateDir(state_dir), open_sqlite, conduct=False)
    jobs, runs = Jobs(session, lambda: NOW), Runs(session, lambda: NOW)
    changes, acts = Changes(session, jobs, lambda: NOW), Acts(session, lambda: NOW)
    looks = SnapshotLook(session), EnvironmentLook(session), ClusterLook(session, utc_now)
    looked = *looks, SettingsLook(session, overlays)
    services = Services(session, jobs, runs, changes, acts, RunFiles(session), *looked)
    jp_web_app.settings[SETTING] = lambda: services
    yield services
    jp_asyncio_loop.run_until_complete(session.close())


@pytest.fixture
def store(services: Services) -> Iterator[SqliteStore]:
    """The same store as another program sees it, a conductor for one."""
    services.session.state.create()
    store = SqliteStore(services.session.state.database)
    yield store
    store.close()


@pytest.fixture
def fetch(http_server_client: Any, jp_auth_header: Mapping[str, str]) -> Ask:
    """Ask for a path of the server as it stands; with its token, unless other headers are given."""

    async def fetch(
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        answer = await http_server_client.fetch(
            path,
            method=method,
            body=body,
            headers=dict(jp_auth_header if headers is None else headers),
            allow_nonstandard_methods=True,
            follow_redirects=False,
            raise_error=False,
            request_timeout=30,
        )
        return Answer(answer.code, answer.headers, answer.body or b"")

    return fetch


@pytest.fixture
def ask(services: Services, fetch: Ask) -> Ask:
    """Ask for a path below our own; what comes must be as the OpenAPI document says."""

    async def ask(
        method: str,
        path: str,
        /,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body)
        tail = f"?{urlencode(query)}" if query else ""
        answer = await fetch(method, f"{BASE}{NAMESPACE}/{path}{tail}", body, headers)
        check_answer(method, path, answer)
        return answer

    return ask


def check_answer(method: str, path: str, answer: Answer) -> None:
    """Compare an answer with what the OpenAPI document says of it."""
    for template, verbs in DOCUMENT["paths"].items():
        pattern = re.sub(r"{\w+}", "[^/]+", template.replace(".", r"\."))
        if not re.fullmatch(pattern, f"/{NAMESPACE}/{path}") or method.lower() not in verbs:
            continue
        responses = verbs[method.lower()]["responses"]
        said = responses.get(str(answer.status))
        if said is None:
            assert answer.status >= 400, f"{method} {path} must not answer {answer.status}"
            said = responses["default"]
        for kind, content in said.get("content", {}).items():
            if kind == "application/json":
                assert answer.headers["Content-Type"] == kind
                whole = {**content["schema"], "components": DOCUMENT["components"]}
                jsonschema.Draft202012Validator(whole).validate(answer.data)
            else:
                assert answer.headers["Content-Type"].partition(";")[0] == kind
        if "content" not in said:
            assert answer.body == b""
