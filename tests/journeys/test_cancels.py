"""A cancel in every phase; the long form repeats each of them."""

from collections.abc import Iterator

import pytest

from tests.journeys.cancelling import ORDINARY, PHASES, Canceller, percentile, table
from tests.journeys.machine import Machine

pytestmark = pytest.mark.journey

BUSY_S = 60.0
"""Generous: for busy machines. The long form has limits."""


@pytest.fixture
def user(machine: Machine) -> Iterator[Canceller]:
    user = Canceller(machine)
    yield user
    user.close()


def assert_soon(user: Canceller, rounds: int, usual_s: float, worst_s: float) -> None:
    """Cancel in each phase, so many times: none takes long, and all end as they should.

    Args:
        usual_s: what 95 % of the ordinary ones take at most.
        worst_s: what all take at most.
    """
    taken = [user.cancel(phase) for _ in range(rounds) for phase in PHASES]
    print(table(taken))  # noqa: T201  # shown with -s
    assert max(one.seconds for one in taken) <= worst_s
    assert percentile((one.seconds for one in taken if one.phase in ORDINARY), 95) <= usual_s


def test_cancel_ends_every_phase(user: Canceller) -> None:
    assert_soon(user, 1, BUSY_S, BUSY_S)
