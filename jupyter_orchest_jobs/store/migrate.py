"""Bringing an older database up to date; Alembic is imported for nothing else."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.store import tables
from jupyter_orchest_jobs.store.backups import back_up
from jupyter_orchest_jobs.store.connections import engine_for, exclusive, version_of

MIGRATIONS = Path(__file__).with_name("migrations")


def config(connection: Connection) -> Config:
    """Alembic's configuration: our migrations, over this connection."""
    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def upgrade(database: Path) -> Path | None:
    """Back the database up and migrate it to the newest version, in one transaction.

    Args:
        database: the SQLite file.

    Returns:
        The backup's path, beside the database; None if another process was faster.

    Raises:
        StoreUnavailable: there can be no backup, or the migrated data would contradict
            themselves; nothing was changed.
    """
    engine = engine_for(database, foreign_keys=False)
    try:
        with exclusive(engine) as connection:
            version = version_of(connection)
            if version is None or version >= tables.HEAD:
                return None
            # The lock is ours: nobody can write between the backup and the migration.
            backup = back_up(database)
            command.upgrade(config(connection), "head")
            if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                raise StoreUnavailable(
                    f"{database} can't be updated: rows refer to others that don't exist. "
                    f"It is as it was; a copy is in {backup}."
                )
            return backup
    finally:
        engine.dispose()
