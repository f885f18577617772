"""How Alembic reaches the database: one connection, one transaction."""

from alembic import context
from sqlalchemy import engine_from_config, pool

from jupyter_orchest_jobs.store.tables import metadata

engine = engine_from_config(
    context.config.get_section(context.config.config_ini_section) or {},
    prefix="sqlalchemy.",
    poolclass=pool.NullPool,
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
