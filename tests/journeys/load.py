"""A server under load: bodies without end, requests by the thousand, and what that costs it."""

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import psutil

from tests.journeys.server import TOKEN, Server

MB = 2**20
AUTHORIZED = {"Authorization": f"token {TOKEN}"}


def send_much(server: Server, path: str, megabytes: int, headers: dict[str, str]) -> int:
    """POST a body of this size in pieces, whose length nobody was told.

    Returns:
        The status; 0 if the server closed the connection before it had all of them.
    """

    def pieces() -> Iterator[bytes]:
        for _ in range(megabytes):
            yield b" " * MB

    connection = _connection(server)
    try:
        connection.request("POST", f"/jupyter-orchest-jobs/{path}", pieces(), headers)
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        return 0
    finally:
        connection.close()


def ask_often(server: Server, path: str, body: bytes, times: int, at_once: int) -> list[int]:
    """POST the same many times; the statuses."""

    def ask(count: int) -> list[int]:
        connection, statuses = _connection(server), []
        for _ in range(count):
            connection.request("POST", f"/jupyter-orchest-jobs/{path}", body, AUTHORIZED)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
        return statuses

    with ThreadPoolExecutor(at_once) as pool:
        return [one for found in pool.map(ask, [times // at_once] * at_once) for one in found]


def memory(server: Server) -> int:
    """The resident memory of the server's process, in bytes."""
    return int(psutil.Process(server.process.pid).memory_info().rss)


def peak(server: Server) -> int:
    """The most resident memory that the server's process ever had, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def patience(server: Server, times: int) -> float:
    """The 99th percentile of the seconds that the server itself takes to say how it is."""
    taken = []
    connection = _connection(server)
    for _ in range(times):
        begin = time.perf_counter()
        connection.request("GET", "/api/status", headers=AUTHORIZED)
        connection.getresponse().read()
        taken.append(time.perf_counter() - begin)
    connection.close()
    return quantiles(taken, n=100)[98]


def _connection(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=60)
