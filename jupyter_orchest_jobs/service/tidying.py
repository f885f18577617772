"""Measuring and removing files beside the conductor's work.

Whatever walks folders goes on in a thread. What becomes of a run's files is decided there, too,
but carried out by the conductor itself, between its other work: so no run can be started again
while its files go.
"""

import logging
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.errors import NotFound, StoreUnavailable
from jupyter_orchest_jobs.files.building import sweep
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.service.retention import (
    Verdict,
    delete_old_drafts,
    delete_old_quick_jobs,
    jobs_with_runs,
    judge_job,
    note_size,
)
from jupyter_orchest_jobs.service.secrets import Secrets
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import Store

EVERYTHING = timedelta(hours=1)
"""How often the retention of all jobs is applied."""
ONE_JOB = timedelta(seconds=30)
"""How often it is applied to a job some of whose runs have ended, and others go on."""
AT_ONCE = 50
"""So many runs lose their files between two looks at other work."""
_log = logging.getLogger(__name__)


class Tidying:
    """Applies retention, and removes folders.

    Args:
        store: of the state directory.
        state: the state directory.
        now: the wall clock.
        threads: where folders are walked; one thread is enough.
    """

    def __init__(
        self, store: Store, state: StateDir, now: Callable[[], datetime], threads: Executor
    ) -> None:
        self._store = store
        self._state = state
        self._now = now
        self._threads = threads
        self._task: Future[list[Verdict]] | None = None
        self._ended: list[str] = []
        self._unjudged: set[str] = set()
        self._judged: dict[str, datetime] = {}
        self._all_judged: datetime | None = None
        self._folders: list[Path] = []
        self._delete: deque[Run] = deque()
        self._strip: deque[Run] = deque()
        self._stopping = False

    def remove(self, folders: Collection[Path]) -> None:
        """Remove folders that belong to nothing."""
        self._folders += folders

    def look(self, ended: Collection[str]) -> bool:
        """Go on with it.

        Args:
            ended: the runs that have ended since the last look.

        Returns:
            Whether there is something that goes on.
        """
        self._ended += ended
        if self._task is not None and self._task.done():
            self._take_verdicts(self._task)
            self._task = None
        self._carry_out()
        if self._task is None:
            self._begin()
        return bool(self._task or self._delete or self._strip or self._folders or self._ended)

    def stop(self) -> None:
        """Begin nothing more, and wait for the end of what was begun."""
        self._stopping = True
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _begin(self) -> None:
        now = self._now()
        everything = self._all_judged is None or now - self._all_judged > EVERYTHING
        if everything:
            self._all_judged = now
        jobs = self._due(now)
        if everything or jobs or self._ended or self._folders:
            ended, self._ended = self._ended, []
            folders, self._folders = self._folders, []
            self._task = self._threads.submit(self._work, ended, jobs, folders, everything)

    def _due(self, now: datetime) -> list[str]:
        """The jobs with runs that have ended, whose turn it is."""
        for run_id in self._ended:
            with suppress(NotFound):
                self._unjudged.add(self._store.run(run_id).job_id)
        due = [
            job_id
            for job_id in self._unjudged
            if job_id not in self._judged
            or not timedelta(0) <= now - self._judged[job_id] < ONE_JOB
            or not self._store.unfinished_batches(job_id)
        ]
        self._unjudged.difference_update(due)
        self._judged = {
            job_id: judged for job_id, judged in self._judged.items() if job_id in self._unjudged
        } | dict.fromkeys(due, now)
        return due

    def _work(
        self, ended: list[str], jobs: list[str], folders: list[Path], everything: bool
    ) -> list[Verdict]:
        """In the thread."""
        for folder in folders:
            if self._stopping:
                return []  # the next conductor finds them
            _log.info("removing %s, which belongs to nothing", folder)
            remove_folder(folder)
        for run_id in ended:
            note_size(self._store, self._state, run_id)
        if ended or everything:
            delete_old_quick_jobs(self._store)
        if everything:
            self._back_up()
            delete_old_drafts(self._store, self._now())
            self._sweep_secrets()
            for folder in (self._state.snapshots, self._state.environments):
                sweep(folder)
            jobs = [*jobs, *(id for id in jobs_with_runs(self._store) if id not in set(jobs))]
        verdicts = []
        for job_id in jobs:
            if self._stopping:
                break
            with suppress(NotFound):
                verdicts.append(judge_job(self._store, self._state, job_id, self._now()))
        return verdicts

    def _sweep_secrets(self) -> None:
        def is_known(job_id: str) -> bool:
            with suppress(NotFound):
                return bool(self._store.job(job_id))
            return False

        # What a damaged database has forgotten may be all that is left of it.
        if not self._store.has_lost_records:
            Secrets(self._state.secrets).sweep(is_known)

    def _back_up(self) -> None:
        try:
            self._store.back_up(self._now())
        except StoreUnavailable as error:
            # The disk may be too full for a copy; what is there goes on.
            _log.warning("no backup: %s", error.message)

    def _take_verdicts(self, task: "Future[list[Verdict]]") -> None:
        error = task.exception()
        if error is not None:
            _log.error("tidying up: %s", error, exc_info=error)
            return
        for verdict in task.result():
            self._delete += verdict.delete
            self._strip += verdict.strip

    def _carry_out(self) -> None:
        """Let some runs go that are no longer kept; wishes that came meanwhile are minded."""
        gone = [self._delete.popleft() for _ in range(min(AT_ONCE, len(self._delete)))]
        # Their folders then belong to nothing, and the conductor sees to those.
        self._store.delete_runs([run.id for run in gone])
        for _ in range(min(AT_ONCE, len(self._strip))):
            run = self._strip.popleft()
            work = self._state.run(run.id) / "work"
            if self._store.release_files(run.id) and work.exists():
                # Out of the way at once: the next attempt may begin while it is being removed.
                aside = self._state.run(new_id())
                work.rename(aside)
                self._folders.append(aside)
                self._ended.append(run.id)
