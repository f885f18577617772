"""What a killed runner leaves is found and ended, however it tried to escape."""

import pytest

from tests.journeys.machine import Machine
from tests.journeys.orphans import GONE_S, a_pipeline, kill_runner

pytestmark = pytest.mark.journey

RESTARTED_S = 90.0
"""Generous: for busy machines. The long form has a limit."""


def assert_nothing_is_left(machine: Machine, rounds: int, restarted_s: float) -> None:
    """Kill runners, with and without the conductor.

    Args:
        restarted_s: how long after a restart all must be gone.
    """
    pipeline = a_pipeline(machine)
    for conductor in [False, True] * rounds:
        settled_s, gone_s = kill_runner(machine, pipeline, conductor=conductor)
        print(f"{conductor=}: settled after {settled_s:.2f} s, gone after {gone_s:.2f} s")  # noqa: T201  # shown with -s
        assert gone_s <= (restarted_s if conductor else GONE_S)


def test_nothing_of_a_killed_runner_is_left(machine: Machine) -> None:
    assert_nothing_is_left(machine, 1, RESTARTED_S)
