"""The SQLite file: opening, creating, healing, and its transactions."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from jupyter_orchest_jobs.errors import StoreOutdated, StoreUnavailable
from jupyter_orchest_jobs.store import backups, place, repair, tables
from jupyter_orchest_jobs.store.connections import (
    BUSY_TIMEOUT_S,
    engine_for,
    exclusive,
    version_of,
)

_FULL = "the disk is full"
_READ_ONLY = "the file system is read-only"


class Database:
    """One SQLite file; transactions of all processes queue up for it.

    In WAL mode, but for network file systems and other places that several hosts use, where that
    is not safe.

    Args:
        path: of the file; created with its tables if it is missing.
        migrate: whether an older file is brought up to date (after a backup), and a damaged one
            replaced. Only the conductor does that; for others such a file is an error.
        guard: called in each writing transaction, when nobody else can write any more and before
            anything is written; raises what is to be raised instead.

    Raises:
        StoreUnavailable: not ours, of a newer version, locked, or on a full or read-only disk.
        StoreOutdated: of an older version, or damaged, and not to be migrated.
    """

    def __init__(
        self, path: Path, *, migrate: bool = False, guard: Callable[[], None] = lambda: None
    ) -> None:
        self.path = path
        self._guard = guard
        with _translated(path):
            _heal(path, migrate)
            _make_private(path)
            self._engine = engine_for(path)
            self._identity = _identity(path)
            try:
                self._prepare(migrate)
            except BaseException:
                self._engine.dispose()
                raise

    @property
    def identity(self) -> tuple[int, int]:
        """Tells the file that was used last from one that replaces it."""
        return self._identity

    @property
    def notice(self) -> str | None:
        """What the user should know about the file and its place; None as a rule."""
        network = place.network_of(self.path.parent)
        told = [
            None if network is None else _network_notice(self.path, network),
            _read_only_notice(self.path) if _is_read_only(self.path.parent) else None,
            repair.notice_of(self.path),
        ]
        return " ".join(text for text in told if text is not None) or None

    @property
    def has_lost_records(self) -> bool:
        """Whether the file was replaced, so that it may not know all files of jobs."""
        return repair.notice_of(self.path) is not None

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with _translated(self.path), self._current().begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the database to itself from its first moment.

        A deferred one would fail half-way when another process wrote in between.
        """
        with _translated(self.path), exclusive(self._current()) as connection:
            self._guard()
            yield connection

    def _current(self) -> Engine:
        """The engine, without connections to a file that has been replaced."""
        identity = _identity(self.path)
        if identity != self._identity:
            self._engine.dispose()
            self._identity = identity
        return self._engine

    def _prepare(self, migrate: bool) -> None:
        with self._engine.begin() as connection:
            version = version_of(connection)
        if version is None:
            version = self._create()
        if version == tables.HEAD:
            return
        if version > tables.HEAD:
            raise StoreUnavailable(
                f"{self.path} was written by a newer version of jupyter_orchest_jobs; "
                "update this installation to use it."
            )
        if not migrate:
            raise StoreOutdated(
                f"{self.path} is of an older version; `jupyter orchest-jobs serve` updates it."
            )
        from jupyter_orchest_jobs.store.migrate import upgrade

        upgrade(self.path)

    def _create(self) -> str:
        # Two processes may get here at once: the second one finds the tables in its transaction.
        with exclusive(self._engine) as connection:
            made = version_of(connection)
            if made is not None:
                return made
            if connection.execute(text("SELECT 1 FROM sqlite_master")).first() is not None:
                raise StoreUnavailable(f"{self.path} is the database of another program.")
            tables.metadata.create_all(connection)
            connection.execute(tables.state.insert().values(id=1, revision=0, last_job_number=0))
            # As Alembic makes it, which takes over from here.
            connection.execute(
                text(
                    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
                    " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
                )
            )
            connection.execute(
                text("INSERT INTO alembic_version VALUES (:head)"), {"head": tables.HEAD}
            )
            return tables.HEAD


def _make_private(path: Path) -> None:
    """Create the file; it and what SQLite puts beside it are for its owner only.

    SQLite gives its other files the mode of this one. Whatever the umask, and also where the
    file was copied from elsewhere.
    """
    # A file that exists is never opened here: closing it would give up the locks of all
    # connections that this process has to it, and others would take it for unused.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    if path.stat().st_mode & 0o777 != 0o600:
        with suppress(PermissionError):  # file systems without modes
            path.chmod(0o600)
    if not os.access(path, os.R_OK | os.W_OK):
        read_only = os.statvfs(path).f_flag & os.ST_RDONLY
        number = errno.EROFS if read_only else errno.EACCES
        raise OSError(number, os.strerror(number), str(path))


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _heal(path: Path, migrate: bool) -> None:
    """Replace a file that is damaged or lost, if we may."""
    if repair.is_lost(path):
        if not migrate:
            raise _damaged(path)
        repair.repair(path, "the file was lost")
    elif migrate and path.exists() and path.stat().st_size > 0:
        problem = backups.damage(path, BUSY_TIMEOUT_S)
        if problem is not None and not repair.mend_indexes(path, BUSY_TIMEOUT_S):
            repair.repair(path, problem)


def _damaged(path: Path) -> StoreOutdated:
    return StoreOutdated(f"{path} is damaged; `jupyter orchest-jobs serve` repairs it.")


def _network_notice(path: Path, network: str) -> str:
    return (
        f"The state directory {path.parent} is on a network file system ({network}), where a "
        "database is slower and less safe. Set state_dir to a folder on a local disk, if there "
        "is one that lasts."
    )


def _read_only_notice(path: Path) -> str:
    return (
        f"The disk of the state directory {path.parent} is read-only now: what is there is shown, "
        "but nothing can be changed and nothing runs until it can be written again."
    )


def _is_read_only(folder: Path) -> bool:
    """Whether a folder's disk was mounted without writing, as after an error of the disk."""
    with suppress(OSError):
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    return False


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError, PoolTimeout, OSError) as error:
        reason = error.orig if isinstance(error, DatabaseError) else error
        if backups.is_damage(reason):
            raise _damaged(path) from error
        # Others of this family are mistakes of ours: constraints, wrong SQL types.
        if isinstance(error, PoolTimeout | OSError) or (
            isinstance(reason, sqlite3.OperationalError) or type(reason) is sqlite3.DatabaseError
        ):
            text = _reason(path, reason)
            raise StoreUnavailable(f"The database {path} can't be used: {text}.") from error
        raise


def _reason(path: Path, error: BaseException | None) -> str:
    """Why SQLite failed; where it only says that it did, what is wrong with the disk."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    number = getattr(error, "errno", None)
    if code == sqlite3.SQLITE_FULL or number in (errno.ENOSPC, errno.EDQUOT):
        return _FULL
    if number == errno.EROFS:
        return _READ_ONLY
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        if _is_read_only(path.parent):
            return _READ_ONLY
        with suppress(OSError):
            if os.statvfs(path.parent).f_bavail == 0:
                return _FULL
    return str(getattr(error, "strerror", None) or error)
