"""Hundreds of kills at random moments: servers, conductors, runners, several at once."""

from pathlib import Path

import pytest

from tests.journeys.killing import Killer
from tests.journeys.machine import Machine

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]


@pytest.mark.parametrize("seed", range(3))
def test_kills_at_random_moments_lose_and_repeat_nothing(tmp_path: Path, seed: int) -> None:
    machine = Machine(tmp_path)
    try:
        killer = Killer(machine, 50, ("server", "conductor", "runner", "runner"), seed)
        killer.kill(100)
        killer.check()
        assert set(killer.killed) == {"server", "conductor", "runner"}
        assert killer.settled_s
        print(f"killed {dict(killer.killed)}; settled after at most {max(killer.settled_s):.2f} s")  # noqa: T201  # shown with -s
    finally:
        machine.close()
