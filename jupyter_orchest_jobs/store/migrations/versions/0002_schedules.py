"""Schedules, policies, firings; attempts, pins and sizes of runs.

SQLite can't add a column that must have a value without a default that stays for ever, so the
tables are made anew, and the rows copied: an updated file is the same as a new one.
"""

import json
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NOW = json.dumps({"kind": "now", "at": None, "cron": None, "zone": None})
# A step that has begun did so in its run's latest attempt: there was no other kind.
_STEPS = """
    (SELECT json_group_array(json(
        CASE json_extract(value, '$.status')
            WHEN 'pending' THEN value
            ELSE json_set(value, '$.attempt', runs.attempt)
        END
    )) FROM json_each(runs.steps))
"""
_INPUTS = """
    (SELECT json_object(
        'document', json_extract(frozen, '$.document'),
        'kernels', json_extract(frozen, '$.kernels'),
        'env_variables', json_extract(frozen, '$.env_variables'),
        'policies', json('{}')
    ) FROM jobs WHERE jobs.id = batches.job_id)
"""


def upgrade() -> None:
    """Jobs of before have no schedule and the default policies."""
    # What others are filled from is replaced after them.
    _replace("deletions", _deletions(), {"kind": "'job'", "job_id": "id"})
    snapshot = "(SELECT json_extract(snapshot, '$.id') FROM jobs WHERE jobs.id = batches.job_id)"
    _replace("batches", _batches(), {"snapshot_id": snapshot, "inputs": _INPUTS})
    made = {
        "batches_made": "(SELECT count(*) FROM batches WHERE batches.job_id = jobs.id)",
        "runs_made": "(SELECT count(*) FROM runs WHERE runs.job_id = jobs.id)",
    }
    _replace(
        "jobs", _jobs(), {"schedule": f"'{_NOW}'", "policies": "'{}'", "priority": "0", **made}
    )
    plain = {"kind": "'first'", "history": "'[]'", "pinned": "0", "has_files": "1"}
    _replace("runs", _runs(), {"steps": _STEPS, **plain})
    for column in ("status", "revision"):
        op.create_index(f"ix_jobs_{column}", "jobs", [column])
    op.create_index("ix_deletions_revision", "deletions", ["revision"])
    op.create_index("ix_runs_revision", "runs", ["revision"])
    op.create_index("ix_runs_job_status", "runs", ["job_id", "status", "number"])
    op.create_index("ix_runs_job_started", "runs", ["job_id", "started_key", "number"])
    op.create_index("ix_runs_status", "runs", ["status", "ordinal"])
    op.create_index("ix_runs_started", "runs", ["started_key", "ordinal"])
    wished = sa.text("retry_requested IS NOT NULL")
    op.create_index("ix_runs_retry", "runs", ["retry_requested"], sqlite_where=wished)
    op.create_index("ix_runs_batch", "runs", ["job_id", "batch", "status"])
    op.create_table(
        "firings",
        _job_id(primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("batch", sa.Integer),
    )


def _replace(name: str, items: list[sa.schema.SchemaItem], values: Mapping[str, str]) -> None:
    """Make a table anew.

    Args:
        name: of the table.
        items: its columns and constraints.
        values: SQL for columns that the old one doesn't have or that change; others are copied
            from it, or empty.
    """
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(name)}
    new = f"{name}_new"
    op.create_table(new, *items)
    plain = [item for item in items if isinstance(item, sa.Column) and item.computed is None]
    filled = {
        column.name: values.get(column.name, column.name)
        for column in plain
        if column.name in known or column.name in values
    }
    columns = ", ".join(filled)
    # Names of columns and SQL from above: nothing of it comes from outside.
    rows = f"SELECT {', '.join(filled.values())} FROM {name} ORDER BY rowid"  # noqa: S608
    op.execute(f"INSERT INTO {new} ({columns}) {rows}")
    op.drop_table(name)
    op.rename_table(new, name)


def _job_id(*, primary_key: bool) -> sa.Column[str]:
    job = sa.ForeignKey("jobs.id", ondelete="CASCADE")
    return sa.Column("job_id", sa.String(36), job, primary_key=primary_key, nullable=False)


def _deletions() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("job_id", sa.String(36), nullable=False),
    ]


def _jobs() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("pipeline_path", sa.Text, nullable=False),
        sa.Column("pipeline_name", sa.Text, nullable=False),
        sa.Column("frozen", sa.JSON, nullable=False),
        sa.Column("snapshot", sa.JSON, nullable=False),
        sa.Column("schedule", sa.JSON, nullable=False),
        sa.Column("policies", sa.JSON, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("batches_made", sa.Integer, nullable=False),
        sa.Column("runs_made", sa.Integer, nullable=False),
        sa.Column("planned_until", sa.BigInteger),
        sa.Column("next_firing_at", sa.BigInteger),
        sa.Column("touched_at", sa.BigInteger),
        sa.Column("start_requested_at", sa.BigInteger),
        sa.Column("cancel_requested_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("revision", sa.Integer, nullable=False),
    ]


def _batches() -> list[sa.schema.SchemaItem]:
    return [
        _job_id(primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("scheduled_at", sa.BigInteger),
        sa.Column("snapshot_id", sa.String(36)),
        sa.Column("inputs", sa.JSON, nullable=False),
    ]


def _runs() -> list[sa.schema.SchemaItem]:
    started, duration = "coalesce(started_at, -1)", "coalesce(finished_at - started_at, -1)"
    return [
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        _job_id(primary_key=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("cause", sa.String(32)),
        sa.Column("message", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("journal_seq", sa.Integer, nullable=False),
        sa.Column("combination", sa.JSON, nullable=False),
        sa.Column("metrics", sa.JSON, nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("history", sa.JSON, nullable=False),
        sa.Column("retry_requested", sa.String(16)),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("has_files", sa.Boolean, nullable=False),
        sa.Column("cancel_requested_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("started_key", sa.BigInteger, sa.Computed(started, persisted=False)),
        sa.Column("duration_key", sa.BigInteger, sa.Computed(duration, persisted=False)),
        sa.UniqueConstraint("job_id", "number", name="uq_runs_job_number"),
    ]
