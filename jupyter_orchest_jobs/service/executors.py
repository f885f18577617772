"""Runners where their runs belong: on this machine, or on the cluster in the settings."""

import json
from collections.abc import Callable
from pathlib import Path

from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.service.executor import Executor

_REMEMBERED = 1000
"""Asked ten times a second of each run that goes on."""


class Executors:
    """Hands on what is wanted of an attempt to the executor that its run names.

    Args:
        own: of this machine.
        cluster: the one of the cluster, as it is set up now.
    """

    def __init__(self, own: Executor, cluster: Callable[[], Executor]) -> None:
        self._own = own
        self._cluster = cluster
        self._away: dict[Path, bool] = {}

    def launch(self, attempt_dir: Path) -> int:
        """Start the runner of an attempt whose ``spec.json`` is written.

        Raises:
            EngineError: it can't be started, or the attempt has a runner.
        """
        return self._of(attempt_dir).launch(attempt_dir)

    def request_cancel(self, attempt_dir: Path) -> None:
        """Ask a runner to end its run.

        Raises:
            EngineError: the request can't be written.
        """
        self._of(attempt_dir).request_cancel(attempt_dir)

    def kill(self, attempt_dir: Path) -> None:
        """End a runner that does not listen."""
        self._of(attempt_dir).kill(attempt_dir)

    def is_alive(self, attempt_dir: Path) -> bool:
        """Whether a runner lives."""
        return self._of(attempt_dir).is_alive(attempt_dir)

    def sweep(self, run_id: str, attempt: int) -> int:
        """End what a dead runner left behind on this machine; how many processes there were."""
        return self._own.sweep(run_id, attempt)

    def _of(self, attempt_dir: Path) -> Executor:
        if attempt_dir not in self._away:
            if len(self._away) >= _REMEMBERED:
                self._away.clear()
            self._away[attempt_dir] = _is_away(AttemptFolder(attempt_dir))
        return self._cluster() if self._away[attempt_dir] else self._own


def _is_away(folder: AttemptFolder) -> bool:
    try:
        spec = json.loads(folder.spec.read_bytes())
    except FileNotFoundError:
        return False
    return bool(spec.get("executor") == ExecutorName.DASK)
