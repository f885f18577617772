"""The tables, as they are at the newest version."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Computed,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0001"
"""The newest migration; a test compares it, and the tables, with ``migrations/``."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """A time as integer microseconds since 1970, UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Time to integer; naive times are refused by the subtraction."""
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Integer to time."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData()

state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("last_job_number", Integer, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

deletions = Table(
    "deletions",
    metadata,
    Column("id", String, primary_key=True),
    Column("revision", Integer, nullable=False, index=True),
)

jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("message", Text),
    Column("project", Text, nullable=False),
    Column("pipeline_path", Text, nullable=False),
    Column("pipeline_name", Text, nullable=False),
    Column("frozen", JSON, nullable=False),
    Column("snapshot", JSON, nullable=False),
    Column("start_requested_at", Moment),
    Column("cancel_requested_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("revision", Integer, nullable=False, index=True),
)

batches = Table(
    "batches",
    metadata,
    Column("job_id", String(36), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("cause", String(16), nullable=False),
    Column("created_at", Moment, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    # Counts all runs in the order in which they were made: within a job, that of their numbers.
    Column("ordinal", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("job_id", String(36), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("cause", String(32)),
    Column("message", Text),
    Column("attempt", Integer, nullable=False),
    Column("journal_seq", Integer, nullable=False),
    Column("combination", JSON, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("cancel_requested_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("revision", Integer, nullable=False, index=True),
    # What lists are sorted by: those that have not started come before all others.
    Column("started_key", BigInteger, Computed("coalesce(started_at, -1)", persisted=False)),
    Column(
        "duration_key",
        BigInteger,
        Computed("coalesce(finished_at - started_at, -1)", persisted=False),
    ),
    UniqueConstraint("job_id", "number", name="uq_runs_job_number"),
    Index("ix_runs_job_status", "job_id", "status", "number"),
    Index("ix_runs_job_started", "job_id", "started_key", "number"),
    Index("ix_runs_status", "status", "ordinal"),
    Index("ix_runs_started", "started_key", "ordinal"),
)
