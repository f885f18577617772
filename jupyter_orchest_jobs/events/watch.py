"""Watching the store for a server: events to browsers, and a conductor that lives."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_events import EventLogger

from jupyter_orchest_jobs.errors import OrchestJobsError
from jupyter_orchest_jobs.service.attach import is_conducting
from jupyter_orchest_jobs.service.session import Session

if TYPE_CHECKING:  # servers without jobs do without it
    from jupyter_orchest_jobs.store.contract import Change, Store

SCHEMA = Path(__file__).with_name("change.v1.yaml")
SCHEMA_ID = "https://events.jupyter.org/jupyter_orchest_jobs/change/v1"
LOOK_S = 0.1
FIRST_S = 0.5
"""How often it is looked whether there is a database, while there is none."""
CONDUCTOR_S = 1.0
"""How often it is looked whether a conductor lives, and whether runs are activity."""
RETRY_S = 5.0
"""How long to wait after the state directory could not be used."""
BURST = 50
"""Most events of one look; browsers fetch what changed anyway, from the smallest revision on."""
_log = logging.getLogger(__name__)


def register(events: EventLogger) -> None:
    """Make our event known to a server, once."""
    if SCHEMA_ID not in events.schemas.schema_ids:
        events.register_event_schema(SCHEMA)


class Watch:
    """Tells a server's browsers what changed in the store, whoever changed it.

    It begins when the state directory has a database: before, nothing but its name is looked at.

    Args:
        session: with the state directory.
        events: the server's event logger, with our schema.
        on_activity: called again and again while runs are being executed; None if nobody wants
            to know, and then nobody looks.
    """

    def __init__(
        self,
        session: Session,
        events: EventLogger,
        on_activity: Callable[[], None] | None = None,
    ) -> None:
        self._session = session
        self._events = events
        self._on_activity = on_activity
        self._judged: int | None = None
        self._executing = False
        self._task: asyncio.Task[None] | None = None
        self.seen: int | None = None
        """The revision up to which browsers were told; None before the first look."""

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._task is not None

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End; conductor and runs go on."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _watch(self) -> None:
        if await asyncio.to_thread(self._session.exists):
            await asyncio.sleep(FIRST_S)  # the page of JupyterLab first: imports take a while
        while not await asyncio.to_thread(self._session.exists):
            self.seen = 0  # all that will ever be there is news
            await asyncio.sleep(FIRST_S)
        while True:
            try:
                await self._follow()
            except (OrchestJobsError, OSError) as error:
                _log.warning("can't follow the jobs, trying again: %s", error)
                await asyncio.sleep(RETRY_S)
            except Exception:
                _log.exception("a bug while following the jobs, trying again")
                await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        await self._session.attach()
        looked = 0.0
        while True:
            revision = await self._session.read(lambda store: store.revision())
            if self.seen is None:
                self.seen = revision
            if revision != self.seen:
                since, self.seen = self.seen, revision
                await self._emit(since)
            if time.monotonic() - looked > CONDUCTOR_S:
                looked = time.monotonic()
                alive = await asyncio.to_thread(is_conducting, self._session.state)
                if not alive and await self._session.read(_has_work):
                    await self._session.ensure_conductor()
                if alive and self._on_activity is not None:
                    await self._report_activity(self._on_activity, revision)
            await asyncio.sleep(LOOK_S)

    async def _report_activity(self, report: Callable[[], None], revision: int) -> None:
        """Say so if runs are being executed; the store is asked only after it has changed."""
        if revision != self._judged:
            self._executing = await self._session.read(lambda store: bool(store.running_runs()))
            self._judged = revision
        if self._executing:
            report()

    async def _emit(self, since: int) -> None:
        changes = await self._session.read(lambda store: store.changes(since))
        for change in _burst(changes):
            self._events.emit(schema_id=SCHEMA_ID, data=asdict(change))
            await asyncio.sleep(0)  # validation takes time, and others wait for the loop


def _has_work(store: Store) -> bool:
    """Whether a conductor has anything to do: it leaves by itself when it hasn't."""
    return bool(store.unfinished_jobs())


def _burst(changes: list[Change]) -> list[Change]:
    """What is worth an event: all jobs that changed, and the first runs."""
    jobs = [change for change in changes if change.kind == "job"]
    runs = [change for change in changes if change.kind == "run"]
    return (jobs + runs)[:BURST]
