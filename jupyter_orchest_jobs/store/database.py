"""The SQLite file: opening, creating, migrating, and its transactions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.store import tables

BUSY_TIMEOUT_S = 10.0
"""How long a transaction waits for another process."""


class Database:
    """One SQLite file in WAL mode; transactions of all processes queue up for it.

    Args:
        path: of the file; created with its tables if it is missing.
        migrate: whether an older file is brought up to date (after a backup). Only the conductor
            does that; for others an older file is an error.

    Raises:
        StoreUnavailable: not a database, of another version, locked, or on a full or read-only
            disk.
    """

    def __init__(self, path: Path, *, migrate: bool = False) -> None:
        self.path = path
        # Our own files are for their owner only, whatever the umask.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._engine = _engine(path)
        with _translated(path):
            self._prepare(migrate)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with _translated(self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the database to itself from its first moment.

        A deferred one would fail half-way when another process wrote in between.
        """
        with (
            _translated(self.path),
            self._engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection,
            connection.begin(),
        ):
            yield connection

    def _prepare(self, migrate: bool) -> None:
        version = self._version()
        if version == tables.HEAD:
            return
        if version is None:
            self._create()
        elif migrate and version < tables.HEAD:
            from jupyter_orchest_jobs.store.migrate import upgrade

            upgrade(self.path, version)
        elif version < tables.HEAD:
            raise StoreUnavailable(
                f"{self.path} is of an older version; `jupyter orchest-jobs serve` updates it."
            )
        else:
            raise StoreUnavailable(
                f"{self.path} was written by a newer version of jupyter_orchest_jobs; "
                "update this installation to use it."
            )

    def _version(self) -> str | None:
        with self._engine.begin() as connection:
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
            ).all()
            if not names:
                return None
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())

    def _create(self) -> None:
        # Two processes may get here at once: the second one finds the tables in its transaction.
        with self.writing() as connection:
            made = connection.execute(
                text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
            ).first()
            if made:
                return
            tables.metadata.create_all(connection)
            connection.execute(tables.state.insert().values(id=1, revision=0, last_job_number=0))
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            connection.execute(
                text("INSERT INTO alembic_version VALUES (:head)"), {"head": tables.HEAD}
            )


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
    )

    def connect(connection: Any, _record: Any) -> None:
        # Transactions are begun by us: the driver's own way defers the lock.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise StoreUnavailable(f"The database {path} can't be used: {error.orig}.") from error
        raise
