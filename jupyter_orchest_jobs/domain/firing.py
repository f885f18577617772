"""What became of the firings of a schedule."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FiringOutcome(StrEnum):
    """What became of a firing."""

    FIRED = "fired"
    QUEUED = "queued"
    """Waits until the batch before it has ended."""
    SKIPPED = "skipped"
    MISSED = "missed"
    """Nobody conducted at that time."""


@dataclass(frozen=True)
class FiringRecord:
    """What became of one firing of a job's schedule, or of a range of missed ones.

    Attributes:
        at: when it was due, or the first one of a range.
        until: the last one of a range; else the same as ``at``.
        count: how many firings this is.
        reason: why it was skipped or missed, for people.
        batch: the number of the batch that it became.
    """

    job_id: str
    at: datetime
    until: datetime
    count: int
    outcome: FiringOutcome
    reason: str | None = None
    batch: int | None = None
