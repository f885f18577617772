"""The pipeline files below a folder."""

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.domain import jsontext
from jupyter_orchest_jobs.domain.parameters import parameters_file_of
from jupyter_orchest_jobs.domain.pipeline import SUFFIX
from jupyter_orchest_jobs.files.project import find_project
from jupyter_orchest_jobs.files.reading import read_start

MOST_S = 2.0
MOST_FOLDERS = 20_000
"""After so long, or so many folders, the search is given up."""
_NEVER = frozenset({"node_modules", "__pycache__", "site-packages"})
_VIRTUAL = ("pyvenv.cfg", "conda-meta")


@dataclass(frozen=True)
class PipelineFile:
    """A pipeline file.

    Attributes:
        path: POSIX, relative to where it was looked for.
        name: the pipeline's own; the file's without its suffix, if it can't be read.
        uuid: what a copy of the file has as well; empty if there is none, or it can't be read.
        project: path of its project's folder, relative to the same; ``.`` for that itself.
        parameters_file: the path of the one beside it, None if there is none.
    """

    path: str
    name: str
    uuid: str
    project: str
    parameters_file: str | None


@dataclass(frozen=True)
class PipelineFiles:
    """What a search found.

    Attributes:
        items: by path.
        complete: False if it was given up.
    """

    items: tuple[PipelineFile, ...]
    complete: bool


def find_pipelines(
    root: Path,
    leave: Collection[Path] = (),
    *,
    most_s: float = MOST_S,
    most_folders: int = MOST_FOLDERS,
) -> PipelineFiles:
    """Look for pipeline files, in folders near the root first. Walks folders; may take seconds.

    Hidden folders, links to folders, virtual environments and the like are left out.

    Args:
        leave: folders that are left out, too.
        most_s: after so many seconds it is given up.
        most_folders: after so many folders, too.
    """
    deadline = time.monotonic() + most_s
    avoided = {os.path.realpath(path) for path in leave}
    top = os.path.realpath(root)
    level, seen = [top], 0
    found: list[PipelineFile] = []
    while level:
        below: list[str] = []
        for folder in level:
            if seen >= most_folders or time.monotonic() > deadline:
                return PipelineFiles(_sorted(found), complete=False)
            seen += 1
            folders, files = _entries(folder)
            below += (path for path in folders if path not in avoided)
            found += (_described(path, top) for path in files)
        level = below
    return PipelineFiles(_sorted(found), complete=True)


def _entries(folder: str) -> tuple[list[str], list[str]]:
    """The folders to look into, and the pipeline files."""
    folders: list[str] = []
    files: list[str] = []
    for entry in _scan(folder):
        if entry.name in _VIRTUAL:
            return [], []
        if not jsontext.encodable(entry.name) or entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _NEVER:
                folders.append(entry.path)
        elif entry.name.endswith(SUFFIX) and entry.is_file():
            files.append(entry.path)
    return sorted(folders), files


def _scan(folder: str) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return  # gone, or not ours to read


def _described(path: str, top: str) -> PipelineFile:
    relative = os.path.relpath(path, top)
    beside = parameters_file_of(relative)
    head = _head_of(Path(path))
    return PipelineFile(
        path=relative,
        name=head.get("name") or Path(path).name.removesuffix(SUFFIX),
        uuid=head.get("uuid", ""),
        project=os.path.relpath(find_project(Path(path), Path(top)), top),
        parameters_file=beside if (Path(top) / beside).is_file() else None,
    )


def _head_of(path: Path) -> dict[str, str]:
    """What a pipeline file says of itself: the texts at its top."""
    try:
        data = read_start(path, jsontext.MAX_BYTES)
        document = jsontext.parse(jsontext.decode(data, path.name), path.name)
        if isinstance(document, dict):
            return {key: text for key, text in document.items() if isinstance(text, str)}
    except (OSError, jsontext.JsonProblem):
        pass  # whoever chooses it is told what is wrong with it
    return {}


def _sorted(found: list[PipelineFile]) -> tuple[PipelineFile, ...]:
    return tuple(sorted(found, key=lambda one: one.path))
