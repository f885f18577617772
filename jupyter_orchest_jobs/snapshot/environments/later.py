"""What became of clones and of originals since they were frozen."""

import json
import os
import stat
import time
from pathlib import Path

from jupyter_orchest_jobs.domain.environment import (
    Changes,
    Drift,
    Environment,
    package_changes,
)
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.snapshot.environments.packages import packages_of, shallow_key
from jupyter_orchest_jobs.snapshot.environments.place import FILES, PREFIX, manifest
from jupyter_orchest_jobs.snapshot.environments.probe import mark
from jupyter_orchest_jobs.snapshot.environments.tree import CACHE

CHECKED_S = 600.0
"""A clone that was made, or found whole, so short a time ago isn't looked through again."""


def changes(root: Path, environment: Environment) -> Changes:
    """What has changed in the original since it was frozen or recorded.

    Raises:
        NotFound: there is no record of it.
    """
    known = manifest(root, environment.id)
    if not Path(environment.program).exists():
        return Changes(problem=f"The original, {environment.program}, is gone.")
    changed = [path for path, then in known.marks.items() if mark(path) != then]
    problem = f"{' and '.join(changed)} changed." if changed else ""
    now = packages_of(known.folders, shallow_key(known.folders))
    return Changes(package_changes(known.packages, now), problem)


def drift(root: Path, environment_id: str) -> Drift:
    """What has changed in a clone since it was made; what Python compiles doesn't count.

    Files that are linked change with the original if somebody writes into them in place, and
    count as changed when they were only touched.

    Raises:
        NotFound: there is no clone.
    """
    place = root / environment_id
    try:
        stamps = json.loads((place / FILES).read_bytes())
    except (OSError, ValueError):
        raise NotFound(f"There is no clone of the environment {environment_id}.") from None
    found: dict[str, tuple[int, int]] = {}
    for folder, folders, names in os.walk(place / PREFIX):
        folders[:] = [name for name in folders if name != CACHE]
        below = os.path.relpath(folder, place / PREFIX)
        for name in names:
            status = os.lstat(f"{folder}/{name}")
            if stat.S_ISLNK(status.st_mode):
                continue
            found[_join(below, name)] = status.st_size, status.st_mtime_ns
    then = {
        _join(folder, name): (stamp[0], stamp[1])
        for folder, names in stamps.items()
        if Path(folder).name != CACHE
        for name, stamp in names.items()
    }
    return Drift(
        changed=tuple(sorted(path for path in then if found.get(path, then[path]) != then[path])),
        missing=tuple(sorted(then.keys() - found.keys())),
        added=tuple(sorted(found.keys() - then.keys())),
    )


def check(root: Path, environment_id: str) -> Drift:
    """As :func:`drift`, unless that was seen a short time ago, by whomever: then there is none.

    Raises:
        NotFound: there is no clone.
    """
    place = root / environment_id
    now = time.time()
    try:
        seen = place.stat().st_mtime if (place / PREFIX).is_dir() else 0.0
    except OSError:
        seen = 0.0
    if 0 <= now - seen < CHECKED_S:
        return Drift()
    found = drift(root, environment_id)
    if not found:
        # The folder is ours alone, so its time can tell others.
        os.utime(place, (now, now))
    return found


def _join(folder: str, name: str) -> str:
    return name if folder in {"", "."} else f"{folder}/{name}"
