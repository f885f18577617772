"""What users learn of a job's snapshot: what it holds and lacks, and what has changed since."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.errors import NotFound, SnapshotFailed, WrongState
from jupyter_orchest_jobs.files import manifest
from jupyter_orchest_jobs.files.manifest import Manifest
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.service.shortly import Shortly
from jupyter_orchest_jobs.snapshot.changes import Changes, changes
from jupyter_orchest_jobs.snapshot.take import own_folder

_KEEP_S = 3.0


@dataclass(frozen=True)
class SnapshotView:
    """A snapshot that is there, with what is written in it."""

    manifest: Manifest
    taken_at: datetime


@dataclass(frozen=True)
class ChangesView:
    """What has changed in a project.

    Attributes:
        changes: None if that can't be told.
        message: why it can't, or not in full.
    """

    changes: Changes | None
    message: str | None = None


class SnapshotLook:
    """The use cases.

    Args:
        session: with the state directory.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._changes = Shortly[ChangesView](_KEEP_S)

    async def get(self, job_id: str) -> SnapshotView:
        """The snapshot that a job holds.

        Raises:
            NotFound: there is no such job, or its snapshot can't be read.
            WrongState: the job has none yet.
        """
        job = await self._session.read(lambda store: store.job(job_id))
        return await asyncio.to_thread(self._view, job)

    async def changes(self, job_id: str) -> ChangesView:
        """What has changed in the project since. Asked often, it is told from memory for a while.

        Raises:
            NotFound: there is no such job, or its snapshot can't be read.
            WrongState: the job has no snapshot yet.
        """
        job = await self._session.read(lambda store: store.job(job_id))
        return await self._changes.get((job.id, job.snapshot.id), lambda: self._compare(job))

    def _compare(self, job: Job) -> ChangesView:
        view = self._view(job)
        folder = self._session.state.snapshots
        # It was begun after the job was made, unless it was another job's; file systems may have
        # coarser times than we. What is newer than that is read to be sure.
        begun = min(job.created_at, view.taken_at) - timedelta(seconds=2)
        taken_ns = int(begun.timestamp() * 1e9)
        try:
            found = changes(
                view.manifest, own_folder(Path(view.manifest.project), folder), taken_ns
            )
        except SnapshotFailed as error:
            return ChangesView(None, error.message)
        if not found.complete:
            message = "The project has so many files that not all could be compared."
            return ChangesView(found, message)
        return ChangesView(found)

    def _view(self, job: Job) -> SnapshotView:
        if job.snapshot.id is None:
            raise WrongState(f"Job {job.number} has no snapshot yet.")
        file = self._session.state.snapshots / job.snapshot.id / manifest.NAME
        try:
            found = manifest.read_manifest(file)
            # Databases of earlier versions don't say when it was taken.
            written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except SnapshotFailed as error:
            raise NotFound(f"The snapshot of job {job.number}: {error.message}") from None
        except OSError:
            raise NotFound(f"The snapshot of job {job.number} is gone.") from None
        return SnapshotView(found, job.snapshot.taken_at or written)
