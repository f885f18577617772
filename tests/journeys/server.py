"""A real Jupyter server with the extension, as a process of its own."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import websocket

TOKEN = "journey"  # of servers that live for seconds, on this machine only
DEADLINE_S = 60.0


class Server:
    """A server and those who ask it.

    Args:
        root: its root directory.
        state_dir: of the extension.
        environ: its environment variables.
        port: where it listens.
    """

    def __init__(self, root: Path, state_dir: Path, environ: Mapping[str, str], port: int) -> None:
        self._address = f"127.0.0.1:{port}"
        self._log = (root / f"server-{port}.log").open("wb")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyter_server",
                "--allow-root",
                "--no-browser",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                f"--ServerApp.root_dir={root}",
                f"--IdentityProvider.token={TOKEN}",
                "--ServerApp.jpserver_extensions={'jupyter_orchest_jobs': True}",
                f"--OrchestJobsApp.state_dir={state_dir}",
            ],
            env=dict(environ),
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self._sockets: list[websocket.WebSocket] = []

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{self._address}"

    def wait(self) -> "Server":
        """Wait until it answers."""
        end = time.monotonic() + DEADLINE_S
        while True:
            assert self.process.poll() is None, Path(self._log.name).read_text()
            try:
                self.get("server")
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < end, Path(self._log.name).read_text()
                time.sleep(0.05)
            else:
                return self

    def get(self, path: str) -> Any:
        """What it answers about something below our own."""
        return self._ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """Make it do something."""
        return self._ask("POST", path, body)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Status and bytes of whatever it answers."""
        try:
            with self._open(method, path, body) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def listen(self) -> "Listener":
        """Listen to the changes that it tells browsers."""
        connection = websocket.create_connection(
            f"ws://{self._address}/api/events/subscribe",
            header=[f"Authorization: token {TOKEN}"],
            timeout=DEADLINE_S,
        )
        self._sockets.append(connection)
        return Listener(connection)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Stop it as a user does."""
        for connection in self._sockets:
            connection.shutdown()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(DEADLINE_S)
        self._log.close()

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        with self._open(method, path, body) as answer:
            return json.load(answer)

    def _open(self, method: str, path: str, body: Any) -> Any:
        request = urllib.request.Request(  # a server of this test
            f"http://{self._address}/jupyter-orchest-jobs/{path}",
            method=method,
            data=None if method in ("GET", "DELETE") else json.dumps(body or {}).encode(),
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        return urllib.request.urlopen(request, timeout=DEADLINE_S)  # noqa: S310  # a server of ours


class Listener:
    """One browser's connection to the event stream.

    Attributes:
        heard: all events so far for which somebody has waited.
    """

    def __init__(self, connection: websocket.WebSocket) -> None:
        self._connection = connection
        self.heard: list[dict[str, Any]] = []

    def wait_for(self, kind: str, id: str, status: str) -> None:
        """Wait until a change of this kind was told."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            event = json.loads(self._connection.recv())
            self.heard.append(event)
            if (event.get("kind"), event.get("id"), event.get("status")) == (kind, id, status):
                return
        raise AssertionError(f"no event said that {kind} {id} is {status}")
