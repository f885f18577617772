"""A cluster on hosts of its own, all of them 50 ms away from each other and from the conductor."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster, make_certificate, tls_options
from tests.journeys import dask
from tests.journeys.machine import Machine, grid
from tests.journeys.test_dask import FILES, assert_same
from tests.soak.network import Network

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl"),
]

DELAY_S = 0.05
RUNS = 24
NEAR, HEAD = "near", "head"
TIMES = 3


class FarCluster(Cluster):
    """Each of its programs is on a host of its own; they talk over TLS, as hosts must."""

    def __init__(self, folder: Path, machine: Machine, network: Network) -> None:
        super().__init__(folder, machine.environ)
        self.files = make_certificate(folder)
        self.host = network.address(HEAD)
        self._network = network

    def start_scheduler(self, protocol: str = "tls", *options: str) -> None:
        super().start_scheduler(protocol, *tls_options(self.files), *options)

    def start_worker(self, name: str, *options: str) -> "subprocess.Popen[bytes]":
        host = f"--host=tls://{self._network.address(name)}"
        return super().start_worker(name, host, *tls_options(self.files), *options)

    def through(self, *words: str) -> tuple[str, ...]:
        names = [word.partition("=")[2] for word in words if word.startswith("--name=")]
        return self._network.through(names[0] if names else HEAD)


@pytest.fixture
def network() -> Iterator[Network]:
    network = Network((NEAR, HEAD, "worker-0", "worker-1"), DELAY_S)
    yield network
    network.close()


@pytest.fixture
def story(tmp_path: Path, network: Network) -> Iterator[dask.Story]:
    machine = Machine(tmp_path)
    machine.through = network.through(NEAR)
    cluster = FarCluster(machine.folder / "cluster", machine, network)
    cluster.start(2)
    yield dask.Story(machine, cluster, **cluster.files)
    cluster.close()
    machine.close()


def test_a_grid_comes_to_the_same_on_hosts_far_away(story: dask.Story, network: Network) -> None:
    pipeline = story.machine.project(FILES, {"b": ["a"]})
    assert_same(story, pipeline, *grid(RUNS))
    # A snapshot of 3 MB for each worker has been on its way.
    assert network.packets > 2 * 3_000_000 / 1500


@pytest.mark.parametrize(
    "name",
    [
        "worker_is_killed",
        "scheduler_is_killed",
        "conductor_is_killed",
        "result_is_lost_with_its_worker",
        "runs_are_cancelled",
    ],
)
def test_stories_of_the_cluster_end_well_on_hosts_far_away(story: dask.Story, name: str) -> None:
    story.tell(name, TIMES)
