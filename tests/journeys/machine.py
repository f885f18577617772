"""A machine of a user: a home, a state directory, programs that run, and no other user's things."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

from jupyter_orchest_jobs.domain.job import Job, RunCounts
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.engine.environment import RUN_TAG
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.factories import pipeline_text
from tests.journeys.server import Server
from tests.private import open_to_others

DEADLINE_S = 90.0
TICK = 'printf "%s %s\\n" "$ORCHEST_RUN_ID" "$ORCHEST_STEP_UUID" >> "$LEDGER"\n'
"""The line of a shell step that says that it was executed; appended in one write."""
HOLD = 'until [ -e "$GATE" ]; do sleep 0.05; done\n'
"""The line of a shell step that waits for :meth:`Machine.open_gate`."""

T = TypeVar("T")


def until(probe: Callable[[], T], what: str, deadline_s: float = DEADLINE_S) -> T:
    """The first true answer of the probe; fails when that takes too long."""
    end = time.monotonic() + deadline_s
    while not (answer := probe()):
        assert time.monotonic() < end, f"waited too long: {what}"
        time.sleep(0.05)  # many probes look at all processes
    return answer


class Machine:
    """Everything below one folder: also its name in the environment of all that is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.state = StateDir(folder / "state")
        self.ledger_file = folder / "ledger"
        self.gate = folder / "gate"
        self.programs: list[subprocess.Popen[bytes]] = []
        self.servers: list[Server] = []
        self.through: tuple[str, ...] = ()
        """What programs are started with: others, which start them elsewhere or otherwise."""
        self.environ = {
            "HOME": str(self.home),
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "LANG": "C.UTF-8",
            "JUPYTER_NO_CONFIG": "1",
            "LEDGER": str(self.ledger_file),
            "GATE": str(self.gate),
        }
        # A checkout that isn't the installed one is tested with this, and so are its programs.
        if "PYTHONPATH" in os.environ:
            self.environ["PYTHONPATH"] = os.environ["PYTHONPATH"]

    # --- projects ---

    def project(
        self,
        files: Mapping[str, str],
        incoming: Mapping[str, Iterable[str]] | None = None,
        name: str = "project",
    ) -> Path:
        """A project whose steps are its runnable files, named by their stems; its pipeline."""
        root = self.folder / name
        root.mkdir()
        steps = {}
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
            if path.endswith((".sh", ".py", ".ipynb")):
                stem = Path(path).stem
                steps[stem] = {"file_path": path, "incoming": list((incoming or {}).get(stem, ()))}
        (root / "main.orchest").write_text(pipeline_text(steps))
        return root / "main.orchest"

    def diamond(self, *, hold: bool = False) -> Path:
        """A project of three shell steps, each of which says that it was executed."""
        first = TICK + HOLD if hold else TICK
        return self.project(
            {"a.sh": first, "b.sh": TICK, "c.sh": TICK}, {"b": ["a"], "c": ["a", "b"]}
        )

    def open_gate(self) -> None:
        self.gate.touch()

    # --- programs ---

    def become_nobody(self) -> None:
        """Let all programs be another user's, who may read what is root's; skips without root.

        What is there by now stays root's, but for the places where users write.
        """
        setpriv = shutil.which("setpriv")
        if os.geteuid() != 0 or setpriv is None:
            pytest.skip("only root can be somebody else, with setpriv")
        number = pwd.getpwnam("nobody").pw_uid
        # Folders that lead to Python and to the tests may be closed for others; access(2) minds
        # what the user may only without the automatism of capabilities.
        may = "-all,+dac_read_search"
        self.through = (
            *(setpriv, f"--reuid={number}", f"--regid={number}", "--clear-groups"),
            *(f"--inh-caps={may}", f"--ambient-caps={may}", f"--bounding-set={may}"),
            *("--securebits=+no_setuid_fixup", "--"),
        )
        for folder in (self.folder, self.home):
            os.chown(folder, number, number)

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start the command line."""
        program = subprocess.Popen(
            [
                *self.through,
                sys.executable,
                "-m",
                "jupyter_orchest_jobs.cli.main",
                *map(str, arguments),
                f"--state-dir={self.state.root}",
            ],
            env=self.environ,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.programs.append(program)
        return program

    def cli(self, *arguments: str | Path, code: int = 0) -> str:
        """Run the command line to its end; what it printed, errors included."""
        program = self.start(*arguments)
        out, err = program.communicate(timeout=DEADLINE_S)
        assert program.returncode == code, (out.decode(), err.decode())
        return (out if code == 0 else out + err).decode()

    def ask(self, *arguments: str | Path, code: int = 0) -> Any:
        """What the command line answers as JSON."""
        return json.loads(self.cli(*arguments, "--json", code=code))

    def run(self, pipeline: Path, *arguments: str, runs: int = 1) -> str:
        """Start a job without waiting for it; its number."""
        return str(self.ask("run", pipeline, *grid(runs), *arguments)["number"])

    def serve(self) -> Server:
        """Start a Jupyter server with the extension."""
        server = Server(self.folder, self.state.root, self.environ, free_port())
        self.servers.append(server)
        return server

    # --- looking ---

    def read(self, look: Callable[[SqliteStore], T]) -> T:
        """Look into the store, as one more program does."""
        store = SqliteStore(self.state.database)
        try:
            return look(store)
        finally:
            store.close()

    def job(self, number: str) -> tuple[Job, RunCounts]:
        """A job, and how many of its runs are in each state."""

        def look(store: SqliteStore) -> tuple[Job, RunCounts]:
            job = store.find_job(number)
            return job, store.run_counts([job.id])[job.id]

        return self.read(look)

    def runs(self, number: str) -> list[Run]:
        """The runs of a job in their order."""
        job, _ = self.job(number)
        return list(self.read(lambda store: store.runs(RunQuery(job_id=job.id))).items)

    def wait_for(
        self,
        number: str,
        probe: Callable[[Job, RunCounts], bool] = lambda job, _: job.finished_at is not None,
        deadline_s: float = DEADLINE_S,
    ) -> tuple[Job, RunCounts]:
        """Wait until the probe of a job is true, by default until it has ended."""

        def look(store: SqliteStore) -> tuple[Job, RunCounts] | None:
            job = store.find_job(number)
            counts = store.run_counts([job.id])[job.id]
            return (job, counts) if probe(job, counts) else None

        found = self.read(lambda store: until(lambda: look(store), f"job {number}", deadline_s))
        assert found is not None
        return found

    def set_limits(self, **limits: int) -> None:
        """Set how much runs at once."""
        self.state.create()
        self.read(lambda store: store.change_settings(limits))

    def attempt(self, run_id: str) -> AttemptFolder:
        return self.state.attempt(run_id, 1)

    def runner_pid(self, run_id: str) -> int:
        """The process of a run that is going on."""
        info = self.attempt(run_id).info
        until(info.exists, f"runner of {run_id}")
        return int(json.loads(info.read_text())["pid"])

    def ledger(self) -> Counter[tuple[str, str]]:
        """How often each step of each run was executed."""
        try:
            lines = self.ledger_file.read_text().splitlines()
        except FileNotFoundError:
            return Counter()
        return Counter((run, step) for run, step in (line.split() for line in lines))

    def wait_for_steps(self, number: int) -> None:
        """Wait until so many steps have been executed."""
        until(lambda: self.ledger().total() >= number, f"{number} steps in the ledger")

    def processes(self) -> list[psutil.Process]:
        """Everything that was started on this machine and lives."""
        return processes_below(self.folder)

    def conductors(self) -> list[psutil.Process]:
        """The conductors of this machine: one, or none."""
        serving = {"serve", f"--state-dir={self.state.root}"}
        return [found for found in self.processes() if serving <= set(_command(found))]

    def conductor(self) -> psutil.Process:
        """The conductor, as soon as there is one."""
        return until(self.conductors, "a conductor")[0]

    def tagged(self, run_id: str) -> list[psutil.Process]:
        """What lives of a run: steps and their children."""
        return [found for found in self.processes() if _environ(found).get(RUN_TAG) == run_id]

    # --- the end ---

    def close(self) -> None:
        """End everything; nothing of a test outlives it, and all that is kept is private."""
        for server in self.servers:
            server.close()
        for program in self.programs:
            if program.poll() is None:
                program.kill()
            program.communicate()
        for conductor in self.conductors():
            conductor.send_signal(signal.SIGTERM)
        until(lambda: not self.conductors(), "conductor's end")
        for left in self.processes():
            with suppress(psutil.Error):
                left.kill()
        until(lambda: not self.processes(), "end of all processes")
        opened = open_to_others(self.state)
        assert not opened, opened


def processes_below(folder: Path) -> list[psutil.Process]:
    """Living processes that were started by a machine in or below a folder."""
    inside = f"{folder}{os.sep}"
    return [
        process
        for process in psutil.process_iter()
        if _lives(process)
        and (
            _environ(process).get("HOME", "").startswith(inside)
            or any(inside in argument for argument in _command(process))
        )
    ]


def grid(runs: int) -> tuple[str, str]:
    """Arguments of the command line that make so many runs."""
    return "--set", f"pipeline.n={json.dumps(list(range(runs)))}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environ(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.Error, OSError):
        return {}


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.Error, OSError):
        return []


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
