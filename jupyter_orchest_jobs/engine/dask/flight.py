"""One attempt that was given to a cluster, from the order to its files' return."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from distributed import Future

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.engine import away
from jupyter_orchest_jobs.engine.dask.cargo import Cargo
from jupyter_orchest_jobs.engine.dask.errand import Ended
from jupyter_orchest_jobs.engine.dask.link import Link
from jupyter_orchest_jobs.engine.dask.order import SLOT, AlreadyBegun, Order
from jupyter_orchest_jobs.engine.dask.place import is_finished
from jupyter_orchest_jobs.engine.dask.tails import JOURNAL
from jupyter_orchest_jobs.engine.dask.worker import execute
from jupyter_orchest_jobs.engine.folder import LOG, AttemptFolder
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.private import make_private, private_opener

_LOOK_AGAIN_S = 1.0
_PATIENCE_S = 15.0
_PRIORITY = 1_000_000
"""Runs begin before tasks that steps, or others, have given to the cluster: they take a thread for
a moment only, but would wait for all that came earlier."""
_DIED = (
    "The process that carried out this run on a worker of the cluster died: it was killed, or ran "
    "out of memory."
)
_log = logging.getLogger(__name__)


class Flight:
    """Follows one attempt; all but the attributes belongs to the loop of the link.

    Args:
        folder: of the attempt on this machine.
        order: for the worker.
        link: with the cluster.
        on_end: called when nothing more comes.
        patience_s: how long a worker that was lost with a finished attempt may need to come back,
            and files that can't be fetched to get better.
    """

    def __init__(
        self,
        folder: AttemptFolder,
        order: Order,
        link: Link,
        on_end: Callable[[], None],
        *,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self.folder = folder
        self.order = order
        self.resources = RunSpec.from_json(order.spec).resources
        """What it asks of a worker, name → amount."""
        self.place = ""
        """Address of the worker that should have it, or has it; "" for any."""
        self.worker = ""
        """Address of the worker that has it; "" as long as none has."""
        self.has_slot = True
        """Whether it takes a slot of a worker, or will; its files are fetched without."""
        self.is_over = False
        self.is_cancelled = False
        self._link = link
        self._cargo = Cargo(folder, order, link)
        self._on_end = on_end
        self._patience_s = patience_s
        self._future: Future[Any] | None = None
        self._done: str | None = None
        """The name of its files in the store; "" if its worker has them, None before its end."""
        self._sending: set[str] = set()
        self._is_landing = False
        self._asked_again = 0.0

    # --- the way there --------------------------------------------------------------------------

    async def submit(self) -> None:
        """Give the attempt to the cluster."""
        try:
            if self.order.store:
                await asyncio.to_thread(self._cargo.store_needs)
            client = self._link.client
            noted = away.Away(self.order.address, self._link.scheduler, self.order.key)
            away.write(self.folder, replace(noted, is_back=bool(self.order.shared)))
            self._future = client.submit(
                execute,
                self.order,
                key=self.order.key,
                pure=False,
                retries=0,
                resources={SLOT: 1, **self.resources},
                priority=_PRIORITY,
                workers=[self.place] if self.place else None,
                allow_other_workers=bool(self.place),
            )
            # So that it goes on when this process doesn't.
            await client.publish_dataset(self._future, name=self.order.key, override=True)
        except Exception as error:
            self._future = None
            if self._link.is_connected:
                _log.exception("run %s", self.order.run_id)
                self.lose(f"The cluster didn't take the run: {error}")
            return  # else: as soon as it is
        if self.is_over:
            await self.take_away()
            return
        self._link.follow(self._follow)

    async def attach(self, scheduler: str) -> None:
        """Go on with what was given to the cluster before the connection was made.

        Args:
            scheduler: the id of the one that is connected now.
        """
        noted = away.read(self.folder)
        if noted is not None and not noted.scheduler:
            await self.submit()
            return
        if noted is None or noted.scheduler != scheduler:
            self.lose(
                "The scheduler of the cluster was lost while the run was going on; whatever its "
                "workers had of it is gone."
            )
            return
        known = await self._link.client.list_datasets()
        if self.order.key not in known:
            if self._future is None and not self.worker:
                # It was never given away: who should have done it died before.
                await self.submit()
            else:
                self.lose("The cluster doesn't know the run any more.")
            return
        self._future = await self._link.client.get_dataset(self.order.key)
        answers = await self._link.tell_all("again", {self.order.key: self.sizes()})
        for address, keys in answers.items():
            if self.order.key in keys:
                self.worker = self.place = address
        if self.is_cancelled:
            await self.cancel()
        self._link.follow(self._follow)

    async def _follow(self) -> None:
        future = self._future
        if future is None:
            return
        try:
            self._done = await future
        except (CancelledError, asyncio.CancelledError):
            return  # by us; or the connection was lost, or the worker: others see to that
        except (AlreadyBegun, Ended) as error:
            if self.is_cancelled and isinstance(error, Ended):
                await self._end_unbegun()
                return
            # Nobody knows how far it came: its files may be on a host whose worker comes back.
            self.worker = ""
            await self._land(f"The worker that had the run was lost. ({error})", perhaps=True)
        except Exception as error:
            _log.warning("run %s: %r", self.order.run_id, error)
            self.lose(f"The worker couldn't execute the run: {type(error).__name__}: {error}")
            await self.take_away(self.worker)
        else:
            self.has_slot = False
            self._on_end()
            await self._land()

    # --- what the worker says -------------------------------------------------------------------

    def heed(self, event: Mapping[str, Any], worker: str) -> None:
        """Take in what the worker tells."""
        if self.is_over:
            return
        self.worker = self.place = worker
        if "done" in event:
            self._done = event["done"]
            return
        for name, offset, data in event.get("news", ()):
            self._write(name, offset, data)
        need = event.get("need")
        if need and need not in self._sending:
            self._sending.add(need)
            self._link.do(partial(self._send, need, worker))

    def sizes(self) -> dict[str, int]:
        """How much of each file is here."""
        spec = RunSpec.from_json(self.order.spec)
        files = {JOURNAL: self.folder.journal}
        files |= {
            self.folder.inner(step.id, LOG): self.folder.step(step.id) / LOG for step in spec.steps
        }
        return {name: path.stat().st_size for name, path in files.items() if path.exists()}

    def _write(self, name: str, offset: int, data: bytes) -> None:
        parts = Path(name).parts
        known = name == JOURNAL or (len(parts) == 3 and parts[0] == "steps" and ".." not in parts)
        if not known or self._is_landing:
            return
        path = self.folder.path / name
        make_private(path.parent)
        with open(path, "ab", opener=private_opener) as file:
            size = file.tell()
            if offset == 0 and size and name != JOURNAL:
                file.truncate(0)  # another try begins
                size = 0
            if offset > size:
                self._ask_again()
            elif offset + len(data) > size:
                file.write(data[size - offset :])

    def _ask_again(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._asked_again > _LOOK_AGAIN_S:
            self._asked_again = now
            self._link.do(self._again)

    async def _again(self) -> None:
        with suppress(Exception):  # what is missing comes with the files at the end
            await self._link.tell(self.worker, "again", {self.order.key: self.sizes()})

    # --- what the worker needs ------------------------------------------------------------------

    async def _send(self, what: str, worker: str) -> None:
        """Send a worker what it needs, a piece after the other."""
        try:
            _log.info("sending the %s of run %s to %s", what, self.order.run_id, worker)
            await self._cargo.send(what, worker)
        except OSError as error:
            self.lose(f"The {what} of the run can't be read: {error}")
            await self.take_away()
        except Exception as error:
            _log.warning("sending the %s of run %s: %s", what, self.order.run_id, error)
        finally:
            self._sending.discard(what)

    # --- the way back ---------------------------------------------------------------------------

    async def _land(self, lost: str = "", *, perhaps: bool = False) -> None:
        """Fetch the attempt's files, and let its journal say what became of it.

        Args:
            lost: why the worker that had it can't be asked; "" if it can.
            perhaps: whether it may have been finished though nobody has said so.
        """
        if self._is_landing:
            return
        self._is_landing = True
        is_patient = perhaps or self._done is not None
        end = asyncio.get_running_loop().time() + (self._patience_s if is_patient else 0.0)
        words = lost
        try:
            while True:
                try:
                    if self.is_over or is_finished(self.folder) or await self._fetch():
                        self._note_back()
                        break
                except EngineError:
                    if not lost:
                        return  # as soon as there is a connection
                except Exception as error:
                    _log.warning("fetching run %s: %r", self.order.run_id, error)
                    words = f"The files of the run can't be fetched: {error}"
                if asyncio.get_running_loop().time() > end:
                    self.lose(words)
                    await self.take_away()
                    return
                await asyncio.sleep(_LOOK_AGAIN_S)
        finally:
            self._is_landing = False
        if not self.is_over:
            self._end()
        self._link.do(partial(self.take_away, self.worker))

    async def _fetch(self) -> bool:
        """Whether the attempt's files have come.

        Raises:
            EngineError: no connection.
            Exception: they can't be fetched.
        """
        if self.order.shared:
            return self._done is not None
        if self._done is not None and (self._done or self.worker):
            await self._cargo.fetch(self._done, self.worker)
            return True
        for worker, has in (await self._link.tell_all("finished", self.order)).items():
            if has:
                await self._cargo.fetch("", worker)
                self.worker = worker
                return True
        return False

    def _note_back(self) -> None:
        noted = away.read(self.folder)
        if noted is not None and noted.lost is None:
            died = None if is_finished(self.folder) else _DIED
            away.write(self.folder, replace(noted, is_back=True, lost=died))

    # --- the end --------------------------------------------------------------------------------

    async def cancel(self) -> None:
        """Let the run be ended, by its runner if there is one."""
        self.is_cancelled = True
        if not self._link.is_connected:
            return  # as soon as it is
        if self.worker:
            await self._link.tell(self.worker, "cancel", self.order.key)
        else:
            await self._end_unbegun()

    async def _end_unbegun(self) -> None:
        await self.take_away()
        self.lose("It was cancelled before a worker had begun it.")

    async def worker_lost(self) -> None:
        """See what there is of the attempt, now that its worker is gone."""
        if self._is_landing and self._done:
            return  # they come from the store
        worker, self.worker = self.worker, ""
        # Before the cluster has it executed once more.
        with suppress(Exception):
            await self._link.client.cancel([self._future], force=True)
        await self._land(
            f"The worker {worker} was lost: it was killed, ran out of memory, or its machine "
            "went down."
        )

    def lose(self, words: str) -> None:
        """Nothing more comes of the attempt.

        Args:
            words: why, for people.
        """
        if self.is_over:
            return
        if is_finished(self.folder):
            self._end()  # somebody else has brought it back
            return
        _log.warning("run %s: %s", self.order.run_id, words)
        try:
            noted = away.read(self.folder)
            if noted is not None:
                away.write(self.folder, replace(noted, lost=words))
            self._say_begun()
        except OSError as error:
            _log.error("run %s: %s", self.order.run_id, error)
        self._end()

    def _say_begun(self) -> None:
        """Let nobody take the attempt for one that can still be executed."""
        path = self.folder.journal
        if not path.exists() or not path.stat().st_size:
            entry = journal.Sequencer().stamp(
                journal.AttemptStarted, datetime.now(UTC), nonce="", pid=0
            )
            with open(path, "ab", opener=private_opener) as file:
                file.write(journal.to_line(entry))

    def _end(self) -> None:
        self.has_slot = False
        self.is_over = True
        self._on_end()

    async def take_away(self, worker: str = "") -> None:
        """Leave nothing of it in the cluster; what goes on is ended, and its worker sees to that.

        Args:
            worker: one that has its files, though nothing goes on.
        """
        with suppress(Exception):
            client = self._link.client
            if self._future is not None and not self._future.done():
                await client.cancel([self._future], force=True)
            await client.unpublish_dataset(self.order.key)
        if worker:
            with suppress(Exception):
                await self._link.tell(worker, "forget", self.order.key, self.order.name)
        if self.order.store:
            with suppress(Exception):
                await asyncio.to_thread(self._cargo.clear_store)
        self._future = None
