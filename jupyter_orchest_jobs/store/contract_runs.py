"""What a store promises of runs: the second half of its contract (`contract.Store`)."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime

from jupyter_orchest_jobs.domain.job import RunCounts
from jupyter_orchest_jobs.domain.run import AttemptKind, Run, RunLine
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.store.run_query import RunQuery
from jupyter_orchest_jobs.store.values import Page


class RunStore(ABC):
    """The runs of one state directory."""

    @abstractmethod
    def run(self, run_id: str) -> Run:
        """One run, or NotFound."""

    @abstractmethod
    def find_run(self, reference: str) -> Run:
        """One run by its label (``12.7``), its id, or a prefix of only its id, or NotFound."""

    @abstractmethod
    def runs(self, query: RunQuery) -> Page[Run]:
        """A page of runs.

        Raises:
            InvalidInput: an unknown sort key, what only one job can answer, or no cursor of ours.
        """

    @abstractmethod
    def run_lines(self, query: RunQuery) -> Page[RunLine]:
        """The same as :meth:`runs`, without the steps, which take most of the time."""

    @abstractmethod
    def some_runs(self, run_ids: Collection[str]) -> list[Run]:
        """Those of these runs that there are, in no order."""

    @abstractmethod
    def neighbours(self, run: Run) -> tuple[str | None, str | None]:
        """The ids of the runs before and after one in its job, by number."""

    @abstractmethod
    def run_counts(self, job_ids: Sequence[str]) -> dict[str, RunCounts]:
        """How many runs of each of these jobs are in each state."""

    @abstractmethod
    def first_bad_runs(self, job_ids: Sequence[str]) -> dict[str, str]:
        """The id of the first failed or interrupted run, for those jobs that have one."""

    @abstractmethod
    def pending_runs(self, limit: int, full_jobs: Collection[str] = ()) -> list[Run]:
        """The next runs to start: those of jobs with the highest priority first, then the oldest.

        Args:
            full_jobs: jobs of which no more runs are wanted now.

        Returns:
            None of a job or run that shall be cancelled, nor of a job that has ended.
        """

    @abstractmethod
    def running_runs(self) -> list[Run]:
        """The runs that a runner was given."""

    @abstractmethod
    def runs_to_cancel(self) -> list[Run]:
        """The unfinished runs that the user has cancelled."""

    @abstractmethod
    def save_run(self, run: Run, expect: Collection[RunStatus]) -> Run | None:
        """Keep a changed run, if its status is one of ``expect`` and its attempt is not older.

        The users' wishes (cancel, retry, pin) stay as they are in the store, but for those that
        a run which becomes pending again has fulfilled. A change of status moves the revision of
        the job, too, since its counts are others.

        Returns:
            The run afterwards, or None if the condition did not hold.

        Raises:
            NotFound: there is no such run.
            IllegalTransition: its status may not become the new one.
        """

    @abstractmethod
    def request_run_cancel(self, run_id: str, at: datetime) -> Run | None:
        """Note the user's wish on an unfinished run; None if it has ended.

        Raises:
            NotFound: there is no such run.
        """

    @abstractmethod
    def request_run_cancels(self, run_ids: Collection[str], at: datetime) -> set[str]:
        """Note the user's wish on several runs at once; the ids of those that have not ended."""

    @abstractmethod
    def request_retries(self, run_ids: Collection[str], kind: AttemptKind) -> set[str]:
        """Note the wish for several runs at once; the ids of those that have ended."""

    @abstractmethod
    def request_retry(self, run_id: str, kind: AttemptKind) -> Run | None:
        """Note the wish that an ended run be executed again; None if it hasn't ended.

        Raises:
            NotFound: there is no such run.
        """

    @abstractmethod
    def request_batch_retry(self, job_id: str, number: int, kind: AttemptKind) -> int:
        """Note the wish for all runs of a batch that failed or were interrupted; how many.

        Those whose files are gone are executed from the beginning, whatever ``kind`` says.
        """

    @abstractmethod
    def runs_to_retry(self) -> list[Run]:
        """The ended runs to be executed again, oldest first."""

    @abstractmethod
    def pin_run(self, run_id: str, pinned: bool) -> Run:
        """Let a run stay, or no longer, when others are deleted for their age or number.

        Raises:
            NotFound: there is no such run.
        """

    @abstractmethod
    def note_files(self, run_id: str, size_bytes: int, has_files: bool) -> None:
        """Note what an ended run's files take; nothing if it is gone, or no longer ended."""

    @abstractmethod
    def release_files(self, run_id: str) -> bool:
        """Note that an ended run's files go, unless it is pinned or shall run again: then False."""

    @abstractmethod
    def ended_runs(self, job_id: str, with_files: bool = False) -> list[Run]:
        """A job's ended runs, oldest first.

        Args:
            with_files: only those whose files are still there.
        """

    @abstractmethod
    def delete_runs(self, run_ids: Collection[str]) -> set[str]:
        """Delete those of the runs that have ended; their ids. Moves their jobs, too.

        Runs that are pinned or shall run again stay.
        """

    @abstractmethod
    def disk_use(self, job_ids: Sequence[str]) -> dict[str, int]:
        """What the files of each job's runs take, in bytes, as far as that was noted."""

    @abstractmethod
    def stop_batch(self, job_id: str, number: int, at: datetime) -> int:
        """End a batch's pending runs as cancelled, cause ``batch_stopped``; how many there were.

        Those that wait for another attempt go on: somebody wanted just them.
        """

    @abstractmethod
    def cancel_pending_runs(self, job_id: str, at: datetime) -> int:
        """End a job's pending runs as cancelled and note the wish on its running ones.

        A wish that was noted before keeps its time.

        Returns:
            How many runs changed.
        """
