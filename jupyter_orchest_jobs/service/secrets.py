"""Environment variables whose values nobody sees again.

Each job's are in a file of its own that only the owner can read. Nothing else has the values: no
database, no backup, no specification of a run, no journal, no answer. A runner reads them when its
attempt begins, and gives them to the processes of steps.
"""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from jupyter_orchest_jobs.domain.ids import is_id
from jupyter_orchest_jobs.engine.environment import read_secrets
from jupyter_orchest_jobs.errors import InvalidInput, StoreUnavailable
from jupyter_orchest_jobs.files.atomic import write_atomic

_SUFFIX = ".json"
ORPHANED_S = 3600.0
"""A file whose job is not known may belong to one that is just being made, but not for so long."""


class Secrets:
    """The secrets of all jobs of a state directory.

    Args:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, job_id: str) -> Path:
        """The file of a job's secrets; there is none if it has none."""
        return self._folder / f"{job_id}{_SUFFIX}"

    def read(self, job_id: str) -> dict[str, str]:
        """A job's secrets by name.

        Raises:
            InvalidInput: the file is damaged.
        """
        path = self.path(job_id)
        try:
            return read_secrets(path)
        except (OSError, ValueError):
            raise InvalidInput(
                f"The secrets of the job can't be read; remove {path} and set them again."
            ) from None

    def names(self, job_id: str) -> tuple[str, ...]:
        """The names of a job's secrets, sorted; none if they can't be read."""
        try:
            return tuple(sorted(read_secrets(self.path(job_id))))
        except (OSError, ValueError):
            return ()

    def write(self, job_id: str, values: Mapping[str, str]) -> None:
        """Keep a job's secrets; they replace what was there.

        Raises:
            StoreUnavailable: they can't be written.
        """
        path = self.path(job_id)
        try:
            if values:
                write_atomic(path, json.dumps(dict(values)).encode())
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"The secrets can't be kept: {error.strerror}.") from None

    def remove(self, job_id: str) -> None:
        """Forget a job's secrets.

        Raises:
            StoreUnavailable: they can't be removed.
        """
        self.write(job_id, {})

    def sweep(self, is_known: Callable[[str], bool]) -> None:
        """Remove the secrets of jobs that are gone.

        Args:
            is_known: whether there is a job of this id.
        """
        for path in self._folder.glob(f"*{_SUFFIX}"):
            job_id = path.name.removesuffix(_SUFFIX)
            old = time.time() - path.stat().st_mtime > ORPHANED_S
            if is_id(job_id) and old and not is_known(job_id):
                path.unlink(missing_ok=True)
