"""What of runs is searched: the texts of their values, and their messages."""

import json

import sqlalchemy as sa
from alembic import op

from jupyter_orchest_jobs.domain.values import search_text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    """Fill the texts of the runs that there are; they stay as they are."""
    run = sa.ForeignKey("runs.ordinal", ondelete="CASCADE")
    texts = op.create_table(
        "run_texts",
        sa.Column("ordinal", sa.Integer, run, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    connection = op.get_bind()
    runs = sa.text(
        "SELECT ordinal, combination, message FROM runs WHERE ordinal > :after"
        " ORDER BY ordinal LIMIT :limit"
    )
    after = 0
    while True:
        found = connection.execute(runs, {"after": after, "limit": _AT_ONCE}).all()
        if not found:
            return
        after = found[-1][0]
        rows = [
            {"ordinal": ordinal, "text": search_text(json.loads(combination), message)}
            for ordinal, combination, message in found
        ]
        connection.execute(sa.insert(texts), rows)
