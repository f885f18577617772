"""The same grid by jupyter-scheduler, through its REST API, as its panel in JupyterLab asks it.

It knows no pipelines: the next notebook of a run is posted when the one before has ended. It has
no limit of how many notebooks it executes at once, either.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import peers
from bench.server import Server

EVERY_S = 0.2


class Scheduler:
    """A Jupyter server with jupyter-scheduler; ends with the ``with`` block.

    Args:
        home: folder for everything that it writes.
        root: with the notebooks.
    """

    def __init__(self, home: Path, root: Path) -> None:
        # Its database needs the folder.
        (home / "data").mkdir(parents=True)
        self._server = Server(
            home,
            root,
            extension=False,
            python=peers.python(),
            env=peers.clean(home),
            options=["--ServerApp.jpserver_extensions=jupyter_scheduler=True"],
        )

    def __enter__(self) -> "Scheduler":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def grid(self, chain: Sequence[str], runs: int) -> tuple[float, float]:
        """Execute a chain of notebooks so many times.

        Returns:
            Seconds by the clock, and of computing.
        """
        begun, computed = time.perf_counter(), self._server.computed_s()
        goes_on = {self._post(chain[0], x): (x, 0) for x in range(runs)}
        while goes_on:
            time.sleep(EVERY_S)
            for job in self._ask("GET", f"jobs?max_items={2 * runs * len(chain)}")["jobs"]:
                if job["job_id"] not in goes_on or job["status"] not in ("COMPLETED", "FAILED"):
                    continue
                if job["status"] == "FAILED":
                    raise RuntimeError(f"jupyter-scheduler: {job['status_message']}")
                x, at = goes_on.pop(job["job_id"])
                if at + 1 < len(chain):
                    goes_on[self._post(chain[at + 1], x)] = x, at + 1
        return time.perf_counter() - begun, self._server.computed_s() - computed

    def _post(self, name: str, x: int) -> str:
        [environment] = self._ask("GET", "runtime_environments")
        wish = {
            "name": f"{name} {x}",
            "input_uri": f"{name}.ipynb",
            "runtime_environment_name": environment["name"],
            "output_formats": ["ipynb"],
            "parameters": {"x": str(x)},
        }
        return str(self._ask("POST", "jobs", wish)["job_id"])

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        status, data = self._server.ask(method, f"/scheduler/{path}", body)
        if status >= 400:
            raise RuntimeError(f"jupyter-scheduler: {status} {data.decode(errors='replace')}")
        return json.loads(data)
