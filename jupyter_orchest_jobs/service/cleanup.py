"""Finding files that belong to nothing any more: of deleted jobs, and what crashes left."""

import re
from pathlib import Path

from jupyter_orchest_jobs.domain.ids import is_id
from jupyter_orchest_jobs.engine.warm.ending import end_hosts
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.snapshot import environments
from jupyter_orchest_jobs.store.contract import Store


def find_leftovers(store: Store, state: StateDir) -> list[Path]:
    """The folders of runs, snapshots and environments that no row names.

    Environments are not made for one job only, so another one may name the same at any moment:
    theirs have other names by then.

    Only the conductor may call this, and only while it takes no snapshot and freezes nothing: it
    makes those folders, and a snapshot's row comes after its folder.
    """
    # Folders first, rows second: what is made in between has a row by then.
    runs = _folders(state.root / "runs")
    snapshots = _folders(state.snapshots)
    frozen = [path.name for path in state.environments.iterdir() if _is_environment(path)]
    known_runs, known_snapshots = store.run_ids(), store.snapshot_ids()
    leftovers = [path for path in runs if path.name not in known_runs]
    leftovers += [path for path in snapshots if path.name not in known_snapshots]
    unknown = set(frozen) - store.environment_ids()
    for name in unknown:
        end_hosts(state.environments / name)
    return leftovers + [environments.set_aside(state.environments, name) for name in unknown]


def _is_environment(path: Path) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", path.name) is not None and path.is_dir()


def _folders(parent: Path) -> list[Path]:
    """Folders with names of ours; anything else is not ours to remove."""
    return [path for path in parent.iterdir() if is_id(path.name) and path.is_dir()]
