"""Executes a step to its end: waits for a slot, tries, and after a failure tries again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count

from jupyter_orchest_jobs.domain.journal import StepTryFailed
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.domain.status import Cause, StepStatus
from jupyter_orchest_jobs.engine.context import Report
from jupyter_orchest_jobs.engine.outcome import Outcome, failed
from jupyter_orchest_jobs.engine.slots import Slots
from jupyter_orchest_jobs.engine.stop import Stop

_HOPELESS = frozenset({Cause.CANCELLED, Cause.DISK_FULL, Cause.ENVIRONMENT_MISSING})
"""What would end another try, too."""


async def run_tries(
    spec: RunSpec,
    slots: Slots,
    stop: Stop,
    execute: Callable[[int], Awaitable[Outcome]],
    report: Report,
) -> Outcome:
    """Try a step until it does not fail, or may not be tried again.

    Args:
        spec: says how long a try may take, and how often and when it is repeated.
        slots: a try takes one; the waits between do not.
        stop: set when the step shall end; its time limit is set here.
        execute: one try, given its number from 1.
        report: writes the step's failed tries to the journal.

    Returns:
        The outcome of the last try; or as what it was stopped before.
    """
    failure = ""
    for tries in count(1):
        slot = await slots.acquire(stop)
        if slot is None:
            break
        with slot, stop.limited(spec.step_timeout_s, _too_long(spec)):
            outcome = await execute(tries)
        wait_s = wait_before_retry(spec, tries, outcome)
        if wait_s is None or stop.is_final:
            return outcome
        report(
            StepTryFailed,
            tries=tries,
            retry_in_s=wait_s,
            cause=outcome.cause,
            message=outcome.message,
            cell=outcome.cell,
        )
        failure = f"try {tries} failed: {outcome.message}"
        if not await stop.pause(wait_s):
            break
    message = "; ".join(text for text in (stop.outcome.message, failure) if text)
    return replace(stop.outcome, message=message or None)


def wait_before_retry(spec: RunSpec, tries: int, outcome: Outcome) -> float | None:
    """How long to wait, in seconds, before a step is tried again; None if it isn't.

    Args:
        tries: how often the step was tried.
        outcome: of the last try.
    """
    if outcome.status is not StepStatus.FAILED or outcome.cause in _HOPELESS:
        return None
    if tries > spec.step_retries:
        return None
    policies = Policies(retry_delay_s=spec.retry_delay_s, retry_backoff=spec.retry_backoff)
    return policies.retry_delay(tries)


def describe_limit(limit_s: float) -> str:
    """What to say of something that took too long."""
    return f"took longer than its limit of {limit_s:.10g} s"


def _too_long(spec: RunSpec) -> Outcome:
    return failed(describe_limit(spec.step_timeout_s or 0.0), Cause.TIMEOUT)
