"""The rules of cron where clocks change: a sample; tests/soak/test_cron.py has all of it."""

import random
from datetime import UTC, datetime

import pytest

from tests.domain.cron_oracle import Window, differences, expressions, transitions

NASTY = {
    "Pacific/Apia": "a date that does not exist, 2011-12-30",
    "Australia/Lord_Howe": "half an hour",
    "Africa/Cairo": "gaps at midnight",
    "America/Havana": "gaps at midnight",
    "America/Santiago": "gaps at midnight",
    "Asia/Beirut": "gaps at midnight",
    "America/Sao_Paulo": "gaps at midnight",
    "Antarctica/Troll": "two hours",
    "Africa/Casablanca": "back for Ramadan",
    "America/St_Johns": "at 00:01 until 2011, so that a date is left and comes back",
    "Europe/Amsterdam": "as most",
    "Pacific/Chatham": "at 02:45",
}
OTHERS = ["Asia/Gaza", "America/New_York", "Asia/Tehran", "Europe/Dublin", "Asia/Pyongyang"]


@pytest.mark.parametrize("zone", [*NASTY, *OTHERS])
def test_cron_does_what_the_rules_say_around_changes_of_clocks(zone: str) -> None:
    chance = random.Random(zone)
    found = [at for at, _, _ in transitions(zone)]
    early = [at for at in found if at < datetime(2012, 1, 1, tzinfo=UTC).timestamp()]
    instants = {early[-1], *chance.sample(found, min(2, len(found)))} if early else found[:2]
    for instant in instants:
        assert list(differences(Window.around(zone, instant), expressions(), chance)) == []


def test_cron_does_what_the_rules_say_at_random_moments() -> None:
    chance = random.Random(7)
    for zone in chance.choices([*NASTY, *OTHERS, "UTC", "Asia/Kathmandu"], k=10):
        window = Window.around(zone, chance.randrange(1_262_304_000, 2_145_916_800), 1)
        assert list(differences(window, expressions(), chance)) == []
