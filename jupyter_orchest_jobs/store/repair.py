"""When the file is damaged: it is moved aside, and the newest good backup takes its place."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from jupyter_orchest_jobs.files.atomic import fsync_folder, write_atomic
from jupyter_orchest_jobs.store import backups

SIDES = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a file."""
_SKIPPED = 1_000_000
"""Revisions that nobody has seen yet: more than there were since any backup."""


def is_lost(database: Path) -> bool:
    """Whether the file is missing, or empty, although there was a database."""
    try:
        empty = database.stat().st_size == 0
    except FileNotFoundError:
        empty = True
    return empty and backups.has_backups(database)


def repair(database: Path, problem: str, now: datetime | None = None) -> None:
    """Move a damaged file aside and put a good one into its place.

    That is the newest backup that is good; without one, an empty file. What happened is written
    into a text beside the damaged file, for :func:`notice_of`. There is a file at every moment,
    and whoever is killed in between can begin again.

    Args:
        database: the SQLite file, which nobody in this process has open.
        problem: what is wrong with it.
        now: the time after which the damaged file is named; the present by default.

    Raises:
        OSError: the file can't be moved; it is as it was.
    """
    database = database.resolve()
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    aside = _free_name(database, f"{database.name}.corrupt-{moment:{backups.STAMP}}")
    fresh = database.with_name(f"{database.name}.restored")
    try:
        made = _restored(database, fresh)
        is_kept = database.exists() and database.stat().st_size > 0
        told = _story(aside, problem, moment, made, is_kept)
        write_atomic(_story_of(aside), told.encode())
        # The log first: SQLite would bring its pages into the new file.
        for end in SIDES:
            side = database.with_name(database.name + end)
            if side.exists():
                side.rename(aside.with_name(aside.name + end))
        if is_kept:
            _keep(database, aside)
        fresh.replace(database)
    finally:
        fresh.unlink(missing_ok=True)
    fsync_folder(database.parent)


def mend_indexes(database: Path, timeout_s: float) -> bool:
    """Make the indexes anew, if nothing but they are damaged; whether that was all.

    Raises:
        sqlite3.Error: it can't be written now.
    """
    try:
        with closing(sqlite3.connect(database, timeout=timeout_s)) as raw:
            if raw.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return False
            raw.execute("REINDEX")
    except sqlite3.DatabaseError as error:
        if backups.is_damage(error) or isinstance(error, sqlite3.IntegrityError):
            return False
        raise
    return backups.damage(database, timeout_s) is None


def notice_of(database: Path) -> str | None:
    """What the user should know about repairs; None if there were none, or it is forgotten."""
    database = database.resolve()
    told = sorted(database.parent.glob(f"{database.name}.corrupt-*.txt"))
    return told[-1].read_text(encoding="utf-8").strip() if told else None


def _restored(database: Path, fresh: Path) -> datetime | None:
    """Make the file that takes the other's place; the time of the backup that it is."""
    fresh.unlink(missing_ok=True)
    for backup, made in backups.good_backups(database):
        shutil.copyfile(backup, fresh)
        fresh.chmod(0o600)
        with closing(sqlite3.connect(fresh)) as raw, raw:
            # Whoever has seen more than there is now shall see that all has changed.
            raw.execute("UPDATE state SET revision = revision + ?", (_SKIPPED,))
            for table in ("jobs", "runs"):
                # Names of ours, nothing from outside.
                raw.execute(f"UPDATE {table} SET revision = (SELECT revision FROM state)")  # noqa: S608
        return made
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return None


def _keep(database: Path, aside: Path) -> None:
    try:
        aside.hardlink_to(database)
    except OSError:  # file systems without hard links
        shutil.copyfile(database, aside)
        aside.chmod(0o600)


def _story(
    aside: Path, problem: str, moment: datetime, made: datetime | None, is_kept: bool
) -> str:
    if made is None:
        end = "There was no good backup, so it begins anew."
    else:
        end = f"It is the backup of {made:%Y-%m-%d %H:%M} UTC now; later changes are lost."
    if is_kept:
        end += f" The damaged file is {aside}."
    return (
        f"The database was replaced on {moment:%Y-%m-%d %H:%M} UTC ({problem}). {end} Files of "
        f"jobs that it doesn't know any more are kept until you delete {_story_of(aside)}.\n"
    )


def _story_of(aside: Path) -> Path:
    return aside.with_name(f"{aside.name}.txt")


def _free_name(database: Path, name: str) -> Path:
    count, path = 1, database.with_name(name)
    while path.exists() or _story_of(path).exists():
        count += 1
        path = database.with_name(f"{name}-{count}")
    return path
