"""The tables, as they are at the newest version."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
    text,
)

HEAD = "0007"
"""The newest migration; a test compares it, and the tables, with ``migrations/``."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """A time as it is stored; naive times are refused by the subtraction."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(value: int) -> datetime:
    """A time from how it is stored."""
    return _EPOCH + timedelta(microseconds=value)


class Moment(TypeDecorator[datetime]):
    """A time as integer microseconds since 1970, UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Time to integer."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Integer to time."""
        return None if value is None else moment_of(value)


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
    Column("value", JSON, nullable=False),
)

deletions = Table(
    "deletions",
    metadata,
    Column("id", String, primary_key=True),
    Column("revision", Integer, nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("job_id", String(36), nullable=False),
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
    Column("schedule", JSON, nullable=False),
    Column("policies", JSON, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("batches_made", Integer, nullable=False),
    Column("runs_made", Integer, nullable=False),
    Column("planned_until", Moment),
    Column("next_firing_at", Moment),
    Column("touched_at", Moment),
    Column("start_requested_at", Moment),
    Column("cancel_requested_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("revision", Integer, nullable=False, index=True),
    Column("environments", JSON, nullable=False, server_default=text("'{}'")),
    Column("quick", Boolean, nullable=False, server_default=text("0")),
    # Few jobs are, and every list of runs over all jobs asks which.
    Index("ix_jobs_quick", "quick", "id", sqlite_where=text("quick = 1")),
)

batches = Table(
    "batches",
    metadata,
    Column("job_id", String(36), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("cause", String(16), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("scheduled_at", Moment),
    Column("snapshot_id", String(36)),
    Column("inputs", JSON, nullable=False),
    Column("environments", JSON, nullable=False, server_default=text("'{}'")),
    Column("warnings", JSON, nullable=False, server_default=text("'[]'")),
)

firings = Table(
    "firings",
    metadata,
    # Two processes that both think that they conduct can't fire twice: the key forbids it.
    Column("job_id", String(36), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("count", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text),
    Column("batch", Integer),
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
    Column("kind", String(16), nullable=False),
    Column("history", JSON, nullable=False),
    Column("retry_requested", String(16)),
    Column("pinned", Boolean, nullable=False),
    Column("size_bytes", BigInteger),
    Column("has_files", Boolean, nullable=False),
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
    # What the steps come to: lists do without the steps themselves, which are large.
    Column("steps_done", Integer, nullable=False, server_default=text("0")),
    Column("failed_step_id", Text),
    Column("finished_key", BigInteger, Computed("coalesce(finished_at, -1)", persisted=False)),
    UniqueConstraint("job_id", "number", name="uq_runs_job_number"),
    Index("ix_runs_job_status", "job_id", "status", "number"),
    Index("ix_runs_job_started", "job_id", "started_key", "number"),
    Index("ix_runs_status", "status", "ordinal"),
    Index("ix_runs_started", "started_key", "ordinal"),
    Index("ix_runs_status_started", "status", "started_key", "ordinal"),
    Index("ix_runs_finished", "finished_key", "ordinal"),
    Index("ix_runs_duration", "duration_key", "ordinal"),
    # Few runs have a wish, and the conductor asks for them often.
    Index("ix_runs_retry", "retry_requested", sqlite_where=text("retry_requested IS NOT NULL")),
    Index("ix_runs_batch", "job_id", "batch", "status"),
    # Every list of jobs says what their runs take.
    Index("ix_runs_job_size", "job_id", "size_bytes"),
)

run_texts = Table(
    "run_texts",
    metadata,
    # Apart from the runs, whose rows are large: a search reads all of them.
    Column("ordinal", Integer, ForeignKey("runs.ordinal", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)
