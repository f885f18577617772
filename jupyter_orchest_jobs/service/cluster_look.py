"""What users see and say of the cluster: its settings, and how it is."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_orchest_jobs.domain.cluster import CONNECTING, ClusterSettings, ClusterState
from jupyter_orchest_jobs.errors import ConductorUnavailable
from jupyter_orchest_jobs.service.limits import cluster_of, has_distributed
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.service.state import StateDir

STALE = timedelta(seconds=20)
"""The conductor says how the cluster is every few seconds; older words are not news."""


@dataclass(frozen=True)
class ClusterView:
    """The cluster, as somebody sees it now.

    Attributes:
        installed: whether the package that talks to clusters is there.
        state: what the conductor has found; None while nobody has looked.
        message: why nobody looks; None if somebody does, or there is nothing to look at.
    """

    settings: ClusterSettings
    installed: bool
    state: ClusterState | None = None
    message: str | None = None


class ClusterLook:
    """The use cases of the cluster.

    Args:
        session: with the state directory.
        now: the wall clock.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def look(self) -> ClusterView:
        """How the cluster is; a conductor is started that looks, if one is configured."""
        if not self._session.exists():
            return ClusterView(ClusterSettings(), has_distributed())
        settings = cluster_of(await self._session.read(lambda store: store.settings()))
        return await self._view(settings)

    async def change(self, changes: Mapping[str, Any]) -> ClusterView:
        """Set what is given; what is left out stays. The conductor connects anew.

        Raises:
            InvalidInput: the settings can't be used; nothing was changed.
            ConductorUnavailable: they are set, but nobody carries jobs out.
        """
        kept = ClusterSettings()
        if self._session.exists():
            kept = cluster_of(await self._session.read(lambda store: store.settings()))
        settings = replace(kept, **changes)
        await asyncio.to_thread(settings.check)
        if settings != kept:
            # What was found at the old address is no news of the new one.
            await asyncio.to_thread(self._session.state.cluster.unlink, missing_ok=True)
        values = {"cluster": asdict(settings)}
        await self._session.wish(lambda store: store.change_settings(values))
        return await self._view(settings)

    async def _view(self, settings: ClusterSettings) -> ClusterView:
        installed = has_distributed()
        if not (settings.configured and installed):
            return ClusterView(settings, installed)
        try:
            await self._session.attach()
            await self._session.ensure_conductor()
        except ConductorUnavailable as error:
            return ClusterView(settings, installed, message=error.message)
        found = await asyncio.to_thread(state_of, self._session.state, self._now())
        return ClusterView(settings, installed, found)


def state_of(state: StateDir, now: datetime) -> ClusterState | None:
    """What the conductor has found out about the cluster; None if that is old, or nothing yet."""
    try:
        written = datetime.fromtimestamp(state.cluster.stat().st_mtime, UTC)
        found = ClusterState.from_json(state.cluster.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if written + STALE < now or found.error == CONNECTING else found
