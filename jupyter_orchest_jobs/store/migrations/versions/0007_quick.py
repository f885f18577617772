"""Quick jobs, which lists of jobs leave out."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Jobs of earlier versions are none."""
    op.add_column(
        "jobs", sa.Column("quick", sa.Boolean, nullable=False, server_default=sa.text("0"))
    )
    op.create_index("ix_jobs_quick", "jobs", ["quick", "id"], sqlite_where=sa.text("quick = 1"))
