"""What users see and set of what holds for all jobs of a state directory."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.service.data_dir import data_dir_of, move_data_dir
from jupyter_orchest_jobs.service.limits import Limits, limits_of
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.store.contract import Settings

_SWITCHES = {"warm_processes", "overlays"}


@dataclass(frozen=True)
class SettingsView:
    """What holds for all jobs now.

    Attributes:
        data_dir: absolute path of the folder that all runs and notebooks share.
    """

    limits: Limits
    data_dir: Path


class SettingsLook:
    """The use cases of the settings.

    Args:
        session: with the state directory.
        why_no_overlays: tries an overlay in an existing folder, which takes a moment; says why
            none can be made there, a sentence without its stop, or None if one can.
    """

    def __init__(self, session: Session, why_no_overlays: Callable[[Path], str | None]) -> None:
        self._session = session
        self._why_no_overlays = why_no_overlays

    async def look(self) -> SettingsView:
        """What holds. Creates nothing."""
        return self._view(await self._kept())

    async def change(self, changes: Mapping[str, Any]) -> SettingsView:
        """Set what is given, by the names of :class:`Settings`, or ``data_dir``; the rest stays.

        Raises:
            InvalidInput: something of it can't be; nothing was changed.
            StoreUnavailable: the database can't be used.
        """
        kept = await self._kept()
        values = dict(changes)
        for switch in values.keys() & _SWITCHES:
            values[switch] = int(values[switch])  # as the store has them
        data_dir = values.pop("data_dir", None)
        names, known = values.get("kernel_names") or {}, kept.kernel_names or {}
        await asyncio.to_thread(_check_kernel_names, dict(names.items() - known.items()))
        if values.get("overlays"):
            await self._check_overlays()
        if data_dir is not None:
            await asyncio.to_thread(move_data_dir, self._session.state, data_dir)
        if values:
            kept = await self._session.write(lambda store: store.change_settings(values))
        return self._view(kept)

    async def _check_overlays(self) -> None:
        state = await self._session.create()
        why = await asyncio.to_thread(self._why_no_overlays, state.root)
        if why is not None:
            raise InvalidInput(
                "The setting “overlays” can't be turned on, and working copies stay copies: no "
                f"overlay can be made in {state.root}. {why}."
            )

    async def _kept(self) -> Settings:
        if not self._session.exists():
            return Settings()
        return await self._session.read(lambda store: store.settings())

    def _view(self, settings: Settings) -> SettingsView:
        return SettingsView(limits_of(settings), data_dir_of(self._session.state))


def _check_kernel_names(names: Mapping[str, str]) -> None:
    """Refuse new names of kernels that aren't there."""
    if names:
        # What this needs is imported off the event loop.
        from jupyter_orchest_jobs.service.stepkernels import check_kernel_names

        check_kernel_names(names)
