"""Attempts on their way back whose files can't be had, or which nobody wants any more."""

import asyncio
import io
import tarfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.engine import away
from jupyter_orchest_jobs.engine.dask.cargo import Cargo
from jupyter_orchest_jobs.engine.dask.errand import Ended, Errand
from jupyter_orchest_jobs.engine.dask.feed import Broken
from jupyter_orchest_jobs.engine.dask.flight import Flight
from jupyter_orchest_jobs.engine.dask.order import SNAPSHOT, Order
from jupyter_orchest_jobs.engine.dask.place import Place
from jupyter_orchest_jobs.engine.overlay import make_upper
from jupyter_orchest_jobs.files.delta import trim_to_delta
from jupyter_orchest_jobs.files.pack import unpack
from tests.engine.harness import Lab, RunOnDisk, until

NOISE = b"no tar" * 2**18
LIMIT_S = 60.0


class FakeLink:
    """A cluster whose task has come to an end, and which has but one worker.

    Args:
        end: of the task: what it returned, or raised.
    """

    scheduler = "Scheduler-1"
    is_connected = True

    def __init__(self, end: object = "") -> None:
        self.told: list[str] = []
        self.published: set[str] = set()
        self.transfers = asyncio.Semaphore(1)
        self._end = end
        self._works: list[asyncio.Task[None]] = []

    @property
    def client(self) -> "FakeLink":
        return self

    def submit(self, *_: Any, **__: Any) -> "asyncio.Future[Any]":
        future = asyncio.get_running_loop().create_future()
        if isinstance(self._end, Exception):
            future.set_exception(self._end)
        else:
            future.set_result(self._end)
        return future

    async def publish_dataset(self, _: object, *, name: str, override: bool) -> None:
        self.published.add(name)

    async def unpublish_dataset(self, name: str) -> None:
        self.published.discard(name)

    async def tell(self, worker: str, what: str, *_: object) -> Any:
        self.told.append(what)
        return (NOISE, True) if what == "piece" else None

    async def tell_all(self, what: str, *_: object) -> dict[str, Any]:
        self.told.append(what)
        return {"worker": what == "finished"}

    def do(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._works.append(asyncio.get_running_loop().create_task(work()))

    follow = do

    async def rest(self) -> None:
        """Wait until all is done."""
        for work in self._works:  # which grows meanwhile
            await work


@pytest.fixture
def run(tmp_path: Path) -> RunOnDisk:
    return Lab(tmp_path / "state", None).run({"a.sh": "echo\n"})


def order_of(run: RunOnDisk, store: str = "") -> Order:
    return Order(
        address="tcp://127.0.0.1:8786",
        key="key",
        topic="topic",
        run_id=run.spec.run_id,
        attempt=1,
        spec=run.spec.to_json(),
        kind="",
        digest=new_id(),
        needs=(SNAPSHOT,),
        store=store,
        shared="",
        lease_s=60.0,
        data_dir="",
    )


def fly(run: RunOnDisk, end: object, *, is_cancelled: bool = False, store: str = "") -> FakeLink:
    """Follow an attempt whose task has come to this end; the cluster afterwards."""
    run.folder.path.mkdir(parents=True)
    order = order_of(run, store)
    away.write(run.folder, away.Away(order.address, "", order.key))

    async def follow() -> FakeLink:
        link = FakeLink(end)
        patience_s = LIMIT_S if is_cancelled else 0.0
        flight = Flight(run.folder, order, link, lambda: None, patience_s=patience_s)  # type: ignore[arg-type]  # a fake
        flight.worker = "worker"
        flight.is_cancelled = is_cancelled
        await flight.submit()
        await link.rest()
        assert flight.is_over
        return link

    return asyncio.run(asyncio.wait_for(follow(), LIMIT_S / 2))


def lost(run: RunOnDisk) -> str:
    noted = away.read(run.folder)
    assert noted is not None
    return noted.lost or ""


def test_run_ends_though_its_files_can_never_be_read(run: RunOnDisk) -> None:
    link = fly(run, "")
    assert "can't be fetched: " in lost(run)
    assert "invalid header" in lost(run)
    assert not away.has_files(run.folder)
    assert not link.published


def test_run_ends_though_the_store_has_lost_its_files(run: RunOnDisk, tmp_path: Path) -> None:
    (run.folder.run.parents[1] / "store").mkdir()
    store = f"file://{tmp_path}/state/store"
    link = fly(run, "results/none.tar", store=store)
    assert "can't be fetched: " in lost(run)
    assert not link.published


def test_nothing_is_left_of_a_run_that_its_worker_could_not_execute(run: RunOnDisk) -> None:
    link = fly(run, OSError("the disk is full"))
    assert lost(run).endswith("couldn't execute the run: OSError: the disk is full")
    assert not link.published
    assert link.told == ["forget"]


def test_run_that_was_cancelled_before_its_runner_began_ends_at_once(run: RunOnDisk) -> None:
    link = fly(run, Ended("gone"), is_cancelled=True)
    assert "cancelled before" in lost(run)
    assert "finished" not in link.told


def test_files_that_can_not_be_unpacked_here_are_asked_for_no_more(run: RunOnDisk) -> None:
    async def fetch() -> None:
        cargo = Cargo(run.folder, order_of(run), FakeLink())  # type: ignore[arg-type]  # a fake
        with pytest.raises(tarfile.ReadError):
            await asyncio.wait_for(cargo.fetch("", "worker"), LIMIT_S)

    asyncio.run(fetch())


def test_files_that_can_not_be_unpacked_there_are_sent_no_more(
    run: RunOnDisk, tmp_path: Path
) -> None:
    place = Place(tmp_path / "cache", "worker", warm=False)
    said: list[Any] = []
    errand = Errand(place, order_of(run), said.append, lambda: True)
    failed: list[Exception] = []

    def execute() -> None:
        try:
            errand.run()
        except tarfile.ReadError as error:
            failed.append(error)

    def send() -> None:
        for number in range(20):
            try:
                errand.offer(SNAPSHOT, number, NOISE)
            except Broken:
                return

    working = threading.Thread(target=execute, daemon=True)
    working.start()
    until(lambda: any(one.get("need") == SNAPSHOT for one in said), "what it needs")
    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    for thread in (working, sending):
        thread.join(LIMIT_S)
        assert not thread.is_alive()
    assert failed
    place.close()


def test_half_of_the_files_are_not_brought_back_for_all(run: RunOnDisk, tmp_path: Path) -> None:
    place = Place(tmp_path / "cache", "worker", warm=False)
    errand = Errand(place, order_of(run), lambda _: None, lambda: True)
    work = errand.folder.work
    work.parent.mkdir(parents=True)
    try:
        make_upper(work, Path(run.spec.snapshot))  # as an overlay leaves it
    except OSError as error:
        pytest.skip(f"the file system keeps no attributes: {error}")

    def brought() -> list[str]:
        piece, _ = errand.piece(0)
        target = tmp_path / new_id()
        unpack(io.BytesIO(piece), target)
        return [path.name for path in target.iterdir()]

    assert brought() == []
    trim_to_delta(work, Path(run.spec.snapshot, "manifest.json"))
    assert brought() == ["work"]
    place.close()
