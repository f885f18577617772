"""Cancels in every phase of a job and a run: how long they take, and what is left."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.job import Job, SnapshotStatus
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import WrongState
from jupyter_orchest_jobs.service.build import Services, build_services
from jupyter_orchest_jobs.service.wish import Wish
from jupyter_orchest_jobs.store.contract import RunQuery
from tests.engine.harness import notebook
from tests.journeys.machine import Machine, until

MANY_FILES = 2000
GONE_S = 20.0
"""How long after its end something of a run may live."""
SLEEP = "import time\ntime.sleep(600)"
BUSY = "while True: pass"
DEAF = "import signal, time\nsignal.signal(2, signal.SIG_IGN)\nwhile True: time.sleep(1)"
FROZEN = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"
HOLDS_THE_GIL = "sum(range(10**13))"
Phase = Callable[["Canceller"], tuple[Job, Run | None]]
DEAF_SCRIPT = DEAF.replace("\nwhile", "\nsignal.signal(15, signal.SIG_IGN)\nwhile")
READY = "open('ready', 'w').close()\n"


@dataclass(frozen=True)
class Taken:
    """One cancel.

    Attributes:
        seconds: from the wish to the end in the store.
    """

    phase: str
    seconds: float


class Canceller:
    """A machine with a conductor, and a user who cancels what is going on there."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.random = random.Random(1)
        self.services: Services = build_services(machine.state.root)
        self.loop = asyncio.Runner()
        self.projects: dict[str, Path] = {}
        machine.start("serve")
        until(machine.conductors, "a conductor")

    def close(self) -> None:
        self.loop.run(self.services.session.close())
        self.loop.close()

    def cancel(self, phase: str) -> Taken:
        """Bring something into a phase, cancel it, and look at what becomes of it."""
        job, run = PHASES[phase](self)
        asked = datetime.now(UTC)
        began = time.monotonic()
        if phase == DEAD_CONDUCTOR and run is not None:
            # Whoever cancels starts another one.
            self.machine.cli("runs", "cancel", run.id)
        elif run is not None:
            self.loop.run(self.services.runs.cancel(run.id))
        else:
            self.loop.run(self.services.jobs.cancel(job.id))
        end = self.wait_settled(job, run)
        taken = Taken(phase, end - began)
        self.check(job, run, asked)
        return taken

    def wait_settled(self, job: Job, run: Run | None) -> float:
        """Wait for the end of what was cancelled; when it was."""

        def is_settled() -> float | None:
            if run is not None:
                ended = self.store(lambda store: store.run(run.id)).finished_at is not None
            else:
                ended = self.job(job).finished_at is not None
            return time.monotonic() if ended else None

        return until(is_settled, f"end of job {job.number}") or 0.0

    def check(self, job: Job, run: Run | None, asked: datetime) -> None:
        """Nothing has another end than it should, and nothing is left."""
        if run is None:
            assert self.job(job).status is JobStatus.CANCELLED
        else:
            found = self.store(lambda store: store.run(run.id))
            if not (found.status is RunStatus.SUCCEEDED and found.finished_at <= asked):
                assert (found.status, found.cause) == (RunStatus.CANCELLED, Cause.CANCELLED)
            self.wait_gone(run)
            with suppress(WrongState):
                self.loop.run(self.services.jobs.cancel(job.id))
        self.machine.wait_for(str(job.number))
        assert not [one for one in self.runs(job) if one.finished_at is None]

    def wait_gone(self, run: Run) -> None:
        """Wait until nothing of a run lives, which must be soon."""
        until(lambda: not self.alive(run), f"end of {run.id}", GONE_S)

    def alive(self, run: Run) -> list[psutil.Process]:
        """What lives of a run, its runner included."""
        folder = str(self.machine.state.run(run.id))
        return self.machine.tagged(run.id) + [
            process
            for process in self.machine.processes()
            if any(folder in argument for argument in process.cmdline())
        ]

    # --- how things get into a phase ---

    def store(self, look: Callable[[Any], Any]) -> Any:
        return self.loop.run(self.services.session.read(look))

    def job(self, job: Job) -> Job:
        found: Job = self.store(lambda store: store.job(job.id))
        return found

    def runs(self, job: Job) -> list[Run]:
        return list(self.store(lambda store: store.runs(RunQuery(job_id=job.id))).items)

    def create(
        self,
        name: str,
        files: Mapping[str, str],
        incoming: Mapping[str, list[str]] | None = None,
        *,
        many: bool = False,
        **wish: Any,
    ) -> Job:
        """A job of a project, which is made when it is first needed."""
        if name not in self.projects:
            self.projects[name] = self.machine.project(files, incoming, name)
            for number in range(MANY_FILES if many else 0):
                folder = self.projects[name].with_name(f"data-{number // 100}")
                folder.mkdir(exist_ok=True)
                (folder / f"{number}.txt").write_text(str(number))
        made = Wish(self.projects[name], self.machine.folder, **{"start": True, **wish})
        view = self.loop.run(self.services.jobs.create(made))
        return view.job

    def running(self, job: Job, probe: Callable[[AttemptFolder], Any]) -> tuple[Job, Run]:
        """The first run of a job, when its attempt's folder answers the probe."""

        def look() -> Run | None:
            runs = self.runs(job)
            if not runs or runs[0].status is not RunStatus.RUNNING:
                return None
            return runs[0] if probe(self.machine.attempt(runs[0].id)) else None

        run = until(look, f"job {job.number} in its phase")
        assert run is not None
        return job, run

    def said(self, kind: type[journal.Entry], **values: Any) -> Callable[[AttemptFolder], bool]:
        """A probe for what a journal says."""

        def look(folder: AttemptFolder) -> bool:
            try:
                lines, _ = journal.whole_lines(folder.journal.read_bytes())
            except FileNotFoundError:
                return False
            return any(
                isinstance(entry, kind)
                and all(getattr(entry, name) == value for name, value in values.items())
                for entry in journal.read(lines)
            )

        return look

    def step(self, name: str, files: Mapping[str, str], **wish: Any) -> tuple[Job, Run]:
        """A run whose step has said that it is ready."""
        job = self.create(name, files, **wish)
        found = self.running(job, lambda folder: (folder.work / "ready").exists())
        # On to what it does then.
        time.sleep(0.2)
        return found


def _cell(name: str, code: str) -> Callable[[Canceller], tuple[Job, Run]]:
    return lambda user: user.step(name, {"a.ipynb": notebook(READY + code)})


def _snapshot(user: Canceller) -> tuple[Job, None]:
    job = user.create("many", {"a.sh": "true"}, many=True)

    def is_copying() -> bool:
        return user.job(job).snapshot.status is SnapshotStatus.COPYING

    until(is_copying, "snapshot")
    time.sleep(user.random.uniform(0, 0.2))
    return job, None


def _pending(user: Canceller) -> tuple[Job, Run]:
    job = user.create(
        "pending",
        {"a.sh": "touch ready; sleep 600"},
        parameters={"pipeline_parameters": {"n": [1, 2, 3]}},
        policies=Policies(max_runs=1),
    )
    user.running(job, lambda folder: (folder.work / "ready").exists())
    return job, user.runs(job)[1]


def _starting(user: Canceller) -> tuple[Job, Run]:
    job = user.create("quick", {"a.sh": "sleep 600"})
    found = user.running(job, lambda _: True)
    time.sleep(user.random.uniform(0, 0.5))
    return found


def _copying(user: Canceller) -> tuple[Job, Run]:
    job = user.create("many", {"a.sh": "sleep 600"}, many=True)
    return user.running(job, lambda folder: any(folder.run.glob(".work-new-*")))


def _kernel_starting(user: Canceller) -> tuple[Job, Run]:
    job = user.create("starting", {"a.ipynb": notebook(SLEEP)})
    found = user.running(job, user.said(journal.StepStarted))
    time.sleep(user.random.uniform(0, 0.4))
    return found


def _between_tries(user: Canceller) -> tuple[Job, Run]:
    policies = Policies(step_retries=3, retry_delay_s=600)
    job = user.create("fails", {"a.sh": "exit 1"}, policies=policies)
    return user.running(job, user.said(journal.StepTryFailed))


def _between_steps(user: Canceller) -> tuple[Job, Run]:
    names = [f"s{number:02}" for number in range(99)]
    files = {f"{name}.sh": "true" for name in names}
    job = user.create("chain", files, {b: [a] for a, b in pairwise(names)})
    found = user.running(job, user.said(journal.StepFinished))
    time.sleep(user.random.uniform(0, 0.3))
    return found


def _finishing(user: Canceller) -> tuple[Job, Run]:
    job = user.create("many", {"a.sh": "true"}, many=True)
    return user.running(job, user.said(journal.StepFinished, step="a"))


def _scheduled(user: Canceller) -> tuple[Job, None]:
    schedule = Schedule.recurring("0 0 1 1 *", "UTC")
    job = user.create("scheduled", {"a.sh": "true"}, schedule=schedule)
    until(lambda: user.job(job).status is JobStatus.SCHEDULED, "armed schedule")
    return job, None


def _paused(user: Canceller) -> tuple[Job, None]:
    job, _ = _scheduled(user)
    user.loop.run(user.services.changes.pause(job.id))
    return job, None


def _dead_conductor(user: Canceller) -> tuple[Job, Run]:
    found = user.step("sleeps", {"a.ipynb": notebook(READY + SLEEP)})
    for conductor in user.machine.conductors():
        conductor.kill()
        conductor.wait()
    return found


def _frozen_runner(user: Canceller) -> tuple[Job, Run]:
    job, run = user.step("sleeps", {"a.ipynb": notebook(READY + SLEEP)})
    os.kill(user.machine.runner_pid(run.id), signal.SIGSTOP)
    return job, run


DEAD_CONDUCTOR = "while no conductor lives"
ORDINARY: dict[str, Phase] = {
    "snapshot": _snapshot,
    "pending": _pending,
    "runner starts": _starting,
    "working copy": _copying,
    "kernel starts": _kernel_starting,
    "cell sleeps": _cell("sleeps", SLEEP),
    "cell computes": _cell("computes", BUSY),
    "script": lambda user: user.step("script", {"a.py": READY + SLEEP}),
    "shell script": lambda user: user.step("shell", {"a.sh": "touch ready; sleep 600 & sleep 600"}),
    "between tries": _between_tries,
    "between steps": _between_steps,
    "finishing": _finishing,
    "scheduled": _scheduled,
    "paused": _paused,
}
"""Phases of which the gate says: within 2 s as a rule."""
STUBBORN: dict[str, Phase] = {
    "cell ignores SIGINT": _cell("deaf", DEAF),
    "kernel is stopped": _cell("frozen", FROZEN),
    "cell holds the GIL": _cell("holds", HOLDS_THE_GIL),
    "script ignores signals": lambda user: user.step("deaf-script", {"a.py": READY + DEAF_SCRIPT}),
    "runner is stopped": _frozen_runner,
    DEAD_CONDUCTOR: _dead_conductor,
}
"""Phases in which somebody does not listen, or nobody is there."""
PHASES = ORDINARY | STUBBORN


def table(taken: Iterable[Taken]) -> str:
    """What cancels took, for people."""
    by_phase: dict[str, list[float]] = {}
    for one in taken:
        by_phase.setdefault(one.phase, []).append(one.seconds)
    lines = [f"{'phase':24} {'n':>3} {'median':>7} {'p95':>7} {'worst':>7}  s"]
    for phase, seconds in by_phase.items():
        ranks = percentile(seconds, 50), percentile(seconds, 95), max(seconds)
        lines.append(f"{phase:24} {len(seconds):3} " + " ".join(f"{x:7.2f}" for x in ranks))
    return "\n".join(lines)


def percentile(values: Iterable[float], rank: int) -> float:
    """The nearest rank, as in “95 % take no longer”."""
    ordered = sorted(values)
    return ordered[max(0, -(-rank * len(ordered) // 100) - 1)]
