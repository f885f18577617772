"""Bringing an older database up to date; Alembic is imported for nothing else."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")


def config(database: Path) -> Config:
    """Alembic's configuration for a database file."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.set_main_option("sqlalchemy.url", f"sqlite:///{database}".replace("%", "%%"))
    return settings


def upgrade(database: Path, version: str) -> Path:
    """Back the database up and migrate it to the newest version.

    Args:
        database: the SQLite file.
        version: what it is now; names the backup.

    Returns:
        The backup's path, beside the database.
    """
    backup = database.with_name(f"{database.name}.backup-{version}")
    source, target = sqlite3.connect(database), sqlite3.connect(backup)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    backup.chmod(0o600)
    command.upgrade(config(database), "head")
    return backup
