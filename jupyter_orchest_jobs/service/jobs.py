"""What users do with jobs: create, start, look at, cancel, delete."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Job, RunCounts, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, JobStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import WrongState
from jupyter_orchest_jobs.service.limits import check_executor, cluster_of, limits_of
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.service.wish import Wish
from jupyter_orchest_jobs.store.contract import JobQuery, Page, Store

if TYPE_CHECKING:
    from jupyter_orchest_jobs.service.preflight import Checked

_DELETABLE = ENDED_JOBS | {JobStatus.DRAFT}


@dataclass(frozen=True)
class JobLineView:
    """A job as lists show it.

    Attributes:
        job: the whole job, or only what lists show of it.
        first_bad_run: id of the first run that failed or was interrupted.
        size_bytes: what the files of its ended runs take.
    """

    job: Job | JobLine
    counts: RunCounts
    first_bad_run: str | None
    size_bytes: int = 0


@dataclass(frozen=True)
class JobView(JobLineView):
    """A job, and what its runs say about it.

    Attributes:
        secrets: names of its secrets.
        environment_warnings: what was noticed of the environments of its last batch.
    """

    job: Job
    secrets: tuple[str, ...] = ()
    environment_warnings: tuple[str, ...] = ()


class Jobs:
    """The use cases of jobs.

    Args:
        session: with the state directory.
        now: the wall clock.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def create(self, wish: Wish) -> JobView:
        """Check everything, and create a draft; its snapshot is then taken.

        Raises:
            NotFound, InvalidInput: nothing was created.
            ConfirmationNeeded: nothing was created; the user decides.
            ConductorUnavailable: the draft is there, but nobody carries it out.
        """
        wish = await with_settings(self._session, wish)
        found = await asyncio.to_thread(checked, wish)
        job = draft_of(wish, found, self._now())
        await keep_secrets(self._session, job, wish.secrets)
        job = await self._session.wish(lambda store: store.add_job(job))
        return JobView(job, RunCounts(), None, secrets=tuple(sorted(wish.secrets)))

    async def start(self, job_id: str, accept: frozenset[str] = frozenset()) -> JobView:
        """Let a draft run, as soon as its snapshot is taken.

        Args:
            accept: consequences that the user has agreed to: ``many_runs``.

        Raises:
            ParametersInvalid: it would have no runs, or too many.
            PoliciesInvalid: its runs can't be where they shall be.
            ConfirmationNeeded: it would have many runs.
            WrongState: it was started already, its snapshot failed, or it is being changed.
        """
        job = await self._session.read(lambda store: store.job(job_id))
        _check_startable(job)
        settings = await self._session.read(lambda store: store.settings())
        await asyncio.to_thread(_check_runs, job, accept)
        check_executor(job.policies, cluster_of(settings))
        changes = {"start_requested_at": self._now()}

        def attempt(store: Store) -> None:
            now: Job | None = None
            while now is None:
                now = store.job(job_id)
                _check_startable(now)
                if (now.strategy, now.selection) != (job.strategy, job.selection):
                    raise WrongState(
                        f"Job {job.number} was changed meanwhile; look at its runs and start it "
                        "again."
                    )
                now = store.update_job(job_id, changes, {JobStatus.DRAFT}, now.revision)

        await self._session.wish(attempt)
        return await self.get(job_id)

    async def cancel(self, job_id: str) -> JobView:
        """End a job and its runs, whatever state they are in.

        Raises:
            WrongState: it has ended.
        """
        changes = {"cancel_requested_at": self._now()}
        unfinished = frozenset(JobStatus) - ENDED_JOBS
        job = await self._session.wish(lambda store: store.update_job(job_id, changes, unfinished))
        view = await self.get(job_id)
        if job is None:
            raise WrongState(f"Job {view.job.number} has ended ({view.job.status}).")
        return view

    async def delete(self, job_id: str) -> None:
        """Delete an ended job or a draft, with its runs; the conductor removes the files.

        Raises:
            WrongState: its runs are unfinished; cancel it first.
        """
        view = await self.get(job_id)
        deleted = not (view.counts.pending or view.counts.running) and await self._session.wish(
            lambda store: store.delete_job(job_id, _DELETABLE)
        )
        if not deleted:
            raise WrongState(
                f"Job {view.job.number} is {view.job.status}; cancel it before you delete it."
            )
        await asyncio.to_thread(self._session.secrets.remove, job_id)

    async def get(self, job_id: str) -> JobView:
        """One job.

        Raises:
            NotFound: there is none.
        """
        job = await self._session.read(lambda store: store.job(job_id))
        return await self._view(job)

    async def find(self, reference: str) -> JobView:
        """One job by number, id, or prefix of its id.

        Raises:
            NotFound: none, or several.
        """
        job = await self._session.read(lambda store: store.find_job(reference))
        return await self._view(job)

    async def page(self, query: JobQuery) -> Page[JobLineView]:
        """A page of jobs."""
        if not self._session.exists():
            return Page((), None, 0, 0)

        def look(store: Store) -> Page[JobLineView]:
            page = store.job_lines(query)
            ids = [line.id for line in page.items]
            views = [
                JobLineView(line, *of_line)
                for line, of_line in zip(page.items, _summed_up(store, ids), strict=True)
            ]
            return Page(views, page.next_cursor, page.total, page.revision, page.deleted)

        return await self._session.read(look)

    async def _view(self, job: Job) -> JobView:
        (summed_up,) = await self._session.read(lambda store: _summed_up(store, [job.id]))
        secrets = await asyncio.to_thread(self._session.secrets.names, job.id)
        warnings: tuple[str, ...] = ()
        if job.batches_made:
            last = await self._session.read(lambda store: store.batch(job.id, job.batches_made))
            warnings = last.warnings
        return JobView(job, *summed_up, secrets=secrets, environment_warnings=warnings)


def _summed_up(store: Store, job_ids: list[str]) -> list[tuple[RunCounts, str | None, int]]:
    """What the runs of these jobs come to."""
    counts, bad = store.run_counts(job_ids), store.first_bad_runs(job_ids)
    sizes = store.disk_use(job_ids)
    return [(counts[job_id], bad.get(job_id), sizes[job_id]) for job_id in job_ids]


def _check_startable(job: Job) -> None:
    if job.status is not JobStatus.DRAFT or job.start_requested_at is not None:
        raise WrongState(f"Job {job.number} was started already.")
    if job.snapshot.status is SnapshotStatus.FAILED:
        raise WrongState(
            f"Job {job.number} has no snapshot: {job.message} Take a new one, and start it then."
        )


def _check_runs(job: Job, accept: frozenset[str]) -> None:
    """Refuse a start that gives no runs or too many, also with a snapshot that is being taken."""
    from jupyter_orchest_jobs.service.checks import check_runs

    strategies = [job.strategy]
    if job.snapshot.inputs is not None:
        strategies.append(Strategy(job.snapshot.inputs["strategy"]))
    for strategy in strategies:
        check_runs(strategy, job.selection, accept)


async def keep_secrets(session: Session, job: Job, secrets: Mapping[str, str]) -> None:
    """Keep the secrets of a job that is about to be.

    Raises:
        StoreUnavailable: they can't be kept.
    """
    if secrets:
        await session.attach()  # the folder is there from now on
        await asyncio.to_thread(session.secrets.write, job.id, secrets)


async def with_settings(session: Session, wish: Wish) -> Wish:
    """The wish, with what the settings say of it."""
    if not session.exists():
        return wish
    settings = await session.read(lambda store: store.settings())
    names = limits_of(settings).kernel_names
    return replace(wish, kernel_names=names, cluster=cluster_of(settings))


def checked(wish: Wish) -> "Checked":
    """What :func:`.preflight.check` finds; for a thread."""
    # Servers start without what this needs; it is imported off their event loop.
    from jupyter_orchest_jobs.service.preflight import check

    return check(wish)


def draft_of(wish: Wish, checked: "Checked", now: datetime) -> Job:
    """The draft of a job that was checked."""
    return Job(
        id=new_id(),
        name=(wish.name or "").strip() or checked.pipeline.name,
        project=str(checked.project),
        pipeline_path=checked.pipeline_path,
        pipeline_name=checked.pipeline.name,
        document=checked.pipeline.document,
        strategy=checked.strategy,
        selection=wish.selection,
        steps=checked.steps,
        quick=wish.quick,
        kernels=checked.kernels,
        environments=checked.environments,
        env_variables=wish.env_variables,
        parameters_file=checked.parameters_file,
        warnings=checked.warnings,
        snapshot=SnapshotState(files=checked.estimate.files, bytes=checked.estimate.bytes),
        created_at=now,
        start_requested_at=now if wish.start else None,
        schedule=wish.schedule,
        policies=wish.policies,
    )
