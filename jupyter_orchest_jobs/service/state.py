"""The state directory: where everything is, and what a run's folder looks like."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.files.hosts import Sharing
from jupyter_orchest_jobs.files.private import make_private
from jupyter_orchest_jobs.store import place

_PRIVATE = 0o700


def default_state_dir() -> Path:
    """Where the state directory of this user is when nobody has said."""
    return Path(jupyter_data_dir()) / "orchest-jobs"


@dataclass(frozen=True)
class StateDir:
    """Paths below one state directory; all servers and command lines of a user share it.

    Attributes:
        root: absolute path.
        shared_by_hosts: whether hosts besides this one use it; None to find out.
        host: which host this is; found out by default.
    """

    root: Path
    shared_by_hosts: bool | None = None
    host: str | None = None

    @cached_property
    def sharing(self) -> Sharing | None:
        """How the hosts that share it get along; None if only this one uses it.

        Raises:
            StoreUnavailable: its `sharing.json` can't be understood.
        """
        return place.sharing_of(self.root, self.shared_by_hosts, self.host)

    @property
    def hosts(self) -> Path:
        """One folder for each host that shares the directory, and the conductor's lease."""
        return self.root / "hosts"

    @property
    def own(self) -> Path:
        """Where the locks are that only processes of this host see."""
        return self.root if self.sharing is None else self.hosts / self.sharing.host

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "orchest-jobs.sqlite"

    @property
    def conductor_lock(self) -> Path:
        """Held by the conductor of this host for its whole life."""
        return self.own / "conductor.lock"

    @property
    def attached_lock(self) -> Path:
        """Held, shared, by everybody of this host for whom its conductor should stay."""
        return self.own / "attached.lock"

    @property
    def conductor_log(self) -> Path:
        """What conductors that were started in the background print."""
        return self.root / "conductor.log"

    @property
    def snapshots(self) -> Path:
        """One folder a snapshot."""
        return self.root / "snapshots"

    @property
    def environments(self) -> Path:
        """One folder an environment that was frozen or recorded."""
        return self.root / "environments"

    @property
    def slots(self) -> Path:
        """Locks that count step processes of this host."""
        return self.own / "slots"

    @property
    def pages(self) -> Path:
        """Rendered notebooks: a cache, may be deleted."""
        return self.root / "pages"

    @property
    def secrets(self) -> Path:
        """One file for each job that has secrets."""
        return self.root / "secrets"

    @property
    def cluster(self) -> Path:
        """What the conductor has last found out about the cluster."""
        return self.root / "cluster.json"

    @property
    def cluster_name(self) -> Path:
        """The name of this directory among all that use a cluster."""
        return self.root / "cluster-name"

    @property
    def data(self) -> Path:
        """The folder that all runs share, or a link to it; made when it is needed."""
        return self.root / "data"

    def run(self, run_id: str) -> Path:
        """A run's folder."""
        return self.root / "runs" / run_id

    def attempt(self, run_id: str, attempt: int) -> AttemptFolder:
        """The folder of one attempt of a run."""
        return AttemptFolder(self.run(run_id) / "attempts" / str(attempt))

    def create(self) -> None:
        """Make what is missing; for the owner only, whatever the umask.

        Raises:
            OSError: the disk is full or read-only, or somebody else's.
            StoreUnavailable: its `sharing.json` can't be understood.
        """
        shared = () if self.sharing is None else (self.hosts, self.own)
        own = (self.environments, self.slots, self.pages, self.secrets)
        for folder in (self.root, self.snapshots, self.root / "runs", *shared, *own):
            make_private(folder)
            if folder.stat().st_mode & 0o777 != _PRIVATE:
                folder.chmod(_PRIVATE)
        if self.shared_by_hosts is not None:
            # Command lines and conductors that nobody tells shall know it, too.
            place.say_sharing(self.root, self.shared_by_hosts)
