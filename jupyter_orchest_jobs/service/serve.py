"""The life of a conductor's process: its lock, its parts, its signals, its end."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from jupyter_orchest_jobs.engine.kernelspecs import python_for_scripts
from jupyter_orchest_jobs.engine.local import LocalExecutor
from jupyter_orchest_jobs.engine.sdk_install import install_sdk
from jupyter_orchest_jobs.engine.shared import SharedExecutor
from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.files.hosts import Sharing
from jupyter_orchest_jobs.files.lease import Lease
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.cluster import Cluster
from jupyter_orchest_jobs.service.conductor import Conductor, TurnLost
from jupyter_orchest_jobs.service.dispatch import Dispatch
from jupyter_orchest_jobs.service.executors import Executors
from jupyter_orchest_jobs.service.limits import limits_of
from jupyter_orchest_jobs.service.standby import wait_for_turn
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.service.upgrade import Card, announce, is_asked_to_leave, leave_when_asked
from jupyter_orchest_jobs.store.contract import Store

_STOPS = (signal.SIGTERM, signal.SIGINT)
_log = logging.getLogger(__name__)


def conduct(state: StateDir, *, stay: bool) -> bool:
    """Be the conductor of a state directory, until there is nothing to do or a signal comes.

    Args:
        stay: whether to stay with nothing to do and nobody attached.

    Returns:
        Whether this process was the conductor; False when there is one already.

    Raises:
        StoreUnavailable: the database can't be used.
        OSError: the state directory can't be used.
    """
    state.create()
    lock = FileLock.try_acquire(state.conductor_lock)
    if lock is None:
        return False
    try:
        if state.sharing is None:
            door = asyncio.run(_conduct(state, stay, announce(state)))
        else:
            door = _conduct_by_turns(state, state.sharing, stay)
    finally:
        lock.release()
    if door is not None:
        door.release()
    return True


def _conduct_by_turns(state: StateDir, sharing: Sharing, stay: bool) -> FileLock | None:
    """Conduct when no other host does, again and again if the lease is lost."""
    card = announce(state)
    before = {number: signal.getsignal(number) for number in _STOPS}
    while True:
        asked = partial(is_asked_to_leave, state, card)
        turn = wait_for_turn(state, sharing, stay=stay, is_asked_to_leave=asked)
        if not isinstance(turn, Lease):
            _log.info("leaving the work to another conductor")
            return turn
        try:
            return asyncio.run(_conduct(state, stay, card, turn))
        except TurnLost:
            _log.warning("another host may conduct now, since this one was not heard of")
        finally:
            turn.release()
            # The loop that has ended leaves the system's own ones.
            for number, handler in before.items():
                signal.signal(number, handler)


async def _conduct(
    state: StateDir, stay: bool, card: Card, lease: Lease | None = None
) -> FileLock | None:
    from jupyter_orchest_jobs.store.sqlite import SqliteStore

    begun = time.monotonic()
    conductor: Conductor
    store = SqliteStore(state.database, migrate=True, guard=partial(_check, lease))
    if store.notice is not None:
        _log.warning("%s", store.notice)
    try:
        own = LocalExecutor(
            warm=partial(_wants_warm, store),
            on_end=lambda: conductor.wake(),
        )
        here = own if state.sharing is None else SharedExecutor(own, state.sharing)
        loop = asyncio.get_running_loop()
        cluster = Cluster(store, state, partial(_wake_from_thread, loop, lambda: conductor.wake()))
        dispatch = Dispatch(
            store,
            state,
            Executors(here, lambda: cluster.executor),
            sdk_dir=install_sdk(state.root),
            python=python_for_scripts(),
            now=utc_now,
            cluster_room=cluster.room,
        )
        conductor = Conductor(store, state, dispatch, stay=stay, lease=lease)
        for number in _STOPS:
            loop.add_signal_handler(number, conductor.stop)
        # A runner that ends makes room for the next one.
        loop.add_signal_handler(signal.SIGCHLD, _child_ended, own, conductor)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        _log.info("conducting %s (ready after %.2f s)", state.root, time.monotonic() - begun)
        leaving = asyncio.create_task(leave_when_asked(state, card, conductor.stop))
        # First: runs that are there must not be taken for lost.
        await cluster.look()
        keeping = asyncio.create_task(cluster.keep())
        try:
            return await conductor.run()
        finally:
            leaving.cancel()
            keeping.cancel()
            await asyncio.to_thread(cluster.close)
    finally:
        store.close()


def _child_ended(executor: LocalExecutor, conductor: Conductor) -> None:
    executor.reap()
    conductor.wake()


def _wake_from_thread(loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # it is leaving
        loop.call_soon_threadsafe(wake)


def _wants_warm(store: Store) -> bool:
    try:
        return limits_of(store.settings()).warm_processes
    except StoreUnavailable:
        # The run is begun: it must be launched, in whatever way.
        return True


def _check(lease: Lease | None) -> None:
    """Nobody writes what another host may be writing."""
    if lease is not None and not lease.is_ours():
        raise StoreUnavailable("Another host may conduct now.")
