"""What holds something of the server for long is limited, and whoever comes too late is told."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from jupyter_orchest_jobs.api import files
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run
from tests.events.waiting import until
from tests.servers import BASE, NAMESPACE, Ask

LOG = b"x" * 2**25
"""More than sockets take in for a reader who doesn't read."""


async def test_readers_who_do_not_read_do_not_hold_all_files_open(
    ask: Ask,
    store: SqliteStore,
    http_server_port: Any,
    jp_auth_header: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "MOST_SENT", 1)
    path = a_finished_run(store, log=LOG).at("log.txt")
    _, writer = await asyncio.open_connection("127.0.0.1", http_server_port[1])
    request = [f"GET {BASE}{NAMESPACE}/{path} HTTP/1.1", "Host: localhost"]
    request += [f"{name}: {value}" for name, value in jp_auth_header.items()]
    writer.write("\r\n".join([*request, "", ""]).encode())
    await until(lambda: files.LogFile.sent == 1)
    late = await ask("GET", path)
    assert (late.status, "Ask again" in late.text) == (429, True)
    writer.close()
    await until(lambda: files.LogFile.sent == 0)
    assert (await ask("GET", path)).body == LOG
