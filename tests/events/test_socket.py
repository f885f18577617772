"""Jupyter's own event socket, on which our changes are told: nobody listens without being known."""

from collections.abc import Mapping
from typing import Any

import pytest
from jupyter_server.auth import AllowAllAuthorizer, Authorizer
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.servers import BASE, Ask

EVIL = "http://evil.example"


class DenyAll(Authorizer):
    """Allows nothing."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return False


@pytest.fixture
def url(http_server_client: Any, http_server_port: Any) -> str:
    return f"ws://127.0.0.1:{http_server_port[1]}{BASE}api/events/subscribe"


async def listen(url: str, headers: Mapping[str, str]) -> WebSocketClientConnection:
    return await websocket_connect(HTTPRequest(url, headers=dict(headers)))


async def cookies_of(fetch: Ask) -> str:
    first = await fetch("GET", f"{BASE}api/status")
    return "; ".join(one.partition(";")[0] for one in first.headers.get_list("Set-Cookie"))


@pytest.mark.parametrize("lax", [False, True])
async def test_strangers_and_pages_of_others_hear_nothing(
    url: str, fetch: Ask, jp_web_app: Any, jp_auth_header: Mapping[str, str], lax: bool
) -> None:
    jp_web_app.settings["allow_unauthenticated_access"] = lax
    cookie = {"Cookie": await cookies_of(fetch)}
    (await listen(url, jp_auth_header)).close()
    (await listen(url, cookie)).close()
    for refused in (
        {},
        {"Authorization": "token wrong"},
        {"Origin": EVIL},
        {**cookie, "Origin": EVIL},
    ):
        with pytest.raises(HTTPClientError) as caught:
            await listen(url, refused)
        assert caught.value.code in (302, 401, 403), refused  # 302: to the login


async def test_who_may_not_read_events_hears_nothing(
    url: str, jp_web_app: Any, jp_auth_header: Mapping[str, str]
) -> None:
    assert isinstance(jp_web_app.settings["authorizer"], AllowAllAuthorizer)
    jp_web_app.settings["authorizer"] = DenyAll()
    with pytest.raises(HTTPClientError) as caught:
        await listen(url, jp_auth_header)
    assert caught.value.code == 403
