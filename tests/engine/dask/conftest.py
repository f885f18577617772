from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.cluster import ClusterSettings
from jupyter_orchest_jobs.engine.dask.executor import DaskExecutor
from tests.cluster import Cluster
from tests.engine.harness import Lab, until


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster") / "cluster").start(2)
    yield cluster
    cluster.close()


@pytest.fixture
def settings() -> dict[str, Any]:
    """Of the cluster, besides its address."""
    return {}


@pytest.fixture
def another(
    tmp_path: Path, cluster: Cluster, settings: dict[str, Any]
) -> Iterator[Callable[[], DaskExecutor]]:
    """Makes executors for the state directory of the test."""
    made: list[DaskExecutor] = []

    def make() -> DaskExecutor:
        wanted = ClusterSettings(address=cluster.address, **settings)
        runs = tmp_path / "state dir" / "runs"
        made.append(DaskExecutor(wanted, runs, str(tmp_path)))
        return made[-1]

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def lab(tmp_path: Path, another: Callable[[], DaskExecutor]) -> Iterator[Lab]:
    executor = another()
    until(lambda: executor.state().slots, "workers")
    lab = Lab(tmp_path / "state dir", executor)
    yield lab
    lab.end_all()
