"""What holds something of the server for long is limited, and whoever comes too late is told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from jupyter_orchest_jobs.api import files
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run
from tests.events.waiting import until
from tests.servers import BASE, NAMESPACE, Ask

LOG = b"x" * 2**25
"""More than sockets take in for a reader who doesn't read."""


Reader = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def begin(
    http_server: Any, http_server_port: Any, jp_auth_header: Mapping[str, str]
) -> Callable[[str], Awaitable[Reader]]:
    """Asks for a path, and reads nothing."""

    async def begin(path: str) -> Reader:
        reader, writer = await asyncio.open_connection("127.0.0.1", http_server_port[1])
        request = [f"GET {BASE}{NAMESPACE}/{path} HTTP/1.1", "Host: localhost"]
        request += [f"{name}: {value}" for name, value in jp_auth_header.items()]
        writer.write("\r\n".join([*request, "", ""]).encode())
        return reader, writer

    return begin


async def test_readers_who_do_not_read_do_not_hold_all_files_open(
    ask: Ask,
    store: SqliteStore,
    begin: Callable[[str], Awaitable[Reader]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "MOST_SENT", 1)
    path = a_finished_run(store, log=LOG).at("log.txt")
    _, writer = await begin(path)
    await until(lambda: files.LogFile.sent == 1)
    late = await ask("GET", path)
    assert (late.status, "Ask again" in late.text) == (429, True)
    writer.close()
    await until(lambda: files.LogFile.sent == 0)
    assert (await ask("GET", path)).body == LOG


async def test_readers_who_come_at_the_same_moment_are_counted_too(
    store: SqliteStore,
    begin: Callable[[str], Awaitable[Reader]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "MOST_SENT", 1)
    path = a_finished_run(store, log=LOG).at("log.txt")
    readers = [await begin(path) for _ in range(5)]
    answers = [await reader.readline() for reader, _ in readers]
    assert sorted(line.split()[1] for line in answers) == [b"200", *[b"429"] * 4]
    for _, writer in readers:
        writer.close()
    await until(lambda: files.LogFile.sent == 0)
