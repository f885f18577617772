"""What a schedule owes at a moment: which firings start a batch, and what becomes of the others."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from jupyter_orchest_jobs.domain.policies import CatchUp, Overlap, Policies
from jupyter_orchest_jobs.domain.schedule import Schedule

ON_TIME = timedelta(seconds=60)
MAX_CATCH_UP = 100
_LEAST = timedelta(microseconds=1)


class SkipReason(StrEnum):
    """Why a firing started nothing."""

    UNFINISHED = "unfinished"
    """A batch of the job was unfinished."""
    QUEUE_FULL = "queue_full"
    """A batch was unfinished, and an earlier firing already waited for its end."""


@dataclass(frozen=True)
class Firing:
    """A firing that started nothing because of the job's overlap policy."""

    at: datetime
    reason: SkipReason


@dataclass(frozen=True)
class MissedRange:
    """Firings, one after the other, that came while nobody was there and are not made up for."""

    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True)
class Plan:
    """What is to be done, decided by :func:`plan`.

    Attributes:
        fire: start a batch for each, in this order.
        skipped: record them; in order.
        missed: record them; in order.
        queue: this firing starts a batch when all batches have ended.
        next_at: when to plan again; later than ``now``.
        finished: no firing will ever come again. A queued one may still wait.
    """

    fire: tuple[datetime, ...] = ()
    skipped: tuple[Firing, ...] = ()
    missed: tuple[MissedRange, ...] = ()
    queue: datetime | None = None
    next_at: datetime | None = None
    finished: bool = True


def plan(
    schedule: Schedule,
    policies: Policies,
    *,
    since: datetime,
    now: datetime,
    batches: int,
    unfinished_batches: int,
    queued: bool,
) -> Plan:
    """Decide about the firings in (since, now]; it doesn't change anything.

    The rules, in the order in which they are applied:

    1. *Bounds.* There are no firings before ``start_at`` or after ``end_at`` (at them there are),
       and none once the job has ``max_batches`` batches; one that waits counts as a batch.
    2. *Lateness.* A firing is on time up to 60 seconds after it. On-time ones go on to rule 4.
    3. *Catch-up* decides about late ones. ``latest``: the newest goes on, the others are missed.
       ``all``: the newest 100 go on, older ones are missed. ``skip``: all are missed. So a late
       ``once`` fires under ``latest`` and ``all``, and is missed under ``skip``.
    4. *Overlap* decides about what has come so far, from old to new, if a batch is unfinished or
       an earlier firing of the same plan fires (its batch is unfinished then). ``skip``: it is
       skipped. ``queue``: one waits, further ones are skipped. ``allow``: it fires.
    5. When these batches make up ``max_batches``, newer firings are none, as in rule 1.

    If the clock was set back so that ``now`` comes before ``since``, nothing is owed, and the
    next firing is one after ``since``: none comes twice.

    Args:
        since: the last moment for which firings were decided, or the job's start.
        now: the present.
        batches: how many batches the job has had, those by hand included.
        unfinished_batches: how many of them have not ended.
        queued: whether a firing waits. Start one that may start before planning: it is taken to
            wait on.
    """
    left = _left(policies, batches, queued)
    if left <= 0:
        return Plan()
    due = _Due(policies.catch_up, now)
    for at in _bounded(schedule, policies, since):
        if at > now:
            break
        due.add(at)
    fire: list[datetime] = []
    skipped: list[Firing] = []
    queue = None
    for at in due.owed():
        if left == 0:
            break
        if policies.overlap is Overlap.ALLOW or not (unfinished_batches or fire or queued):
            fire.append(at)
            left -= 1
        elif policies.overlap is Overlap.SKIP:
            skipped.append(Firing(at, SkipReason.UNFINISHED))
        elif queued or queue is not None:
            skipped.append(Firing(at, SkipReason.QUEUE_FULL))
        else:
            queue = at
            left -= 1
    next_at = next(_bounded(schedule, policies, max(since, now)), None) if left else None
    return Plan(
        fire=tuple(fire),
        skipped=tuple(skipped),
        missed=due.missed(),
        queue=queue,
        next_at=next_at,
        finished=next_at is None,
    )


def _left(policies: Policies, batches: int, queued: bool) -> float:
    """How many batches may still be started or queued."""
    if policies.max_batches is None:
        return float("inf")
    return policies.max_batches - batches - queued


def _bounded(schedule: Schedule, policies: Policies, after: datetime) -> Iterator[datetime]:
    """The firings after a moment, from the start date to the end date."""
    if policies.start_at is not None:
        after = max(after, policies.start_at - _LEAST)
    for at in schedule.firings(after):
        if policies.end_at is not None and at > policies.end_at:
            return
        yield at


class _Due:
    """Due firings under a catch-up policy; keeps those that are owed, and counts the others."""

    def __init__(self, catch_up: CatchUp, now: datetime) -> None:
        self._now = now
        self._most = {CatchUp.LATEST: 1, CatchUp.ALL: MAX_CATCH_UP, CatchUp.SKIP: 0}[catch_up]
        self._late: deque[datetime] = deque()
        self._on_time: list[datetime] = []
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._count = 0

    def add(self, at: datetime) -> None:
        """Take the next one, in order."""
        if self._now - at <= ON_TIME:
            self._on_time.append(at)
            return
        self._late.append(at)
        if len(self._late) > self._most:
            self._last = self._late.popleft()
            self._first = self._first or self._last
            self._count += 1

    def owed(self) -> list[datetime]:
        """Those that are not missed, in order."""
        return [*self._late, *self._on_time]

    def missed(self) -> tuple[MissedRange, ...]:
        """The others: they came one after the other, before those that are owed."""
        if self._first is None or self._last is None:
            return ()
        return (MissedRange(self._first, self._last, self._count),)
