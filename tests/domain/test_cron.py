import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.cron import ALIASES, MAX_LENGTH, parse
from jupyter_orchest_jobs.errors import ScheduleInvalid
from tests.domain.cron_oracle import expressions, matches

UTC_ZONE = ZoneInfo("UTC")
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIELDS = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of month", 1, 31),
    ("month", 1, 12),
    ("day of week", 0, 7),
]


def firings(text: str, after: datetime, zone: str = "UTC", count: int = 5) -> list[str]:
    """The next firings as the clock on the wall shows them, with its offset."""
    place = ZoneInfo(zone)
    instants = islice(parse(text).after(after, place), count)
    return [instant.astimezone(place).strftime("%Y-%m-%d %H:%M%z") for instant in instants]


def dates(text: str, count: int = 3) -> list[str]:
    return [firing[:10] for firing in firings(text, SUNDAY, count=count)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 9 * * 0", ["2026-11-29", "2026-12-06", "2026-12-13"]),
        ("0 9 * * 7", ["2026-11-29", "2026-12-06", "2026-12-13"]),
        ("0 9 * * SUN", ["2026-11-29", "2026-12-06", "2026-12-13"]),
        ("0 9 * * 1-5", ["2026-11-23", "2026-11-24", "2026-11-25"]),
        ("0 9 * * 5-7", ["2026-11-27", "2026-11-28", "2026-11-29"]),
        ("0 9 * * sat-sun", ["2026-11-28", "2026-11-29", "2026-12-05"]),
        ("0 9 * * 6-0", ["2026-11-28", "2026-11-29", "2026-12-05"]),
        ("0 0 13 * 5", ["2026-11-27", "2026-12-04", "2026-12-11"]),
        ("0 0 13 * *", ["2026-12-13", "2027-01-13", "2027-02-13"]),
        ("0 0 */2 * mon", ["2026-11-23", "2026-12-07", "2026-12-21"]),
        ("0 0 31 * *", ["2026-12-31", "2027-01-31", "2027-03-31"]),
        ("0 0 29 2 *", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("0 0 29 2 */7", ["2032-02-29", "2060-02-29"]),
        ("0 0 1 Jan,jul *", ["2027-01-01", "2027-07-01", "2028-01-01"]),
        ("0 0 1 10/2 *", ["2026-12-01", "2027-10-01", "2027-12-01"]),
        ("@weekly", ["2026-11-29", "2026-12-06", "2026-12-13"]),
        ("@MONTHLY", ["2026-12-01", "2027-01-01", "2027-02-01"]),
        (" @yearly ", ["2027-01-01", "2028-01-01", "2029-01-01"]),
    ],
)
def test_cron_fires_on_the_dates_that_cron_means(text: str, expected: list[str]) -> None:
    assert dates(text) == expected


def test_cron_fires_strictly_after_the_moment() -> None:
    assert firings("*/30 * * * *", SUNDAY, count=1) == ["2026-11-22 12:30+0000"]
    just_before = SUNDAY - timedelta(microseconds=1)
    assert firings("0 12 * * *", just_before, count=2) == [
        "2026-11-22 12:00+0000",
        "2026-11-23 12:00+0000",
    ]


def test_a_fixed_time_in_a_gap_fires_once_at_its_end() -> None:
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert firings("0,30 2 * * *", spring, "Europe/Amsterdam", 3) == [
        "2026-03-29 03:00+0200",
        "2026-03-30 02:00+0200",
        "2026-03-30 02:30+0200",
    ]


def test_a_fixed_time_that_comes_twice_fires_the_first_time() -> None:
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert firings("30 2 * * *", autumn, "Europe/Amsterdam", 2) == [
        "2026-10-25 02:30+0200",
        "2026-10-26 02:30+0100",
    ]


def test_a_fixed_time_is_not_repeated_for_one_who_asks_between_the_two() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert firings("30 2 * * *", between, "Europe/Amsterdam", 1) == ["2026-10-26 02:30+0100"]


def test_moving_times_follow_real_time_through_both_changes() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    for day in (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)):
        instants = list(islice(parse("*/20 * * * *").after(day, zone), 30))
        assert {b - a for a, b in pairwise(instants)} == {timedelta(minutes=20)}


def test_a_date_that_a_zone_left_out_does_not_fire() -> None:
    before = datetime(2011, 12, 29, 6, tzinfo=UTC)
    assert firings("0 12 * * *", before, "Pacific/Apia", 3) == [
        "2011-12-29 12:00-1000",
        "2011-12-31 12:00+1400",
        "2012-01-01 12:00+1400",
    ]


def test_midnight_that_a_gap_swallows_fires_on_the_same_date() -> None:
    before = datetime(2017, 10, 14, 12, tzinfo=UTC)
    assert firings("@daily", before, "America/Sao_Paulo", 2) == [
        "2017-10-15 01:00-0200",
        "2017-10-16 00:00-0200",
    ]


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_fires_as_its_expression(alias: str) -> None:
    assert firings(alias, SUNDAY) == firings(ALIASES[alias], SUNDAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("60 * * * *", "The minute can't be '60': it goes from 0 to 59."),
        ("* 24 * * *", "The hour can't be '24': it goes from 0 to 23."),
        ("* * 0 * *", "The day of month can't be '0': it goes from 1 to 31."),
        ("* * * 13 *", "The month can't be '13': it goes from 1 to 12."),
        ("* * * * 8", "The day of week can't be '8': it goes from 0 to 7."),
        ("* mon * * *", "The hour can't be 'mon': it needs a number."),
        ("* * * monday *", "The month can't be 'monday': it needs a number or one of jan, feb"),
        ("* * * * jan", "The day of week can't be 'jan': it needs a number or one of sun, mon"),
        ("30-10 * * * *", "The minute can't be '30-10': the range ends before it begins."),
        ("*/0 * * * *", "The minute can't be '*/0': the step must be a number from 1."),
        ("*/ * * * *", "The minute can't be '*/': the step must be a number from 1."),
        ("1,,2 * * * *", "The minute can't be '': it needs a number."),
        ("-5 * * * *", "The minute can't be '-5': it needs a number."),
        ("\u0663 * * * *", "The minute can't be"),
        ("* * * *", "has 4 fields instead of 5: minute, hour, day of month, month, day of week."),
        ("0 0 0 * * *", "has 6 fields instead of 5"),
        ("", "has 0 fields instead of 5"),
        ("@reboot", "'@reboot' is unknown; there are @hourly, @daily"),
        ("0 0 30 2 *", "'0 0 30 2 *' never fires: no such date exists."),
        ("0 0 31 2,4,6,9,11 *", "never fires"),
        ("0 0 31 4 */2", "never fires"),
        ("0 " * MAX_LENGTH, "at most 500 characters"),
    ],
)
def test_an_expression_that_means_nothing_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(ScheduleInvalid) as caught:
        parse(text)
    assert words in caught.value.message


def test_a_date_that_a_weekday_may_replace_is_possible() -> None:
    assert dates("0 0 30 2 1", 1) == ["2027-02-01"]


SCRAPS = st.sampled_from(
    [
        "*",
        "/",
        "-",
        ",",
        " ",
        "0",
        "1",
        "7",
        "31",
        "60",
        "-1",
        "sun",
        "Feb",
        "@daily",
        "L",
        "?",
        "\n",
    ]
)
SCRAMBLES = st.lists(SCRAPS, max_size=25).map("".join)


@given(st.one_of(st.text(max_size=60), SCRAMBLES, st.lists(SCRAPS, min_size=5).map(" ".join)))
def test_whatever_is_written_is_parsed_or_refused(text: str) -> None:
    try:
        cron = parse(text)
    except ScheduleInvalid as error:
        assert error.message.endswith(".")
    else:
        assert next(cron.after(SUNDAY, UTC_ZONE)) > SUNDAY


@st.composite
def fields(draw: st.DrawFn, least: int, most: int) -> str:
    def item() -> str:
        low, high = sorted(draw(st.tuples(*[st.integers(least, most)] * 2)))
        step = f"/{draw(st.integers(1, 70))}" if draw(st.booleans()) else ""
        return draw(st.sampled_from([f"{low}", f"{low}-{high}", "*"])) + step

    return ",".join(item() for _ in range(draw(st.integers(1, 3))))


@given(st.tuples(*[fields(least, most) for _, least, most in FIELDS[:4]]))
def test_the_values_of_each_field_are_those_that_match(texts: tuple[str, ...]) -> None:
    cron = parse(" ".join(texts) + " 1")
    parsed = [cron.minutes, cron.hours, cron.days, cron.months]
    for text, values, (_, least, most) in zip(texts, parsed, FIELDS, strict=False):
        expected = {n for n in range(least, most + 1) if matches(text, n, least, most)}
        assert values == expected


@given(st.sampled_from(expressions()), st.datetimes(timezones=st.timezones()))
def test_firings_come_in_order_and_do_not_depend_on_where_one_starts(
    text: str, moment: datetime
) -> None:
    cron, zone = parse(text), ZoneInfo("America/St_Johns")
    found = list(islice(cron.after(moment, zone), 4))
    assert sorted(set(found)) == found
    assert all(instant > moment and instant.tzinfo is UTC for instant in found)
    for before, instant in pairwise(found):
        assert next(cron.after(before, zone)) == instant
        assert next(cron.after(instant - timedelta(microseconds=1), zone)) == instant


@pytest.mark.parametrize("day", [(1, 1, 1), (9999, 12, 31)])
@pytest.mark.parametrize("hours", [-14, 0, 14])
@pytest.mark.parametrize("text", ["*/7 * 29 2 *", "0 0 31 12 *"])
def test_the_ends_of_time_do_not_hurt(day: tuple[int, int, int], hours: int, text: str) -> None:
    there = datetime(*day, 12, tzinfo=timezone(timedelta(hours=hours)))
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert len(list(islice(parse(text).after(there, ZoneInfo(zone)), 2))) in (0, 2)


def _worst(text: str) -> Iterator[float]:
    zone, chance = ZoneInfo("Europe/Amsterdam"), random.Random(5)
    for _ in range(20):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(100_000))
        begun = time.process_time()
        next(parse(text).after(moment, zone))
        yield time.process_time() - begun


@pytest.mark.parametrize(
    "text", ["* * * * *", "0 0 29 2 *", "@yearly", "*/5 * 29 2 *", "0 0 29 2 */7", "0-59 1 * 1 sun"]
)
def test_the_next_firing_is_found_within_milliseconds(text: str) -> None:
    assert sorted(_worst(text))[10] < 0.005
