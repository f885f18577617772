"""Conductors that are killed while others wait for their turn: how soon work goes on."""

import time
from datetime import UTC, datetime

import psutil

from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.store.contract import RunQuery
from tests.journeys.machine import Machine, until

RUNS = 400


class Takeover:
    """A machine with a long job, and several who would conduct it.

    Args:
        serves: how many `serve` wait for their turn.
        attached: whether a server and a command line follow the job.
    """

    def __init__(self, machine: Machine, *, serves: int, attached: bool) -> None:
        self._machine = machine
        machine.set_limits(max_runs=2)
        pipeline = machine.project({"a.sh": "sleep 0.1"})
        self._serves = [machine.start("serve") for _ in range(serves)]
        self._job = machine.run(pipeline, runs=RUNS)
        if attached:
            machine.serve().wait()
            machine.start("run", pipeline, "--wait")

    def kill(self) -> float:
        """Kill who conducts; after how many seconds another conductor has started a run."""
        killed = until(self._holder, "a conductor")
        assert killed is not None
        asked, began = datetime.now(UTC), time.monotonic()
        killed.kill()
        until(lambda: self._holder() not in (None, killed), "another conductor")
        until(lambda: self._started_since(asked), "a run")
        taken = time.monotonic() - began
        self._replace(killed.pid)
        return taken

    def check(self) -> None:
        """No run was lost, or done twice, or failed."""
        self._machine.cli("jobs", "cancel", self._job)
        job, counts = self._machine.wait_for(self._job)
        assert job.status is JobStatus.CANCELLED
        assert counts.succeeded + counts.cancelled == counts.total == RUNS
        assert counts.succeeded > 0
        assert {run.attempt for run in self._machine.runs(self._job)} <= {0, 1}

    def _holder(self) -> psutil.Process | None:
        """Who holds the conductor's lock."""
        try:
            inode = self._machine.state.conductor_lock.stat().st_ino
        except FileNotFoundError:
            return None
        with open("/proc/locks") as locks:  # noqa: PTH123  # not a file of ours
            found = [line.split() for line in locks if "FLOCK" in line and f":{inode} " in line]
        pids = [int(fields[fields.index("WRITE") + 1]) for fields in found if "WRITE" in fields]
        # Those who ask whether there is a conductor take it for a moment.
        conductors = {one.pid: one for one in self._machine.conductors()}
        return next((conductors[pid] for pid in pids if pid in conductors), None)

    def _started_since(self, moment: datetime) -> bool:
        job, _ = self._machine.job(self._job)
        newest = RunQuery(job_id=job.id, sort="-started_at", limit=1)
        runs = self._machine.read(lambda store: store.runs(newest)).items
        return bool(runs and runs[0].started_at is not None and runs[0].started_at > moment)

    def _replace(self, pid: int) -> None:
        for at, program in enumerate(self._serves):
            if program.pid == pid:
                program.wait()
                self._serves[at] = self._machine.start("serve")
