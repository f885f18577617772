"""Where clones are: ``<root>/<id>/``, whole or not at all."""

import contextlib
import json
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.environment import EnvironmentManifest
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.building import temporary, temporary_name
from jupyter_orchest_jobs.files.private import write_private

MANIFEST = "manifest.json"
FILES = "files.json"
PREFIX = "prefix"

_TRIES = 10


def manifest(root: Path, environment_id: str) -> EnvironmentManifest:
    """What is known of an environment that was frozen or recorded.

    Raises:
        NotFound: it wasn't, or its file is damaged.
    """
    try:
        data = json.loads((root / environment_id / MANIFEST).read_bytes())
        return EnvironmentManifest.from_json(data)
    except (OSError, ValueError, KeyError, TypeError):
        raise NotFound(f"There is no record of the environment {environment_id}.") from None


def find_manifest(root: Path, environment_id: str) -> EnvironmentManifest | None:
    """As :func:`manifest`; None where there is none."""
    try:
        return manifest(root, environment_id)
    except NotFound:
        return None


def write_json(path: Path, data: Any) -> None:
    """Write a new file.

    Raises:
        OSError: it can't be written.
    """
    write_private(path, json.dumps(data, separators=(",", ":")).encode("ascii"))


def put(new: Path, place: Path, *, instead: bool) -> bool:
    """Give a finished folder its name.

    Args:
        instead: whether it may take the place of one that is there.

    Returns:
        False if somebody else's stays there.

    Raises:
        OSError: it can't be renamed.
    """
    for _ in range(_TRIES):
        try:
            new.rename(place)
            return True
        except OSError:
            if not place.is_dir():
                raise
        if not instead:
            return False
        with temporary(place.parent) as away, contextlib.suppress(FileNotFoundError):
            place.rename(away / "old")
    return False


def set_aside(root: Path, environment_id: str) -> Path:
    """Take away a clone or record at once; where it is then, to be deleted when there is time.

    Raises:
        OSError: it isn't there, or can't be renamed.
    """
    return (root / environment_id).rename(temporary_name(root))
