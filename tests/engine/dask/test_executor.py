"""The executor of a Dask cluster keeps the contract, through a real scheduler and workers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.cluster import ClusterSettings
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine.dask.executor import DaskExecutor
from jupyter_orchest_jobs.errors import EngineError
from tests.cluster import Cluster
from tests.contracts.executor import ExecutorContract
from tests.engine.harness import Lab, until


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


def test_run_that_was_cancelled_while_it_waited_never_begins(
    tmp_path: Path, empty: Cluster
) -> None:
    executor = DaskExecutor(
        ClusterSettings(address=empty.address), tmp_path / "state" / "runs", str(tmp_path)
    )
    try:
        until(lambda: executor.state().connected, "a connection")
        assert executor.room() == 1
        lab = Lab(tmp_path / "state", executor)
        run = lab.run({"a.sh": "echo begun\n"}).launch()
        assert executor.room() == 0
        assert executor.is_alive(run.folder.path)
        executor.request_cancel(run.folder.path)
        run.wait_dead()
        empty.start_worker("late")
        until(lambda: executor.state().workers, "a worker")
        # What follows is executed, and what was cancelled would have come before.
        after = lab.run({"b.sh": "echo after\n"}).launch()
        assert after.finish().status is RunStatus.SUCCEEDED
        assert run.log("a") == ""
        assert not list(empty.folder.glob(f"**/runs/{run.spec.run_id}-1"))
        # Nobody has what these ask for, and that is said at once.
        greedy = lab.run({"c.sh": "echo\n"}, resources={"GPU": 2.0})
        with pytest.raises(EngineError, match="what the run asks for: GPU 2"):
            greedy.launch()
        assert not executor.is_alive(greedy.folder.path)
    finally:
        executor.close()


class TestDaskExecutorWithStore(TestDaskExecutor):
    """Files travel through a folder that workers reach."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> dict[str, Any]:
        self.store = tmp_path / "store"
        return {"store": f"file://{self.store}"}

    def test_leaves_only_snapshots_in_the_store(self, lab: Lab) -> None:
        files = {"a.sh": "echo 1 > made.txt\n", "b.sh": "exit 1\n"}
        run = lab.run(files, {"b": ["a"]}).launch()
        run.finish()
        lab.again(run, AttemptKind.RESUME, ["a"]).launch().finish()
        found = [path.relative_to(self.store).parts[0] for path in self.store.rglob("*.*")]
        assert found == ["snapshots"]


class TestDaskExecutorSharingFiles(TestDaskExecutor):
    """Workers see the state directory: nothing travels."""

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"shared": True}

    def test_nothing_is_copied_to_the_worker(self, lab: Lab) -> None:
        run = lab.run({"a.sh": "pwd\n"}).launch()
        assert run.finish().status is RunStatus.SUCCEEDED
        assert run.log("a") == f"{run.folder.work}\n"
        name = f"runs/{run.spec.run_id}*"
        assert not any(list(cache.glob(name)) for cache in self.cluster.caches())
