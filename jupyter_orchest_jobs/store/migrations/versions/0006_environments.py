"""Environments of jobs and batches, what was noticed of a batch, settings that are no numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Jobs and batches of earlier versions have no environments: their steps use the originals."""
    none = sa.text("'{}'")
    for table in ("jobs", "batches"):
        op.add_column(
            table, sa.Column("environments", sa.JSON, nullable=False, server_default=none)
        )
    warnings = sa.Column("warnings", sa.JSON, nullable=False, server_default=sa.text("'[]'"))
    op.add_column("batches", warnings)
    with op.batch_alter_table("settings") as settings:
        settings.alter_column("value", existing_type=sa.Integer, type_=sa.JSON, nullable=False)
