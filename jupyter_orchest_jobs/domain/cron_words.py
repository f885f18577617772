"""Cron expressions in plain English, where that is short and exactly so."""

import calendar
from collections.abc import Sequence

from jupyter_orchest_jobs.domain.cron import Cron

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST = 4
"""As many times, dates or months are listed; more would not be plain."""


def describe(cron: Cron, zone: str) -> str:
    """When it fires, e.g. “at 09:00 on Monday to Friday, Europe/Amsterdam”.

    An expression without short words that say exactly the same stands for itself.
    """
    times, dates = _times(cron), _dates(cron)
    if times is None or dates is None:
        return f"{cron.text}, {zone}"
    if dates:
        return f"{times} {dates}, {zone}"
    if cron.fixed:
        return f"every day {times} {zone}"
    if times.endswith(("minute", "minutes")):
        return times  # so by the clock of any zone
    return f"{times}, {zone}"


def _times(cron: Cron) -> str | None:
    """The times of a day: “at 09:00 and 17:00”, “every 20 minutes”; None without words."""
    hours, minutes = sorted(cron.hours), sorted(cron.minutes)
    if cron.fixed:
        times = [f"{hour:02}:{minute:02}" for hour in hours for minute in minutes]
        return _listed("at", times)
    if len(minutes) > 1:
        apart = _apart(minutes, 60)
        if not apart or hours != list(range(hours[0], hours[-1] + 1)):
            return None
        every = "every minute" if apart == 1 else f"every {apart} minutes"
        if len(hours) == 24:
            return every
        return f"{every} from {hours[0]:02}:00 to {hours[-1]:02}:{minutes[-1]:02}"
    if len(hours) == 24:
        return f"every hour at minute {minutes[0]}"
    apart = _apart(hours, 24)
    return f"every {apart} hours from 00:{minutes[0]:02}" if apart else None


def _apart(values: Sequence[int], around: int) -> int:
    """How far apart they are, if that is the same all around the clock and from 0 on; else 0."""
    apart = around // len(values)
    return apart if list(values) == list(range(0, around, apart)) else 0


def _dates(cron: Cron) -> str | None:
    """The dates: “on Monday to Friday”, empty for each day; None without words."""
    every_day, every_weekday = len(cron.days) == 31, len(cron.weekdays) == 7
    either = not cron.any_day and not cron.any_weekday
    if either and (every_day or every_weekday):
        every_day = every_weekday = True
    every_month = len(cron.months) == 12
    months = [calendar.month_name[month] for month in sorted(cron.months)]
    if every_day:
        weekdays = "" if every_weekday else _weekdays(cron)
        return weekdays if every_month else _listed(f"{weekdays} in".strip(), months)
    if not every_weekday:
        return None
    if every_month or len(months) == 1:
        return _days_of(sorted(cron.days), None if every_month else months[0], max(cron.months))
    if max(cron.days) > 28:
        return None
    days = _listed("on day" if len(cron.days) == 1 else "on days", sorted(cron.days))
    return days and _listed(f"{days} of", months)


def _weekdays(cron: Cron) -> str:
    numbers = [n for n in range(7) if (n + 1) % 7 in cron.weekdays]
    names = [_DAYS[n] for n in numbers]
    if len(names) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"on {names[0]} to {names[-1]}"
    return f"on {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"on {names[0]}"


def _days_of(days: Sequence[int], month: str | None, number: int) -> str | None:
    if month is not None:
        exist = days[-1] <= calendar.monthrange(2000, number)[1]
        return f"{_listed('on', days)} {month}" if exist and len(days) <= _MOST else None
    if len(days) == 1:
        return f"on day {days[0]} of each month" + " that has it" * (days[0] > 28)
    return f"{_listed('on days', days)} of each month" if days[-1] <= 28 else None


def _listed(before: str, values: Sequence[object]) -> str | None:
    words = [str(value) for value in values]
    if len(words) > _MOST:
        return None
    return f"{before} {', '.join(words[:-1])}{' and ' * (len(words) > 1)}{words[-1]}"
