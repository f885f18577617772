"""All that is kept is for its owner only, whatever the umask of whoever starts a program."""

import os
from collections.abc import Iterator

import pytest

from jupyter_orchest_jobs.engine.folder import NOTEBOOK
from jupyter_orchest_jobs.store.backups import back_up
from tests.journeys.machine import HOLD, TICK, Machine
from tests.private import open_to_others
from tests.service.preflight_project import notebook

pytestmark = pytest.mark.journey


@pytest.fixture
def open_umask() -> Iterator[None]:
    """What is made without a word about its mode is for everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_nothing_is_open_to_others_whatever_the_umask(machine: Machine, open_umask: None) -> None:
    pipeline = machine.project(
        {"a.ipynb": notebook("import orchest\norchest.output(1, None)"), "b.sh": TICK + HOLD},
        {"b": ["a"]},
    )
    number = machine.run(pipeline)
    machine.wait_for_steps(1)
    (run,) = machine.runs(number)
    attempt = machine.attempt(run.id)
    # As long as they are no files of the working copy.
    assert not attempt.pipeline.stat().st_mode & 0o077
    assert not (attempt.step("a") / NOTEBOOK).stat().st_mode & 0o077
    assert open_to_others(machine.state) == []
    machine.open_gate()
    machine.wait_for(number)
    back_up(machine.state.database)
    assert len(list(machine.state.root.rglob("*"))) > 30
    assert open_to_others(machine.state) == []
