"""How a step ended."""

from dataclasses import dataclass

from jupyter_orchest_jobs.domain.status import Cause, StepStatus
from jupyter_orchest_jobs.engine.metrics import Reported


@dataclass(frozen=True)
class Outcome:
    """The end of a step; the fields but the last are those of the journal's ``step_finished``.

    Attributes:
        metrics: names and values that it reported; they count unless it is tried again.
    """

    status: StepStatus
    cause: Cause | None = None
    message: str | None = None
    cell: int | None = None
    metrics: Reported = ()


SUCCEEDED = Outcome(StepStatus.SUCCEEDED)
CANCELLED = Outcome(StepStatus.CANCELLED, Cause.CANCELLED)


def failed(message: str, cause: Cause = Cause.STEP_FAILED, cell: int | None = None) -> Outcome:
    """A failure, with what to tell people."""
    return Outcome(StepStatus.FAILED, cause, message, cell)
