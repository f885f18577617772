"""Kills at random moments, and what must be true whatever was killed."""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

import psutil

from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.environment import RUN_TAG
from jupyter_orchest_jobs.files.locks import is_locked
from tests.journeys.machine import Machine, until

SIGN = (
    'printf "%s %s %s\\n" "$ORCHEST_RUN_ID" "$ORCHEST_STEP_UUID" "$ORCHEST_PIPELINE_PATH" '
    '>> "$LEDGER"\n'
)
"""The last line of a step: that it was executed, and in which attempt."""
STEPS = {"a.sh": "sleep 0.1\n" + SIGN, "b.sh": SIGN, "c.sh": "sleep 0.05\n" + SIGN}
ORDER = {"b": ["a"], "c": ["b"]}
SETTLE_S = 15.0
"""How long after a restart something may be as a crash left it; also, live after its end."""


class Killer:
    """Kills programs of a machine while jobs go on.

    Args:
        runs: of each job.
        targets: what is killed: server, conductor, runner; several at once now and then.
        seed: of the random moments and victims.
    """

    def __init__(self, machine: Machine, runs: int, targets: Iterable[str], seed: int) -> None:
        self._machine = machine
        self._runs = runs
        self._targets = list(targets)
        self._random = random.Random(seed)
        self._pipeline = machine.project(STEPS, ORDER)
        self._server = machine.serve().wait()
        self._jobs: list[str] = []
        self.killed: Counter[str] = Counter()
        self.settled_s: list[float] = []
        """How long after each restart nothing was in a state that was not true any more."""

    def kill(self, times: int) -> None:
        """Kill so many times; jobs that have ended are followed by others."""
        while self.killed.total() < times:
            if not self._jobs or self._machine.job(self._jobs[-1])[0].finished_at is not None:
                self._start()
            # Any moment will do; that is the point.
            time.sleep(self._random.uniform(0, 0.4))
            several = self._random.random() < 0.15
            for target in self._targets if several else [self._random.choice(self._targets)]:
                self._kill(target)
            if "server" in self._targets and self._server.process.poll() is not None:
                self._restart()

    def check(self) -> None:
        """Let everything come to its end, and look at it."""
        for number in self._jobs:
            job, counts = self._machine.wait_for(number, deadline_s=300)
            assert (counts.total, counts.pending, counts.running) == (self._runs, 0, 0)
            whole = counts.succeeded == self._runs
            assert job.status is (JobStatus.SUCCEEDED if whole else JobStatus.FAILED)
            self._check_runs(number)
        self.check_database()
        until(lambda: not self._leftovers(), "end of all that runs had started")

    def check_database(self) -> None:
        """The file is whole, whoever was killed while writing it."""
        with closing(sqlite3.connect(self._machine.state.database, timeout=10)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def _restart(self) -> None:
        """Another server: soon nothing is as those left it who were killed."""
        self.check_database()
        began = time.monotonic()
        self._server = self._machine.serve()
        orphans = self._orphans()
        self._server.wait()
        until(lambda: not orphans & self._orphans(), "end of dead attempts", SETTLE_S)
        self.settled_s.append(time.monotonic() - began)

    def _orphans(self) -> set[tuple[str, int]]:
        """Attempts that the store calls running, without a runner."""
        running = self._machine.read(lambda store: store.running_runs())
        return {
            (run.id, run.attempt)
            for run in running
            if not is_locked(self._machine.state.attempt(run.id, run.attempt).lock)
        }

    def _start(self) -> None:
        number = self._machine.run(
            self._pipeline, "--policy", "resume_interrupted=3", runs=self._runs
        )
        self._jobs.append(number)

    def _kill(self, target: str) -> None:
        victims = {
            "server": lambda: [psutil.Process(self._server.process.pid)],
            "conductor": self._machine.conductors,
            "runner": self._runners,
        }[target]()
        if victims:
            with suppress(psutil.Error):
                self._random.choice(victims).kill()
                self.killed[target] += 1
        if target == "server":
            self._server.process.wait()

    def _runners(self) -> list[psutil.Process]:
        return [one for one in self._machine.processes() if _is_runner(one)]

    def _check_runs(self, number: str) -> None:
        executed = self._executed()
        assert set(executed.values()) <= {1}, "a step was executed twice within an attempt"
        for run in self._machine.runs(number):
            given_up = run.cause is Cause.POISONED
            assert run.status is (RunStatus.INTERRUPTED if given_up else RunStatus.SUCCEEDED), run
            assert [record.cause for record in run.history] == [Cause.RUNNER_DIED] * len(
                run.history
            )
            for step in run.steps:
                attempts = [
                    attempt for (id, name, attempt) in executed if (id, name) == (run.id, step.step)
                ]
                if step.status is StepStatus.SUCCEEDED:
                    assert step.attempt in attempts, "a step succeeded that was not executed"
                    assert max(attempts) == step.attempt, "a succeeded step was executed again"

    def _executed(self) -> Counter[tuple[str, str, int]]:
        lines = self._machine.ledger_file.read_text().splitlines()
        found = (line.split(maxsplit=2) for line in lines)
        return Counter((run, step, int(Path(path).parent.name)) for run, step, path in found)

    def _leftovers(self) -> list[psutil.Process]:
        """Runners, steps, and their children."""
        return [one for one in self._machine.processes() if _is_runner(one) or _is_step(one)]


def _is_runner(process: psutil.Process) -> bool:
    try:
        return "jupyter_orchest_jobs.engine.runner" in process.cmdline()
    except psutil.Error:
        return False


def _is_step(process: psutil.Process) -> bool:
    try:
        return RUN_TAG in process.environ()
    except (psutil.Error, OSError):
        return False
