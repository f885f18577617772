"""A conductor that is killed is replaced soon, by whoever waits or follows."""

import sys

import pytest

from tests.journeys.machine import Machine
from tests.journeys.takeover import Takeover

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux who holds locks"),
]

SOON_S = 180.0
"""Generous: for busy machines, on which runs give way. The long form says five seconds."""
WHO = {"four serve": (4, False), "server and command line": (0, True), "all": (2, True)}


def assert_mended(machine: Machine, who: str, rounds: int, within_s: float) -> None:
    """Kill the conductor again and again."""
    serves, attached = WHO[who]
    takeover = Takeover(machine, serves=serves, attached=attached)
    taken = [takeover.kill() for _ in range(rounds)]
    print(f"{who}: mended after " + ", ".join(f"{seconds:.2f}" for seconds in taken))  # noqa: T201  # shown with -s
    assert max(taken) <= within_s
    takeover.check()


def test_killed_conductor_is_replaced_and_runs_go_on(machine: Machine) -> None:
    assert_mended(machine, "all", 2, SOON_S)
