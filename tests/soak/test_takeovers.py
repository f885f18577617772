"""Conductors killed one after the other; a few minutes."""

from pathlib import Path

import pytest

from tests.journeys.machine import Machine
from tests.journeys.test_takeover import WHO, assert_mended

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

MENDED_S = 5.0


@pytest.mark.parametrize("who", WHO)
def test_killed_conductors_are_replaced_each_time(tmp_path: Path, who: str) -> None:
    machine = Machine(tmp_path)
    try:
        assert_mended(machine, who, 20, MENDED_S)
    finally:
        machine.close()
