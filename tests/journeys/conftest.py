from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.machine import Machine, processes_below, until


@pytest.fixture(scope="session", autouse=True)
def nothing_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After all journeys no process of theirs lives."""
    yield
    folder = tmp_path_factory.getbasetemp()
    until(lambda: not processes_below(folder), "end of all that journeys started")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.close()
