"""Freezing the environments of jobs, and noticing what became of them."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_orchest_jobs.domain.environment import (
    Changes,
    Environment,
    EnvironmentState,
    PackageChange,
)
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.jobenvironments import UNWANTED, JobEnvironments
from jupyter_orchest_jobs.errors import NotFound, SnapshotFailed, StoreUnavailable
from jupyter_orchest_jobs.snapshot import environments
from jupyter_orchest_jobs.store.contract import Store

PROGRESS_S = 0.5
_NAMED = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Freezer:
    """Freezes environments, one after the other.

    Attributes:
        root: where they are kept.
        cancelled: asked several times a second whether to give up.
    """

    root: Path
    cancelled: Callable[[], bool]

    def freeze(
        self,
        wanted: JobEnvironments,
        *,
        clone: bool,
        progress: Callable[[Environment], None] = lambda environment: None,
    ) -> JobEnvironments:
        """Freeze, or record, those that wait for it. That one can't be frozen is no failure.

        Args:
            clone: whether they shall be frozen; else what they have is only recorded.
            progress: called with an environment that is being frozen, and as much as there is.

        Raises:
            SnapshotFailed: cancelled.
            StoreUnavailable, NotFound: as `progress` and `cancelled` raise them.
        """
        for waiting in wanted.waiting:
            try:
                now = _look_again(waiting)
                if clone:
                    copy = waiting.id in wanted.copies
                    done = environments.freeze(
                        now,
                        self.root,
                        copy=copy,
                        progress=_telling(waiting, progress),
                        cancelled=self.cancelled,
                    )
                else:
                    environments.record(now, self.root, UNWANTED)
                    done = replace(now, state=EnvironmentState.LIVE, reason=UNWANTED)
            except (SnapshotFailed, StoreUnavailable, NotFound):
                raise  # nothing that the environment is to blame for
            except Exception as error:
                _log.exception("environment %s", waiting.program)
                done = replace(
                    waiting,
                    state=EnvironmentState.RECORDED,
                    reason=f"It can't be frozen: {type(error).__name__}: {error}.",
                )
            if done.state is not EnvironmentState.FROZEN:
                _log.info("%s is not frozen: %s", done.program, done.reason)
            wanted = wanted.with_(done, waiting.id)
        return wanted


def _telling(
    waiting: Environment, progress: Callable[[Environment], None]
) -> Callable[[int, int], None]:
    """Tells of an environment that is being frozen, not too often."""
    last = time.monotonic()

    def tell(files: int, size: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_S:
            last = time.monotonic()
            progress(replace(waiting, state=EnvironmentState.FREEZING, bytes=size))

    return tell


def _look_again(waiting: Environment) -> Environment:
    """The environment as it is now: it may have been changed since the job was created."""
    return environments.look(
        waiting.program,
        kernel=waiting.kernel or None,
        language=waiting.language,
        display_name=waiting.display_name,
        kernelspec=waiting.kernelspec,
    )


def freeze_waiting(store: Store, job: Job, root: Path, cancelled: Callable[[], bool]) -> None:
    """Freeze what waits for it in a job that has a snapshot. Blocks; for a thread.

    Raises:
        StoreUnavailable: how it went could not be recorded.
        NotFound: the job was deleted meanwhile.
    """
    freezer = Freezer(root, cancelled)
    clone = job.policies.freeze_environments
    wanted = job.environments.wanted(clone)
    for waiting in wanted.waiting:

        def keep(now: Environment, before: str = waiting.id) -> None:
            _keep(store, job.id, now, before)

        keep(replace(waiting, state=EnvironmentState.FREEZING))
        alone = JobEnvironments((waiting,), copies=wanted.copies)
        try:
            (done,) = freezer.freeze(alone, clone=clone, progress=keep).items
        except SnapshotFailed:
            return  # whoever cancels says what becomes of the job
        keep(done)


def _keep(store: Store, job_id: str, environment: Environment, before: str) -> None:
    """Keep an environment in the place of another one of the job, whatever else changes there."""
    while True:
        job = store.job(job_id)
        if job.environments.find(before) is None:
            return  # it has others by now
        after = job.environments.with_(environment, before)
        if store.update_job(job_id, {"environments": after}, None, job.revision) is not None:
            return


def check_batch(store: Store, watch: "Watch", job_id: str, number: int) -> None:
    """Notice what became of the environments of a batch, and note it. Blocks; for a thread."""
    batch, job = store.batch(job_id, number), store.job(job_id)
    warnings = watch.warnings(batch, job)
    if warnings != batch.warnings:
        _log.warning("batch %d of job %d: %s", number, job.number, " ".join(warnings))
        store.warn_of_batch(job_id, number, warnings)


class Watch:
    """Notices what became of environments since they were frozen.

    Args:
        root: where they are kept.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def warnings(self, batch: Batch, job: Job) -> tuple[str, ...]:
        """What the user should know of the environments of a batch. May take a second."""
        found = (self._warning(item, job) for item in batch.environments.items)
        return tuple(warning for warning in found if warning is not None)

    def _warning(self, environment: Environment, job: Job) -> str | None:
        name = f"“{environment.display_name}”"
        if environment.state is EnvironmentState.FROZEN:
            return self._damage(environment, name)
        try:
            changes = environments.changes(self._root, environment)
        except (NotFound, OSError):
            return None  # what is not known can't be compared
        words = said_of(changes)
        if words is None:
            return None
        at = job.snapshot.taken_at
        since = f" since {at:%Y-%m-%d}" if at is not None else ""
        return f"{name} is not frozen, and has changed{since}: {words}"

    def _damage(self, environment: Environment, name: str) -> str | None:
        try:
            drift = environments.check(self._root, environment.id)
        except (NotFound, OSError):
            return (
                f"The frozen {name} is gone: its steps fail with environment_missing. "
                "Take a new snapshot to freeze it again."
            )
        if not drift:
            return None
        paths = [*drift.missing, *drift.changed, *drift.added]
        return (
            f"The frozen {name} is not as it was frozen: {_files(len(paths))} changed, added or "
            f"removed, {_some(paths)}. Take a new snapshot to freeze it again."
        )


def said_of(changes: Changes) -> str | None:
    """What has changed in an original, as the end of a sentence; None if nothing has."""
    if not changes:
        return None
    packages = [_of_package(one) for one in changes.packages]
    said = [changes.problem] if changes.problem else []
    if packages:
        noun = "1 package" if len(packages) == 1 else f"{len(packages)} packages"
        said.append(f"{noun}, {_some(packages)}.")
    return " ".join(said)


def _of_package(change: PackageChange) -> str:
    return f"{change.name} {change.before or 'absent'} → {change.now or 'absent'}"


def _files(count: int) -> str:
    return "1 file was" if count == 1 else f"{count} files were"


def _some(words: list[str]) -> str:
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (f" and {more} more" if more > 0 else "")
