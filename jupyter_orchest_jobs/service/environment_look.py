"""What users learn of a job's environments, and that they want one copied."""

import asyncio
from dataclasses import dataclass, replace

from jupyter_orchest_jobs.domain.environment import (
    Changes,
    Environment,
    EnvironmentManifest,
    EnvironmentState,
)
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.status import ENDED_JOBS
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.service.shortly import Shortly
from jupyter_orchest_jobs.snapshot import environments
from jupyter_orchest_jobs.store.contract import Store

_KEEP_S = 3.0


@dataclass(frozen=True)
class EnvironmentView:
    """An environment of a job, and what is written down of it."""

    job: Job
    environment: Environment
    manifest: EnvironmentManifest


class EnvironmentLook:
    """The use cases.

    Args:
        session: with the state directory.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._root = session.state.environments
        self._changes = Shortly[Changes](_KEEP_S)

    async def get(self, job_id: str, environment_id: str) -> EnvironmentView:
        """An environment with all its packages.

        Raises:
            NotFound: there is no such job or environment, or its record is gone.
            WrongState: it is not frozen or recorded yet.
        """
        job, environment = await self._find(job_id, environment_id)
        manifest = await asyncio.to_thread(environments.manifest, self._root, environment.id)
        return EnvironmentView(job, environment, manifest)

    async def changes(self, job_id: str, environment_id: str) -> Changes:
        """What has changed in the original since. Asked often, it is told from memory for a while.

        Raises:
            NotFound, WrongState: as for :meth:`get`.
        """
        _, environment = await self._find(job_id, environment_id)
        return await self._changes.get(
            environment.id, lambda: environments.changes(self._root, environment)
        )

    async def lock(self, job_id: str, environment_id: str) -> tuple[Job, str]:
        """The packages as requirements, for ``uv pip sync``.

        Raises:
            NotFound, WrongState: as for :meth:`get`.
        """
        view = await self.get(job_id, environment_id)
        return view.job, environments.lock(view.manifest)

    async def copy(self, job_id: str, environment_id: str) -> None:
        """Freeze an environment by a copy, since it can't be linked; the conductor does it.

        Raises:
            NotFound: there is no such job or environment.
            WrongState: the job has ended, or it is not one that can be copied.
        """

        def attempt(store: Store) -> None:
            after: Job | None = None
            while after is None:
                job = store.job(job_id)
                environment = _in(job, environment_id)
                _check_copyable(job, environment)
                waiting = replace(environment, state=EnvironmentState.WAITING, reason="")
                now = job.environments.with_(waiting)
                now = replace(now, copies=(*now.copies, environment.id))
                after = store.update_job(job_id, {"environments": now}, None, job.revision)

        await self._session.wish(attempt)

    async def _find(self, job_id: str, environment_id: str) -> tuple[Job, Environment]:
        job = await self._session.read(lambda store: store.job(job_id))
        environment = _in(job, environment_id)
        if environment in job.environments.waiting:
            raise WrongState(f"“{environment.display_name}” is not frozen yet; wait a moment.")
        return job, environment


def _in(job: Job, environment_id: str) -> Environment:
    environment = job.environments.find(environment_id)
    if environment is None:
        raise NotFound(f"Job {job.number} has no environment {environment_id}.")
    return environment


def _check_copyable(job: Job, environment: Environment) -> None:
    name = f"“{environment.display_name}”"
    if job.status in ENDED_JOBS:
        raise WrongState(f"Job {job.number} has ended ({job.status}).")
    if not job.policies.freeze_environments:
        raise WrongState(f"Job {job.number} doesn't want its environments frozen.")
    if environment.state is EnvironmentState.FROZEN:
        raise WrongState(f"{name} is frozen already.")
    if environment.state is not EnvironmentState.RECORDED:
        raise WrongState(f"{name} is being frozen already.")
    if not environment.copy_bytes:
        raise WrongState(f"{name} can't be copied: {environment.reason}")
