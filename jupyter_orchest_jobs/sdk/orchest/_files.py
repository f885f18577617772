"""Finds notebooks, projects and pipeline files, where no job says which they are."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from typing import Any, Iterator

SUFFIX = ".orchest"
_MOST = 50_000
"""Names after which the search of a project ends: a home without end may be one."""
_NEVER = {"node_modules", "__pycache__", "site-packages"}


def own_file() -> str | None:
    """The real path of the notebook or script that this process executes, if that can be told.

    A server names the notebook when it starts its kernel; after a rename that name is stale until
    the kernel is restarted.
    """
    name = os.environ.get("JPY_SESSION_NAME")
    if name:
        here = os.getcwd()
        root = os.environ.get("ORCHEST_SERVER_ROOT", here)
        # Kernels start in the folder of their notebook.
        for path in (os.path.join(root, name), os.path.join(here, os.path.basename(name))):
            if path.endswith(".ipynb") and os.path.isfile(path):
                return os.path.realpath(path)
        return None
    main = sys.modules.get("__main__")
    # A kernel is a module of a package, and no step.
    script = None if getattr(main, "__spec__", None) else getattr(main, "__file__", None)
    return os.path.realpath(script) if script else None


def project_of(file: str) -> str:
    """The root of the project of a file: the nearest folder above that git or Orchest calls one.

    If there is none, the file's own folder. The same rule as for jobs.
    """
    own = os.path.dirname(os.path.realpath(file))
    for folder in _upwards(own):
        marks = os.path.join(folder, ".orchest")
        if os.path.exists(os.path.join(folder, ".git")) or os.path.isdir(
            os.path.join(marks, "environments")
        ):
            return folder
        if any(name.endswith(".json") for name in _names(os.path.join(marks, "pipelines"))):
            return folder
    return own


def pipelines_around(folder: str) -> list[str]:
    """The pipeline files in the project of a folder, and in the folders above it; real paths."""
    found = dict.fromkeys(_below(project_of(os.path.join(folder, "any"))))
    for above in _upwards(os.path.realpath(folder)):
        found.update(dict.fromkeys(_pipelines_in(above)))
    return list(found)


def read_definition(path: str) -> dict[str, Any]:
    """What a pipeline file holds.

    Raises:
        OSError: it can't be read.
        ValueError: it is no pipeline file.
    """
    with open(path, encoding="utf-8-sig") as file:
        definition = json.load(file)
    if not isinstance(definition, dict) or not isinstance(definition.get("steps"), dict):
        raise ValueError("it is no pipeline")
    return definition


def files_of_steps(path: str, definition: dict[str, Any]) -> dict[str, str]:
    """Step id → real path of its notebook or script."""
    folder = os.path.dirname(path)
    return {
        step: os.path.realpath(os.path.join(folder, str(properties.get("file_path") or "")))
        for step, properties in definition["steps"].items()
        if isinstance(properties, dict)
    }


def _upwards(folder: str) -> Iterator[str]:
    """A folder and those above it, as far as the user sees them."""
    home = os.path.expanduser("~")
    tops = {os.path.realpath(top) for top in (home, os.environ.get("ORCHEST_SERVER_ROOT", home))}
    while True:
        yield folder
        above = os.path.dirname(folder)
        if folder in tops or above == folder:
            return
        folder = above


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _pipelines_in(folder: str) -> list[str]:
    paths = [os.path.join(folder, name) for name in _names(folder) if name.endswith(SUFFIX)]
    return [os.path.realpath(path) for path in paths if os.path.isfile(path)]


def _below(root: str) -> Iterator[str]:
    """The pipeline files below a folder, the nearest first."""
    folders, seen = deque([root]), 0
    while folders and seen < _MOST:
        folder = folders.popleft()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        seen += len(entries)
        if folder != root and any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        for entry in entries:
            if entry.name.endswith(SUFFIX) and entry.is_file():
                yield os.path.realpath(entry.path)
            elif _is_searched(entry):
                folders.append(entry.path)


def _is_searched(entry: os.DirEntry[str]) -> bool:
    hidden = entry.name.startswith(".") or entry.name in _NEVER
    return not hidden and entry.is_dir(follow_symlinks=False)
