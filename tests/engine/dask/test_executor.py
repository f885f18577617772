"""The executor of a Dask cluster keeps the contract, through a real scheduler and workers."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.cluster import ClusterSettings
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine import away
from jupyter_orchest_jobs.engine.dask.executor import DaskExecutor
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.delta import read_record
from jupyter_orchest_jobs.files.upper import is_upper
from tests.cluster import Cluster, make_certificate, tls_options
from tests.contracts.executor import HOLD, ExecutorContract
from tests.engine.harness import Lab, read_json, until
from tests.engine.mounting import skip_without_overlays
from tests.files.trees import contents


class TestDaskExecutor(ExecutorContract):
    @pytest.fixture(autouse=True)
    def _cluster(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def folders_of(self, lab: Lab) -> list[Path]:
        return [lab.state, *self.cluster.caches()]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster without workers."""
    cluster = Cluster(tmp_path / "empty")
    cluster.start_scheduler()
    yield cluster
    cluster.close()


@pytest.fixture
def waiting(tmp_path: Path, empty: Cluster) -> Iterator[Lab]:
    """A lab that is connected with it."""
    settings = ClusterSettings(address=empty.address)
    executor = DaskExecutor(settings, tmp_path / "state" / "runs", str(tmp_path))
    try:
        until(lambda: executor.state().connected, "a connection")
        yield Lab(tmp_path / "state", executor)
    finally:
        executor.close()


def test_run_that_was_cancelled_while_it_waited_never_begins(waiting: Lab, empty: Cluster) -> None:
    executor = waiting.executor
    assert isinstance(executor, DaskExecutor)
    assert executor.room() == 1
    run = waiting.run({"a.sh": "echo begun\n"}).launch()
    assert executor.room() == 0
    assert executor.is_alive(run.folder.path)
    executor.request_cancel(run.folder.path)
    run.wait_dead()
    empty.start_worker("late")
    until(lambda: executor.state().slots, "a worker that is ready")
    # What follows is executed, and what was cancelled would have come before.
    after = waiting.run({"b.sh": "echo after\n"}).launch()
    assert after.finish().status is RunStatus.SUCCEEDED
    assert run.log("a") == ""
    # Folders of the other one may be removed meanwhile, which this way of looking bears.
    found = {name for _, folders, _ in os.walk(empty.folder) for name in folders}
    assert "runs" in found
    assert f"{run.spec.run_id}-1" not in found
    # Nobody has what these ask for, and that is said at once.
    greedy = waiting.run({"c.sh": "echo\n"}, resources={"GPU": 2.0})
    with pytest.raises(EngineError, match="what the run asks for: GPU 2"):
        greedy.launch()
    assert not executor.is_alive(greedy.folder.path)


def test_run_that_waited_for_the_first_worker_is_executed_by_it(
    waiting: Lab, empty: Cluster
) -> None:
    run = waiting.run({"a.sh": "echo begun\n"}).launch()
    greedy = waiting.run({"b.sh": "echo\n"}, resources={"GPU": 2.0}).launch()
    empty.start_worker("first")
    assert run.finish().status is RunStatus.SUCCEEDED
    greedy.wait_dead()
    noted = away.read(greedy.folder)
    assert noted is not None and "what the run asks for: GPU 2" in str(noted.lost)


def test_room_is_what_is_free_however_short_runs_are(lab: Lab) -> None:
    executor = lab.executor
    assert isinstance(executor, DaskExecutor)
    for _ in range(2):
        assert lab.run({"a.sh": "echo\n"}).launch().finish().status is RunStatus.SUCCEEDED
    # More would wait for one worker while another gets free.
    assert executor.room() == executor.state().slots == 2


class WithStore:
    """Files travel through a folder that workers reach."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> dict[str, Any]:
        return {"store": f"file://{tmp_path}/store"}


class SharingFiles:
    """Workers see the state directory: nothing travels."""

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"shared": True}


@pytest.mark.soak
class TestAllWithStore(WithStore, TestDaskExecutor):
    pass


@pytest.mark.soak
class TestAllSharingFiles(SharingFiles, TestDaskExecutor):
    pass


class TestWithStore(WithStore):
    def test_only_snapshots_stay_in_the_store(self, lab: Lab, tmp_path: Path) -> None:
        files = {"a.sh": "echo 1 > made.txt\n", "b.sh": "cat made.txt; exit 1\n"}
        run = lab.run(files, {"b": ["a"]}).launch()
        assert run.finish().status is RunStatus.FAILED
        resumed = lab.again(run, AttemptKind.RESUME, ["a"]).launch()
        resumed.finish()
        assert resumed.log("b") == "1\n"
        store = tmp_path / "store"

        def kinds() -> list[str]:
            return [path.relative_to(store).parts[0] for path in store.rglob("*.*")]

        # A run is over as soon as its files are back.
        until(lambda: kinds() == ["snapshots"], "end of all that belongs to one run")

    def test_files_come_through_the_cluster_when_the_store_fails(
        self, lab: Lab, tmp_path: Path
    ) -> None:
        variables = {"STORE": str(tmp_path / "store")}
        # Where the folder of results should be, there is none, and can't be any.
        step = 'echo kept > made.txt; echo > "$STORE/results"\n'
        run = lab.run({"a.sh": step}, env_variables=variables).launch()
        assert run.finish().status is RunStatus.SUCCEEDED
        assert (run.folder.work / "made.txt").read_text() == "kept\n"


class TestSharingFiles(SharingFiles):
    def test_nothing_is_copied_to_the_worker(self, lab: Lab, cluster: Cluster) -> None:
        run = lab.run({"a.sh": "pwd\n"}).launch()
        assert run.finish().status is RunStatus.SUCCEEDED
        assert run.log("a") == f"{run.folder.work}\n"
        name = f"runs/{run.spec.run_id}*"
        assert not any(list(cache.glob(name)) for cache in cluster.caches())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")
def test_runs_get_their_secrets_over_tls(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    options = tls_options(files)
    cluster = Cluster(tmp_path / "cluster")
    try:
        cluster.start_scheduler("tls", *options)
        cluster.start_worker("worker", *options)
        settings = ClusterSettings(address=cluster.address, **files)
        settings.check()
        executor = DaskExecutor(settings, tmp_path / "state" / "runs", str(tmp_path))
        try:
            until(lambda: executor.state().slots, "a worker")
            lab = Lab(tmp_path / "state", executor)
            secrets = tmp_path / "secrets.json"
            secrets.write_text('{"TOKEN": "much-guarded"}')
            for overlays in (False, True):  # where there are none, twice a copy
                more = {"secrets_file": str(secrets), "overlays": overlays}
                run = lab.run({"a.sh": "echo ${#TOKEN}\n"}, **more).launch()
                end = run.finish(quiet=not overlays)
                assert end.status is RunStatus.SUCCEEDED, end.message
                assert run.log("a") == "12\n"
        finally:
            executor.close()
    finally:
        cluster.close()


def test_secrets_go_nowhere_unencrypted(tmp_path: Path) -> None:
    executor = DaskExecutor(
        ClusterSettings(address="tcp://192.0.2.1:8786"), tmp_path / "state" / "runs", "name"
    )
    try:
        lab = Lab(tmp_path / "state", executor)
        secrets = tmp_path / "secrets.json"
        secrets.write_text('{"TOKEN": "much-guarded"}')
        with pytest.raises(EngineError, match="over TLS only"):
            lab.run({"a.sh": "echo\n"}, secrets_file=str(secrets)).launch()
    finally:
        executor.close()


def test_run_that_was_killed_leaves_nothing_on_its_worker(lab: Lab, cluster: Cluster) -> None:
    run = lab.run({"a.sh": HOLD}).launch()
    run.wait_for_log("a", "begun")
    name = f"runs/{run.spec.run_id}-1"

    def found() -> list[Path]:
        return [folder for cache in cluster.caches() for folder in cache.glob(name)]

    assert found()
    run.executor.kill(run.folder.path)
    until(lambda: not found(), "end of its files there")


@pytest.mark.parametrize("overlays", [False, True], ids=["copy", "overlay"])
def test_run_whose_runner_was_killed_can_be_resumed(
    lab: Lab, cluster: Cluster, tmp_path: Path, overlays: bool
) -> None:
    if overlays:
        skip_without_overlays(tmp_path)
    first = "echo 1 > made.txt; rm -r gone.txt old; mkdir old; echo 2 > old/new.txt\n"
    second = "cat made.txt; [ -e on ] || exec sleep 600; find old\n"
    files = {"a.sh": first, "b.sh": second, "on.txt": "", "gone.txt": "", "old/kept.txt": ""}
    run = lab.run(files, {"b": ["a"]}, overlays=overlays).launch()
    run.wait_for_log("b", "1\n")
    (info,) = [
        path
        for cache in cluster.caches()
        for path in cache.glob(f"runs/{run.spec.run_id}-1/attempts/1/attempt.json")
    ]
    assert is_upper(info.parents[2] / "work") is overlays
    os.kill(int(read_json(info)["pid"]), signal.SIGKILL)
    run.wait_dead()
    noted = away.read(run.folder)
    assert noted is not None
    assert "on a worker of the cluster died" in (noted.lost or "")
    assert away.has_files(run.folder)
    # Another conductor doesn't take it for one that goes on.
    assert not run.executor.is_alive(run.folder.path)
    (run.folder.work / "on").touch()
    resumed = lab.again(run, AttemptKind.RESUME, ["a"]).launch()
    assert resumed.finish().status is RunStatus.SUCCEEDED
    assert resumed.log("b") == "1\nold\nold/new.txt\n"
    record = read_record(run.folder.work)
    assert record is not None
    assert record.deleted == ["gone.txt", "old/kept.txt"]
    left = {"deleted.json", "example.orchest", "made.txt", "old", "old/new.txt", "on"}
    assert set(contents(run.folder.work)) == left
