"""Connections to an SQLite file, and how transactions begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from jupyter_orchest_jobs.store import place

BUSY_TIMEOUT_S = 10.0
"""How long a transaction waits for another process."""


def version_of(connection: Connection) -> str | None:
    """The migration at which a database is; None without our tables."""
    names = connection.execute(
        text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
    ).all()
    if not names:
        return None
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the write lock from its beginning."""
    with (
        engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection,
        connection.begin(),
    ):
        yield connection


def engine_for(path: Path, *, foreign_keys: bool = True) -> Engine:
    """Connections to a file, with transactions that are begun by us.

    Args:
        path: of the file.
        foreign_keys: off for migrations: replacing a table would delete what refers to it.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )
    is_local = place.network_of(path.parent) is None and place.sharing_of(path.parent) is None

    def connect(connection: Any, _record: Any) -> None:
        # The driver's own way of beginning defers the lock, and leaves DDL outside.
        connection.isolation_level = None
        for pragma in (
            f"journal_mode = {'WAL' if is_local else 'DELETE'}",
            # Without a log, a commit is one of a folder's names, too.
            f"synchronous = {'FULL' if is_local else 'EXTRA'}",
            f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine
