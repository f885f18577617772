"""Instants as they are given and stored: aware, in UTC, and as ISO 8601 with ``Z`` in JSON."""

from datetime import UTC, datetime


def in_utc(value: object) -> datetime:
    """The same instant in UTC, from an aware datetime or a text such as 2026-11-22T12:00:00Z.

    Raises:
        ValueError: neither, without a zone, or not of our times; its words go on from what the
            value is for.
    """
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be a date and time such as 2026-11-22T12:00:00Z") from None
    if not isinstance(moment, datetime):
        raise ValueError("must be a date and time such as 2026-11-22T12:00:00Z")
    if moment.utcoffset() is None:
        raise ValueError("needs a time zone; add Z for UTC, or an offset such as +02:00")
    if not 1900 < moment.year < 9900:
        raise ValueError("is too far away")
    return moment.astimezone(UTC)


def as_text(moment: datetime) -> str:
    """The instant as it stands in JSON; nothing of it is lost."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
