"""Cancels in every phase, twenty times each; about a quarter of an hour."""

from pathlib import Path

import pytest

from tests.journeys.cancelling import Canceller
from tests.journeys.machine import Machine
from tests.journeys.test_cancels import assert_soon

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

USUAL_S = 2.0
WORST_S = 12.0


def test_cancel_ends_every_phase_each_time(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    user = Canceller(machine)
    try:
        assert_soon(user, 20, USUAL_S, WORST_S)
    finally:
        user.close()
        machine.close()
