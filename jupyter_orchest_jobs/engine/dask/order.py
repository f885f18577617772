"""What a worker is told, and what it answers."""

from dataclasses import dataclass

SLOT = "orchest_jobs_slot"
"""The resource of which each worker has as many as it executes runs at once."""

SNAPSHOT, INPUTS, SECRETS = "snapshot", "inputs", "secrets"
"""What a worker needs besides its order."""
RESULTS = "results"
"""What comes back."""


@dataclass(frozen=True)
class Order:
    """One attempt, for a worker; it travels as the argument of a task.

    Attributes:
        address: of the scheduler, as the conductor reaches it.
        key: of the task.
        topic: of the events by which the worker tells how it goes.
        spec: the text of ``spec.json``, with paths of the machine of the conductor.
        kind: the text of ``order.json``; "" for a first attempt.
        digest: of the snapshot.
        needs: what must be there before the runner is started.
        store: URL of the folder through which files travel; "" if they travel through the cluster.
        shared: absolute path of the attempt's folder if the worker sees it itself, else "".
        lease_s: see :class:`..files.hosts.Sharing`.
        data_dir: absolute path of the folder for shared data, if the worker may have it.
    """

    address: str
    key: str
    topic: str
    run_id: str
    attempt: int
    spec: str
    kind: str
    digest: str
    needs: tuple[str, ...]
    store: str
    shared: str
    lease_s: float
    data_dir: str

    @property
    def name(self) -> str:
        """Names the attempt among all of a worker, as a file name."""
        return f"{self.run_id}-{self.attempt}"

    def stored(self, what: str) -> str:
        """Where something is in the store: a snapshot is there for all who have the same."""
        return f"snapshots/{self.digest}.tar" if what == SNAPSHOT else f"{what}/{self.name}.tar"


class AlreadyBegun(Exception):
    """The attempt was begun before, on a worker that was lost: it is never executed twice."""
