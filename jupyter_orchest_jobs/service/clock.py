"""The wall clock, for those whom nobody gives another one."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)
