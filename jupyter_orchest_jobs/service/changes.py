"""What users do with jobs that exist: edit, pause, run now, copy, take a new snapshot, retry."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from jupyter_orchest_jobs.domain import parameters
from jupyter_orchest_jobs.domain.firing import FiringRecord
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts, SnapshotStatus
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.edits import ACTIVE, Edit, changes_of, check_editable
from jupyter_orchest_jobs.service.firings import fire_due, next_firing
from jupyter_orchest_jobs.service.jobs import (
    Jobs,
    JobView,
    checked,
    draft_of,
    keep_secrets,
    with_settings,
)
from jupyter_orchest_jobs.service.limits import check_executor, cluster_of
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.service.submission import pipeline_of_job, submit
from jupyter_orchest_jobs.service.wish import Wish
from jupyter_orchest_jobs.store.contract import Page, Store

_WAITS = frozenset({JobStatus.SCHEDULED, JobStatus.RUNNING})


class Changes:
    """The use cases of jobs that exist.

    Args:
        session: with the state directory.
        jobs: the other use cases of jobs.
        now: the wall clock.
    """

    def __init__(self, session: Session, jobs: Jobs, now: Callable[[], datetime]) -> None:
        self._session = session
        self._jobs = jobs
        self._now = now

    async def change(self, job_id: str, edit: Edit) -> JobView:
        """Change a draft, or what the next batches of an active recurring job are.

        Runs and batches that exist stay as they are.

        Raises:
            InvalidInput, ConfirmationNeeded: nothing was changed.
            WrongState: only the name of other jobs can be changed.
        """
        before = await self._session.read(lambda store: store.job(job_id))
        check_editable(before, edit)
        if edit.moves(before) and before.status is not JobStatus.DRAFT:
            settings = await self._session.read(lambda store: store.settings())
            check_executor(edit.policies or before.policies, cluster_of(settings))
        secrets = {} if not edit.changes_variables else await self._secrets_of(before)
        changes = await asyncio.to_thread(changes_of, before, edit, secrets, self._now())

        def attempt(store: Store) -> Job | None:
            job = store.job(job_id)
            check_editable(job, edit)
            if edit.changes_lists and job.document != before.document:
                raise WrongState(f"Job {job.number} has a new snapshot; look at it again.")
            if edit.secrets is not None:
                # What it is now: somebody else may have added one.
                now_kept = self._session.secrets.read(job_id)
                self._session.secrets.write(job_id, edit.secrets_after(now_kept))
            if not edit.reschedules or job.status not in _WAITS:
                return store.update_job(job_id, changes, None, job.revision)
            # What has come until now came by the old schedule.
            now = self._now()
            job = fire_due(store, job, now)
            after = replace(
                job, schedule=edit.schedule or job.schedule, policies=edit.policies or job.policies
            )
            again = {"planned_until": now, "next_firing_at": next_firing(after, now)}
            return store.update_job(job_id, {**changes, **again}, _WAITS, job.revision)

        await self._session.wish(lambda store: _until_done(attempt, store))
        return await self._jobs.get(job_id)

    async def pause(self, job_id: str) -> JobView:
        """Let a recurring job start no new batches; those that exist go on.

        Raises:
            WrongState: it does not recur, or is not active.
        """
        job = await self._session.read(lambda store: store.job(job_id))
        if not job.schedule.is_recurring:
            raise WrongState(f"Job {job.number} does not recur; cancel it instead.")
        changes = {"status": JobStatus.PAUSED, "next_firing_at": None}
        paused = await self._session.wish(lambda store: store.update_job(job_id, changes, _WAITS))
        if paused is None:
            raise WrongState(f"Job {job.number} is {job.status}; only an active job can be paused.")
        return await self._jobs.get(job_id)

    async def resume(self, job_id: str) -> JobView:
        """Let a paused job start batches again, from now on: what it let pass is not made up for.

        Raises:
            WrongState: it is not paused.
        """

        def attempt(store: Store) -> Job | None:
            job, now = store.job(job_id), self._now()
            if job.status is not JobStatus.PAUSED:
                raise WrongState(f"Job {job.number} is {job.status}, not paused.")
            changes = {
                "status": JobStatus.SCHEDULED,
                "planned_until": now,
                "next_firing_at": next_firing(job, now),
            }
            return store.update_job(job_id, changes, None, job.revision)

        await self._session.wish(lambda store: _until_done(attempt, store))
        return await self._jobs.get(job_id)

    async def run_now(self, job_id: str) -> JobView:
        """Start another batch; the schedule stays as it is.

        Raises:
            WrongState: the job is not active, or has no snapshot yet.
        """

        def attempt(store: Store) -> Job | None:
            job = store.job(job_id)
            if job.status not in ACTIVE or job.snapshot.id is None:
                raise WrongState(
                    f"Job {job.number} is {job.status}; only an active job can run now."
                )
            if job.cancel_requested_at is not None:
                raise WrongState(f"Job {job.number} is being cancelled.")
            return submit(store, job, "manual", self._now())

        await self._session.wish(lambda store: _until_done(attempt, store))
        return await self._jobs.get(job_id)

    async def duplicate(self, job_id: str, *, own: bool, accept: frozenset[str]) -> JobView:
        """Make a draft with the same settings.

        Args:
            own: with the job's own snapshot; else with the project as it is now: parameters that
                are gone are left out, and new ones have their defaults.

        Raises:
            InvalidInput, ConfirmationNeeded: nothing was created.
            WrongState: the job has no snapshot of its own, or another one is being taken.
        """
        job = await self._session.read(lambda store: store.job(job_id))
        if own:
            kept = await self._session.wish(lambda store: self._add_copy(store, job))
        else:
            secrets = await self._secrets_of(job)
            wish = replace(_wish_of(job, accept, secrets), name=_name_of_copy(job), start=False)
            wish = await with_settings(self._session, wish)
            found = await asyncio.to_thread(checked, wish)
            copy = replace(draft_of(wish, found, self._now()), parameters_file=job.parameters_file)
            await keep_secrets(self._session, copy, wish.secrets)
            kept = await self._session.wish(lambda store: store.add_job(copy))
        return await self._jobs.get(kept.id)

    def _add_copy(self, store: Store, job: Job) -> Job:
        """Add a draft with a job's own snapshot, as that is when the draft is kept.

        Raises:
            NotFound: the job is gone.
            WrongState: the job has no snapshot, or another one is being taken.
        """
        while True:
            _check_has_snapshot(job)
            copy = Job(
                id=new_id(),
                name=_name_of_copy(job),
                project=job.project,
                pipeline_path=job.pipeline_path,
                pipeline_name=job.pipeline_name,
                document=job.document,
                strategy=job.strategy,
                selection=job.selection,
                kernels=job.kernels,
                steps=job.steps,
                environments=job.environments,
                env_variables=job.env_variables,
                parameters_file=job.parameters_file,
                warnings=job.warnings,
                snapshot=job.snapshot,
                schedule=job.schedule,
                policies=job.policies,
                created_at=self._now(),
            )
            self._session.secrets.write(copy.id, self._session.secrets.read(job.id))
            try:
                return store.add_job(copy, shares_snapshot=True)
            except NotFound:
                self._session.secrets.remove(copy.id)
                job = store.job(job.id)  # it has another snapshot by now, or is gone

    async def refresh_snapshot(self, job_id: str, accept: frozenset[str]) -> JobView:
        """Take a new snapshot for a draft, or for the next batches of a recurring job.

        Until it is taken, and if it can't be, the one of before holds.

        Raises:
            InvalidInput, ConfirmationNeeded: the project can't be run as it is now.
            WrongState: the job has ended, or does not recur, or a snapshot is being taken.
        """
        job = await self._session.read(lambda store: store.job(job_id))
        _check_refreshable(job)
        wish = _wish_of(job, accept, await self._secrets_of(job))
        wish = await with_settings(self._session, wish)
        found = await asyncio.to_thread(checked, wish)
        snapshot = replace(
            job.snapshot,
            status=SnapshotStatus.WAITING,
            files=found.estimate.files,
            bytes=found.estimate.bytes,
            files_done=0,
            bytes_done=0,
            inputs={
                "document": dict(found.pipeline.document),
                "kernels": dict(found.kernels),
                "environments": found.environments.as_json(),
                "strategy": found.strategy.values,
                "warnings": [asdict(problem) for problem in found.warnings],
            },
        )
        changes = {"snapshot": snapshot, "touched_at": self._now()}

        def attempt(store: Store) -> Job | None:
            now = store.job(job_id)
            _check_refreshable(now)
            if now.strategy != job.strategy:
                raise WrongState(f"Job {job.number} was changed meanwhile; look at it again.")
            return store.update_job(job_id, changes, None, now.revision)

        await self._session.wish(lambda store: _until_done(attempt, store))
        return await self._jobs.get(job_id)

    async def _secrets_of(self, job: Job) -> dict[str, str]:
        return await asyncio.to_thread(self._session.secrets.read, job.id)

    async def retry_batch(self, job_id: str, number: int, kind: AttemptKind) -> JobView:
        """Execute the runs of a batch again that failed or were interrupted.

        Raises:
            NotFound: there is no such batch.
            WrongState: none of them did.
        """

        def work(store: Store) -> int:
            store.batch(job_id, number)
            return store.request_batch_retry(job_id, number, kind)

        if not await self._session.wish(work):
            raise WrongState(f"No run of batch {number} failed or was interrupted.")
        return await self._jobs.get(job_id)

    async def batches(
        self, job_id: str, cursor: str | None, limit: int
    ) -> tuple[Page[Batch], dict[int, RunCounts]]:
        """A page of a job's batches, and how their runs are."""

        def work(store: Store) -> tuple[Page[Batch], dict[int, RunCounts]]:
            store.job(job_id)
            page = store.batches(job_id, cursor, limit)
            return page, store.batch_counts(job_id, [batch.number for batch in page.items])

        return await self._session.read(work)

    async def firings(self, job_id: str, cursor: str | None, limit: int) -> Page[FiringRecord]:
        """A page of what became of a job's firings."""

        def work(store: Store) -> Page[FiringRecord]:
            store.job(job_id)
            return store.firings(job_id, cursor, limit)

        return await self._session.read(work)


def _check_refreshable(job: Job) -> None:
    recurs = job.status in ACTIVE and job.schedule.is_recurring
    if not recurs and (job.status is not JobStatus.DRAFT or job.start_requested_at):
        raise WrongState(f"Job {job.number} is {job.status} and keeps its snapshot.")
    if not job.snapshot.is_settled:
        raise WrongState(f"A snapshot of job {job.number} is being taken already.")


def _check_has_snapshot(job: Job) -> None:
    if job.snapshot.inputs is not None:
        raise WrongState(f"A new snapshot of job {job.number} is being taken; wait for its end.")
    if job.snapshot.status is not SnapshotStatus.READY:
        raise WrongState(f"Job {job.number} has no snapshot.")


def _name_of_copy(job: Job) -> str:
    return f"Duplicate of {job.name}"[:255]


def _until_done(attempt: Callable[[Store], Job | None], store: Store) -> Job:
    """Try again as long as somebody else changes the job at the same moment."""
    while True:
        after = attempt(store)
        if after is not None:
            return after


def _wish_of(job: Job, accept: frozenset[str], secrets: Mapping[str, str]) -> Wish:
    """The wish for a job like this one, with the project as it is now."""
    pipeline = Path(job.project) / job.pipeline_path
    if not pipeline.is_file():
        raise NotFound(f"There is no file {job.pipeline_path} in {job.project} any more.")
    return Wish(
        pipeline=pipeline,
        top=Path(job.project),
        name=job.name,
        detect=False,
        parameters=job.strategy.values,
        before=parameters.defaults(pipeline_of_job(job)),
        selection=job.selection,
        env_variables=job.env_variables,
        secrets=secrets,
        accept=accept,
        start=job.status is not JobStatus.DRAFT,
        steps=job.steps,
        schedule=job.schedule,
        policies=job.policies,
    )
