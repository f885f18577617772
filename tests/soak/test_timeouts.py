"""Runs that take too long, all at once, whatever they do."""

from pathlib import Path

import pytest

from tests.journeys.machine import Machine
from tests.journeys.test_timeouts import KINDS, assert_ended

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


def test_runs_end_soon_after_their_limit_whatever_they_do(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    try:
        assert_ended(machine, KINDS)
    finally:
        machine.close()
