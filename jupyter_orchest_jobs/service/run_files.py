"""What users do with the files of a run: look at them, save one, save all."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, TypeVar

from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import ENDED_RUNS
from jupyter_orchest_jobs.errors import NotFound, SnapshotFailed
from jupyter_orchest_jobs.files import manifest
from jupyter_orchest_jobs.files.archive import zipped
from jupyter_orchest_jobs.files.paths import plain
from jupyter_orchest_jobs.files.run_tree import Baseline, RunFile, RunTree
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.service.shortly import Shortly

T = TypeVar("T")

MOST = 5_000
"""So many things of one folder are listed."""


@dataclass(frozen=True)
class Folder:
    """One folder of a run's files.

    Attributes:
        files: the first ``MOST`` things in it, folders first.
        total: how many there are.
        note: why there are none.
    """

    path: str
    files: tuple[RunFile, ...]
    total: int
    note: str | None = None


class RunFiles:
    """The use cases. A run's files are its working copy, or what is left of that.

    Args:
        session: with the state directory.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._trees = Shortly[RunTree](2.0)

    async def folder(self, run_id: str, path: str) -> Folder:
        """List a folder; ``""`` is the top.

        Raises:
            InvalidInput: the path is none, or leads out of the run.
            NotFound: there is no such run or folder.
        """
        path = plain(path)
        run = await self._session.read(lambda store: store.run(run_id))
        try:
            tree = await self._tree(run)
        except NotFound as error:
            if path:
                raise
            return Folder(path, (), 0, error.message)
        files = await asyncio.to_thread(tree.folder, path)
        return Folder(path, tuple(files[:MOST]), len(files))

    async def open(self, run_id: str, path: str) -> BinaryIO:
        """Open a file for reading.

        Raises:
            InvalidInput: the path is none, or leads out of the run.
            NotFound: there is no such run or file, or it is a link or a folder.
        """
        run = await self._session.read(lambda store: store.run(run_id))
        tree = await self._tree(run)
        try:
            return await asyncio.to_thread(tree.open, path)
        except OSError as error:
            raise NotFound(f"{path} can't be read: {error.strerror}.") from None

    async def archive(self, run_id: str, changed: bool) -> Iterator[bytes]:
        """All files in a zip archive, whose pieces are made as they are asked for, in a thread.

        Args:
            changed: only those that differ from the snapshot.

        Raises:
            NotFound: there is no such run, or it has no files.
        """
        run = await self._session.read(lambda store: store.run(run_id))
        tree = await self._tree(run)
        return zipped(tree, tree.everything(changed=changed))

    async def _tree(self, run: Run) -> RunTree:
        """Look at a run's files.

        Raises:
            NotFound: it has none; with the reason.
        """
        batch = await self._session.read(lambda store: store.batch(run.job_id, run.batch))
        snapshot = self._session.state.snapshots / str(batch.snapshot_id)
        work = self._session.state.attempt(run.id, max(1, run.attempt)).work

        def look() -> RunTree:
            if not work.exists():
                raise NotFound(_why_none(run))
            try:
                return RunTree(work, _baseline(snapshot))
            except SnapshotFailed as error:
                raise NotFound(f"The files of run {run.number}: {error.message}") from None
            except OSError:  # it went at this moment
                raise NotFound(_why_none(run)) from None

        return await self._trees.get((run.id, run.attempt, run.status), look)


@lru_cache(maxsize=2)
def _baseline(snapshot: Path) -> Baseline:
    """A snapshot's files; snapshots never change."""
    found = manifest.read_manifest(snapshot / manifest.NAME)
    return Baseline(snapshot / manifest.PROJECT, found.items)


def _why_none(run: Run) -> str:
    if not run.has_files:
        return (
            f"The files of run {run.number} were deleted, as its job's retention wants it; its "
            "logs and notebooks are kept."
        )
    if run.status not in ENDED_RUNS:
        return f"Run {run.number} has no files yet: they are copied when it begins."
    return f"Run {run.number} has no files: it ended before they were copied."
