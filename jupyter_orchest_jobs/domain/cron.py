"""Cron expressions, as cron means them, in time zones with their gaps and folds.

Five fields: minute, hour, day of month, month, day of week. Numbers, names, lists, ranges and
steps; 0 and 7 are Sunday. When both day fields are restricted, either may match. ``@daily`` and
its like stand for expressions.

Where clocks change:

- Minute and hour without ``*`` and without a step are a fixed time. It fires once on each local
  date that exists: at the first of two equal times, and where the time does not exist, at the
  first instant after the gap.
- Otherwise it fires whenever the clock on the wall shows a matching time: an hour that comes
  twice counts twice, an hour that is left out does not count.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jupyter_orchest_jobs.errors import ScheduleInvalid

ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
MAX_LENGTH = 500

# As far as firings are looked for: 29 February falls on a given weekday every 28 or 40 years.
_HORIZON = timedelta(days=366 * 41)
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: n for n, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    names: dict[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _DAYS),
)


@dataclass(frozen=True)
class Cron:
    """A parsed expression; made by :func:`parse`.

    Attributes:
        text: as the user wrote it, with single spaces.
        minutes, hours, days, months: the values that match.
        weekdays: 0 is Sunday.
        any_day: whether the day of the month is ``*`` (then the weekday decides alone), and the
            other way round.
        fixed: whether minute and hour are a fixed time.
    """

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool
    fixed: bool

    def on(self, day: date) -> bool:
        """Whether it fires on this date at all."""
        if day.month not in self.months:
            return False
        by_day = day.day in self.days
        by_weekday = (day.weekday() + 1) % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_day and by_weekday
        return by_day or by_weekday

    def after(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """The instants (UTC) at which it fires in the 41 years after an aware moment, in order."""
        if moment >= _LAST:
            return
        last = max(moment, _FIRST)
        for instant in self._fixed(last, zone) if self.fixed else self._moving(last, zone):
            if instant > last:  # two fixed times in one gap are one instant
                last = instant
                yield instant

    def _fixed(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        hours, minutes = sorted(self.hours), sorted(self.minutes)
        times = [time(hour, minute) for hour in hours for minute in minutes]
        for day in self._dates(moment.astimezone(zone).date()):
            if _exists(day, zone):
                yield from (_instant(datetime.combine(day, at), zone) for at in times)

    def _moving(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        # In steps of real time, so that both passes of a fold are seen and no gap is.
        instant = moment.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE
        end = instant + _HORIZON
        while instant < end:
            wall = instant.astimezone(zone)
            if not self.on(wall.date()):
                away = next(self._dates(wall.date()), date.max) - wall.date()
                if away > 3 * _DAY:  # no clock is ever moved by more than a day
                    instant += away - 2 * _DAY
                else:
                    rest = 24 * 60 - (wall.hour * 60 + wall.minute)
                    instant += _steady(instant, rest, zone) * _MINUTE
                continue
            steady = _steady(instant, 60 - wall.minute, zone)
            if wall.hour in self.hours:
                for passed in range(steady):
                    if wall.minute + passed in self.minutes:
                        yield instant + passed * _MINUTE
            instant += steady * _MINUTE

    def _dates(self, day: date) -> Iterator[date]:
        end = day + _HORIZON
        while day < end:
            if day.month not in self.months:
                day = (day.replace(day=1) + 31 * _DAY).replace(day=1)
                continue
            if self.on(day):
                yield day
            day += _DAY


def parse(text: str) -> Cron:
    """Read an expression.

    Raises:
        ScheduleInvalid: not an expression, or one that never fires; says which field and why.
    """
    if len(text) > MAX_LENGTH:
        raise ScheduleInvalid(f"A cron expression has at most {MAX_LENGTH} characters.")
    text = " ".join(text.split())
    fields = ALIASES.get(text.lower(), text).split()
    if len(fields) != 5:
        if text.startswith("@"):
            raise ScheduleInvalid(f"{text!r} is unknown; there are {', '.join(ALIASES)}.")
        raise ScheduleInvalid(
            f"{text!r} has {len(fields)} fields instead of 5: minute, hour, day of month, month, "
            "day of week."
        )
    minutes, hours, days, months, weekdays = map(_values, fields, _FIELDS)
    cron = Cron(
        text=text,
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(day % 7 for day in weekdays),
        # As in cron: a field that begins with * counts as unrestricted, */2 included.
        any_day=fields[2].startswith("*"),
        any_weekday=fields[4].startswith("*"),
        fixed=not re.search(r"[*/]", fields[0] + fields[1]),
    )
    if cron.any_weekday and min(days) > max(calendar.monthrange(2000, n)[1] for n in months):
        raise ScheduleInvalid(f"{text!r} never fires: no such date exists.")
    return cron


def _values(text: str, field: _Field) -> frozenset[int]:
    values: set[int] = set()
    for item in text.lower().split(","):
        span, slash, step_text = item.partition("/")
        step_text = step_text if slash else "1"
        if not re.fullmatch(r"[0-9]{1,3}", step_text) or int(step_text) == 0:
            raise _refused(item, field, "the step must be a number from 1")
        if span == "*":
            first, last = field.least, field.most - (field.name == "day of week")
        else:
            low, dash, high = span.partition("-")
            first = _number(low, item, field)
            last = _number(high, item, field) if dash else first
            last = field.most if slash and not dash else last
            if field.name == "day of week" and last == 0 < first:
                last = 7  # sat-sun ends with the other Sunday
        if first > last:
            raise _refused(item, field, "the range ends before it begins")
        values.update(range(first, last + 1, int(step_text)))
    return frozenset(values)


def _number(text: str, item: str, field: _Field) -> int:
    if text in field.names:
        return field.names[text]
    if not re.fullmatch(r"[0-9]{1,3}", text):
        names = f" or one of {', '.join(field.names)}" if field.names else ""
        raise _refused(item, field, f"it needs a number{names}")
    number = int(text)
    if not field.least <= number <= field.most:
        raise _refused(item, field, f"it goes from {field.least} to {field.most}")
    return number


def _refused(item: str, field: _Field, why: str) -> ScheduleInvalid:
    return ScheduleInvalid(f"The {field.name} can't be {item!r}: {why}.")


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether a zone has this date: when it moves over the date line, one is left out."""
    return any(_is_real(datetime.combine(day, time(hour)), zone) for hour in (12, 0, 23))


def _is_real(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock shows this time, or, in a gap, when the gap ends."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    # In a gap, fold=1 counts with the offset after it, and so leads before it.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        same = middle.astimezone(zone).utcoffset() == offset
        before, after = (middle, after) if same else (before, middle)
    return after.replace(microsecond=0)


def _steady(instant: datetime, minutes: int, zone: ZoneInfo) -> int:
    """So many minutes, or as many of them as surely come before the clock changes; at least 1."""
    offset = instant.astimezone(zone).utcoffset()
    while minutes > 1 and (instant + minutes * _MINUTE).astimezone(zone).utcoffset() != offset:
        minutes //= 2
    return minutes
