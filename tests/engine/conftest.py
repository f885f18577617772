from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.engine.local import LocalExecutor
from tests.engine.harness import Lab


@pytest.fixture(scope="session")
def executors() -> Iterator[dict[str, LocalExecutor]]:
    """One that starts processes as they come, and one that has them forked."""
    executors = {"spawned": LocalExecutor(), "warm": LocalExecutor(warm=lambda: True)}
    yield executors
    for executor in executors.values():
        executor.close()


@pytest.fixture(params=["spawned", "warm"])
def lab(
    tmp_path: Path, request: pytest.FixtureRequest, executors: dict[str, LocalExecutor]
) -> Iterator[Lab]:
    lab = Lab(tmp_path / "state dir", executors[request.param])
    yield lab
    lab.end_all()


@pytest.fixture(params=["warm", pytest.param("spawned", marks=pytest.mark.soak)])
def usual(
    tmp_path: Path, request: pytest.FixtureRequest, executors: dict[str, LocalExecutor]
) -> Iterator[Lab]:
    """For what hardly depends on whether processes are forked: only the soak has it both ways."""
    lab = Lab(tmp_path / "state dir", executors[request.param])
    yield lab
    lab.end_all()


@pytest.fixture
def spawning(tmp_path: Path, executors: dict[str, LocalExecutor]) -> Iterator[Lab]:
    """For what does not depend on whether processes are forked."""
    lab = Lab(tmp_path / "state dir", executors["spawned"])
    yield lab
    lab.end_all()
