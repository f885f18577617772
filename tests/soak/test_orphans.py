"""Killed runners with children that escape, again and again; some minutes."""

from pathlib import Path

import pytest

from tests.journeys.machine import Machine
from tests.journeys.test_orphans import assert_nothing_is_left

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

RESTARTED_S = 15.0


def test_nothing_of_killed_runners_is_left_each_time(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    try:
        assert_nothing_is_left(machine, 20, RESTARTED_S)
    finally:
        machine.close()
