"""For how long we hold the server's event loop while runs with much output go on."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.server import NAMESPACE, Server, run_job
from bench.table import Row, Table

AT_ONCE = 4
JOBS, QUICK_JOBS = 5, 1
GOAL_MS, GOAL_P99_MS = 50.0, 10.0
CHAIN = ("prints", "shows")
PRINTS = """\
import time

for number in range(20_000):
    print(f"line {number} of a log that somebody looks at")
    if number % 100 == 0:
        time.sleep(0.01)
"""
SHOWS = """\
from IPython.display import HTML, display

row = "<tr>" + "".join(f"<td>{number}</td>" for number in range(20)) + "</tr>"
display(HTML("<table>" + row * 15_000 + "</table>"))
for number in range(2_000):
    print(number)
"""
EVERY_S = 0.1
STATUS = "/api/status"


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    root, file = home / "root", home / "held.json"
    write_notebook(root / "prints.ipynb", [PRINTS])
    write_notebook(root / "shows.ipynb", [SHOWS])
    write_pipeline(root, CHAIN, {"x": range(AT_ONCE)})
    jobs = QUICK_JOBS if quick else JOBS
    with Server(home / "server", root, program=("bench.probe", str(file))) as server:
        server.patch("settings", {"max_runs": AT_ONCE, "max_step_processes": AT_ONCE})
        run_job(server, PIPELINE, parameters={"pipeline_parameters": {"x": [0]}})
        idle = [_status_ms(server) for _ in range(100)]
        begun = time.time()
        answers = asyncio.run(_watched(server, jobs))
        ended = time.time()
    noted = json.loads(file.read_text())
    held = [one for one in noted["held"] if begun <= one[0] <= ended]
    late = [1000 * value for at, value in noted["late"] if begun <= at <= ended]
    rows = [
        Row("answer of api/status, idle server", idle, "ms"),
        Row("the same, while runs go on", answers, "ms", goal=GOAL_P99_MS, of="p99"),
        *_rows(held, ours=True),
        *_rows(held, ours=False),
        Row("how late timers of 5 ms come", late, "ms", ratio=False),
    ]
    notes = ["What held it longest (ms by the clock, ms of computing in the loop's thread):"]
    for _, took, computing, ours, name in sorted(held, key=lambda one: -one[1])[:5]:
        whose = "ours" if ours else "others"
        notes.append(f"  {1000 * took:.1f}, {1000 * computing:.1f}: {whose}, {name}")
    title = f"loop: {jobs} jobs of {AT_ONCE} runs at once, each 20,000 lines and 3 MB of HTML"
    return [Table("loop", title, rows, notes)]


def _rows(held: list[Any], *, ours: bool) -> list[Row]:
    whose = "our" if ours else "others'"
    goal = GOAL_MS if ours else None
    rows = []
    for what, at in (("by the clock", 1), ("computing", 2)):
        values = [1000 * one[at] for one in held if one[3] is ours]
        row = Row(f"{whose} callbacks ≥ 1 ms, {what}", values or [0.0], "ms", goal, "max", False)
        rows.append(row)
    return rows


async def _watched(server: Server, jobs: int) -> list[float]:
    """Run jobs, and look at them as an open panel does.

    Returns:
        How long the server's own status took to come meanwhile, in milliseconds.
    """
    browser = _Browser(server)
    hints = await websocket_connect(
        f"ws://127.0.0.1:{server.port}/api/events/subscribe?token={server.token}"
    )
    asking = asyncio.create_task(browser.ask_status())
    try:
        for _ in range(jobs):
            job = await browser.ask("POST", "jobs", {"pipeline_path": PIPELINE, "start": True})
            await browser.watch(job)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        hints.close()
    return browser.answers


class _Browser:
    """Asks what an open Jobs panel asks, with a run and its log in a tab."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = AsyncHTTPClient()
        self._offset: dict[tuple[str, str], int] = {}
        self.answers: list[float] = []

    async def watch(self, job: Any) -> None:
        """Follow a job to its end, then look at a page."""
        while job["status"] in ("draft", "running"):
            await asyncio.gather(self.ask("GET", "jobs?limit=100"), asyncio.sleep(EVERY_S))
            runs = await self.ask("GET", f"runs?limit=100&job={job['id']}")
            for run in runs["items"][:1]:
                await self._look_at(run["id"])
            job = await self.ask("GET", f"jobs/{job['id']}")
        run = (await self.ask("GET", f"runs?job={job['id']}"))["items"][0]["id"]
        for step in CHAIN:
            await self._fetch("GET", f"{NAMESPACE}runs/{run}/steps/{step}/html")
            await self._fetch("GET", f"{NAMESPACE}runs/{run}/steps/{step}/notebook.ipynb")

    async def ask_status(self) -> None:
        """Ask for what costs the server nothing, and note how long that takes."""
        while True:
            begun = time.perf_counter()
            await self._fetch("GET", STATUS)
            self.answers.append(1000 * (time.perf_counter() - begun))
            await asyncio.sleep(0.02)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON at a path of ours."""
        return json.loads(await self._fetch(method, NAMESPACE + path, body))

    async def _look_at(self, run: str) -> None:
        for step in (await self.ask("GET", f"runs/{run}"))["steps"]:
            if not step["has_log"]:
                continue
            key = (run, step["step"])
            query = urlencode({"offset": self._offset.get(key, -(2**18))})
            piece = await self.ask("GET", f"runs/{run}/steps/{step['step']}/log?{query}")
            self._offset[key] = piece["next_offset"]

    async def _fetch(self, method: str, path: str, body: Any = None) -> bytes:
        request = HTTPRequest(
            f"http://127.0.0.1:{self._server.port}{path}",
            method=method,
            headers={"Authorization": f"token {self._server.token}"},
            body=None if body is None else json.dumps(body),
            request_timeout=120,
        )
        return (await self._client.fetch(request)).body


def _status_ms(server: Server) -> float:
    begun = time.perf_counter()
    server.ask("GET", STATUS)
    return 1000 * (time.perf_counter() - begun)
