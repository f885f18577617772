"""How Alembic reaches the database: over a connection, within a transaction, of ours."""

from alembic import context

from jupyter_orchest_jobs.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
