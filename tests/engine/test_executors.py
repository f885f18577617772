"""The executors of one machine, and of hosts that share a state directory, keep the contract."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.engine.local import LocalExecutor
from jupyter_orchest_jobs.engine.shared import SharedExecutor
from jupyter_orchest_jobs.files.hosts import Sharing
from tests.contracts.executor import ExecutorContract
from tests.engine.harness import Lab, until


class TestLocalExecutor(ExecutorContract):
    @pytest.fixture
    def lab(self, spawning: Lab) -> Lab:
        return spawning

    @pytest.fixture
    def another(self) -> Callable[[], LocalExecutor]:
        return LocalExecutor


@pytest.mark.soak
class TestSharedExecutor(ExecutorContract):
    @pytest.fixture
    def lab(self, tmp_path: Path, executors: dict[str, LocalExecutor]) -> Iterator[Lab]:
        own = executors["warm"]
        lab = Lab(tmp_path / "state dir", SharedExecutor(own, Sharing()))
        yield lab
        lab.end_all()
        until(lambda: not own.reap(), "end of all runners")

    @pytest.fixture
    def another(self) -> Callable[[], SharedExecutor]:
        return lambda: SharedExecutor(LocalExecutor(), Sharing())
