"""Copies of the database beside it: made while others use it, and the oldest ones removed."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.files.atomic import fsync_folder

KEEP = 3
EVERY = timedelta(days=1)
STAMP = "%Y%m%d-%H%M%S"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def back_up(database: Path, now: datetime | None = None) -> Path:
    """Copy a database while others use it; the newest three copies stay.

    Args:
        database: the SQLite file.
        now: the time after which the copy is named; the present by default.

    Returns:
        The copy, beside the database: whole by itself, and only for its owner.

    Raises:
        StoreUnavailable: it can't be copied, or is damaged; older copies are as they were.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    copy = database.with_name(f"{database.name}.backup-{moment:{STAMP}}")
    partial = database.with_name(f"{database.name}.backup.partial")
    try:
        _copy(database, partial)
        problem = damage(partial)
        if problem is not None:
            raise StoreUnavailable(f"{database} is damaged: {problem}.")
        partial.replace(copy)
        fsync_folder(copy.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"{database} can't be backed up: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    others = [found for found, _ in _found(database) if found != copy]
    for old in others[KEEP - 1 :]:
        old.unlink(missing_ok=True)
    return copy


def is_due(database: Path, now: datetime) -> bool:
    """Whether the newest backup is a day old, or there is none."""
    times = [made for _, made in _found(database)]
    return not times or not timedelta(0) <= now - times[0] < EVERY


def good_backups(database: Path) -> Iterator[tuple[Path, datetime]]:
    """The backups that are not damaged, newest first, and when each was made."""
    for copy, made in _found(database):
        if copy.stat().st_size > 0 and damage(copy) is None:
            yield copy, made


def has_backups(database: Path) -> bool:
    """Whether there are any, damaged or not."""
    return bool(_found(database))


def damage(database: Path, timeout_s: float = 10.0) -> str | None:
    """What is wrong with a database's file; None if nothing is.

    Raises:
        sqlite3.Error: it can't be read, which says nothing about what is in it.
    """
    try:
        with closing(sqlite3.connect(database, timeout=timeout_s)) as raw:
            (found,) = raw.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return str(error)
        raise
    return None if found == "ok" else " ".join(str(found).removeprefix("*** ").split())


def is_damage(error: BaseException | None) -> bool:
    """Whether an error of SQLite says that the file is damaged, or no database."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGE


def _copy(database: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    target.chmod(0o600)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        # One file that is whole by itself, wherever it is taken.
        copy.execute("PRAGMA journal_mode = DELETE")


def _found(database: Path) -> list[tuple[Path, datetime]]:
    """The backups of a database with their times, newest first."""
    pattern = re.compile(re.escape(database.name) + r"\.backup-(\d{8}-\d{6})")
    found = []
    for path in database.parent.iterdir():
        match = pattern.fullmatch(path.name)
        if match:
            try:
                made = datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)
            except ValueError:
                continue
            found.append((path, made))
    return sorted(found, key=lambda item: item[1], reverse=True)
