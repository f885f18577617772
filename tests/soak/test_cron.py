"""All zones, all changes of clocks of 2010 to 2037, 200 expressions; about ten minutes."""

import functools
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import available_timezones

import pytest

from tests.domain.cron_oracle import HOUR, Window, differences, expressions, transitions

YEARS = range(2010, 2038)
ZONES = sorted(available_timezones())

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


@functools.cache
def distinct() -> dict[tuple[int, int, int], str]:
    """Each change of clocks, and one of the zones that have it.

    Between zones that change at the same instant, from and to the same offsets, there is no
    difference that a window of a few days could show.
    """
    return {change: zone for zone in ZONES for change in transitions(zone)}


def differing(windows: Iterable[Window], seed: int) -> list[str]:
    chance = random.Random(seed)
    return [line for window in windows for line in differences(window, expressions(), chance)]


def test_no_two_changes_of_clocks_are_in_one_window() -> None:
    changes: dict[str, list[int]] = {}
    for zone in ZONES:
        changes[zone] = [at for at, _, _ in transitions(zone, 24 * HOUR)]
    close = [
        zone
        for zone, instants in changes.items()
        for one, other in pairwise(instants)
        if other - one < 8 * 24 * HOUR
    ]
    assert close == []


@pytest.mark.parametrize("year", YEARS)
def test_cron_does_what_the_rules_say_around_each_change_of_clocks(year: int) -> None:
    windows = [
        Window.around(zone, at)
        for (at, _, _), zone in sorted(distinct().items())
        if datetime.fromtimestamp(at, UTC).year == year
    ]
    assert windows
    assert differing(windows, year) == []


@pytest.mark.parametrize("part", range(6))
def test_cron_does_what_the_rules_say_at_random_moments(part: int) -> None:
    chance = random.Random(part)
    start, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2010, 2038))
    windows = [Window.around(zone, chance.randrange(start, end), 0.75) for zone in ZONES[part::6]]
    assert differing(windows, part) == []
