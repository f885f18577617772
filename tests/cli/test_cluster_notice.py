"""``run`` says when a cluster that is waited for isn't there. The test is the conductor."""

import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.domain.cluster import ClusterState
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.service import cluster_look, limits
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import write_project
from tests.engine.harness import until
from tests.factories import pipeline_text
from tests.records import NOW

Captured = pytest.CaptureFixture[str]
THERE = ("run", "main.orchest", "--policy", "executor=dask")
LOST = ClusterState(connected=False, since=utc_now(), error="Nobody answers.")
EMPTY = ClusterState(connected=True, since=utc_now())
READY = ClusterState(connected=True, since=utc_now(), workers=2, slots=2, free=2)
WAITS = "warning: the job's runs wait for the cluster, which is"


@pytest.fixture(autouse=True)
def cluster(
    home: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> Callable[[ClusterState], None]:
    """A cluster that is set up, and a project; sets how it is."""
    write_project(home, {"main.orchest": pipeline_text({"a": {}}), "a.py": ""})
    for module in (cluster_look, limits):
        monkeypatch.setattr(module, "has_distributed", lambda: True)
    store.change_settings({"cluster": {"address": "tcp://127.0.0.1:8786"}})
    state = StateDir(home / ".jupyter-data" / "orchest-jobs")

    def tell(found: ClusterState) -> None:
        written = state.cluster.with_suffix(".new")
        written.write_text(found.to_json())
        written.replace(state.cluster)

    return tell


def test_who_does_not_wait_is_told_how_the_cluster_is(
    capsys: Captured, cluster: Callable[[ClusterState], None]
) -> None:
    assert main([*THERE]) == 0
    assert capsys.readouterr().err == ""  # nobody has looked yet
    cluster(LOST)
    assert main(["run", "main.orchest"]) == 0
    assert capsys.readouterr().err == ""  # its runs are here
    assert main([*THERE]) == 0
    assert capsys.readouterr().err == f"{WAITS} not connected: Nobody answers.\n"
    cluster(READY)
    assert main([*THERE]) == 0
    assert capsys.readouterr().err == ""


def test_who_waits_is_told_of_each_change_once(
    store: SqliteStore,
    state: StateDir,
    cluster: Callable[[ClusterState], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    err = io.StringIO()
    monkeypatch.setattr("sys.stderr", err)
    cluster(LOST)

    def conduct() -> None:
        other = SqliteStore(state.database)
        try:
            for lines, found in enumerate((EMPTY, READY, LOST, READY), 1):
                until(lambda lines=lines: err.getvalue().count("\n") >= lines, "a line")
                cluster(found)
            until(lambda: err.getvalue().count("\n") >= 5, "the last line")
        finally:
            (job,) = other.unfinished_jobs()
            other.update_job(job.id, {"status": JobStatus.FAILED, "finished_at": NOW})
            other.close()

    conductor = threading.Thread(target=conduct)
    conductor.start()
    assert main([*THERE, "--wait"]) == 1
    conductor.join()
    assert err.getvalue().splitlines() == [
        f"{WAITS} not connected: Nobody answers.",
        f"{WAITS} connected, but it has no workers",
        "note: the cluster is connected: 2 workers, 2 of 2 slots free",
        f"{WAITS} not connected: Nobody answers.",
        "note: the cluster is connected: 2 workers, 2 of 2 slots free",
    ]
