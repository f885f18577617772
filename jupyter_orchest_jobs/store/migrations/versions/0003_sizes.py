"""What the runs of a job take on the disk, from an index."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows stay as they are."""
    op.create_index("ix_runs_job_size", "runs", ["job_id", "size_bytes"])
