"""What travels with an attempt: there, what its worker needs; back, all its files."""

import asyncio
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.engine.dask.feed import Broken, Feed
from jupyter_orchest_jobs.engine.dask.link import Link
from jupyter_orchest_jobs.engine.dask.order import INPUTS, RESULTS, SECRETS, SNAPSHOT, Order
from jupyter_orchest_jobs.engine.dask.place import remove
from jupyter_orchest_jobs.engine.dask.store import Store
from jupyter_orchest_jobs.engine.dask.tails import JOURNAL
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.files.pack import pack, unpack
from jupyter_orchest_jobs.files.private import make_private


class Cargo:
    """The files of one attempt, through the store if there is one, else through the cluster.

    Args:
        folder: of the attempt on this machine.
        order: for the worker.
        link: with the cluster.
    """

    def __init__(self, folder: AttemptFolder, order: Order, link: Link) -> None:
        self._folder = folder
        self._order = order
        self._link = link

    async def send(self, what: str, worker: str) -> None:
        """Send a worker what it needs, a piece after the other, as long as it wants more.

        Raises:
            OSError: it can't be read.
            Exception: the worker doesn't answer.
        """
        async with self._link.transfers:
            pieces = iter(await asyncio.to_thread(self._pieces, what))
            number, piece = 0, b"more"
            while piece:
                piece = await asyncio.to_thread(_next, pieces)
                if not await self._link.tell(worker, "offer", self._order.key, what, number, piece):
                    return
                number += 1

    def store_needs(self) -> None:
        """Put into the store what workers need of it, unless it is there.

        Raises:
            OSError: it can't be read, or written.
        """
        store = Store(self._order.store)
        for what in (SNAPSHOT, INPUTS):
            name = self._order.stored(what)
            if what in self._order.needs and not (what == SNAPSHOT and store.has(name)):
                store.put(name, self._pieces(what))

    async def fetch(self, stored: str, worker: str) -> None:
        """Get the attempt's files, and put them where they belong.

        Args:
            stored: their name in the store; "" if they are not there.
            worker: address of one that has them then.

        Raises:
            OSError: they can't be read, or written.
            Exception: the worker doesn't answer.
        """
        async with self._link.transfers:
            incoming = self._folder.run / f".incoming-{self._folder.number}"
            await asyncio.to_thread(remove, incoming)
            if stored:
                await asyncio.to_thread(self._unpack_stored, stored, incoming)
            else:
                feed = Feed()
                unpacking = asyncio.ensure_future(asyncio.to_thread(_unpack, feed, incoming))
                try:
                    await self._receive(feed, worker)
                except BaseException:
                    feed.abort()
                    with suppress(Broken):  # else that is why no more was taken
                        await unpacking
                    raise
                await unpacking
            await asyncio.to_thread(settle, self._folder, incoming)

    async def _receive(self, feed: Feed, worker: str) -> None:
        number, more = 0, True
        while more:
            piece, more = await self._link.tell(worker, "piece", self._order.key, number)
            await asyncio.to_thread(feed.put, piece)
            number += 1
        feed.end()

    def _unpack_stored(self, name: str, target: Path) -> None:
        with Store(self._order.store).open(name) as file:
            unpack(file, target)

    def clear_store(self) -> None:
        """Remove from the store what belongs to the attempt alone."""
        store = Store(self._order.store)
        for what in (INPUTS, RESULTS):
            store.remove(self._order.stored(what))

    def _pieces(self, what: str) -> Iterable[bytes]:
        spec = RunSpec.from_json(self._order.spec)
        if what == SNAPSHOT:
            snapshot = Path(spec.snapshot)
            return pack({name: snapshot / name for name in ("manifest.json", "project")})
        if what == SECRETS:
            return [Path(spec.secrets_file).read_bytes()]
        outputs = {
            f"outputs/{number}": Path(path) for number, path in enumerate(spec.outputs.values())
        }
        return pack({"work": self._folder.work, **outputs} if self._order.kind else outputs)


def settle(folder: AttemptFolder, incoming: Path) -> None:
    """Put an attempt's files where they belong; the journal, which says what they are, last.

    Args:
        incoming: what came; it is gone afterwards.
    """
    attempt, work = incoming / "attempt", incoming / "work"
    if work.exists():
        remove(folder.work)
        work.rename(folder.work)
    for parent, _, names in os.walk(attempt):
        target = folder.path / Path(parent).relative_to(attempt)
        make_private(target)
        for name in names:
            path = Path(parent, name)
            if path != attempt / JOURNAL:
                path.replace(target / name)
    if (attempt / JOURNAL).exists():
        with (attempt / JOURNAL).open("rb") as file:
            os.fsync(file.fileno())
        (attempt / JOURNAL).replace(folder.journal)
    shutil.rmtree(incoming, ignore_errors=True)


def _unpack(feed: Feed, target: Path) -> None:
    try:
        unpack(feed, target)
    finally:
        feed.abort()  # who sends must not wait for somebody who doesn't read


def _next(pieces: Iterator[bytes]) -> bytes:
    return next((piece for piece in pieces if piece), b"")
