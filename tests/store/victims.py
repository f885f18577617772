"""Conductors that are killed while they open a database, at one point after the other.

``python -m tests.store.victims FOLDER STRIDE`` copies the files in it for each of them,
one at each so-many-th point, and prints what each left as a line of JSON. This process imports
everything and forks them, which is fast.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Engine, event

from jupyter_orchest_jobs.store.backups import damage
from jupyter_orchest_jobs.store.sqlite import SqliteStore

NAME = "jobs.sqlite"
FILE_EVENTS = {"open", "os.rename", "os.remove", "os.link", "os.chmod", "sqlite3.connect"}
assert command  # imported now, so that the victims import nothing


def open_and_die(folder: Path, point: int) -> None:
    """Open the database as a conductor does, and be killed at a point, if there is that many."""
    seen = 0

    def die(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(name: str, arguments: tuple[Any, ...]) -> None:
        if name in FILE_EVENTS and str(folder) in str(arguments[0]):
            die()

    sys.addaudithook(hook)
    event.listen(Engine, "before_cursor_execute", die)
    event.listen(Engine, "commit", die)
    SqliteStore(folder / NAME, migrate=True).close()


def left(path: Path) -> dict[str, Any]:
    """What is in a file that nobody has open."""
    found: dict[str, Any] = {"damage": damage(path), "version": None, "schema": None}
    if found["damage"] is None:
        with closing(sqlite3.connect(path)) as raw:
            schema = raw.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
            found["schema"] = [sql for (sql,) in schema]
            if schema:
                (version,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
                found["version"] = version
    return found


def main(base: Path, stride: int) -> None:
    """Kill at one point after the other, until there are no more."""
    for point in count(1, stride):
        folder = base / f"point-{point}"
        folder.mkdir()
        for file in base.iterdir():
            if file.is_file():
                shutil.copyfile(file, folder / file.name)
        child = os.fork()
        if child == 0:
            open_and_die(folder, point)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found = left(folder / NAME)
        with closing(SqliteStore(folder / NAME, migrate=True)) as store:
            found["jobs"] = [job.name for job in store.unfinished_jobs()]
            found["runs"] = len(store.run_ids())
        found["files"] = sorted(file.name for file in folder.iterdir())
        found["killed"] = os.WIFSIGNALED(status)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
        if not found["killed"]:
            assert status == 0
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
