import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.planner import Firing, MissedRange, Plan, SkipReason, plan
from jupyter_orchest_jobs.domain.policies import CatchUp, Overlap, Policies
from jupyter_orchest_jobs.domain.schedule import Schedule

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOURLY = Schedule.recurring("0 * * * *", "UTC")
MINUTELY = Schedule.recurring("* * * * *", "UTC")
ALLOW = Policies(overlap=Overlap.ALLOW)


def planned(schedule: Schedule, policies: Policies | None = None, **changes: Any) -> Plan:
    """A plan for the hour before noon of a job that has no batches yet."""
    facts: dict[str, Any] = {
        "since": NOON - timedelta(hours=1),
        "now": NOON,
        "batches": 0,
        "unfinished_batches": 0,
        "queued": False,
    }
    return plan(schedule, policies or Policies(), **{**facts, **changes})


def hours(*numbers: float) -> tuple[datetime, ...]:
    return tuple(NOON + timedelta(hours=number) for number in numbers)


def test_a_firing_on_time_fires() -> None:
    assert planned(HOURLY, now=NOON + timedelta(seconds=60)) == Plan(
        fire=(NOON,), next_at=NOON + timedelta(hours=1), finished=False
    )


@pytest.mark.parametrize("catch_up", CatchUp)
def test_nothing_is_owed_between_two_firings(catch_up: CatchUp) -> None:
    found = planned(HOURLY, Policies(catch_up=catch_up), now=NOON - timedelta(microseconds=1))
    assert found == Plan(next_at=NOON, finished=False)


def test_the_moment_before_which_all_was_decided_is_not_decided_again() -> None:
    assert planned(HOURLY, since=NOON, now=NOON).fire == ()


def test_a_clock_that_was_set_back_repeats_nothing() -> None:
    found = planned(HOURLY, since=NOON, now=NOON - timedelta(hours=5))
    assert found == Plan(next_at=NOON + timedelta(hours=1), finished=False)


@pytest.mark.parametrize(
    ("catch_up", "off", "fired", "missed"),
    [
        (CatchUp.LATEST, 1, 1, 0),
        (CatchUp.LATEST, 10, 1, 9),
        (CatchUp.LATEST, 1000, 1, 999),
        (CatchUp.ALL, 1, 1, 0),
        (CatchUp.ALL, 10, 10, 0),
        (CatchUp.ALL, 1000, 100, 900),
        (CatchUp.SKIP, 1, 0, 1),
        (CatchUp.SKIP, 10, 0, 10),
        (CatchUp.SKIP, 1000, 0, 1000),
    ],
)
def test_downtime_is_caught_up_with_to_the_count(
    catch_up: CatchUp, off: int, fired: int, missed: int
) -> None:
    late = NOON + timedelta(minutes=2)
    since = NOON - timedelta(hours=off) + timedelta(seconds=1)
    found = planned(HOURLY, replace(ALLOW, catch_up=catch_up), since=since, now=late)
    assert found.fire == hours(*range(1 - fired, 1))
    assert found.skipped == ()
    first, last = hours(1 - off, -fired)
    expected = MissedRange(first, last, missed)
    assert found.missed == ((expected,) if missed else ())
    assert found.next_at == NOON + timedelta(hours=1)


def test_a_firing_is_late_after_sixty_seconds() -> None:
    skip = Policies(catch_up=CatchUp.SKIP)
    assert planned(HOURLY, skip, now=NOON + timedelta(seconds=60)).fire == (NOON,)
    late = planned(HOURLY, skip, now=NOON + timedelta(seconds=60, microseconds=1))
    assert (late.fire, late.missed) == ((), (MissedRange(NOON, NOON, 1),))


def test_a_late_firing_and_one_on_time_are_both_owed() -> None:
    every_two = Schedule.recurring("*/2 * * * *", "UTC")
    since = NOON - timedelta(minutes=7)
    found = planned(every_two, ALLOW, since=since)
    assert found.fire == (NOON - timedelta(minutes=2), NOON)
    first, last = NOON - timedelta(minutes=6), NOON - timedelta(minutes=4)
    assert found.missed == (MissedRange(first, last, 2),)
    under_skip = planned(every_two, since=since)
    assert under_skip.fire == (NOON - timedelta(minutes=2),)
    assert under_skip.skipped == (Firing(NOON, SkipReason.UNFINISHED),)


@pytest.mark.parametrize(
    ("catch_up", "fired"), [(CatchUp.LATEST, True), (CatchUp.ALL, True), (CatchUp.SKIP, False)]
)
def test_a_late_once_fires_unless_late_ones_are_skipped(catch_up: CatchUp, fired: bool) -> None:
    day_late = NOON + timedelta(days=1)
    found = planned(Schedule.once(NOON), Policies(catch_up=catch_up), now=day_late)
    assert found.fire == ((NOON,) if fired else ())
    assert found.missed == (() if fired else (MissedRange(NOON, NOON, 1),))
    assert found.finished


def test_once_waits_for_its_time_and_is_then_finished() -> None:
    once = Schedule.once(NOON)
    before = planned(once, now=NOON - timedelta(seconds=1))
    assert before == Plan(next_at=NOON, finished=False)
    assert planned(once) == Plan(fire=(NOON,))


def test_now_never_fires() -> None:
    assert planned(Schedule.now()) == Plan(finished=True)


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        (Overlap.SKIP, Plan(skipped=(Firing(NOON, SkipReason.UNFINISHED),))),
        (Overlap.QUEUE, Plan(queue=NOON)),
        (Overlap.ALLOW, Plan(fire=(NOON,))),
    ],
)
def test_a_firing_while_a_batch_is_unfinished_follows_the_policy(
    overlap: Overlap, expected: Plan
) -> None:
    found = planned(HOURLY, Policies(overlap=overlap), batches=1, unfinished_batches=1)
    assert found == replace(expected, next_at=NOON + timedelta(hours=1), finished=False)


def test_only_one_firing_waits() -> None:
    policies = Policies(overlap=Overlap.QUEUE, catch_up=CatchUp.ALL)
    since, late = NOON - timedelta(hours=4), NOON + timedelta(minutes=30)
    found = planned(HOURLY, policies, since=since, now=late)
    assert found.fire == hours(-3)
    assert found.queue == hours(-2)[0]
    assert found.skipped == tuple(Firing(at, SkipReason.QUEUE_FULL) for at in hours(-1, 0))
    waiting = planned(HOURLY, policies, since=since, now=late, unfinished_batches=1, queued=True)
    assert (waiting.fire, waiting.queue, len(waiting.skipped)) == ((), None, 4)


def test_nothing_overtakes_a_firing_that_waits() -> None:
    for overlap in (Overlap.QUEUE, Overlap.SKIP):
        found = planned(HOURLY, Policies(overlap=overlap), batches=1, queued=True)
        assert (found.fire, found.queue, len(found.skipped)) == ((), None, 1)


def test_start_and_end_bound_the_firings_both_included() -> None:
    start, end = hours(-3, -1)
    policies = replace(ALLOW, catch_up=CatchUp.ALL, start_at=start, end_at=end)
    found = planned(HOURLY, policies, since=NOON - timedelta(days=9))
    assert found == Plan(fire=hours(-3, -2, -1), finished=True)


def test_a_job_waits_for_its_start_date() -> None:
    start = NOON + timedelta(days=3)
    found = planned(HOURLY, Policies(start_at=start))
    assert found == Plan(next_at=start, finished=False)


def test_a_job_is_finished_with_its_last_batch() -> None:
    policies = replace(ALLOW, catch_up=CatchUp.ALL, max_batches=5)
    found = planned(HOURLY, policies, since=NOON - timedelta(hours=9), batches=2)
    assert found == Plan(fire=hours(-8, -7, -6), finished=True)
    assert planned(HOURLY, policies, batches=5) == Plan(finished=True)
    assert planned(HOURLY, policies, batches=7) == Plan(finished=True)


def test_a_waiting_firing_counts_as_a_batch() -> None:
    policies = Policies(overlap=Overlap.QUEUE, max_batches=2)
    first = planned(HOURLY, policies, batches=1, unfinished_batches=1)
    assert first == Plan(queue=NOON, finished=True)
    assert planned(HOURLY, policies, batches=1, unfinished_batches=1, queued=True) == Plan()


def test_skipped_firings_do_not_use_up_batches() -> None:
    found = planned(HOURLY, Policies(max_batches=2), batches=1, unfinished_batches=1)
    assert (len(found.skipped), found.finished) == (1, False)


@pytest.mark.parametrize("catch_up", CatchUp)
def test_a_year_of_minutes_is_counted_in_a_moment(catch_up: CatchUp) -> None:
    begun = time.process_time()
    found = planned(MINUTELY, Policies(catch_up=catch_up), since=NOON - timedelta(days=365))
    assert time.process_time() - begun < 3
    kept = {CatchUp.LATEST: 1, CatchUp.ALL: 100, CatchUp.SKIP: 0}[catch_up]
    on_time = 2  # noon, and a minute before
    assert found.missed[0].count == 365 * 24 * 60 - on_time - kept
    assert len(found.fire) + len(found.skipped) == on_time + kept


@pytest.mark.parametrize(
    ("overlap", "started", "at_once"),
    [(Overlap.SKIP, 30, 1), (Overlap.QUEUE, 40, 1), (Overlap.ALLOW, 60, 2)],
)
def test_a_job_of_ninety_seconds_each_minute(overlap: Overlap, started: int, at_once: int) -> None:
    ends: list[datetime] = []
    batches, skipped, most, queue, since = 0, 0, 0, None, NOON
    for second in range(1, 3601):
        now = NOON + timedelta(seconds=second)
        ends = [end for end in ends if end > now]
        if queue is not None and not ends:
            batches, queue = batches + 1, None
            ends.append(now + timedelta(seconds=90))
        found = planned(
            MINUTELY,
            Policies(overlap=overlap),
            since=since,
            now=now,
            batches=batches,
            unfinished_batches=len(ends),
            queued=queue is not None,
        )
        ends += [now + timedelta(seconds=90) for _ in found.fire]
        batches, skipped = batches + len(found.fire), skipped + len(found.skipped)
        queue, since = found.queue or queue, now
        most = max(most, len(ends))
    assert (most, batches) == (at_once, started)
    assert batches + skipped + (queue is not None) == 60


def naive(due: list[datetime], policies: Policies, now: datetime, left: int, busy: bool) -> Plan:
    """The rules once more, by slices of a list and without a queue that waits already."""
    late = [at for at in due if (now - at).total_seconds() > 60]
    keep = {"latest": 1, "all": 100, "skip": 0}[policies.catch_up]
    missed = late[: max(0, len(late) - keep)]
    owed = due[len(missed) :] if keep else due[len(late) :]
    ranges = (MissedRange(missed[0], missed[-1], len(missed)),) if missed else ()
    if policies.overlap == "allow":
        return Plan(fire=tuple(owed[:left]), missed=ranges)
    fire = () if busy else tuple(owed[:1])
    rest = owed[len(fire) :]
    used = len(fire)
    queue = rest[0] if policies.overlap == "queue" and rest and used < left else None
    over = rest[queue is not None :] if used + (queue is not None) < left else []
    reason = SkipReason.UNFINISHED if policies.overlap == "skip" else SkipReason.QUEUE_FULL
    return Plan(fire, tuple(Firing(at, reason) for at in over), ranges, queue)


@given(
    every=st.sampled_from([1, 5, 20, 30]),
    since=st.integers(-100_000, 0),
    length=st.integers(-1_000, 100_000),
    catch_up=st.sampled_from(CatchUp),
    overlap=st.sampled_from(Overlap),
    start=st.none() | st.integers(-60_000, 10_000),
    end=st.none() | st.integers(10_000, 60_000),
    max_batches=st.none() | st.integers(1, 120),
    batches=st.integers(0, 3),
    unfinished=st.integers(0, 2),
)
def test_plans_are_those_of_a_naive_model(
    every: int,
    since: int,
    length: int,
    catch_up: CatchUp,
    overlap: Overlap,
    start: int | None,
    end: int | None,
    max_batches: int | None,
    batches: int,
    unfinished: int,
) -> None:
    policies = Policies(
        catch_up=catch_up,
        overlap=overlap,
        start_at=None if start is None else NOON + timedelta(seconds=start),
        end_at=None if end is None else NOON + timedelta(seconds=end),
        max_batches=max_batches,
    )
    all_firings = [
        NOON + timedelta(minutes=minute)
        for minute in range(-10_020, 10_020, every)
        if (start is None or minute * 60 >= start) and (end is None or minute * 60 <= end)
    ]
    begin, now = NOON + timedelta(seconds=since), NOON + timedelta(seconds=since + length)
    left = 10**9 if max_batches is None else max(0, max_batches - batches)
    due = [at for at in all_firings if begin < at <= now] if left else []
    expected = naive(due, policies, now, left, unfinished > 0)
    used = len(expected.fire) + (expected.queue is not None)
    coming = [at for at in all_firings if at > max(now, begin)] if used < left else []
    expected = replace(expected, next_at=coming[0] if coming else None, finished=not coming)
    found = plan(
        Schedule.recurring(f"*/{every} * * * *", "UTC"),
        policies,
        since=begin,
        now=now,
        batches=batches,
        unfinished_batches=unfinished,
        queued=False,
    )
    assert found == expected
