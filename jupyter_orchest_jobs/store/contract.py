"""What a store promises. The contract is tested in ``tests/contracts/store.py``.

Promises that hold for every method:

- Each write is one transaction: all of it happens, or nothing. It moves ``revision`` by one and
  stamps what it changed with the new revision; a write that changes nothing moves nothing.
- Writes of several processes never interleave. Conditional writes (``expect``) compare and set
  within one transaction.
- Domain objects go in and come out; nobody outside sees a row.
- A store that can't be used raises ``StoreUnavailable``, and has changed nothing.
"""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from jupyter_orchest_jobs.domain.firing import FiringRecord
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.store.contract_runs import RunStore
from jupyter_orchest_jobs.store.run_query import RunQuery
from jupyter_orchest_jobs.store.values import DELETED, Change, JobQuery, Page, Settings

__all__ = ["DELETED", "Change", "JobQuery", "Page", "RunQuery", "Settings", "Store"]


class Store(RunStore):
    """Jobs, runs and settings of one state directory."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    @property
    @abstractmethod
    def notice(self) -> str | None:
        """What the user should know about the database; None as a rule."""

    @property
    @abstractmethod
    def has_lost_records(self) -> bool:
        """Whether files may belong to jobs that are no longer known here: keep them."""

    @abstractmethod
    def back_up(self, now: datetime) -> None:
        """Keep a copy to recover from, if the newest one is a day old. May take a while."""

    @abstractmethod
    def revision(self) -> int:
        """The number of the last change; cheap enough to ask ten times a second."""

    @abstractmethod
    def changes(self, since: int) -> list[Change]:
        """What changed after a revision, each thing once, oldest change first."""

    @abstractmethod
    def settings(self) -> Settings:
        """The limits that somebody has set."""

    @abstractmethod
    def change_settings(self, changes: Mapping[str, Any]) -> Settings:
        """Set limits; the others stay."""

    @abstractmethod
    def add_job(self, job: Job, *, shares_snapshot: bool = False) -> Job:
        """Keep a new job; the answer has its number and revision.

        Args:
            shares_snapshot: its snapshot is that of another job or batch, and is only there as
                long as one of these holds it.

        Raises:
            NotFound: nobody holds that snapshot any more; nothing is kept.
        """

    @abstractmethod
    def job(self, job_id: str) -> Job:
        """One job.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    def job_revisions(self, job_ids: Collection[str]) -> dict[str, int]:
        """The revisions of those of these jobs that there are."""

    @abstractmethod
    def find_job(self, reference: str) -> Job:
        """One job by its number, its id, or a prefix of its id that no other job has.

        Digits are taken for a number if a job has it.

        Raises:
            NotFound: none, or several.
        """

    @abstractmethod
    def jobs(self, query: JobQuery) -> Page[Job]:
        """A page of jobs.

        Raises:
            InvalidInput: a cursor that isn't ours.
        """

    @abstractmethod
    def job_lines(self, query: JobQuery) -> Page[JobLine]:
        """The same as :meth:`jobs`, without what is frozen in them, which takes most of the time.

        Raises:
            InvalidInput: no cursor of ours.
        """

    @abstractmethod
    def unfinished_jobs(self) -> list[Job]:
        """Jobs that have not ended, oldest first."""

    @abstractmethod
    def update_job(
        self,
        job_id: str,
        changes: Mapping[str, Any],
        expect: Collection[JobStatus] | None = None,
        revision: int | None = None,
        *,
        shares_snapshot: bool = False,
    ) -> Job | None:
        """Change fields of a job, if its status is one of ``expect``.

        Args:
            revision: change it only if nobody has since then.
            shares_snapshot: as in `add_job`.

        Returns:
            The job afterwards, or None if its status or its revision was another.

        Raises:
            NotFound: there is no such job, or nobody holds that snapshot any more.
            IllegalTransition: its status may not become the new one.
        """

    @abstractmethod
    def delete_job(
        self, job_id: str, expect: Collection[JobStatus], revision: int | None = None
    ) -> bool:
        """Delete a job with its batches and runs, if its status is one of ``expect``.

        Args:
            revision: delete it only if nobody has changed it since then.

        Returns:
            Whether it was as expected.

        Raises:
            NotFound: there is no such job.
        """

    @abstractmethod
    def add_batch(
        self,
        batch: Batch,
        runs: Sequence[Run],
        job_changes: Mapping[str, Any],
        firings: Sequence[FiringRecord] = (),
        revision: int | None = None,
    ) -> Job | None:
        """Keep a batch, all its runs, firings, and the change of its job, in one transaction.

        The job's revision moves even if nothing else of it changes: it has new runs. Of a firing
        that waited (``queued``) the record is replaced.

        Args:
            revision: do it only if nobody has changed the job since then.

        Returns:
            The job afterwards, or None if it has a batch of this number, or a record of one of
            these firings, already, or its revision is another: nothing is done.

        Raises:
            NotFound: there is no such job.
            IllegalTransition: its status may not become the new one.
        """

    @abstractmethod
    def record_firings(
        self,
        job_id: str,
        firings: Sequence[FiringRecord],
        job_changes: Mapping[str, Any],
        revision: int | None = None,
    ) -> Job | None:
        """Keep what became of firings, and the change of their job, in one transaction.

        Args:
            revision: do it only if nobody has changed the job since then.

        Returns:
            The job afterwards, or None if it has a record of one of them already, or its revision
            is another: nothing is done.

        Raises:
            NotFound: there is no such job.
            IllegalTransition: its status may not become the new one.
        """

    @abstractmethod
    def firings(
        self, job_id: str, cursor: str | None = None, limit: int = 100
    ) -> Page[FiringRecord]:
        """A page of a job's firings, newest first.

        Raises:
            InvalidInput: a cursor that isn't ours.
        """

    @abstractmethod
    def queued_firing(self, job_id: str) -> FiringRecord | None:
        """The firing that waits for the end of a batch."""

    @abstractmethod
    def batch(self, job_id: str, number: int) -> Batch:
        """One batch.

        Raises:
            NotFound: there is none.
        """

    @abstractmethod
    def batches(self, job_id: str, cursor: str | None = None, limit: int = 100) -> Page[Batch]:
        """A page of a job's batches, newest first.

        Raises:
            InvalidInput: a cursor that isn't ours.
        """

    @abstractmethod
    def batch_counts(self, job_id: str, numbers: Sequence[int]) -> dict[int, RunCounts]:
        """How many runs of each of these batches are in each state."""

    @abstractmethod
    def unfinished_batches(self, job_id: str) -> list[int]:
        """The numbers of the batches that have a pending or running run."""

    @abstractmethod
    def run_ids(self) -> set[str]:
        """The ids of all runs."""

    @abstractmethod
    def snapshot_ids(self) -> set[str]:
        """The ids of all snapshots that a job holds, or a batch that still has runs."""

    @abstractmethod
    def environment_ids(self) -> set[str]:
        """The ids of all environments that a job has, or will have, or a batch that has runs."""

    @abstractmethod
    def warn_of_batch(self, job_id: str, number: int, warnings: Sequence[str]) -> None:
        """Note what was noticed of a batch's environments; nothing if it is gone.

        Its job's revision moves.
        """
