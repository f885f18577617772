"""Jobs on a Dask cluster: a scheduler and two workers that share nothing with the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.status import JobStatus
from tests.cluster import Cluster
from tests.engine.harness import notebook
from tests.journeys import dask
from tests.journeys.machine import Machine, grid, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

BUSY_S = 30.0
"""How long a cancel may take where much else goes on; the soak test knows the usual time."""
RUNS = 4
FILES = {
    "a.ipynb": notebook(
        "import orchest",
        "n = orchest.get_pipeline_param('n')",
        "orchest.output({'n': n * 2}, name='twice')",
        "print('n is', n)",
    ),
    "b.py": "import orchest\n"
    "n = orchest.get_inputs()['twice']['n']\n"
    "orchest.log_metric('twice', n)\n"
    "open('made.txt', 'w').write(f'{n}\\n')\n"
    "print('made', n)\n",
    "large.bin": "x" * 3_000_000,
}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dask.Story]:
    machine = Machine(tmp_path_factory.mktemp("dask"))
    cluster = Cluster(machine.folder / "cluster", machine.environ).start(2)
    yield dask.Story(machine, cluster)
    cluster.close()
    machine.close()


def test_a_grid_comes_to_the_same_there_as_here(story: dask.Story) -> None:
    pipeline = story.machine.project(FILES, {"b": ["a"]})
    assert_same(story, pipeline, *grid(RUNS))


def assert_same(story: dask.Story, pipeline: Path, *arguments: str) -> None:
    """The same job, executed here and there, leaves the same behind."""
    machine = story.machine
    here = str(machine.ask("run", pipeline, *arguments)["number"])
    machine.wait_for(here, deadline_s=900)
    there = str(machine.ask("run", pipeline, *arguments, *dask.THERE)["number"])
    job, counts = machine.wait_for(there, deadline_s=900)
    messages = [run.message for run in machine.runs(there)]
    assert (job.status, counts.succeeded) == (JobStatus.SUCCEEDED, counts.total), messages
    for ours, theirs in zip(machine.runs(here), machine.runs(there), strict=True):
        assert dask.outcome(machine, ours) == dask.outcome(machine, theirs)
    sent = dask.sent(machine)
    assert len(sent) == 2
    assert set(sent.values()) == {1}
    # All is back, so nothing is left there but what the next runs want.
    until(lambda: not story.left(), "the cluster to be clean")


def test_running_and_queued_runs_are_cancelled_at_once(story: dask.Story) -> None:
    assert story.runs_are_cancelled() < BUSY_S


def test_a_killed_conductor_costs_nothing(story: dask.Story) -> None:
    story.conductor_is_killed()


def test_a_killed_server_with_its_conductor_costs_nothing(story: dask.Story) -> None:
    story.server_is_killed()


def test_a_killed_worker_costs_one_attempt(story: dask.Story) -> None:
    story.worker_is_killed()


def test_a_result_that_was_lost_with_its_worker_costs_nothing(story: dask.Story) -> None:
    story.result_is_lost_with_its_worker()


def test_a_killed_scheduler_is_noticed_and_mended(story: dask.Story) -> None:
    story.scheduler_is_killed()
