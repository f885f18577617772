"""The state directory: where everything is, and what a run's folder looks like."""

from dataclasses import dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from jupyter_orchest_jobs.engine.folder import AttemptFolder

_PRIVATE = 0o700


def default_state_dir() -> Path:
    """Where the state directory of this user is when nobody has said."""
    return Path(jupyter_data_dir()) / "orchest-jobs"


@dataclass(frozen=True)
class StateDir:
    """Paths below one state directory; all servers and command lines of a user share it.

    Attributes:
        root: absolute path.
    """

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "orchest-jobs.sqlite"

    @property
    def conductor_lock(self) -> Path:
        """Held by the conductor for its whole life."""
        return self.root / "conductor.lock"

    @property
    def attached_lock(self) -> Path:
        """Held, shared, by everybody for whom the conductor should stay."""
        return self.root / "attached.lock"

    @property
    def conductor_log(self) -> Path:
        """What conductors that were started in the background print."""
        return self.root / "conductor.log"

    @property
    def snapshots(self) -> Path:
        """One folder a snapshot."""
        return self.root / "snapshots"

    @property
    def slots(self) -> Path:
        """Locks that count step processes."""
        return self.root / "slots"

    @property
    def pages(self) -> Path:
        """Rendered notebooks: a cache, may be deleted."""
        return self.root / "pages"

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
        """
        for folder in (self.root, self.snapshots, self.root / "runs", self.slots, self.pages):
            folder.mkdir(parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o777 != _PRIVATE:
                folder.chmod(_PRIVATE)
