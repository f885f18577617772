import json
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.cron import parse
from jupyter_orchest_jobs.domain.cron_words import describe
from jupyter_orchest_jobs.domain.schedule import Schedule, ScheduleKind
from jupyter_orchest_jobs.errors import ScheduleInvalid
from tests.domain.cron_oracle import expressions

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AMSTERDAM = "Europe/Amsterdam"


def test_now_has_no_firing() -> None:
    assert list(Schedule.now().firings(NOON)) == []
    assert not Schedule.now().is_recurring


def test_once_fires_at_its_time_and_only_after_an_earlier_moment() -> None:
    schedule = Schedule.once(datetime(2026, 11, 22, 14, tzinfo=ZoneInfo(AMSTERDAM)))
    at = datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert schedule.at == at
    assert list(schedule.firings(NOON)) == [at]
    assert list(schedule.firings(at)) == []


def test_a_recurring_schedule_fires_by_the_clock_of_its_zone() -> None:
    schedule = Schedule.recurring("30 2 * * *", AMSTERDAM)
    assert schedule.is_recurring
    assert list(islice(schedule.firings(NOON), 2)) == [
        datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("schedule", "stored"),
    [
        (Schedule.now(), {"kind": "now", "at": None, "cron": None, "zone": None}),
        (
            Schedule.once(NOON + timedelta(microseconds=5)),
            {"kind": "once", "at": "2026-11-22T12:00:00.000005Z", "cron": None, "zone": None},
        ),
        (
            Schedule.recurring("@daily", AMSTERDAM),
            {"kind": "cron", "at": None, "cron": "@daily", "zone": AMSTERDAM},
        ),
    ],
)
def test_a_schedule_survives_the_wire(schedule: Schedule, stored: dict[str, Any]) -> None:
    assert json.loads(json.dumps(schedule.as_json())) == stored
    assert Schedule.from_json(stored) == schedule
    assert Schedule.from_json({k: v for k, v in stored.items() if v is not None}) == schedule


ZONES = st.sampled_from([AMSTERDAM, "Australia/Lord_Howe", "America/St_Johns"]).map(ZoneInfo)


@given(st.datetimes(datetime(1950, 1, 1), datetime(9000, 1, 1), timezones=ZONES))  # noqa: DTZ001  # zones are what it adds
def test_any_time_survives_the_wire(moment: datetime) -> None:
    # Two zones never call a time equal that comes twice.
    assert Schedule.from_json(Schedule.once(moment).as_json()).at == moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "“kind” is one of “now”, “once”, “cron”."),
        ({"kind": "daily"}, "“kind” is one of"),
        ({"kind": ["now"]}, "“kind” is one of"),
        ([], "A schedule is an object"),
        ({"kind": "now", "every": 5}, "A schedule has no “every”."),
        ({"kind": "once"}, "A schedule of the kind “once” needs “at”."),
        ({"kind": "now", "at": "2026-11-22T12:00:00Z"}, "A schedule of the kind “now” has no “at”"),
        ({"kind": "cron", "cron": "@daily"}, "needs “zone”."),
        ({"kind": "cron", "zone": "UTC"}, "needs “cron”."),
        ({"kind": "cron", "cron": "@daily", "zone": 5}, "“zone” is a text."),
        ({"kind": "cron", "cron": ["@daily"], "zone": "UTC"}, "“cron” is a text."),
        ({"kind": "cron", "cron": "0 0 31 2 *", "zone": "UTC"}, "never fires"),
        ({"kind": "once", "at": "tomorrow"}, "must be a date and time such as"),
        ({"kind": "once", "at": 1_800_000_000}, "must be a date and time such as"),
        ({"kind": "once", "at": "2026-11-22"}, "needs a time zone; add Z"),
        ({"kind": "once", "at": "2026-11-22T12:00"}, "needs a time zone; add Z"),
        ({"kind": "once", "at": "0001-01-01T00:00+14:00"}, "is too far away"),
        ({"kind": "once", "at": "9999-12-31T23:59-14:00"}, "is too far away"),
    ],
)
def test_what_is_no_schedule_is_refused(data: Any, words: str) -> None:
    with pytest.raises(ScheduleInvalid) as caught:
        Schedule.from_json(data)
    assert words in caught.value.message


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ScheduleInvalid, match="needs a time zone"):
        Schedule.once(datetime(2026, 11, 22, 12))  # noqa: DTZ001  # refused for that


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Europe/Amsterdm", "did you mean Europe/Amsterdam?"),
        ("europe/amsterdam", "did you mean Europe/Amsterdam?"),
        ("Amsterdam", "did you mean Europe/Amsterdam?"),
        ("new york", "did you mean America/New_York?"),
        ("", "use an IANA name such as Europe/Amsterdam, or UTC."),
        ("../../etc/passwd", "use an IANA name"),
        ("/etc/localtime", "is unknown"),
        ("localtime", "is unknown"),
        ("UTC\0", "did you mean UTC"),
        ("x" * 100_000, "use an IANA name"),
    ],
)
def test_an_unknown_zone_is_refused_with_close_ones(zone: str, hint: str) -> None:
    with pytest.raises(ScheduleInvalid) as caught:
        Schedule.recurring("@daily", zone)
    assert hint in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("30 2 * * *", "every day at 02:30 Europe/Amsterdam"),
        ("@daily", "every day at 00:00 Europe/Amsterdam"),
        ("0 9,17 * * *", "every day at 09:00 and 17:00 Europe/Amsterdam"),
        ("* * * * *", "every minute"),
        ("*/20 * * * *", "every 20 minutes"),
        ("*/7 * * * *", "*/7 * * * *, Europe/Amsterdam"),
        ("5/20 * * * *", "5/20 * * * *, Europe/Amsterdam"),
        ("30 * * * *", "every hour at minute 30, Europe/Amsterdam"),
        ("15 */2 * * *", "every 2 hours from 00:15, Europe/Amsterdam"),
        ("0 */5 * * *", "0 */5 * * *, Europe/Amsterdam"),
        ("*/15 9-16 * * 1-5", "every 15 minutes from 09:00 to 16:45 on Monday to Friday, "),
        ("0 9 * * mon-fri", "at 09:00 on Monday to Friday, Europe/Amsterdam"),
        ("0 9 * * sat,sun", "at 09:00 on Saturday and Sunday, Europe/Amsterdam"),
        ("0 9 * 6 sun", "at 09:00 on Sunday in June, Europe/Amsterdam"),
        ("0 9 * jun,jul *", "at 09:00 in June and July, Europe/Amsterdam"),
        ("0 9 1 * *", "at 09:00 on day 1 of each month, Europe/Amsterdam"),
        ("0 9 31 * *", "at 09:00 on day 31 of each month that has it, Europe/Amsterdam"),
        ("0 9 1,15 * *", "at 09:00 on days 1 and 15 of each month, Europe/Amsterdam"),
        ("0 9 30,31 * *", "0 9 30,31 * *, Europe/Amsterdam"),
        ("0 9 29 2 *", "at 09:00 on 29 February, Europe/Amsterdam"),
        ("0 9 29,30 2 *", "0 9 29,30 2 *, Europe/Amsterdam"),
        ("0 9 31 1,2 *", "0 9 31 1,2 *, Europe/Amsterdam"),
        ("0 0 13 * 5", "0 0 13 * 5, Europe/Amsterdam"),
        ("0 0 */2 * 1", "0 0 */2 * 1, Europe/Amsterdam"),
        ("0 9 1-31 * 1", "every day at 09:00 Europe/Amsterdam"),
        ("0 9 5 * 0-6", "every day at 09:00 Europe/Amsterdam"),
    ],
)
def test_plain_schedules_are_described_in_plain_words(cron: str, words: str) -> None:
    assert Schedule.recurring(cron, AMSTERDAM).describe().startswith(words)


def test_other_kinds_are_described_too() -> None:
    assert Schedule.now().describe() == "now"
    later = NOON.astimezone(timezone(timedelta(hours=2)))
    assert Schedule.once(later).describe() == "once at 2026-11-22 12:00 UTC"


def _meaning(text: str) -> tuple[object, ...]:
    """All that decides when an expression fires, over the dates of four years."""
    cron = parse(text)
    days = (NOON.date() + timedelta(days=n) for n in range(1461))
    return cron.fixed, cron.hours, cron.minutes, tuple(day for day in days if cron.on(day))


def test_the_same_words_are_never_said_of_two_meanings() -> None:
    meanings: dict[str, tuple[object, ...]] = {}
    for text in expressions(600):
        meaning = _meaning(text)
        assert meanings.setdefault(describe(parse(text), "UTC"), meaning) == meaning


def test_a_kind_is_the_word_that_is_stored() -> None:
    assert [str(kind) for kind in ScheduleKind] == ["now", "once", "cron"]
