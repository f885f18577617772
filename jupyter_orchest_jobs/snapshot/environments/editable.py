"""Packages that are installed as editable: their source lies elsewhere, and is copied."""

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.domain.environment import Package
from jupyter_orchest_jobs.snapshot.environments.packages import editable_root

MOST_FILES, MOST_BYTES = 5_000, 256 * 2**20
"""Larger sources are not copied."""

_NOT_SOURCE = frozenset({"node_modules", "__pycache__"})
_LOADERS = re.compile(r".*\.pth|__editable__.*\.py|__editable___.*\.py")


@dataclass(frozen=True)
class Source:
    """The source of a package that is installed as editable.

    Attributes:
        root: its real path.
        files: their paths relative to it, in order.
        key: changes with each of them.
        problem: a sentence: why it is not copied; "" if it is.
    """

    name: str
    root: str
    files: tuple[str, ...]
    key: str
    problem: str = ""


def sources_of(packages: tuple[Package, ...]) -> tuple[Source, ...]:
    """The sources of all editable packages among these; reads folders, not files."""
    found = []
    for package in packages:
        root = editable_root(package)
        if root is not None:
            found.append(_source(package.name, os.path.realpath(root)))
    return tuple(found)


def loads_packages(name: str) -> bool:
    """Whether a file of a folder of packages may tell where an editable one is."""
    return _LOADERS.fullmatch(name) is not None


def copy_source(source: Source, target: Path) -> None:
    """Copy a source into a new folder; what was deleted meanwhile is left out.

    Raises:
        OSError: it can't be read or written.
    """
    for file in source.files:
        copy = target / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(Path(source.root, file), copy)


def _source(name: str, root: str) -> Source:
    digest = hashlib.sha256(root.encode("utf-8", "surrogateescape"))
    files, size = [], 0
    why = "" if Path(root).is_dir() else "it isn't there"
    for path, status in _walk(root, ""):
        files.append(path)
        size += status.st_size
        digest.update(
            f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode("utf-8", "surrogateescape")
        )
        if len(files) > MOST_FILES or size > MOST_BYTES:
            why = f"it has more than {MOST_FILES:,} files or {MOST_BYTES // 10**6} MB"
            break
    if not why:
        return Source(name, root, tuple(files), digest.hexdigest())
    problem = f"The source of {name}, {root}, is not frozen: {why}."
    return Source(name, root, (), why, problem)


def _walk(root: str, below: str) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(f"{root}/{below}") as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError:
        return
    if any(entry.name in {"pyvenv.cfg", "conda-meta"} for entry in entries):
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _NOT_SOURCE:
            continue
        path = f"{below}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, f"{path}/")
        elif entry.is_file():
            try:
                status = entry.stat()
            except FileNotFoundError:  # editors make files and remove them all the time
                continue
            yield path, status
