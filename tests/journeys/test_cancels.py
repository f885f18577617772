"""A cancel in every phase; the long form repeats each of them."""

from collections.abc import Iterator

import pytest

from tests.journeys.cancelling import ORDINARY, PHASES, Canceller, percentile, table
from tests.journeys.machine import Machine

pytestmark = pytest.mark.journey

USUAL_S = 2.0
WORST_S = 12.0


@pytest.fixture
def user(machine: Machine) -> Iterator[Canceller]:
    user = Canceller(machine)
    yield user
    user.close()


def assert_soon(user: Canceller, rounds: int) -> None:
    """Cancel in each phase, so many times: none takes long, and all end as they should."""
    taken = [user.cancel(phase) for _ in range(rounds) for phase in PHASES]
    print(table(taken))  # noqa: T201  # shown with -s
    assert max(one.seconds for one in taken) <= WORST_S
    ordinary = [one.seconds for one in taken if one.phase in ORDINARY]
    # Of a few on a busy machine one may take longer.
    assert percentile(ordinary, 95 if rounds > 1 else 50) <= USUAL_S


def test_cancel_ends_every_phase(user: Canceller) -> None:
    assert_soon(user, 1)
