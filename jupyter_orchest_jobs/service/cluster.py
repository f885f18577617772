"""The conductor's side of the cluster: connects as the settings say, and tells how it is."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_orchest_jobs.domain.cluster import ClusterSettings, ClusterState
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.errors import EngineError, InvalidInput, StoreUnavailable
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.service.executor import Executor
from jupyter_orchest_jobs.service.limits import WITHOUT_DISTRIBUTED, cluster_of
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import Store

if TYPE_CHECKING:  # who has no cluster does without Dask
    from jupyter_orchest_jobs.engine.dask.executor import DaskExecutor

LOOK_S = 0.5
TELL_S = 5.0
"""How often it is told how the cluster is, at least."""
_NOBODY = "No cluster is set up; set the address of its scheduler in the settings."
_log = logging.getLogger(__name__)


class NoCluster:
    """The executor of a cluster that isn't there: nothing lives, and nothing can be started.

    Args:
        why: for people.
    """

    def __init__(self, why: str) -> None:
        self._why = why

    def launch(self, attempt_dir: Path) -> int:
        """Refuse.

        Raises:
            EngineError: always.
        """
        raise EngineError(f"The run can't be executed on the cluster. {self._why}")

    def request_cancel(self, attempt_dir: Path) -> None:
        """There is no runner."""

    def kill(self, attempt_dir: Path) -> None:
        """There is no runner."""

    def is_alive(self, attempt_dir: Path) -> bool:
        """There is no runner."""
        return False

    def sweep(self, run_id: str, attempt: int) -> int:
        """There is no runner."""
        return 0


class Cluster:
    """Has the executor of the cluster that the settings name.

    Args:
        store: of the state directory.
        state: the state directory.
        on_change: called, in any thread, when runs on the cluster or the cluster have changed.
    """

    def __init__(self, store: Store, state: StateDir, on_change: Callable[[], None]) -> None:
        self._store = store
        self._state = state
        self._on_change = on_change
        self._settings = ClusterSettings()
        self._dask: DaskExecutor | None = None
        self._error = _NOBODY
        self._told: tuple[float, str] = (0.0, "")
        self._since = datetime.now(UTC)

    @property
    def executor(self) -> Executor:
        """As it is set up now."""
        return NoCluster(self._error) if self._dask is None else self._dask

    def room(self) -> int:
        """How many runs more the cluster can be given.

        Where there is none they are taken all the same: their end says why.
        """
        return 1 if self._dask is None else self._dask.room()

    async def keep(self) -> None:
        """Do as the settings say, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except (StoreUnavailable, OSError) as error:
                _log.warning("the cluster's settings: %s", error)

    async def look(self) -> None:
        """Do as the settings say now, and tell how the cluster is.

        Raises:
            StoreUnavailable: the settings can't be read.
        """
        settings = cluster_of(self._store.settings())
        if settings != self._settings:
            await asyncio.to_thread(self._connect, settings)
            self._settings = settings
            self._on_change()
        try:
            self._tell()
        except OSError as error:
            _log.warning("how the cluster is can't be written: %s", error)

    def close(self) -> None:
        """Disconnect; what goes on there goes on."""
        if self._dask is not None:
            self._dask.close()

    def _connect(self, settings: ClusterSettings) -> None:
        # While it is closed it still says what goes on, or runs would be taken for lost.
        self.close()
        self._dask = self._new(settings)
        self._since = datetime.now(UTC)

    def _new(self, settings: ClusterSettings) -> "DaskExecutor | None":
        if not settings.configured:
            self._error = _NOBODY
            return None
        try:
            settings.check()
            from jupyter_orchest_jobs.engine.dask.executor import DaskExecutor
        except ImportError as error:
            _log.warning("no cluster: %s", error)
            self._error = WITHOUT_DISTRIBUTED
        except InvalidInput as error:
            self._error = error.message
        else:
            runs = self._state.root / "runs"
            return DaskExecutor(settings, runs, self._name(), on_end=self._on_change)
        return None

    def _name(self) -> str:
        """Names the state directory among all that use a cluster."""
        path = self._state.cluster_name
        if not path.exists():
            write_atomic(path, new_id().encode())
        return path.read_text("utf-8")

    def _tell(self) -> None:
        if not self._settings.configured:
            if self._told[1]:
                self._state.cluster.unlink(missing_ok=True)
                self._told = (0.0, "")
            return
        state = (
            ClusterState(connected=False, since=self._since, error=self._error)
            if self._dask is None
            else self._dask.state()
        )
        text, now = state.to_json(), time.monotonic()
        if text != self._told[1] or now - self._told[0] > TELL_S:
            # After a loss of power it is told again.
            write_atomic(self._state.cluster, text.encode(), durable=False)
            self._told = now, text
