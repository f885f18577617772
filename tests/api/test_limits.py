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


MANY = b"0," * 300_000


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("jobs", b'{"pipeline_path": "a", "accept": [%s0]}', "accept.0: "),
        ("jobs", b'{"pipeline_path": "a", "steps": [%s0]}', "steps.0: "),
        ("jobs", b'{"pipeline_path": "a", "selection": {"rules": [%s0]}}', "selection.rules.0: "),
        ("jobs", b'{"pipeline_path": "a", "selection": {"exceptions": [%s0]}}', "exceptions.0: "),
        ("strategies/expand", b'{"parameters": {}, "filter": {"rules": [%s0]}}', "rules.0: "),
        ("strategies/select", b'{"parameters": {}, "include": true, "indexes": [%s0]}', "indexes"),
        ("runs/act", b'{"act": "cancel", "ids": [%s0]}', "ids"),
    ],
)
async def test_of_many_that_are_wrong_the_first_is_told(
    ask: Ask, path: str, body: bytes, said: str
) -> None:
    answer = await ask("POST", path, body.replace(b"%s", MANY))
    assert answer.status == 400
    assert said in answer.data["message"]
    assert len(answer.body) < 100_000


async def test_thousands_of_fields_that_are_wrong_are_counted(ask: Ask) -> None:
    fields = b",".join(b'"x%d": 0' % number for number in range(20_000))
    for body in (b'{"pipeline_path": "a", %s}', b'{"pipeline_path": "a", "secrets": {%s}}'):
        answer = await ask("POST", "jobs", body.replace(b"%s", fields))
        assert (answer.status, len(answer.body) < 1_000) == (400, True)
        assert "20,000 fields" in answer.data["message"]


async def test_grids_that_would_take_for_ever_are_refused(ask: Ask) -> None:
    def lists(count: int, *values: Any) -> dict[str, Any]:
        return {"a": {f"x{number}": values for number in range(count)}}

    answer = await ask("POST", "strategies/expand", {"parameters": lists(10_000, 1, 2)})
    assert (answer.status, answer.data["code"]) == (422, "parameters_invalid")
    assert "10,000 parameters have several values; at most 100 can" in answer.data["message"]
    assert (await ask("POST", "strategies/expand", {"parameters": lists(100, 1, 2)})).status == 200
    single = lists(5_000, 1)
    single["a"]["y"] = list(range(10_000))
    body = {"parameters": single, "include": False, "indexes": list(range(10_000))}
    answer = await ask("POST", "strategies/select", body)
    assert (answer.status, "choose fewer" in answer.data["message"]) == (422, True)


async def test_long_values_are_told_once_in_full_and_not_in_each_row(ask: Ask) -> None:
    body = {"parameters": {"a": {"x": ["a" * 100_000, 2], "y": list(range(500))}}, "limit": 500}
    answer = await ask("POST", "strategies/expand", body)
    assert len(answer.body) < 1_000_000  # and not 25 million
    text = answer.data["items"][0]["texts"][0]
    assert (len(text), text[:3], text[-2:]) == (1_000, '"aa', "a…")


async def test_texts_that_are_searched_are_short(ask: Ask, store: SqliteStore) -> None:
    a_finished_run(store)
    assert (await ask("GET", "runs", text="x" * 1_000)).data["total"] == 0
    refused = await ask("GET", "runs", text="x" * 1_001)
    assert (refused.status, refused.data["code"]) == (400, "malformed")
