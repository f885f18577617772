"""What the server's log tells of requests: enough to find out, and nothing that opens doors."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from jupyter_orchest_jobs.api.operations import OPERATIONS
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run
from tests.servers import BASE, NAMESPACE, Ask


@pytest.fixture
def logged(jp_serverapp: Any) -> Iterator[list[str]]:
    """The lines that the server and tornado log, as they are written."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    listener, loggers = Listener(), [jp_serverapp.log, logging.getLogger("tornado")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(listener)
        logger.setLevel(logging.DEBUG)
    yield lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(listener)
        logger.setLevel(level)


async def test_no_token_is_logged_whatever_goes_wrong(
    fetch: Ask, services: Services, store: SqliteStore, jp_serverapp: Any, logged: list[str]
) -> None:
    token = jp_serverapp.identity_provider.token
    example = a_finished_run(store, notebook=b"none")
    seen = set()
    for operation in OPERATIONS:
        for path in (example.fill(operation.path), operation.path.format_map(_Nobody())):
            tail = f"token={token}&status=x&path=../x&offset=x&changed=x&attempt=x"
            url = f"{BASE}{NAMESPACE}/{path}?{tail}"
            answer = await fetch(operation.method, url, None, {"Referer": f"http://a/?{tail}"})
            seen.add(answer.status)
    assert {400, 404, 422} <= seen
    del services.runs._session  # type: ignore[attr-defined]
    broken = await fetch("GET", f"{BASE}{NAMESPACE}/{example.at('log')}?token={token}", None, {})
    assert broken.status == 500
    assert any("AttributeError" in line for line in logged)
    assert any("422" in line for line in logged)
    assert [line for line in logged if token in line] == []


class _Nobody(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "nobody"


async def test_no_name_moves_the_cursor_or_adds_a_line(
    ask: Ask, store: SqliteStore, logged: list[str]
) -> None:
    odd = quote("a\x1b[2J\r\n[I 2024-01-01 ServerApp] all is well\u202e")
    assert (await ask("GET", f"runs/{odd}/file", path="x")).status == 404
    assert any("all is well" in line for line in logged)
    assert [line for line in logged if set(line) & set("\x1b\r\n\u202e")] == []
