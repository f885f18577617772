"""Runs side by side on a worker: with other runs, and with tasks that steps give to the cluster."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine.dask.executor import DaskExecutor
from tests.cluster import Cluster
from tests.engine.harness import Lab, until

DEADLINE_S = 150.0
"""Of steps that import Dask, and start processes with it."""
OWN = """
from pathlib import Path
from distributed import Client, LocalCluster

def double(n):
    return 2 * n

if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        with Client(cluster) as client:
            made = sum(client.gather(client.map(double, range(4))))
    # Not into the log: Dask writes there, too, when the machine is busy.
    Path("made.txt").write_text(f"{made}")
"""
SAME = """
import os
from pathlib import Path
from distributed import Client

def double(n):
    return 2 * n

with Client(os.environ["SCHEDULER"]) as client:
    # Many, so that the scheduler holds some of them back as long as workers are busy.
    made = [sum(client.gather(client.map(double, range(40))))]
    # Each worker has one thread; that of this step's run, too.
    for worker in client.scheduler_info()["workers"]:
        made.append(client.submit(double, 1, workers=[worker], pure=False).result())
Path("made.txt").write_text(f"{made}")
"""
FILL = """
import os, time
from pathlib import Path
from distributed import Client

def wait(path):
    while not Path(path).exists():
        time.sleep(0.05)

with Client(os.environ["SCHEDULER"]) as client:
    waiting = [
        client.submit(wait, path, workers=[worker], pure=False)
        for worker in client.scheduler_info()["workers"]
        for path in (os.environ["FIRST"], os.environ["THEN"])
    ]
    print("sent", flush=True)
    client.gather(waiting)
"""


def test_step_with_a_cluster_of_its_own_comes_to_its_end(lab: Lab) -> None:
    run = lab.run({"a.py": OWN}).launch()
    assert run.finish(DEADLINE_S).status is RunStatus.SUCCEEDED, run.log("a")
    assert (run.folder.work / "made.txt").read_text() == "12"


def test_steps_that_use_their_own_cluster_find_free_threads(lab: Lab, cluster: Cluster) -> None:
    # As many as there are slots: no worker is free.
    variables = {"SCHEDULER": cluster.address}
    runs = [lab.run({"a.py": SAME}, env_variables=variables).launch() for _ in range(2)]
    for run in runs:
        assert run.finish(DEADLINE_S).status is RunStatus.SUCCEEDED, run.log("a")
        assert (run.folder.work / "made.txt").read_text() == "[1560, 2, 2]"


def test_run_begins_before_tasks_that_were_given_to_the_cluster_earlier(
    lab: Lab, cluster: Cluster, tmp_path: Path
) -> None:
    first, then = tmp_path / "first", tmp_path / "then"
    variables = {"SCHEDULER": cluster.address, "FIRST": str(first), "THEN": str(then)}
    filling = lab.run({"a.py": FILL}, env_variables=variables).launch()
    try:
        filling.wait_for_log("a", "sent")
        # No thread is free now; the next ones would be taken by what waits for the other file.
        run = lab.run({"a.sh": "echo begun\n"}).launch()
        with Client(cluster.address, set_as_default=False) as client:
            name = run.spec.run_id
            until(lambda: name in str(client.processing()), "the run to be with a worker")
        first.touch()
        assert run.finish().status is RunStatus.SUCCEEDED
    finally:  # the cluster is not ours alone
        for path in (first, then):
            path.touch()
    assert filling.finish(DEADLINE_S).status is RunStatus.SUCCEEDED, filling.log("a")


class TestWithTwoSlots:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"slots": 2}

    def test_worker_executes_two_runs_at_once_and_a_third_waits(
        self, lab: Lab, tmp_path: Path
    ) -> None:
        executor = lab.executor
        assert isinstance(executor, DaskExecutor)
        assert executor.room() == 4
        gate, ledger = tmp_path / "gate", tmp_path / "ledger"
        # Each worker has a folder of its own, in which it executes.
        step = (
            'tell() { echo "$1 $(echo "$PWD" | grep -o "worker-[01]")" >> "$LEDGER"; }\n'
            'tell 1; until [ -e "$GATE" ]; do sleep 0.05; done; tell -1\n'
        )
        variables = {"GATE": str(gate), "LEDGER": str(ledger)}

        def told() -> list[tuple[int, str]]:
            lines = ledger.read_text().splitlines() if ledger.exists() else []
            return [(int(change), worker) for change, worker in map(str.split, lines)]

        runs = [lab.run({"a.sh": step}, env_variables=variables).launch() for _ in range(4)]
        until(lambda: len(told()) == 4, "four runs at once")
        assert executor.room() == executor.state().free == 0
        # Nobody gives it more; if somebody does, that waits.
        runs += [lab.run({"a.sh": step}, env_variables=variables).launch() for _ in range(2)]
        gate.touch()
        assert {run.finish().status for run in runs} == {RunStatus.SUCCEEDED}
        going_on: Counter[str] = Counter()
        most: Counter[str] = Counter()
        for change, worker in told():
            going_on[worker] += change
            most[worker] = max(most[worker], going_on[worker])
        assert most == {"worker-0": 2, "worker-1": 2}
