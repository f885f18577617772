"""The executor of a Dask cluster: one task is one attempt, executed by the same runner process."""

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.cluster import ClusterSettings, ClusterState, lacking
from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.engine import away
from jupyter_orchest_jobs.engine.dask.flight import Flight
from jupyter_orchest_jobs.engine.dask.link import Link
from jupyter_orchest_jobs.engine.dask.order import INPUTS, SECRETS, SLOT, SNAPSHOT, Order
from jupyter_orchest_jobs.engine.dask.place import is_finished
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.hosts import LEASE_S
from jupyter_orchest_jobs.files.private import make_private

LOST_S = 60.0
"""How long a cluster that can't be reached is waited for, with the runs that it has."""
_KEY = re.compile(r"orchest-jobs-(?P<topic>[0-9a-f]+)/(?P<run>[0-9a-f-]+)/(?P<attempt>[0-9]+)")
_log = logging.getLogger(__name__)


class DaskExecutor:
    """Gives attempts to the workers of a cluster, and gets their files back.

    What goes on there goes on without this process; another one finds it again.

    Args:
        settings: which cluster.
        runs: the folder of all runs.
        name: of the state directory, which no other one has.
        on_end: called, in a thread, when an attempt has ended, or the cluster has changed.
        lost_s: how long a cluster that can't be reached is waited for.
    """

    def __init__(
        self,
        settings: ClusterSettings,
        runs: Path,
        name: str,
        *,
        on_end: Callable[[], None] = lambda: None,
        lost_s: float = LOST_S,
    ) -> None:
        self.settings = settings
        self._runs = runs
        self._topic = hashlib.sha256(name.encode()).hexdigest()[:16]
        self._on_end = on_end
        self._lost_s = lost_s
        self._flights: dict[Path, Flight] = {}
        self._link = Link(settings, f"orchest-jobs-{self._topic}", self)
        self._link.start()

    def close(self) -> None:
        """Disconnect; what goes on there goes on."""
        self._link.close()

    def state(self) -> ClusterState:
        """How the cluster is."""
        return self._link.state(self._going_on())

    def room(self) -> int:
        """How many runs more may be given to the cluster now: as many as it has free slots.

        Others wait here, where they can go to whichever worker is free first: one that was given to
        a busy worker would wait for that one alone. But one run is given to a cluster without
        workers, which may start one for it.
        """
        if not self._link.is_connected:
            return 0
        slots = self.state().slots if self._link.workers else 1
        return max(0, slots - self._going_on())

    # --- what the conductor wants ---------------------------------------------------------------

    def launch(self, attempt_dir: Path) -> int:
        """Give an attempt to the cluster.

        Returns:
            0: its process has no id here.

        Raises:
            EngineError: no worker can execute it, it was begun before, or nothing can be written.
        """
        folder = AttemptFolder(attempt_dir)
        if self.is_alive(attempt_dir):
            raise EngineError("This attempt has a runner already.")
        if folder.journal.exists():
            raise EngineError("This attempt was begun before; it is never executed twice.")
        try:
            make_private(attempt_dir)
            order = self._order(folder)
            spec = RunSpec.from_json(order.spec)
            self._check(spec, order)
            away.write(folder, away.Away(order.address, "", order.key))
        except (OSError, ValueError) as error:
            raise EngineError(f"The run can't be given to the cluster: {error}") from error
        flight = Flight(folder, order, self._link, self._on_end)
        flight.place = self._free_worker(flight.resources)
        self._flights[attempt_dir] = flight
        if self._link.is_connected:
            self._link.do(flight.submit)
        return 0

    def request_cancel(self, attempt_dir: Path) -> None:
        """Ask a runner to end its run; a run that no worker has begun ends at once."""
        flight = self._flights.get(attempt_dir)
        if flight is not None and not flight.is_over:
            self._link.do(flight.cancel)

    def kill(self, attempt_dir: Path) -> None:
        """End a runner that does not listen, or that can't be reached."""
        flight = self._flights.get(attempt_dir)
        if flight is not None and not flight.is_over:
            flight.lose("The run was killed.")
            self._link.do(flight.take_away)

    def is_alive(self, attempt_dir: Path) -> bool:
        """Whether the cluster has an attempt, as far as is known here."""
        flight = self._flights.get(attempt_dir)
        if flight is None:
            flight = self._adopt(AttemptFolder(attempt_dir))
            if flight is None:
                return False
            self._flights[attempt_dir] = flight
            if self._link.is_connected:
                self._link.do(partial(flight.attach, self._link.scheduler))
        if flight.is_over:
            del self._flights[attempt_dir]
        return not flight.is_over

    def sweep(self, run_id: str, attempt: int) -> int:
        """Nothing is left on this machine; workers see to what is left there."""
        return 0

    # --- what the link tells --------------------------------------------------------------------

    async def connected(self) -> None:
        """Go on with what was given to the cluster before, and end there what nobody wants."""
        scheduler = self._link.scheduler
        for flight in list(self._flights.values()):
            self._link.do(partial(flight.attach, scheduler))
        await self._end_unwanted()
        self._on_end()

    def disconnected(self, for_s: float) -> None:
        """Give up what the cluster has when it can't be reached for long."""
        if for_s > self._lost_s:
            for flight in list(self._flights.values()):
                flight.lose(f"The cluster could not be reached for {self._lost_s:.0f} seconds.")

    def heard(self, event: Mapping[str, Any]) -> None:
        """A worker tells how an attempt goes."""
        flight = self._flight(str(event.get("key")))
        if flight is not None:
            flight.heed(event, str(event.get("worker")))

    def looked(self) -> None:
        """Give up what waited for workers if those that have come can't execute it."""
        for flight in list(self._flights.values()):
            refusal = "" if flight.place or flight.is_over else self._refusal(flight.resources)
            if refusal:
                flight.lose(refusal)
                self._link.do(flight.take_away)

    def worker_left(self, address: str) -> None:
        """See to what a lost worker had."""
        for flight in list(self._flights.values()):
            if flight.worker == address and not flight.is_over:
                self._link.do(flight.worker_lost)

    # --- details --------------------------------------------------------------------------------

    def _going_on(self) -> int:
        return sum(flight.has_slot for flight in list(self._flights.values()))

    def _free_worker(self, wanted: Mapping[str, float]) -> str:
        """The worker with the most free slots, of those that have what a run asks for.

        Dask doesn't count tasks that have left its threads, and would take all for free.
        """
        flights = list(self._flights.values())
        busy = Counter(flight.place for flight in flights if flight.has_slot)
        free = {
            address: worker.slots - busy[address]
            for address, worker in self._link.workers.items()
            if lacking({SLOT: 1, **wanted}, [worker.resources]) is None
        }
        return max(free, key=lambda address: free[address], default="")

    def _order(self, folder: AttemptFolder) -> Order:
        """What a worker is told of an attempt.

        Raises:
            OSError: something can't be read.
        """
        text = folder.spec.read_text("utf-8")
        spec = RunSpec.from_json(text)
        kind = folder.order.read_text("utf-8") if folder.order.exists() else ""
        shared = self.settings.shared
        needs = [] if shared else [SNAPSHOT]
        if not shared and (spec.outputs or (kind and folder.work.exists())):
            needs.append(INPUTS)
        if not shared and spec.secrets_file and Path(spec.secrets_file).exists():
            needs.append(SECRETS)
        manifest = Path(spec.snapshot) / "manifest.json"
        data = Path(spec.data_dir) if spec.data_dir else None
        return Order(
            address=self.settings.address,
            key=f"orchest-jobs-{self._topic}/{spec.run_id}/{folder.number}",
            topic=f"orchest-jobs-{self._topic}",
            run_id=spec.run_id,
            attempt=folder.number,
            spec=text,
            kind=kind,
            digest="" if shared else hashlib.sha256(manifest.read_bytes()).hexdigest(),
            needs=tuple(needs),
            store=self.settings.store,
            shared=str(folder.path) if shared else "",
            lease_s=LEASE_S,
            # Only what lies elsewhere may be the same there.
            data_dir=str(data.resolve()) if data is not None and data.is_symlink() else "",
        )

    def _check(self, spec: RunSpec, order: Order) -> None:
        """Come back only if the cluster could execute it, as far as is known.

        Raises:
            EngineError: it can't.
        """
        if SECRETS in order.needs and not self.settings.is_private:
            raise EngineError(
                "The job has secrets, and they travel over TLS only; use a scheduler with TLS."
            )
        refusal = self._refusal(spec.resources)
        if refusal:
            raise EngineError(refusal)

    def _refusal(self, wanted: Mapping[str, float]) -> str:
        """Why no worker can execute a run that asks for this; "" if one can, or may come."""
        workers = self._link.workers.values()
        if not all(worker.slots for worker in workers):
            return ""  # some are only just being made ready
        lacks = lacking({SLOT: 1, **wanted}, [worker.resources for worker in workers])
        if not lacks:
            return ""
        amounts = ", ".join(f"{name} {amount:g}" for name, amount in sorted(lacks.items()))
        return (
            f"No worker of the cluster has what the run asks for: {amounts}. Start workers "
            "with it (dask worker --resources …), or ask for less."
        )

    def _adopt(self, folder: AttemptFolder) -> Flight | None:
        """An attempt that an earlier conductor gave to the cluster, if something may come of it."""
        noted = away.read(folder)
        if noted is None or noted.lost is not None or is_finished(folder):
            return None
        try:
            order = self._order(folder)
        except (OSError, ValueError) as error:
            _log.error("%s: %s", folder.path, error)
            return None
        return Flight(folder, order, self._link, self._on_end)

    def _flight(self, key: str) -> Flight | None:
        found = _KEY.fullmatch(key)
        if found is None or found["topic"] != self._topic:
            return None
        return self._flights.get(self._folder(found["run"], found["attempt"]).path)

    def _folder(self, run_id: str, attempt: str) -> AttemptFolder:
        return AttemptFolder(self._runs / run_id / "attempts" / attempt)

    async def _end_unwanted(self) -> None:
        """End what goes on in the cluster though its attempt was given up here, or deleted."""
        client = self._link.client
        for name in await client.list_datasets():
            found = _KEY.fullmatch(str(name))
            if found is None or found["topic"] != self._topic:
                continue
            folder = self._folder(found["run"], found["attempt"])
            noted = away.read(folder)
            if noted is not None and noted.lost is None and not is_finished(folder):
                continue
            _log.info("ending %s, which nobody wants any more", name)
            future = await client.get_dataset(name)
            await client.cancel([future], force=True)
            await client.unpublish_dataset(name)
            folder_name = f"{found['run']}-{found['attempt']}"
            await self._link.tell_all("forget", str(name), folder_name)
