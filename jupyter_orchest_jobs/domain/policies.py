"""What a user wishes of a job beyond its schedule: from catch-up to retention."""

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from jupyter_orchest_jobs.domain import moments
from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.errors import PoliciesInvalid, Problem

MAX_RETRY_DELAY_S = 3600.0
MOST_MODULES = 30
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_YEAR_S = 366 * 24 * 3600


class CatchUp(StrEnum):
    """What happens to firings that came while nobody was there."""

    LATEST = "latest"
    """The newest fires; the others are missed."""
    ALL = "all"
    """They fire, the newest 100 of them."""
    SKIP = "skip"
    """They are missed."""


class Overlap(StrEnum):
    """What happens to a firing while a batch of the job is unfinished."""

    SKIP = "skip"
    """It is skipped."""
    QUEUE = "queue"
    """It waits for the end of the batch; one at most waits, further ones are skipped."""
    ALLOW = "allow"
    """It fires all the same."""


class OnStepFailure(StrEnum):
    """What happens to the other branches of a run when a step fails."""

    FINISH = "finish"
    """Steps that don't depend on it still run."""
    STOP = "stop"
    """The run ends: running steps are cancelled, others are skipped."""


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The wishes; each has a default. It checks itself, and None means no limit.

    Attributes:
        catch_up: what becomes of late firings.
        overlap: what becomes of firings while a batch is unfinished.
        start_at: firings before are none; UTC.
        end_at: firings after are none; UTC.
        max_batches: after so many batches there are no further firings.
        run_timeout_s: how long an attempt of a run may take.
        step_timeout_s: how long one try of a step may take.
        step_retries: how often a failed step is tried again.
        retry_delay_s: wait before the first retry; at most an hour.
        retry_backoff: each further wait is so many times as long; see :meth:`retry_delay`.
        on_step_failure: what becomes of a run's other branches.
        stop_batch_after: so many failed runs cancel the rest of their batch.
        max_runs: how many runs of the job may go on at once.
        priority: jobs of higher priority get free places first.
        resume_interrupted: how often a run whose runner died goes on by itself.
        freeze_environments: whether steps run in environments that are frozen with the job.
        preload: modules that are imported before Python kernels are forked.
        executor: where its runs are executed: on this machine, or on the cluster.
        keep_runs: the newest so many ended runs are kept.
        keep_days: ended runs are kept for so many days.
        keep_bytes: ended runs are kept up to this size, the newest first.
        keep_logs: whether logs and numbers outlive the files of runs that are not kept.

    Raises:
        PoliciesInvalid: all that is out of its range, a problem each.
    """

    catch_up: CatchUp = CatchUp.LATEST
    overlap: Overlap = Overlap.SKIP
    start_at: datetime | None = None
    end_at: datetime | None = None
    max_batches: int | None = None
    run_timeout_s: float | None = None
    step_timeout_s: float | None = None
    step_retries: int = 0
    retry_delay_s: float = 10.0
    retry_backoff: float = 2.0
    on_step_failure: OnStepFailure = OnStepFailure.FINISH
    stop_batch_after: int | None = None
    max_runs: int | None = None
    priority: int = 0
    resume_interrupted: int = 0
    freeze_environments: bool = True
    preload: tuple[str, ...] = ()
    executor: ExecutorName = ExecutorName.LOCAL
    keep_runs: int | None = 250
    keep_days: float | None = None
    keep_bytes: int | None = None
    keep_logs: bool = True

    @classmethod
    def usual(cls, *, quick: bool = False) -> "Policies":
        """The defaults; quick jobs wait for no environment to be frozen."""
        return cls(freeze_environments=not quick)

    def __post_init__(self) -> None:
        """Check the wishes, and bring them to their types."""
        problems = [Problem(message) for message in self._settled()]
        if not problems and self.start_at and self.end_at and self.start_at > self.end_at:
            problems.append(Problem("“end_at” must not come before “start_at”."))
        if problems:
            raise PoliciesInvalid.of(problems)

    def _settled(self) -> Iterator[str]:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if value is None and name in _OPTIONAL:
                continue
            try:
                object.__setattr__(self, name, _settle(name, value))
            except ValueError as error:
                yield f"“{name}” {error}."

    def retry_delay(self, try_number: int) -> float:
        """How many seconds to wait after a step's try, counted from 1, failed; at most an hour."""
        if self.retry_delay_s == 0:
            return 0.0
        try:
            factor = math.pow(self.retry_backoff, try_number - 1)
        except OverflowError:
            return MAX_RETRY_DELAY_S
        return min(self.retry_delay_s * factor, MAX_RETRY_DELAY_S)

    def as_json(self) -> dict[str, Any]:
        """The wishes as they are stored and sent: every attribute, dates as ISO 8601 with Z."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "preload": list(self.preload)} | {
            name: moments.as_text(value)
            for name, value in values.items()
            if isinstance(value, datetime)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Policies":
        """Read what :meth:`as_json` wrote; what is left out has its default.

        Raises:
            PoliciesInvalid: an unknown name, or a value out of its range.
        """
        if not isinstance(data, Mapping):
            raise PoliciesInvalid("Policies are an object of names and values.")
        names = [field.name for field in fields(cls)]
        unknown = [str(name) for name in data if name not in names]
        if unknown:
            raise PoliciesInvalid.of([Problem(_unknown(name, names)) for name in unknown])
        return cls(**data)


_CHOICES: dict[str, type[StrEnum]] = {
    "catch_up": CatchUp,
    "overlap": Overlap,
    "on_step_failure": OnStepFailure,
    "executor": ExecutorName,
}
_WHOLE = {
    "max_batches": (1, 1_000_000_000),
    "step_retries": (0, 100),
    "stop_batch_after": (1, 1_000_000),
    "max_runs": (1, 10_000),
    "priority": (-100, 100),
    "resume_interrupted": (0, 3),
    "keep_runs": (1, 1_000_000_000),
    "keep_bytes": (1, 2**60),
}
_NUMBERS = {
    "run_timeout_s": (1, _YEAR_S),
    "step_timeout_s": (1, _YEAR_S),
    "retry_delay_s": (0, MAX_RETRY_DELAY_S),
    "retry_backoff": (1, 100),
    "keep_days": (1 / 24, 36_600),
}
_OPTIONAL = {
    "start_at",
    "end_at",
    "max_batches",
    "run_timeout_s",
    "step_timeout_s",
    "stop_batch_after",
    "max_runs",
    "keep_runs",
    "keep_days",
    "keep_bytes",
}


def _settle(name: str, value: Any) -> Any:
    """The value in its type; a ValueError says what it must be."""
    if name in _CHOICES:
        choices = _CHOICES[name]
        if value not in list(choices):
            raise ValueError(f"is one of {', '.join(f'“{choice}”' for choice in choices)}")
        return choices(value)
    if name in _WHOLE:
        least, most = _WHOLE[name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"is a whole number from {least} to {most}")
        return value
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError("is a number")
        if not low <= value <= high:
            raise ValueError(f"is a number from {low:g} to {high:.10g}")
        return float(value)
    if name == "preload":
        return _modules(value)
    if name in ("keep_logs", "freeze_environments"):
        if not isinstance(value, bool):
            raise ValueError("is true or false")
        return value
    return moments.in_utc(value)


def _modules(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_MODULES:
        raise ValueError(f"is a list of at most {MOST_MODULES} names of modules")
    for name in value:
        if not isinstance(name, str) or len(name) > 100 or not _MODULE.fullmatch(name):
            raise ValueError(
                f"has {str(name)[:40]!r}, but takes names of modules, such as numpy or sklearn.svm"
            )
    return tuple(dict.fromkeys(value))


def _unknown(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name[:40], names, 1)
    hint = f"did you mean “{close[0]}”?" if close else f"there are {', '.join(names)}."
    return f"“{name[:40]}” is no policy; {hint}"
