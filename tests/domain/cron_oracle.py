"""When cron expressions fire, found the slow way: by looking at the clock in every minute.

It shares no code with ``domain/cron.py``: not even the reading of expressions.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from jupyter_orchest_jobs.domain import cron

MINUTE, HOUR, DAY = 60, 3600, 86400
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)} | {
    name: number for number, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
}
BY_HAND = """
* * * * *|*/20 * * * *|*/7 * * * *|0 * * * *|30 * * * *|@hourly|@daily|@weekly|@monthly|@yearly
0 0 * * *|1 0 * * *|30 0 * * *|59 23 * * *|0 1 * * *|30 1 * * *|0 2 * * *|30 2 * * *|45 2 * * *
0 3 * * *|1 3 * * *|30 3 * * *|0 12 * * *|15,45 2 * * *|0,30 0-4 * * *|59 1,2,3 * * *
0-59 2 * * *|0-59 0,23 * * *|*/5 2 * * *|*/15 0 * * *|*/10 23,0 * * *|* 2 * * *|*/30 1-3 * * *
30 */2 * * *|30 */3 * * *|0 */1 * * *|30 1/2 * * *|5/20 * * * *|5/20 2 * * *|0 2 * * 0|0 2 * * 7
30 2 * * sun|0 0 * * sun|0 0 * * 5-7|0 0 * * sat-sun|30 1 * * 6-0|0 0 * * fri,SAT|0 9 * * mon-fri
0 0 30 12 *|30 23 29 12 *|0 12 30,31 12 *|0 0 13 * 5|0 0 1,15 * 3|0 0 */2 * 1|0 2 * * */2
0 0 * * */7|30 2 31 3 *|30 2 25-31 3,10 sun|0 0 29 2 *|0 0 31 * *|* * 29 2 */7
0 0 1 1/3 *|0 0 1 jan,jul *|15 3 * mar-nov sun|*/20 */4 * 3,4,10,11 */3|0-10/5 0-23/6 * * *
"""


def expressions(count: int = 200) -> list[str]:
    """Expressions, always the same: some by hand, the others by chance."""
    chance = random.Random(20101231)
    found = [text.strip() for text in BY_HAND.replace("\n", "|").split("|") if text.strip()]
    while len(found) < count:
        minute = chance.choice(["0", "30", "15", "59", "1", "*/30", "*/15", "0,30", "20-40/10"])
        hour = chance.choice(
            ["0", "0", "1", "2", "3", "23", "0-3", "0,2", "*/6", "*/12", "1-23/11", "*", "22-23"]
        )
        if chance.random() < 0.3:
            minute = ",".join(str(chance.randrange(60)) for _ in range(chance.randint(1, 3)))
        day = chance.choice(["*"] * 6 + ["1", "1-7", "15", "24-31", "*/2", "31", "1/10", "8-14"])
        month = chance.choice(["*"] * 6 + ["mar", "3-4", "OCT,nov", "*/2", "4-10", "dec", "9/1"])
        weekday = chance.choice(["*"] * 6 + ["sun", "0", "7", "sat", "1-5", "6-7", "fri-sun/2"])
        text = f"{minute} {hour} {day} {month} {weekday}"
        if text not in found:
            found.append(text)
    return found


class Expression:
    """An expression, read by asking of each value whether it matches."""

    def __init__(self, text: str) -> None:
        aliases = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0"}
        aliases |= {"@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *"}
        minute, hour, self.day, self.month, self.weekday = aliases.get(text, text).split()
        self.fixed = not set("*/") & set(minute + hour)
        self.times = [
            60 * h + m
            for h in range(24)
            if matches(hour, h, 0, 23)
            for m in range(60)
            if matches(minute, m, 0, 59)
        ]

    def on(self, day: date) -> bool:
        number = int(day.strftime("%w"))
        weekday = matches(self.weekday, number, 0, 7) or (
            number == 0 and matches(self.weekday, 7, 0, 7)
        )
        in_month = matches(self.day, day.day, 1, 31)
        both = self.day[0] == "*" or self.weekday[0] == "*"
        return matches(self.month, day.month, 1, 12) and (
            in_month and weekday if both else in_month or weekday
        )


def matches(text: str, value: int, least: int, most: int) -> bool:
    """Whether a value matches a field."""

    def number(word: str) -> int:
        return int(word) if word.isdigit() else NUMBERS[word.lower()]

    for item in text.split(","):
        span, _, step = item.partition("/")
        low, _, high = span.partition("-")
        first = least if span == "*" else number(low)
        last = number(high) if high else most if step or span == "*" else first
        if last < first and last == 0:
            last = 7
        if first <= value <= last and (value - first) % int(step or 1) == 0:
            return True
    return False


@dataclass(frozen=True)
class Window:
    """Some days of a zone; ``first`` and ``last`` are seconds since 1970."""

    zone: str
    first: int
    last: int

    @classmethod
    def around(cls, zone: str, instant: int, days: float = 3) -> "Window":
        middle = instant - instant % MINUTE
        return cls(zone, middle - int(days * DAY), middle + int(days * DAY))


class Clock:
    """What the clock of a zone shows in each minute of a window, and of two days around it."""

    def __init__(self, window: Window) -> None:
        self.window = window
        zone = ZoneInfo(window.zone)
        self.shown: dict[date, dict[int, list[int]]] = {}
        self.gaps: list[tuple[datetime, datetime, int]] = []
        instants = range(window.first - 2 * DAY, window.last + 2 * DAY, MINUTE)
        walls = [datetime.fromtimestamp(at, zone).replace(tzinfo=None) for at in instants]
        for at, wall in zip(instants, walls, strict=True):
            day = self.shown.setdefault(wall.date(), {})
            day.setdefault(60 * wall.hour + wall.minute, []).append(at)
        for at, (before, after) in zip(instants[1:], pairwise(walls), strict=True):
            if after - before > timedelta(minutes=1):
                self.gaps.append((before, after, at))

    def firings(self, expression: Expression) -> list[int]:
        """When the rules say that it fires within the window."""
        found: set[int] = set()
        for day, minutes in self.shown.items():
            if not expression.on(day):
                continue
            for at in expression.times:
                if at in minutes:
                    found.update(minutes[at][:1] if expression.fixed else minutes[at])
                elif expression.fixed:
                    wall = datetime.combine(day, time(at // 60, at % 60))
                    found.update(end for start, over, end in self.gaps if start < wall < over)
        return sorted(at for at in found if self.window.first <= at <= self.window.last)


def transitions(zone: str, every: int = 6 * HOUR) -> list[tuple[int, int, int]]:
    """A zone's changes of clocks, 2010 to 2037: (first second after, offset before, after)."""
    info = ZoneInfo(zone)

    def offset(at: int) -> int:
        there = datetime.fromtimestamp(at, info).utcoffset()
        assert there is not None
        return int(there.total_seconds())

    start = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(2038, 1, 1, tzinfo=UTC).timestamp())
    found = []
    for at in range(start, end, every):
        low, high = at, at + every
        before, after = offset(low), offset(high)
        if before == after:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == before else (low, middle)
        found.append((high, before, after))
    return found


def differences(window: Window, texts: list[str], chance: random.Random) -> Iterator[str]:
    """Where ``domain/cron.py`` and the oracle differ; from the start, and from some moment on."""
    clock = Clock(window)
    zone = ZoneInfo(window.zone)
    start = datetime.fromtimestamp(window.first, UTC) - timedelta(seconds=1)
    for text in texts:
        expected = clock.firings(Expression(text))
        parsed = cron.parse(text)
        found = takewhile(lambda at: at <= window.last, _seconds(parsed, start, zone))
        if (actual := list(found)) != expected:
            odd = sorted(set(actual) ^ set(expected))[:3]
            yield f"{text} in {window.zone}: {[str(datetime.fromtimestamp(at, UTC)) for at in odd]}"
        moment = chance.randrange(window.first, window.last - DAY)
        following = next((at for at in expected if at > moment), None)
        if following is None:
            continue
        if next(_seconds(parsed, datetime.fromtimestamp(moment, UTC), zone)) != following:
            yield f"{text} in {window.zone}: after {datetime.fromtimestamp(moment, UTC)}"


def _seconds(parsed: cron.Cron, start: datetime, zone: ZoneInfo) -> Iterator[int]:
    return (int(at.timestamp()) for at in parsed.after(start, zone))
