"""Removing files that belong to nothing any more: deleted jobs, and what crashes left."""

import logging
import os
import shutil
from pathlib import Path

from jupyter_orchest_jobs.domain.ids import is_id
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import Store

_log = logging.getLogger(__name__)


def remove_leftovers(store: Store, state: StateDir) -> int:
    """Remove folders of runs and snapshots that no row names.

    Only the conductor may call this, and only while it takes no snapshot: it makes those folders,
    and a snapshot's row comes after its folder.

    Returns:
        How many folders were removed.
    """
    # Folders first, rows second: what is made in between has a row by then.
    runs = _folders(state.root / "runs")
    snapshots = _folders(state.snapshots)
    known_runs, known_snapshots = store.run_ids(), store.snapshot_ids()
    leftovers = [path for path in runs if path.name not in known_runs]
    leftovers += [path for path in snapshots if path.name not in known_snapshots]
    for path in leftovers:
        _log.info("removing %s, which belongs to nothing", path)
        remove_folder(path)
    return len(leftovers)


def _folders(parent: Path) -> list[Path]:
    """Folders with names of ours; anything else is not ours to remove."""
    return [path for path in parent.iterdir() if is_id(path.name) and path.is_dir()]


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible."""
    # Steps may have left folders that can't be entered: each is opened up before its turn.
    for folder, children, _ in os.walk(path):
        for child in (Path(folder, name) for name in children):
            if not child.is_symlink():
                child.chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)
