"""When a job fires: now, once, or again and again."""

import difflib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from jupyter_orchest_jobs.domain import cron_words, moments
from jupyter_orchest_jobs.domain.cron import parse
from jupyter_orchest_jobs.errors import ScheduleInvalid

_parse = functools.lru_cache(maxsize=256)(parse)


class ScheduleKind(StrEnum):
    """What a schedule is."""

    NOW = "now"
    """As soon as the job is started; has no firing."""
    ONCE = "once"
    """At one date and time."""
    CRON = "cron"
    """Whenever an expression says so, by the clock of a time zone."""


_PARTS = {
    ScheduleKind.NOW: (),
    ScheduleKind.ONCE: ("at",),
    ScheduleKind.CRON: ("cron", "zone"),
}


@dataclass(frozen=True)
class Schedule:
    """When a job fires; it checks itself.

    Attributes:
        at: the instant (UTC) of a schedule that fires once.
        cron: the expression of a recurring one.
        zone: IANA name of the time zone by whose clock ``cron`` is meant.

    Raises:
        ScheduleInvalid: the parts don't fit together, or mean nothing.
    """

    kind: ScheduleKind
    at: datetime | None = None
    cron: str | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        """Check the parts."""
        for name in ("at", "cron", "zone"):
            given = getattr(self, name) is not None
            if given != (name in _PARTS[self.kind]):
                verb = "has no" if given else "needs"
                raise ScheduleInvalid(f"A schedule of the kind “{self.kind}” {verb} “{name}”.")
        if self.at is not None:
            object.__setattr__(self, "at", _instant(self.at))
        if self.cron is not None and self.zone is not None:
            _check_zone(self.zone)
            _parse(self.cron)

    @classmethod
    def now(cls) -> "Schedule":
        """As soon as the job is started."""
        return cls(ScheduleKind.NOW)

    @classmethod
    def once(cls, at: datetime) -> "Schedule":
        """At one instant, an aware datetime."""
        return cls(ScheduleKind.ONCE, at=at)

    @classmethod
    def recurring(cls, cron: str, zone: str) -> "Schedule":
        """Whenever the expression says so, by the clock of a time zone such as Europe/Paris."""
        return cls(ScheduleKind.CRON, cron=cron, zone=zone)

    @property
    def is_recurring(self) -> bool:
        """Whether it fires again and again."""
        return self.kind == ScheduleKind.CRON

    def firings(self, after: datetime) -> Iterator[datetime]:
        """The instants (UTC) at which it fires, strictly after an aware moment, in order.

        Without end as far as anybody cares: for the next 41 years.
        """
        if self.at is not None and self.at > after:
            yield self.at
        if self.cron is not None and self.zone is not None:
            yield from _parse(self.cron).after(after, ZoneInfo(self.zone))

    def describe(self) -> str:
        """The schedule in plain English, e.g. “every day at 02:30 Europe/Amsterdam”.

        Says only what is exactly so: an expression that has no plain words stands for itself.
        """
        if self.at is not None:
            return f"once at {self.at:%Y-%m-%d %H:%M} UTC"
        if self.cron is not None and self.zone is not None:
            return cron_words.describe(_parse(self.cron), self.zone)
        return "now"

    def as_json(self) -> dict[str, str | None]:
        """The schedule as it is stored and sent: ``{kind, at, cron, zone}``."""
        return {
            "kind": str(self.kind),
            "at": None if self.at is None else moments.as_text(self.at),
            "cron": self.cron,
            "zone": self.zone,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Schedule":
        """Read what :meth:`as_json` wrote; keys that are null may be left out.

        Raises:
            ScheduleInvalid: not a schedule, an impossible expression, an unknown zone, or a time
                without a zone.
        """
        if not isinstance(data, Mapping):
            raise ScheduleInvalid("A schedule is an object with “kind”.")
        for key in data:
            if key not in ("kind", "at", "cron", "zone"):
                raise ScheduleInvalid(f"A schedule has no “{key}”.")
        kind = data.get("kind")
        if kind not in list(ScheduleKind):
            kinds = ", ".join(f"“{kind}”" for kind in ScheduleKind)
            raise ScheduleInvalid(f"A schedule's “kind” is one of {kinds}.")
        for key in ("cron", "zone"):
            if not isinstance(data.get(key), str | None):
                raise ScheduleInvalid(f"A schedule's “{key}” is a text.")
        at = data.get("at")
        return cls(
            kind=ScheduleKind(kind),
            at=None if at is None else _instant(at),
            cron=data.get("cron"),
            zone=data.get("zone"),
        )


def _instant(value: object) -> datetime:
    try:
        return moments.in_utc(value)
    except ValueError as error:
        raise ScheduleInvalid(f"The time of a schedule {error}.") from None


@functools.cache
def _zones() -> frozenset[str]:
    # What every machine reads in its own way is not a zone to rely on.
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _check_zone(name: str) -> None:
    if name in _zones():
        return
    wanted = name[:64].strip().lower().replace(" ", "_")
    known = {zone.lower(): zone for zone in sorted(_zones())}
    cities = {zone.rpartition("/")[2]: known[zone] for zone in known}
    close = [known[zone] for zone in difflib.get_close_matches(wanted, known, 3, 0.75)]
    close += [cities[city] for city in difflib.get_close_matches(wanted, cities, 2, 0.8)]
    hint = "use an IANA name such as Europe/Amsterdam, or UTC."
    if wanted in known:
        close = [known[wanted]]
    if close:
        hint = f"did you mean {' or '.join(dict.fromkeys(close))}?"
    raise ScheduleInvalid(f"The time zone “{name[:64]}” is unknown; {hint}")
