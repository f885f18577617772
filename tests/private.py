"""Who may look into a state directory: its owner, and nobody else."""

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from jupyter_orchest_jobs.service.state import StateDir

_THEIRS = (
    "snapshots/*/project",
    "runs/*/work",
    "environments/*/prefix",
    "data",
    "sdk/*/__pycache__",
    "sharing.json",
)
"""What lies in a private folder, and keeps the modes that others gave it: projects, steps (what
Python keeps beside the SDK), administrators."""


def open_to_others(state: StateDir) -> list[str]:
    """Our files and folders of which others have any rights, with their modes."""
    return [
        f"{stat.S_IMODE(path.lstat().st_mode):04o} {path.relative_to(state.root)}"
        for path in (state.root, *_ours(state.root, state.root))
        if _mode(path) & 0o077
    ]


def _ours(folder: Path, root: Path) -> Iterator[Path]:
    try:
        found = list(folder.iterdir())
    except OSError:  # removed meanwhile
        return
    for path in found:
        if any(fnmatch(str(path.relative_to(root)), pattern) for pattern in _THEIRS):
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _ours(path, root)


def _mode(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0
    # After a run these are, or were, one file with that in the working copy, and have its mode.
    shared = path.name.endswith(("notebook.ipynb", "pipeline.json"))
    return 0 if shared or path.is_symlink() or found.st_uid != os.getuid() else found.st_mode
