"""Stories of runs on a cluster: what is the same as here, and what happens when things are killed.

Each is told once in CI, and often in soak.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from jupyter_orchest_jobs.domain.cluster import ClusterState
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from tests.cluster import Cluster
from tests.journeys.machine import HOLD, TICK, Machine, grid, until

THERE = ("--policy", "executor=dask")
CANCELLED_S = 2.0
"""How long a cancel may take until nothing of the run goes on, on a machine with little to do."""
RUNS = 4
"""Two for the workers, and two that wait."""
STEPS = {"a.sh": TICK, "b.sh": TICK + HOLD + "echo done > made.txt\n"}
ORDER = {"b": ["a"]}


class Story:
    """A machine that uses a cluster of two workers with directories of their own.

    Args:
        settings: of the cluster, besides its address.
    """

    def __init__(self, machine: Machine, cluster: Cluster, **settings: str) -> None:
        self.machine = machine
        self.cluster = cluster
        self.told = 0
        machine.state.create()
        values = {"cluster": {"address": cluster.address, **settings}}
        machine.read(lambda store: store.change_settings(values))

    # --- the stories ----------------------------------------------------------------------------

    def worker_is_killed(self) -> None:
        """The run that it had goes on by our policy, and no other one notices."""
        number = self.begin(2, "--policy", "resume_interrupted=1")
        victim, other = self.machine.runs(number)
        self.worker_of(victim.id).kill()
        until(lambda: self.machine.runs(number)[0].attempt == 2, "another attempt")
        until(lambda: not self.is_cluster_short(), "the worker to come back")
        self.machine.open_gate()
        self.wait(number, 2)
        executed = self.machine.ledger()
        assert {executed[other.id, step] for step in ("a", "b")} == {1}
        assert {executed[victim.id, step] for step in ("a", "b")} == {2}
        (record,) = self.machine.runs(number)[0].history
        assert (record.status, record.cause) == (RunStatus.INTERRUPTED, Cause.RUNNER_DIED)
        assert "was lost: it was killed" in (record.message or "")

    def scheduler_is_killed(self) -> None:
        """That is said; runs end as interrupted when another one is there, and can be retried."""
        number = self.begin(1)
        assert self.cluster.scheduler is not None
        self.cluster.scheduler.kill()
        self.wait_for_state(lambda state: not state.connected and bool(state.error), "the loss")
        self.cluster.scheduler.wait()
        (run,) = self.machine.runs(number)
        until(lambda: not self.machine.tagged(run.id), "end of what workers were doing", 30)
        self.cluster.end_workers()
        self.cluster.start_scheduler()
        for name in ("worker-0", "worker-1"):
            self.cluster.start_worker(name)
        self.machine.wait_for(number)
        (run,) = self.machine.runs(number)
        assert (run.status, run.cause) == (RunStatus.INTERRUPTED, Cause.RUNNER_DIED)
        assert "The scheduler of the cluster was lost" in (run.message or "")
        self.machine.open_gate()
        self.machine.cli("runs", "retry", run.id)
        # The job has ended until a conductor sees the wish, and the last one may be leaving.
        self.machine.wait_for(number, lambda _, counts: counts.succeeded == 1)
        self.wait(number, 1)
        self.wait_for_state(lambda state: state.connected and state.slots == 2, "the recovery")

    def conductor_is_killed(self) -> None:
        """Runs go on; whoever conducts next finds them, and executes none twice."""
        number = self.begin(2)
        self.machine.conductor().kill()
        until(lambda: not self.machine.conductors(), "the conductor's end")
        self.machine.start("serve")
        self.wait_for_state(lambda state: state.connected, "another connection")
        self.machine.open_gate()
        self.wait(number, 2)
        assert set(self.machine.ledger().values()) == {1}

    def server_is_killed(self) -> None:
        """With the conductor: runs go on, and those who are started next find them all."""
        server = self.machine.serve().wait()
        number = self.begin(RUNS)
        server.kill()
        self.machine.conductor().kill()
        until(lambda: not self.machine.conductors(), "the conductor's end")
        server.close()
        # Nobody hears of the end of these; the others have not been given to anybody.
        self.machine.open_gate()
        begun = {run for run, _ in self.machine.ledger()}
        until(lambda: all(map(self.finished_there, begun)), "the end of runs on their workers")
        server = self.machine.serve().wait()
        self.wait(number, RUNS)
        executed = self.machine.ledger()
        runs = self.machine.runs(number)
        assert executed == Counter((run.id, step) for run in runs for step in ("a", "b"))
        for run in runs:
            work = self.machine.state.run(run.id) / "work"
            assert (work / "made.txt").read_text() == "done\n"
            told = server.get(f"runs/{run.id}")
            assert (told["status"], told["attempt"]) == ("succeeded", 1)
        server.close()

    def result_is_lost_with_its_worker(self) -> None:
        """A finished attempt is fetched from the host, not executed again."""
        number = self.begin(1)
        (run,) = self.machine.runs(number)
        worker = self.worker_of(run.id)
        self.machine.conductor().kill()
        until(lambda: not self.machine.conductors(), "the conductor's end")
        self.machine.open_gate()
        until(lambda: self.finished_there(run.id), "the end of the run on its worker")
        until(lambda: not self.machine.tagged(run.id), "the end of its processes")
        worker.kill()
        until(lambda: not self.is_cluster_short(), "the worker to come back")
        self.machine.start("serve")
        self.wait(number, 1)
        assert set(self.machine.ledger().values()) == {1}
        work = self.machine.state.run(run.id) / "work"
        assert (work / "made.txt").read_text() == "done\n"

    def runs_are_cancelled(self) -> float:
        """What runs ends, what waits never begins; how long that took, in seconds from the wish."""
        number = self.begin(RUNS)
        begun = {run for run, _ in self.machine.ledger()}
        assert len(begun) == 2
        self.machine.cli("jobs", "cancel", number)
        until(lambda: not any(map(self.machine.tagged, begun)), "end of all processes", 60)
        ended = datetime.now(UTC)
        job, counts = self.machine.wait_for(number)
        assert (job.status, counts.cancelled, counts.total) == (JobStatus.CANCELLED, RUNS, RUNS)
        assert {run for run, _ in self.machine.ledger()} == begun
        assert job.cancel_requested_at is not None
        return (ended - job.cancel_requested_at).total_seconds()

    def tell(self, name: str, times: int) -> None:
        """One of these stories so many times; what is cancelled ends in the usual time."""
        for _ in range(times):
            took = getattr(self, name)()
            assert took is None or took < CANCELLED_S

    # --- parts ----------------------------------------------------------------------------------

    def begin(self, runs: int, *arguments: str) -> str:
        """A job whose runs have executed a step and hold in the other, as far as there is room."""
        self.told += 1
        self.machine.gate.unlink(missing_ok=True)
        self.machine.ledger_file.unlink(missing_ok=True)
        pipeline = self.machine.project(STEPS, ORDER, f"project-{self.told}")
        number = str(self.machine.ask("run", pipeline, *grid(runs), *THERE, *arguments)["number"])
        self.machine.wait_for_steps(2 * min(runs, 2))
        return number

    def wait(self, number: str, runs: int) -> None:
        """Wait for the success of all runs."""
        job, counts = self.machine.wait_for(number)
        messages = [run.message for run in self.machine.runs(number)]
        assert (job.status, counts.succeeded) == (JobStatus.SUCCEEDED, runs), messages

    def wait_for_state(self, probe: Callable[[ClusterState], bool], what: str) -> None:
        def look() -> bool:
            try:
                return probe(ClusterState.from_json(self.machine.state.cluster.read_text()))
            except FileNotFoundError:
                return False

        until(look, what)

    def worker_of(self, run_id: str) -> psutil.Process:
        """The process of the worker that executes a run."""
        step = until(lambda: self.machine.tagged(run_id), "a step")[0]
        return next(one for one in step.parents() if "spawn_main" in " ".join(one.cmdline()))

    def finished_there(self, run_id: str) -> bool:
        """Whether the journal of a run on its worker has its last line."""
        with suppress(FileNotFoundError):  # other runs are removed meanwhile
            for cache in self.cluster.caches():
                for journal in cache.glob(f"runs/{run_id}-*/attempts/*/journal.jsonl"):
                    if "attempt_finished" in journal.read_text():
                        return True
        return False

    def left(self) -> list[Path]:
        """Files of attempts that are still on hosts of the cluster."""
        return [left for cache in self.cluster.caches() for left in cache.glob("runs/*")]

    def is_cluster_short(self) -> bool:
        """Whether one of the two workers is missing."""
        return self.cluster.workers() < 2


def outcome(machine: Machine, run: Run) -> dict[str, Any]:
    """All that is left of a run, but for what is never the same: times, ids, paths."""
    folder, work = machine.attempt(run.id), machine.state.run(run.id) / "work"
    found: dict[str, Any] = {
        "status": run.status,
        "metrics": dict(run.metrics),
        "steps": [(step.step, step.status, step.message) for step in run.steps],
    }
    for path in sorted(folder.path.glob("steps/*/*")):
        if path.name == "notebook.ipynb":
            found[f"{path.parent.name} notebook"] = _cells(path)
        elif path.name in ("log.txt", "metrics.jsonl"):
            found[f"{path.parent.name} {path.name}"] = path.read_text()
    for path in sorted(work.rglob("*")):
        # These have the time, and the run's own path.
        if path.is_file() and path.name != "HEAD" and path.suffix != ".pyc":
            name = path.relative_to(work).as_posix()
            found[name] = _cells(path) if path.suffix == ".ipynb" else path.read_bytes()
    return found


def _cells(path: Path) -> list[Any]:
    cells = json.loads(path.read_text())["cells"]
    return [(cell["source"], cell.get("outputs")) for cell in cells]


def sent(machine: Machine) -> Counter[str]:
    """How often the conductor has sent a snapshot to each worker."""
    text = machine.state.conductor_log.read_text()
    return Counter(re.findall(r"sending the snapshot of run \S+ to (\S+)", text))
