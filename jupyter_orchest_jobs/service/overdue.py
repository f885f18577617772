"""Noticing that a runner does not mind the time limits of its run.

A runner keeps the limits itself; one that is frozen, or hangs, does not.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from jupyter_orchest_jobs.domain.policies import Policies

OVERDUE_S = 11.0
"""How long after a limit a runner that did not mind it is killed.

Longer than a runner needs to end the most stubborn of steps: twice
:data:`..engine.stop.PATIENCE_S`, and what its own start and end take.
"""


class TimeLimits:
    """The limits of one attempt, on a clock that nobody sets.

    Args:
        policies: of the run.
        now: the wall clock.
        elapsed: a clock that nobody sets, in seconds.
        started_at: when the attempt began, if that was before now.
    """

    def __init__(
        self,
        policies: Policies,
        now: Callable[[], datetime],
        elapsed: Callable[[], float],
        started_at: datetime | None = None,
    ) -> None:
        self._policies = policies
        self._now = now
        self._elapsed = elapsed
        self._begun = self._on_our_clock(started_at or now())
        self._tries: dict[tuple[str, datetime], float] = {}

    def exceeded(self, tries: Mapping[str, datetime]) -> str | None:
        """What took too long, for people; None as long as nothing did.

        Args:
            tries: the steps that are being tried, and since when each of these tries goes on.
        """
        self._tries = {
            (step, at): self._tries.get((step, at), self._on_our_clock(at))
            for step, at in tries.items()
        }
        if self._is_over(self._begun, self._policies.run_timeout_s):
            return "It took longer than its time limit, and had to be killed."
        if any(
            self._is_over(begun, self._policies.step_timeout_s) for begun in self._tries.values()
        ):
            return "A step took longer than its time limit, and the run had to be killed."
        return None

    def _on_our_clock(self, at: datetime) -> float:
        return self._elapsed() - max(0.0, (self._now() - at).total_seconds())

    def _is_over(self, begun: float, limit_s: float | None) -> bool:
        return limit_s is not None and self._elapsed() - begun > limit_s + OVERDUE_S
