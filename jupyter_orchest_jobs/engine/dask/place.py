"""What a worker has on its host: snapshots, attempts, and the processes that execute them."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.engine import leash
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.local import LocalExecutor
from jupyter_orchest_jobs.engine.sdk_install import install_sdk
from jupyter_orchest_jobs.files.locks import FileLock, is_locked
from jupyter_orchest_jobs.files.pack import Source, unpack
from jupyter_orchest_jobs.files.private import make_private
from jupyter_orchest_jobs.files.removal import remove_folder

KEPT_S = 7 * 24 * 3600.0
"""What nobody has used for so long is removed."""
_LOOK_S = 0.05
_PARTS = ".part-"


class Place:
    """A folder of a host, which its workers share, also those that come after them.

    Args:
        root: of the folder.
        worker: a name that no other worker has.
        warm: whether runners and kernels are forked from processes that have all imported.
    """

    def __init__(self, root: Path, worker: str, *, warm: bool = True) -> None:
        self.root = root
        for folder in (root, self.snapshots, self.runs, root / "workers"):
            make_private(folder)
        self.leash = root / "workers" / f"{worker}.lock"
        self._held = leash.hold(self.leash)
        self.sdk_dir = install_sdk(root)
        self.executor = LocalExecutor(warm=lambda: warm)
        self.lock = threading.Lock()
        """Held by whoever uses the executor."""
        self._sweep()

    @property
    def snapshots(self) -> Path:
        """One folder a snapshot, named by its digest."""
        return self.root / "snapshots"

    @property
    def runs(self) -> Path:
        """One folder an attempt."""
        return self.root / "runs"

    def attempt(self, name: str) -> AttemptFolder:
        """The folder of an attempt, in a run's folder of its own."""
        return AttemptFolder(self.runs / name / "attempts" / name.rpartition("-")[2])

    def close(self) -> None:
        """Let go of what is executed: it ends."""
        self._held.release()
        self.leash.unlink(missing_ok=True)
        with self.lock:
            self.executor.close()

    @contextmanager
    def snapshot(
        self,
        digest: str,
        fetch: Callable[[Callable[[Source], None]], None],
        check: Callable[[], None],
    ) -> Iterator[Path]:
        """The folder of a snapshot, for as long as it is used.

        Args:
            fetch: gets the snapshot, if it isn't here, and hands it to its argument, again if it
                broke off.
            check: called while somebody else is getting it; may raise.
        """
        folder = self.snapshots / digest
        lock = self.snapshots / f"{digest}.lock"
        using = None
        while using is None:
            if not folder.exists():
                self._get(folder, lock, fetch, check)
            using = FileLock.try_acquire(lock, shared=True)
            if using is not None and not folder.exists():
                using.release()
                using = None
        try:
            os.utime(folder)
            yield folder
        finally:
            using.release()

    def is_finished(self, name: str) -> bool:
        """Whether an attempt was executed here to its end."""
        return is_finished(self.attempt(name))

    def forget(self, name: str) -> None:
        """Remove an attempt's files."""
        remove(self.runs / name)

    def _get(
        self,
        folder: Path,
        lock: Path,
        fetch: Callable[[Callable[[Source], None]], None],
        check: Callable[[], None],
    ) -> None:
        getting = FileLock.try_acquire(lock)
        if getting is None:
            check()
            time.sleep(_LOOK_S)
            return
        part = self.snapshots / f"{_PARTS}{folder.name}"

        def write(source: Source) -> None:
            remove(part)
            unpack(source, part)

        try:
            if not folder.exists():
                fetch(write)
                part.rename(folder)
        finally:
            remove(part)
            getting.release()

    def _sweep(self) -> None:
        """End and remove what workers before have left."""
        now = time.time()
        for run in self.runs.iterdir():
            folder = self.attempt(run.name)
            with suppress(OSError):
                if is_locked(folder.lock):
                    continue
                if folder.info.exists() and not is_finished(folder):
                    self.executor.sweep(run.name.rpartition("-")[0], folder.number)
                if now - run.stat().st_mtime > KEPT_S:
                    remove(run)
        for snapshot in self.snapshots.iterdir():
            with suppress(OSError):
                if not snapshot.is_dir() or now - snapshot.stat().st_mtime < KEPT_S:
                    continue
                lock = FileLock.try_acquire(self.snapshots / f"{snapshot.name}.lock")
                if lock is not None:
                    remove(snapshot)
                    lock.release()
        for left in (self.root / "workers").iterdir():
            if not is_locked(left):
                left.unlink(missing_ok=True)


def is_finished(folder: AttemptFolder) -> bool:
    """Whether the journal of an attempt has its last line."""
    try:
        lines, _ = journal.whole_lines(folder.journal.read_bytes())
    except OSError:
        return False
    return any(isinstance(entry, journal.AttemptFinished) for entry in journal.read(lines[-1:]))


def remove(tree: Path) -> None:
    """Remove a tree of which a step may have taken the permissions; nothing if it is missing."""
    if not tree.exists():
        return
    # Half of it must not look like the whole.
    gone = tree.parent / f"{_PARTS}{new_id()}"
    tree.rename(gone)
    remove_folder(gone)
