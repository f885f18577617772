"""What runs in a worker of the cluster: the task, the plugin, the answers to the conductor."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from distributed import Status, Worker, WorkerPlugin, get_worker, secede
from distributed.utils import sync

from jupyter_orchest_jobs.engine.dask import versions
from jupyter_orchest_jobs.engine.dask.errand import Ended, Errand
from jupyter_orchest_jobs.engine.dask.feed import Broken
from jupyter_orchest_jobs.engine.dask.order import SLOT, Order
from jupyter_orchest_jobs.engine.dask.place import Place

_CACHE = "orchest-jobs"
_lock = threading.Lock()
_posts: dict[str, "_Post"] = {}
_log = logging.getLogger(__name__)


class _Post:
    """What a worker executes, and has executed, for conductors."""

    def __init__(self, worker: Worker) -> None:
        # Beside the folders of all workers of this host, so that those that come later have it.
        self.place = Place(Path(worker.local_directory).parent / _CACHE, worker.id)
        self.errands: dict[str, Errand] = {}


def execute(order: Order) -> str:
    """The task: one attempt of a run; see :meth:`.errand.Errand.run`."""
    worker = get_worker()
    post = _post_of(worker)
    # Its slot stays taken, but steps that use this cluster themselves find free threads.
    secede()
    errand = Errand(
        post.place,
        order,
        partial(_say, worker, order),
        partial(_begin, worker, order),
    )
    post.errands[order.key] = errand
    try:
        return errand.run()
    except Ended:
        _forget(post, order.key, order.name)  # nobody comes for its files
        raise


async def tell(what: str, *arguments: Any, dask_worker: Worker) -> Any:
    """Answer the conductor: one of the functions below."""
    answer = _ANSWERS[what]
    post = await asyncio.to_thread(_post_of, dask_worker)
    return await asyncio.to_thread(answer, post, *arguments)


class Plugin(WorkerPlugin):
    """Makes a worker ready for runs, and ends those that nobody wants any more.

    Args:
        slots: how many runs it executes at once.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots

    async def setup(self, worker: Worker) -> None:
        """Offer slots, and the memory that the worker may use."""
        self._worker = worker
        await asyncio.to_thread(_post_of, worker)
        offered: dict[str, float] = {SLOT: self._slots}
        memory = worker.memory_manager.memory_limit
        if memory and "memory" not in worker.state.total_resources:
            offered["memory"] = memory
        await worker.set_resources(**offered)
        if worker.status is Status.running:
            # The scheduler tries tasks that no worker could have again when one comes, which was
            # before it had slots, or goes on: so it makes a pause, in which nothing happens.
            worker.status = Status.paused
            worker.status = Status.running

    def transition(self, key: Any, start: str, finish: str, **kwargs: Any) -> None:
        """End the attempt whose task was cancelled."""
        going_on = start in ("executing", "long-running")
        if going_on and finish in ("cancelled", "released"):
            post = _posts.get(self._worker.id)
            errand = None if post is None else post.errands.get(str(key))
            if errand is not None:
                errand.end()

    def teardown(self, worker: Worker) -> None:
        """End all attempts with their worker; another plugin in this one's place ends none."""
        if worker.status.name in ("running", "paused", "init"):
            return
        with _lock:
            post = _posts.pop(worker.id, None)
        if post is not None:
            for errand in post.errands.values():
                errand.end()
            post.place.close()


def _post_of(worker: Worker) -> _Post:
    with _lock:
        if worker.id not in _posts:
            _posts[worker.id] = _Post(worker)
        return _posts[worker.id]


def _say(worker: Worker, order: Order, news: Mapping[str, Any]) -> None:
    worker.log_event(order.topic, {"key": order.key, "worker": worker.address, **news})


def _begin(worker: Worker, order: Order) -> bool:
    """Whether this is the first worker that begins the attempt; the scheduler remembers it."""
    keys = ["orchest-jobs", order.topic, order.key]

    async def ask() -> bool:
        if await worker.scheduler.get_metadata(keys=keys, default=None) is not None:
            return False
        await worker.scheduler.set_metadata(keys=keys, value=worker.id)
        return True

    return bool(sync(worker.loop, ask))


def _offer(post: _Post, key: str, what: str, number: int, piece: bytes) -> bool:
    """Whether a piece of what an attempt needs was taken."""
    with suppress(Broken, KeyError):
        post.errands[key].offer(what, number, piece)
        return True
    return False


def _again(post: _Post, sizes: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Which of these attempts are here; they tell how they go."""
    here = [key for key in sizes if key in post.errands]
    for key in here:
        post.errands[key].again(sizes[key])
    return here


def _cancel(post: _Post, key: str) -> None:
    if key in post.errands:
        post.errands[key].cancel()


def _finished(post: _Post, order: Order) -> bool:
    """Whether this worker has the files of an attempt that has come to its end."""
    if not post.place.is_finished(order.name):
        return False
    if order.key not in post.errands:
        post.errands[order.key] = Errand(post.place, order, lambda _: None, lambda: False)
    return True


def _piece(post: _Post, key: str, number: int) -> tuple[bytes, bool]:
    return post.errands[key].piece(number)


def _forget(post: _Post, key: str, name: str) -> None:
    post.errands.pop(key, None)
    post.place.forget(name)


def _versions(post: _Post, expected: Mapping[str, str]) -> list[str]:
    return versions.differences(expected)


_ANSWERS: dict[str, Callable[..., Any]] = {
    "offer": _offer,
    "again": _again,
    "cancel": _cancel,
    "finished": _finished,
    "piece": _piece,
    "forget": _forget,
    "versions": _versions,
}
