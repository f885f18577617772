"""Who may look into a state directory: its owner, and nobody else."""

import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path, PurePath

from jupyter_orchest_jobs.service.state import StateDir

_THEIRS = (
    # Projects, and what steps make of them and share.
    "snapshots/*/project",
    "runs/*/work",
    "runs/*/.work-*",
    "data",
    # After a run these are, or were, one file with that in the working copy, and have its mode.
    "runs/*/attempts/*/pipeline.json",
    "runs/*/attempts/*/steps/*/notebook.ipynb",
    # One file with that in the original.
    "environments/*/prefix",
    # What Python keeps beside the SDK when steps import it.
    "sdk/*/orchest/__pycache__",
    # Administrators write it.
    "sharing.json",
)
"""What lies in a private folder, and keeps the modes that others gave it."""


def open_to_others(state: StateDir) -> list[str]:
    """Our files and folders of which others have any rights, with their modes."""
    return [
        f"{mode:04o} {path.relative_to(state.root)}"
        for path in (state.root, *_ours(state.root, state.root))
        if (mode := _mode(path)) & 0o077
    ]


def _ours(folder: Path, root: Path) -> Iterator[Path]:
    try:
        found = list(folder.iterdir())
    except OSError:  # removed meanwhile
        return
    for path in found:
        if _is_theirs(path.relative_to(root)):
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _ours(path, root)


def _is_theirs(path: PurePath) -> bool:
    return any(
        len(path.parts) == len(names) and all(map(fnmatch, path.parts, names))
        for names in (pattern.split("/") for pattern in _THEIRS)
    )


def _mode(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:  # removed meanwhile
        return 0
    # Nobody asks for the mode of a link.
    return 0 if stat.S_ISLNK(found.st_mode) else stat.S_IMODE(found.st_mode)
