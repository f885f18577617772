"""A Jupyter server of our own, as users have it: another process, spoken to over HTTP."""

import copy
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import psutil

NAMESPACE = "/jupyter-orchest-jobs/"
START_S = 60.0
END_S = 20.0


def environment(home: Path) -> dict[str, str]:
    """The environment for all that is measured: nothing of the user's configuration."""
    own = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_PLATFORM_DIRS": 1,
    }
    # Users' modules are compiled once, not with each start.
    inherited = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **{name: str(value) for name, value in own.items()}}


class Server:
    """A running server; ends with the ``with`` block, and with it conductor and runners.

    Args:
        home: folder for everything that it writes.
        root: what its file browser shows.
        extension: whether ours is enabled.
        program: the module that is started, and arguments for it alone.
        python: the interpreter of the environment in which it is.
        env: its environment variables; those of :func:`environment` if left out.
        options: further ones of the server.
    """

    def __init__(
        self,
        home: Path,
        root: Path,
        *,
        extension: bool = True,
        program: Sequence[str] = ("jupyter_server",),
        python: str = sys.executable,
        env: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self.token = secrets.token_hex(16)
        self.state = home / "state"
        self.port = _free_port()
        home.mkdir(parents=True, exist_ok=True)
        options = [
            *options,
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.open_browser=False",
            f"--ServerApp.root_dir={root}",
            "--ServerApp.allow_root=True",
            f"--IdentityProvider.token={self.token}",
        ]
        if python == sys.executable:
            options.append(f"--ServerApp.jpserver_extensions=jupyter_orchest_jobs={extension}")
        if extension:
            options.append(f"--OrchestJobsApp.state_dir={self.state}")
        self._log = home / "server.log"
        begun = time.perf_counter()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # a module of this environment
                [python, "-m", *program, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parent.parent,  # where this package is found
                env=environment(home) if env is None else env,
            )
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._wait()
        except BaseException:
            self.close()
            raise
        self.start_s = time.perf_counter() - begun
        """From the start of the process to its first answer."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server and all that it started."""
        self._connection.close()
        try:
            family = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            family = []
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for process in family:
            try:
                process.terminate()
            except psutil.NoSuchProcess:
                continue
        for process in psutil.wait_procs(family, END_S)[1]:
            process.kill()

    def computed_s(self) -> float:
        """How long the server, and all that it started, have computed."""
        server = psutil.Process(self.process.pid)
        times = [process.cpu_times() for process in (server, *server.children(recursive=True))]
        return sum(sum(one[:4]) for one in times)  # of itself, and of children that have ended

    def memory(self) -> float:
        """What the server's process alone holds, in MB."""
        return psutil.Process(self.process.pid).memory_full_info().uss / 1e6

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """One request; the connection is kept."""
        data = None if body is None else json.dumps(body)
        headers = {"Authorization": f"token {self.token}"}
        try:
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise

    @contextmanager
    def again(self) -> Iterator["Server"]:
        """The same server, over a connection of its own: for another thread."""
        other = copy.copy(self)
        other._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            yield other
        finally:
            other._connection.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at a path below our own."""
        return self._json("GET", path + (f"?{urlencode(query)}" if query else ""))

    def post(self, path: str, body: Any = None) -> Any:
        """Post JSON to a path below our own."""
        return self._json("POST", path, {} if body is None else body)

    def patch(self, path: str, body: Any) -> Any:
        """Change what is at a path below our own."""
        return self._json("PATCH", path, body)

    def _json(self, method: str, path: str, body: Any = None) -> Any:
        status, data = self.ask(method, NAMESPACE + path, body)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {data.decode(errors='replace')}")
        return json.loads(data)

    def _wait(self) -> None:
        end = time.monotonic() + START_S
        while True:
            try:
                if self.ask("GET", "/api/status")[0] == 200:
                    return
            except (http.client.HTTPException, OSError):
                time.sleep(0.005)
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"no server:\n{self._log.read_text(errors='replace')[-4000:]}")


def run_job(server: Server, pipeline: str, every_s: float = 0.1, **wish: Any) -> Any:
    """Start a job and wait for its end.

    Returns:
        The job as the server shows it after its end.
    """
    job = server.post("jobs", {"pipeline_path": pipeline, "start": True, **wish})
    while job["status"] in ("draft", "running"):
        time.sleep(every_s)
        job = server.get(f"jobs/{job['id']}")
    if job["status"] != "succeeded":
        raise RuntimeError(f"the job ended as {job['status']}: {job['message']}")
    return job


def _free_port() -> int:
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        return int(here.getsockname()[1])
