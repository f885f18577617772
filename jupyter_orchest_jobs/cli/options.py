"""What options mean: times, zones, schedules, policies, environment variables."""

import getpass
import json
import os
import sys
import time
import warnings
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.errors import InvalidInput, PoliciesInvalid, ScheduleInvalid
from jupyter_orchest_jobs.service.wish import (
    LARGE_SNAPSHOT,
    MANY_RUNS,
    UNKNOWN_STEPS,
    WITHOUT_SERVICES,
)

_TIMES = ("start_at", "end_at")
_LATE = timedelta(minutes=1)
"""A time that is just over is still meant; one before is a mistake."""


def accepted(arguments: Namespace) -> frozenset[str]:
    """What the user has agreed to.

    Raises:
        InvalidInput: there is no such thing.
    """
    unknown = set(arguments.accept) - {LARGE_SNAPSHOT, WITHOUT_SERVICES, MANY_RUNS, UNKNOWN_STEPS}
    if unknown:
        raise InvalidInput(f"There is nothing called {', '.join(sorted(unknown))} to accept.")
    return frozenset(arguments.accept)


def env_variables(arguments: Namespace) -> dict[str, str]:
    """The environment variables that are set.

    Raises:
        InvalidInput: not of the form NAME=VALUE.
    """
    return dict(pair(text, "an environment variable") for text in arguments.env)


def secrets(arguments: Namespace) -> dict[str, str]:
    """The secrets that are set: from this process's environment, the terminal, or standard input.

    They leave the environment, which the conductor and all steps of all jobs would inherit.

    Raises:
        InvalidInput: one has no value.
    """
    return {name: _secret(name) for name in dict.fromkeys(arguments.secret)}


def _secret(name: str) -> str:
    value = os.environ.pop(name, None) if name and "=" not in name and "\0" not in name else None
    if value is None and sys.stdin.isatty():
        value = getpass.getpass(f"{plain(name)}: ")
    elif value is None:
        value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise InvalidInput(
            f"The secret {name} has no value: set the environment variable {name} for this "
            "command, or give a line on standard input."
        )
    return value


def schedule(arguments: Namespace, now: datetime, old: Schedule | None = None) -> Schedule | None:
    """The schedule that is asked for; None if none is.

    Args:
        old: the schedule that is changed: its zone stays unless another one is said.

    Raises:
        ScheduleInvalid: it means nothing.
    """
    if arguments.at is not None:
        if arguments.zone is not None:
            raise ScheduleInvalid("--zone goes with --cron; give --at an offset such as +02:00.")
        at = local_time(arguments.at, "--at")
        if at < now - _LATE:
            raise ScheduleInvalid(f"{arguments.at} is over; leave --at out to run now.")
        return Schedule.once(at)
    recurring = old is not None and old.is_recurring
    cron = arguments.cron
    if cron is None and arguments.zone is not None:
        if old is None or old.cron is None:
            raise ScheduleInvalid("--zone goes with --cron.")
        cron = old.cron
    if cron is None:
        return None
    zone = arguments.zone or (old.zone if old is not None and recurring else None)
    return Schedule.recurring(cron, zone or local_zone())


def policies(texts: list[str], base: Policies) -> Policies | None:
    """The policies with some of them set; None if none is.

    Raises:
        PoliciesInvalid: unknown, or out of their range.
    """
    if not texts:
        return None
    given = dict(_policy(text) for text in texts)
    return Policies.from_json({**base.as_json(), **given})


def policies_as_options(policies: Policies) -> Mapping[str, str]:
    """The policies that differ from the default, as ``--policy`` takes them."""
    default = Policies().as_json()
    differing = {
        name: str(value) if isinstance(value, str) else json.dumps(value)
        for name, value in policies.as_json().items()
        if value != default[name]
    }
    if policies.preload:
        differing["preload"] = ",".join(policies.preload)
    return differing


def local_time(text: str, what: str) -> datetime:
    """An instant, from ISO 8601; by the clock of this machine if it names no zone.

    Args:
        what: whose time it is.

    Raises:
        ScheduleInvalid: not a time.
    """
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise ScheduleInvalid(
            f"{what} must be a date and time such as 2026-12-24T18:00 (by this machine's clock) "
            "or 2026-12-24T18:00+01:00."
        ) from None


def local_zone() -> str:
    """The IANA name of this machine's time zone.

    Raises:
        ScheduleInvalid: it has none that is known.
    """
    import tzlocal

    name: str | None
    with warnings.catch_warnings(action="ignore"):
        try:
            name = tzlocal.get_localzone_name()
        except Exception:  # several settings that contradict each other
            name = None
    if name is None and time.tzname[0] == "UTC":
        name = "UTC"  # as containers have it, that say nothing of zones
    if name is None or not _is_local(name):
        raise ScheduleInvalid(
            "The time zone of this machine has no known name; say --zone, such as Europe/Amsterdam."
        )
    return name


def _is_local(name: str) -> bool:
    """Whether the clock of a zone is this machine's."""
    now = datetime.now(UTC)
    try:
        return now.astimezone(ZoneInfo(name)).utcoffset() == now.astimezone().utcoffset()
    except (KeyError, ValueError, OSError):
        return False


def _policy(text: str) -> tuple[str, Any]:
    name, value = pair(text, "a policy")
    if name in _TIMES and value != "null":
        try:
            return name, local_time(value, f"“{name}”")
        except ScheduleInvalid as error:
            raise PoliciesInvalid(error.message) from None
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value.replace(",", " ").split() if name == "preload" else value


def pair(text: str, what: str) -> tuple[str, str]:
    """The name and the value of a text like NAME=VALUE.

    Args:
        what: the text is, or should be.

    Raises:
        InvalidInput: it has another form.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(f"{text!r} is not {what}; write NAME=VALUE.")
    return name, value
