"""Nobody gets anything without being known and allowed: every route, every verb."""

from collections.abc import Collection
from typing import Any

import pytest
from jupyter_server.auth import Authorizer

from jupyter_orchest_jobs.api.operations import AUTH_RESOURCE, NAMESPACE, OPERATIONS, Operation
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import Example, a_finished_run
from tests.api.routes import our_routes
from tests.servers import BASE, Ask

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
STRANGERS = {
    "nobody": {},
    "a wrong token": {"Authorization": "token 0123"},
    "an empty token": {"Authorization": "token "},
    "a made-up cookie": {"Cookie": "username-127-0-0-1=2|1:0|10:1|8:username|4:bm8=|00"},
}
XSRF = "00112233445566778899aabbccddeeff"
SERVER = f"{BASE}{NAMESPACE}/server"


@pytest.fixture
def lax() -> bool:
    """Whether the server lets strangers in to handlers that don't ask who they are."""
    return False


@pytest.fixture
def jp_server_config(lax: bool, jp_server_config: Any) -> Any:
    jp_server_config.ServerApp.allow_unauthenticated_access = lax
    return jp_server_config


@pytest.mark.parametrize("lax", [False, True])
async def test_strangers_get_nothing_from_any_route(
    jp_web_app: Any, store: SqliteStore, fetch: Ask
) -> None:
    example = a_finished_run(store, log=b"secret")
    revision = store.revision()
    routes = our_routes(jp_web_app)
    assert len(routes) >= 12
    for route in routes:
        path = BASE.rstrip("/") + _filled(route.path, example)
        for verb in VERBS:
            for who, headers in STRANGERS.items():
                answer = await fetch(verb, path, headers=headers)
                what = f"{who}: {verb} {path} → {answer.status}"
                if answer.status == 302:  # a page for people: to the login
                    assert verb in ("GET", "HEAD"), what
                    assert answer.headers["Location"].startswith(f"{BASE}login?"), what
                elif verb in route.operations:
                    assert answer.status in (401, 403), what
                else:
                    assert answer.status in (401, 403, 405), what
                for secret in (b"secret", example.job.id.encode(), b"Fit"):
                    assert secret not in answer.body, what
        asked = await fetch("OPTIONS", path, headers={})  # may be asked by browsers, says nothing
        assert asked.status in (200, 204, 302, 403, 405)
        assert b"secret" not in asked.body
    assert store.revision() == revision


class Recorder(Authorizer):
    """Allows some actions, and notes what it was asked."""

    allowed: Collection[str] = ()

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked = [*getattr(self, "asked", []), (action, resource)]
        return action in self.allowed


@pytest.fixture
def authorizer(jp_web_app: Any) -> Recorder:
    recorder = Recorder()
    jp_web_app.settings["authorizer"] = recorder
    return recorder


async def _try(ask: Ask, operation: Operation, example: Example) -> int:
    path = example.fill(operation.path)
    return (await ask(operation.method, path, {} if operation.request else None)).status


async def test_who_may_do_nothing_gets_nothing(
    authorizer: Recorder, store: SqliteStore, ask: Ask
) -> None:
    example = a_finished_run(store)
    revision = store.revision()
    for operation in OPERATIONS:
        authorizer.asked = []
        assert await _try(ask, operation, example) == 403, operation.name
        assert [resource for _, resource in authorizer.asked] == [AUTH_RESOURCE], operation.name
    assert store.revision() == revision


async def test_who_may_read_only_reads(authorizer: Recorder, store: SqliteStore, ask: Ask) -> None:
    authorizer.allowed = {"read"}
    example = a_finished_run(store, notebook=None)
    revision = store.revision()
    for operation in OPERATIONS:
        status = await _try(ask, operation, example)
        assert (status == 403) == (operation.action != "read"), operation.name
    assert store.revision() == revision


async def test_who_may_write_but_not_execute_starts_and_cancels_nothing(
    authorizer: Recorder, store: SqliteStore, ask: Ask
) -> None:
    authorizer.allowed = {"read", "write"}
    example = a_finished_run(store, notebook=None)
    revision = store.revision()
    for operation in OPERATIONS:
        if operation.action == "execute":
            authorizer.asked = []
            assert await _try(ask, operation, example) == 403, operation.name
            assert ("execute", AUTH_RESOURCE) in authorizer.asked
            refused = await ask(operation.method, example.fill(operation.path), {})
            assert "not authorized to execute" in refused.data["message"], operation.name
    assert store.revision() == revision
    changed = await ask("PATCH", "settings", {"max_runs": 2})
    assert changed.status == 200


async def test_a_cookie_needs_the_xsrf_token_to_change_something(
    services: Services, store: SqliteStore, fetch: Ask
) -> None:
    cookies = await _cookies(fetch)
    path = f"{BASE}{NAMESPACE}/settings"
    body = '{"max_runs": 7}'
    assert (await fetch("GET", path, headers={"Cookie": cookies})).status == 200
    for headers in (
        {},
        {"X-XSRFToken": "wrong"},
        {"Content-Type": "text/plain", "Origin": "http://evil.example"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ):
        refused = await fetch("PATCH", path, body, {"Cookie": cookies, **headers})
        assert refused.status in (403, 404), headers
    assert store.settings().max_runs is None
    done = await fetch("PATCH", path, body, {"Cookie": cookies, "X-XSRFToken": XSRF})
    assert done.status == 200
    assert store.settings().max_runs == 7


async def test_no_change_is_made_with_a_cookie_alone(store: SqliteStore, fetch: Ask) -> None:
    example = a_finished_run(store)
    revision = store.revision()
    cookie = {"Cookie": await _cookies(fetch)}
    for operation in OPERATIONS:
        if operation.method == "GET":
            continue
        path = f"{BASE}{NAMESPACE}/{example.fill(operation.path)}"
        for others in (
            {"Content-Type": "text/plain"},
            {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://evil.example"},
            {"X-XSRFToken": "wrong"},
        ):
            refused = await fetch(operation.method, path, "{}", {**cookie, **others})
            assert refused.status in (403, 404), operation.name
    assert store.revision() == revision


async def test_pages_of_others_read_nothing_with_a_cookie(services: Services, fetch: Ask) -> None:
    cookies = await _cookies(fetch)
    headers = {"Cookie": cookies, "Origin": "http://evil.example"}
    assert (await fetch("GET", SERVER, headers=headers)).status == 404


async def _cookies(fetch: Ask) -> str:
    """What a browser has after its user came with the token."""
    first = await fetch("GET", f"{BASE}api/status")
    pieces = [cookie.partition(";")[0] for cookie in first.headers.get_list("Set-Cookie")]
    (login,) = (piece for piece in pieces if piece.startswith("username"))
    return f"{login}; _xsrf={XSRF}"


def _filled(path: str, example: Example) -> str:
    prefix = f"/{NAMESPACE}/"
    return prefix + example.fill(path.removeprefix(prefix))
