"""What lists show of runs without reading their steps; lists of all runs by end and duration."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FILL = """
    UPDATE runs SET
        steps_done = (
            SELECT count(*) FROM json_each(steps)
            WHERE json_extract(value, '$.status') NOT IN ('pending', 'running')
        ),
        failed_step_id = (
            SELECT json_extract(value, '$.step') FROM json_each(steps)
            WHERE json_extract(value, '$.status') IN ('failed', 'interrupted')
            ORDER BY
                json_extract(value, '$.finished_at') IS NULL,
                json_extract(value, '$.finished_at'),
                key
            LIMIT 1
        )
    WHERE steps <> '[]'
"""


def upgrade() -> None:
    """Steps stay as they are; what they come to is noted beside them."""
    op.add_column(
        "runs", sa.Column("steps_done", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("runs", sa.Column("failed_step_id", sa.Text))
    ended = sa.Computed("coalesce(finished_at, -1)", persisted=False)
    op.add_column("runs", sa.Column("finished_key", sa.BigInteger, ended))
    op.execute(_FILL)
    op.create_index("ix_runs_status_started", "runs", ["status", "started_key", "ordinal"])
    op.create_index("ix_runs_finished", "runs", ["finished_key", "ordinal"])
    op.create_index("ix_runs_duration", "runs", ["duration_key", "ordinal"])
