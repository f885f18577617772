"""The connection with a cluster, in a thread with a loop of its own; it is made again when lost."""

import asyncio
import logging
import threading
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from distributed import Client, Security

from jupyter_orchest_jobs.domain.cluster import CONNECTING, ClusterSettings, ClusterState
from jupyter_orchest_jobs.engine.dask import versions
from jupyter_orchest_jobs.engine.dask.order import SLOT
from jupyter_orchest_jobs.engine.dask.worker import Plugin, tell
from jupyter_orchest_jobs.errors import EngineError

LOOK_S = 1.0
"""How often it is looked how the cluster is; less often if it is very large."""
_ANSWER_S = 10.0
_LONGEST_WAIT_S = 15.0
_TRANSFERS = 4
_THREADS = 3 * _TRANSFERS
_LAST_S = 5.0
"""How long what is to be done may take when the link is closed."""
_WORKERS_A_SECOND = 200
_PLUGIN = "orchest-jobs"
_log = logging.getLogger(__name__)
# What it tells of lost connections, with all that led to it, is said here in a line.
for _name in ("distributed", "distributed.client", "distributed.utils"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass
class Worker:
    """A worker, as the scheduler knows it."""

    name: str
    resources: Mapping[str, float] = field(default_factory=dict)

    @property
    def slots(self) -> int:
        """How many runs it executes at once."""
        return int(self.resources.get(SLOT, 0))


class Listener(Protocol):
    """Who wants to know what comes; all is called in the link's loop."""

    async def connected(self) -> None:
        """There is a connection: what went on may be gone, or go on."""

    def disconnected(self, for_s: float) -> None:
        """There is none, for so many seconds; called again and again."""

    def heard(self, event: Mapping[str, Any]) -> None:
        """A worker has told something."""

    def looked(self) -> None:
        """It was looked how the cluster is, once more."""

    def worker_left(self, address: str) -> None:
        """A worker is gone, with what it was doing."""


class Link:
    """Keeps up the connection with one cluster.

    Args:
        settings: which cluster.
        topic: of the events that are meant for us.
        listener: is told what comes.
    """

    def __init__(self, settings: ClusterSettings, topic: str, listener: Listener) -> None:
        self.settings = settings
        self.scheduler = ""
        self.workers: dict[str, Worker] = {}
        self._topic = topic
        self._listener = listener
        self._client: Client | None = None
        self._error: str | None = CONNECTING
        self._since = datetime.now(UTC)
        self._warnings: tuple[str, ...] = ()
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(_THREADS, "orchest-jobs-dask"))
        self.transfers = asyncio.Semaphore(_TRANSFERS)
        """Held by whoever sends or fetches files: each needs up to two threads, and memory."""
        self._main: asyncio.Task[None] | None = None
        self._works: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._live, name="orchest-jobs-dask", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def close(self) -> None:
        """Disconnect; what goes on there goes on."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(_ANSWER_S)

    @property
    def client(self) -> Client:
        """The connection.

        Raises:
            EngineError: there is none now.
        """
        if self._client is None:
            raise EngineError(f"The cluster isn't connected: {self._error}")
        return self._client

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection."""
        return self._client is not None

    def state(self, going_on: int) -> ClusterState:
        """How the cluster is, as far as is known.

        Args:
            going_on: how many runs were given to it.
        """
        workers = list(self.workers.values()) if self.is_connected else []
        slots = sum(worker.slots for worker in workers)
        most: dict[str, float] = {}
        for worker in workers:
            for name, amount in worker.resources.items():
                if name != SLOT:
                    most[name] = max(most.get(name, 0.0), amount)
        return ClusterState(
            connected=self.is_connected,
            since=self._since,
            error=self._error,
            workers=len(workers),
            slots=slots,
            free=max(0, slots - going_on),
            resources=most,
            warnings=self._warnings if self.is_connected else (),
        )

    def do(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let something be done in the link's loop, also when it is closed; errors are logged."""
        with suppress(RuntimeError):  # it is closed
            self._loop.call_soon_threadsafe(self._begin, work, self._works)

    def follow(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let something go on in the link's loop until that is closed; errors are logged."""
        self._begin(work, self._following)

    async def tell(self, worker: str, what: str, *arguments: Any) -> Any:
        """What a worker answers.

        Raises:
            EngineError: no connection.
            Exception: whatever went wrong there, or on the way.
        """
        return (await self.client.run(tell, what, *arguments, workers=[worker]))[worker]

    async def tell_all(self, what: str, *arguments: Any) -> dict[str, Any]:
        """What each worker answers that does.

        Raises:
            EngineError: no connection.
        """
        answers: dict[str, Any] = await self.client.run(tell, what, *arguments, on_error="ignore")
        return answers

    def _begin(
        self, work: Callable[[], Coroutine[Any, Any, None]], among: set["asyncio.Task[None]"]
    ) -> None:
        task = self._loop.create_task(work())
        among.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._works.discard(task)
        self._following.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("the cluster: %s", error, exc_info=error)

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._main = self._loop.create_task(self._keep())
        try:
            self._loop.run_until_complete(self._main)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    def _stop(self) -> None:
        self._ending = self._loop.create_task(self._end())

    async def _end(self) -> None:
        if self._works and self.is_connected:
            await asyncio.wait(self._works, timeout=_LAST_S)
        for task in (*self._works, *self._following, self._main):
            if task is not None:
                task.cancel()

    async def _keep(self) -> None:
        """Connect, follow, and do so again when the connection was lost."""
        waits = 0.0
        lost = self._loop.time()
        while True:
            try:
                client = await self._connect()
                try:
                    await self._prepare(client)
                    waits = 0.0
                    await self._follow(client)
                finally:
                    self._client = None
                    with suppress(Exception):
                        async with asyncio.timeout(_ANSWER_S):
                            await client.close(timeout=1)
            except Exception as error:
                if self._error is None:
                    lost = self._loop.time()
                    self._since = datetime.now(UTC)
                text = str(error) or type(error).__name__
                if self._error != text:
                    _log.warning("the cluster %s: %s", self.settings.address, text)
                self._error = text
            self._listener.disconnected(self._loop.time() - lost)
            waits = min(_LONGEST_WAIT_S, waits * 1.5 + 0.5)
            await asyncio.sleep(waits)

    async def _connect(self) -> Client:
        settings = self.settings
        security = None
        if settings.address.startswith("tls://"):
            security = Security(
                tls_ca_file=settings.tls_ca,
                tls_client_cert=settings.tls_cert,
                tls_client_key=settings.tls_key,
                require_encryption=True,
            )
        with warnings.catch_warnings():
            # Of versions that differ; said in words of ours.
            warnings.simplefilter("ignore")
            client = Client(
                settings.address,
                asynchronous=True,
                security=security,
                timeout=_ANSWER_S,
                set_as_default=False,
                name=_PLUGIN,
            )
            try:
                await client
            except BaseException:
                with suppress(Exception):
                    await client.close(timeout=0)
                raise
            return client

    async def _prepare(self, client: Client) -> None:
        await client.register_plugin(Plugin(self.settings.slots), name=_PLUGIN)
        self._warnings = await self._compare(client)
        client.subscribe_topic(self._topic, self._heard)
        client.subscribe_topic("all", self._heard_of_cluster)
        await self._look(client)
        self._client, self._error = client, None
        self._since = datetime.now(UTC)
        _log.info("the cluster %s: %d workers", self.settings.address, len(self.workers))
        for warning in self._warnings:
            _log.warning("the cluster: %s", warning)
        await self._listener.connected()

    async def _compare(self, client: Client) -> tuple[str, ...]:
        """How workers differ from this machine.

        Raises:
            EngineError: they can't execute runs.
        """
        expected = versions.installed()
        ours = versions.OURS.replace("_", "-")
        answers = await client.run(tell, "versions", expected, on_error="return")
        said: dict[tuple[str, ...], list[str]] = {}
        for address, answer in answers.items():
            if isinstance(answer, ModuleNotFoundError | AttributeError | TypeError):
                raise EngineError(
                    f"The worker {address} can't execute runs ({answer}): install "
                    f"jupyter_orchest_jobs[dask] {expected.get(ours, '')} there."
                )
            if isinstance(answer, list) and answer:
                said.setdefault(tuple(answer), []).append(address)
        return tuple(
            f"{len(workers)} of {len(answers)} workers, such as {workers[0]}, have other packages "
            f"than this machine: {', '.join(differs)}"
            for differs, workers in said.items()
        )

    async def _follow(self, client: Client) -> None:
        while True:
            await asyncio.sleep(max(LOOK_S, len(self.workers) / _WORKERS_A_SECOND))
            await self._look(client)
            self._listener.looked()

    async def _look(self, client: Client) -> None:
        if client.status != "running" or client.scheduler is None:
            raise EngineError("The connection with the scheduler was lost.")
        asking: Awaitable[Any] = client.scheduler.identity(n_workers=-1)
        try:
            info = await asyncio.wait_for(asking, _ANSWER_S)
        except (OSError, TimeoutError) as error:
            raise EngineError(f"The scheduler doesn't answer ({type(error).__name__}).") from error
        if self._client is not None and info["id"] != self.scheduler:
            raise EngineError("The scheduler was started anew.")
        self.scheduler = info["id"]
        self.workers = {
            address: Worker(str(worker["name"]), worker.get("resources") or {})
            for address, worker in info["workers"].items()
        }

    def _heard(self, event: tuple[float, Any]) -> None:
        if isinstance(event[1], Mapping):
            self._listener.heard(event[1])

    def _heard_of_cluster(self, event: tuple[float, Any]) -> None:
        if isinstance(event[1], Mapping) and event[1].get("action") == "remove-worker":
            left = str(event[1].get("worker"))
            # Until it is looked again, it would be taken for one with free slots. Other threads
            # read this.
            self.workers = {one: told for one, told in self.workers.items() if one != left}
            self._listener.worker_left(left)
