"""A program's hold on a state directory: its store, off the event loop, and a living conductor."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from jupyter_orchest_jobs.errors import NotFound, StoreOutdated, StoreUnavailable
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service.attach import (
    attach,
    is_conducting,
    start_conductor,
    unavailable,
    wait_for_conductor,
)
from jupyter_orchest_jobs.service.secrets import Secrets
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.service.upgrade import ask_older_to_leave

if TYPE_CHECKING:  # servers without jobs do without it
    from jupyter_orchest_jobs.store.contract import Store

T = TypeVar("T")

CRASH_S = 10.0
"""A conductor that fails within this time would do so again."""
UPDATE_S = 15.0
"""How long to wait for a conductor to bring an older database up to date."""


class Session:
    """One program's use of a state directory. Nothing is opened before it is needed.

    The store is used by one thread, which isn't the event loop's; by another one for searches,
    behind which nobody else shall wait.

    Args:
        state: the state directory.
        open_store: how to open its store; imports what that needs.
        conduct: whether conductors are started when they are needed; only tests say no.
    """

    def __init__(
        self, state: StateDir, open_store: Callable[[StateDir], Store], *, conduct: bool = True
    ) -> None:
        self.state = state
        self.secrets = Secrets(state.secrets)
        self._open_store = open_store
        self._conduct = conduct
        self._store: Store | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="orchest-jobs-store")
        self._searches = ThreadPoolExecutor(1, thread_name_prefix="orchest-jobs-search")
        self._attached: FileLock | None = None
        self._conductor: subprocess.Popen[bytes] | None = None
        self._starting = asyncio.Lock()
        self._started = 0.0

    async def read(self, work: Callable[[Store], T]) -> T:
        """Look something up. Creates nothing.

        Raises:
            NotFound: there is nothing here yet; :meth:`exists` says so before.
            StoreUnavailable: the database can't be used.
        """
        if self._store is None and not await asyncio.to_thread(self.exists):
            raise NotFound(f"There are no jobs in {self.state.root}.")
        return await self.write(work)

    async def search(self, work: Callable[[Store], T]) -> T:
        """Look something up that may take a while, beside all other work.

        Raises:
            NotFound: there is nothing here yet.
            StoreUnavailable: the database can't be used.
        """
        store = await self.read(lambda store: store)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._searches, lambda: work(store))

    async def write(self, work: Callable[[Store], T]) -> T:
        """Change something that needs no conductor.

        Raises:
            StoreUnavailable: the database can't be used; nothing was changed.
        """
        try:
            return await self._run(lambda: work(self._opened()))
        except StoreOutdated:
            if not self._conduct:
                raise
        await self._wait_for_update()
        return await self._run(lambda: work(self._opened()))

    async def wish(self, work: Callable[[Store], T]) -> T:
        """Write what somebody wants, and see to it that a conductor carries it out.

        Raises:
            StoreUnavailable: the database can't be used; nothing was changed.
            ConductorUnavailable: written, but nobody carries it out.
        """
        await self.attach()
        result = await self.write(work)
        await self.ensure_conductor(wait=True)
        return result

    async def attach(self) -> None:
        """Keep the conductor from leaving until :meth:`close`."""
        await self._run(self._attach)

    async def ensure_conductor(self, *, wait: bool = False) -> None:
        """Start a conductor if none is there.

        Args:
            wait: until it holds its lock.

        Raises:
            ConductorUnavailable: it could not be started.
        """
        if not self._conduct:
            return
        async with self._starting:
            while not await asyncio.to_thread(is_conducting, self.state):
                self._forget_dead(quietly=wait)
                if self._conductor is None:
                    self._started = time.monotonic()
                    self._conductor = await asyncio.to_thread(start_conductor, self.state)
                if not wait:
                    return
                await asyncio.to_thread(wait_for_conductor, self.state, self._conductor)

    async def create(self) -> StateDir:
        """The state directory, made if it was missing.

        Raises:
            StoreUnavailable: it can't be used.
        """
        return await self._run(self._created)

    def exists(self) -> bool:
        """Whether anybody has ever created a job here."""
        return self.state.database.exists()

    async def close(self) -> None:
        """Let go; conductor and runs go on."""
        # Searches first: they use the store.
        await asyncio.to_thread(self._searches.shutdown, cancel_futures=True)
        await self._run(self._release)
        self._thread.shutdown()

    async def _wait_for_update(self) -> None:
        """Let a conductor bring the database up to date: nobody else may."""
        await asyncio.to_thread(ask_older_to_leave, self.state)
        await self.ensure_conductor(wait=True)
        deadline = time.monotonic() + UPDATE_S
        while True:
            try:
                await self._run(self._opened)
            except StoreOutdated:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.05)
            else:
                return

    def _forget_dead(self, *, quietly: bool) -> None:
        code = None if self._conductor is None else self._conductor.poll()
        if code is None:
            return
        self._conductor = None
        # One that was killed is replaced; but nobody shall start failing ones for ever.
        if code > 0 and time.monotonic() - self._started < CRASH_S and not quietly:
            raise unavailable(self.state)

    def _attach(self) -> None:
        if self._attached is None:
            self._attached = attach(self._created())
            if self._conduct:
                ask_older_to_leave(self.state)

    def _release(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._attached is not None:
            self._attached.release()
            self._attached = None

    def _created(self) -> StateDir:
        try:
            self.state.create()
        except OSError as error:
            raise StoreUnavailable(
                f"The state directory {self.state.root} can't be used: {error.strerror}."
            ) from None
        return self.state

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._open_store(self._created())
        return self._store

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def open_sqlite(state: StateDir) -> Store:
    """The SQLite store of a state directory; SQLAlchemy is imported now, not earlier."""
    from jupyter_orchest_jobs.store.sqlite import SqliteStore

    return SqliteStore(state.database)
