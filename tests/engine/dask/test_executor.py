"""The executor of a Dask cluster keeps the contract, through a real scheduler and workers."""

from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.contracts.executor import ExecutorContract
from tests.engine.harness import Lab


class TestDaskExecutor(ExecutorContract):
    @pytest.fixture(autouse=True)
    def _cluster(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def folders_of(self, lab: Lab) -> list[Path]:
        return [lab.state, *self.cluster.caches()]
