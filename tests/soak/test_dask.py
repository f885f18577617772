"""Runs on a cluster of which something is killed, again and again; an hour."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.journeys import dask
from tests.journeys.machine import Machine
from tests.journeys.test_dask import assert_same

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

EXAMPLE = Path(__file__).parents[2] / "examples" / "wine-quality"
TIMES = 20


@pytest.fixture
def story(tmp_path: Path) -> Iterator[dask.Story]:
    machine = Machine(tmp_path)
    cluster = Cluster(machine.folder / "cluster", machine.environ).start(2)
    yield dask.Story(machine, cluster)
    cluster.close()
    machine.close()


@pytest.mark.parametrize(
    "name",
    [
        "worker_is_killed",
        "scheduler_is_killed",
        "conductor_is_killed",
        "server_is_killed",
        "result_is_lost_with_its_worker",
        "runs_are_cancelled",
    ],
)
def test_stories_of_the_cluster_end_well_each_time(story: dask.Story, name: str) -> None:
    story.tell(name, TIMES)


def test_the_example_comes_to_the_same_there_as_here(story: dask.Story) -> None:
    pytest.importorskip("sklearn")
    copy = story.machine.folder / "example"
    copy.mkdir()
    for file in filter(Path.is_file, EXAMPLE.iterdir()):
        (copy / file.name).write_bytes(file.read_bytes())
    assert_same(story, copy / "train.orchest")
