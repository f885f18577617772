"""What a cluster costs: the same grid here and on a Dask cluster of the same cores."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.grid import cores
from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.server import Server, environment, run_job
from bench.table import Row, Table

RUNS, ROUNDS = 96, 4
QUICK_RUNS, QUICK_ROUNDS = 8, 1
MOST = 1.1
START_S = 60.0
END_S = 20.0
PLACES = {"local": "here", "dask": "on the cluster"}


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    runs, rounds = (QUICK_RUNS, QUICK_ROUNDS) if quick else (RUNS, ROUNDS)
    root = home / "root"
    write_notebook(root / "step.ipynb", ["print(1)"])
    write_pipeline(root, ["step"], {"x": range(runs)})
    times: dict[str, list[float]] = {place: [] for place in PLACES}
    with _cluster(home / "cluster") as address, Server(home / "server", root) as server:
        server.patch("cluster", {"address": address})
        _wait_for(server)
        for _ in range(rounds):
            for place, took in times.items():
                wish: dict[str, Any] = {"policies": {"executor": place}}
                # After a while without any, the first run is started anew.
                few = {"pipeline_parameters": {"x": list(range(cores()))}}
                run_job(server, PIPELINE, parameters=few, **wish)
                begun = time.perf_counter()
                run_job(server, PIPELINE, **wish)
                took.append(time.perf_counter() - begun)
    rows = [Row(PLACES[place], took, "s", ratio=False) for place, took in times.items()]
    pairs = zip(times["dask"], times["local"], strict=True)
    factors = [there / here for there, here in pairs]
    rows.append(Row("cluster / here", factors, "times", goal=MOST, ratio=False))
    notes = [
        f"{cores()} runs at once in both cases: {cores()} workers with a slot each.",
        "Nothing but the network is shared: files travel through the cluster.",
        f"Load of the machine: {os.getloadavg()[0]:.1f} at the end.",
    ]
    title = f"cluster: {runs} runs of one notebook that prints a number"
    return [Table("cluster", title, rows, notes)]


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    """A scheduler and a worker for each core; its address."""
    folder.mkdir(parents=True)
    programs = [_start(folder, "scheduler", "--host=tcp://127.0.0.1", "--port=0")]
    try:
        address = _address(folder / "scheduler.log")
        for number in range(cores()):
            name = f"worker-{number}"
            own = (f"--name={name}", f"--local-directory={folder / name}")
            options = ("--nthreads=1", "--nworkers=1", "--memory-limit=0", *own)
            programs.append(_start(folder, "worker", address, *options, log=name))
        yield address
    finally:
        for program in reversed(programs):
            program.terminate()
        for program in programs:
            try:
                program.wait(END_S)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


def _start(
    folder: Path, what: str, *options: str, log: str = "scheduler"
) -> "subprocess.Popen[bytes]":
    with (folder / f"{log}.log").open("wb") as file:
        return subprocess.Popen(  # noqa: S603  # a module of this environment
            [sys.executable, "-m", "dask", what, *options, "--no-dashboard"],
            env=environment(folder / "home"),
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )


def _address(log: Path) -> str:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        told = [line for line in log.read_text().splitlines() if "Scheduler at:" in line]
        if told:
            return told[0].split()[-1]
        time.sleep(0.05)
    raise RuntimeError(f"no scheduler:\n{log.read_text()}")


def _wait_for(server: Server) -> None:
    """Until all slots of the cluster are there."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        state = server.get("cluster")["state"]
        if state is not None and state["slots"] == cores():
            return
        time.sleep(0.2)
    raise RuntimeError(f"the cluster isn't ready: {server.get('cluster')}")
