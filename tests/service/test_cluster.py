"""The conductor's side of the cluster, without one."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.cluster import ClusterSettings, ClusterState
from jupyter_orchest_jobs.engine.dask import executor
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.cluster import Cluster
from tests.service.world import World

ADDRESS = "tcp://127.0.0.1:8786"
ATTEMPT = Path("attempt")


class FakeDask:
    """An executor of which each run goes on for ever."""

    def __init__(self, settings: ClusterSettings, *_: object, on_end: Callable[[], None]) -> None:
        self.settings = settings
        self.closing: Callable[[], None] = lambda: None

    def close(self) -> None:
        self.closing()

    def state(self) -> ClusterState:
        return ClusterState(connected=True, since=utc_now())

    def is_alive(self, attempt_dir: Path) -> bool:
        return True


@pytest.fixture
def cluster(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr(executor, "DaskExecutor", FakeDask)
    cluster = Cluster(world.store, world.state, lambda: None)
    yield cluster
    cluster.close()


def change(world: World, cluster: Cluster, **settings: object) -> None:
    world.store.change_settings({"cluster": settings})
    asyncio.run(cluster.look())


def test_runs_are_not_taken_for_lost_while_it_is_connected_anew(
    world: World, cluster: Cluster
) -> None:
    change(world, cluster, address=ADDRESS)
    first = cluster.executor
    assert isinstance(first, FakeDask)
    alive = []
    first.closing = lambda: alive.append(cluster.executor.is_alive(ATTEMPT))
    change(world, cluster, address=ADDRESS, slots=2)
    assert alive == [True]
    second = cluster.executor
    assert isinstance(second, FakeDask)
    assert second.settings.slots == 2
    change(world, cluster, address="")
    assert not cluster.executor.is_alive(ATTEMPT)
    with pytest.raises(EngineError, match="No cluster is set up"):
        cluster.executor.launch(ATTEMPT)


def test_settings_that_could_not_be_followed_are_tried_again(
    world: World, cluster: Cluster
) -> None:
    world.state.cluster_name.mkdir()
    with pytest.raises(OSError):
        change(world, cluster, address=ADDRESS)
    world.state.cluster_name.rmdir()
    asyncio.run(cluster.look())
    assert isinstance(cluster.executor, FakeDask)
