"""Taking the snapshot of a job, with progress in the store."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_orchest_jobs.domain.environment import Environment
from jupyter_orchest_jobs.domain.job import Job, SnapshotStatus
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.pipeline import pipeline_of
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, JobStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import (
    InvalidInput,
    NotFound,
    OrchestJobsError,
    PipelineInvalid,
    Problem,
    SnapshotFailed,
    StoreUnavailable,
)
from jupyter_orchest_jobs.files.manifest import explain_missing
from jupyter_orchest_jobs.files.paths import inside
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.service.environments import Freezer
from jupyter_orchest_jobs.service.source import read_source
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.snapshot.take import SnapshotInfo, take
from jupyter_orchest_jobs.store.contract import Store

PROGRESS_S = 0.5
"""Shortest time between two records of progress."""
_log = logging.getLogger(__name__)


def take_snapshot(
    store: Store,
    state: StateDir,
    job: Job,
    *,
    cancelled: Callable[[], bool],
    now: Callable[[], datetime],
) -> None:
    """Take a job's snapshot, freeze its environments, and record how it went.

    Blocks; meant for a thread of its own.

    A job that shall start and whose snapshot can't be taken ends as failed, and says why.

    Args:
        cancelled: asked while copying; if true, copying stops and nothing is left.
        now: the clock.

    Raises:
        StoreUnavailable: how it went could not be recorded.
        NotFound: the job was deleted meanwhile.
    """

    unfinished = frozenset(JobStatus) - ENDED_JOBS
    wanted = job.snapshot.inputs or {"document": job.document}

    def record(
        job_changes: Mapping[str, Any] | None = None, *, shared: bool = False, **changes: Any
    ) -> None:
        nonlocal job
        snapshot = replace(job.snapshot, **changes)
        changed = {"snapshot": snapshot, **(job_changes or {})}
        job = store.update_job(job.id, changed, unfinished, shares_snapshot=shared) or job

    def freeze() -> JobEnvironments:
        inputs = job.snapshot.inputs
        frozen = job.environments
        if inputs is not None:
            frozen = JobEnvironments.from_json(inputs.get("environments", {}))

        def tell(environment: Environment) -> None:
            if inputs is None:
                record({"environments": job.environments.with_(environment)})

        clone = job.policies.freeze_environments
        freezer = Freezer(state.environments, cancelled)
        return freezer.freeze(frozen.wanted(clone), clone=clone, progress=tell)

    def finish(info: SnapshotInfo, environments: JobEnvironments) -> None:
        record(
            {**_held(job.snapshot.inputs), "environments": environments},
            shared=info.is_shared,
            inputs=None,
            status=SnapshotStatus.READY,
            id=info.id,
            files=info.files,
            bytes=info.bytes,
            files_done=info.files,
            bytes_done=info.bytes,
            commit=info.commit,
            dirty=info.dirty,
            skipped=info.skipped + info.warnings,
            taken_at=now(),
        )

    def attempt(*, share: bool) -> None:
        info = take(
            Path(job.project),
            state.snapshots,
            share=share,
            progress=progress,
            cancelled=cancelled,
        )
        try:
            _check(job, wanted["document"], info)
            environments = freeze()
        except BaseException:
            # No row names it yet, and none will.
            if not info.is_shared:
                remove_folder(info.path)
            raise
        try:
            finish(info, environments)
        except NotFound:
            if not info.is_shared:
                raise
            store.job(job.id)  # is it gone?
            attempt(share=False)  # the one of before is: nobody holds it any more

    last = time.monotonic()

    def progress(files: int, size: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_S:
            last = time.monotonic()
            record(files_done=files, bytes_done=size)

    record(status=SnapshotStatus.COPYING, files_done=0, bytes_done=0)
    try:
        attempt(share=True)
    except (StoreUnavailable, NotFound):
        raise
    except OrchestJobsError as error:
        # Whoever cancels says what becomes of the job; a conductor that leaves says nothing,
        # and the next one begins anew.
        if not cancelled():
            _fail(store, job, error.message, now())
    except Exception as error:
        _log.exception("snapshot of job %d", job.number)
        _fail(store, job, f"The snapshot can't be taken: {error}.", now())


def _held(inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """What holds of a job from now on, with its new snapshot."""
    if inputs is None:
        return {}
    return {
        "document": inputs["document"],
        "kernels": inputs["kernels"],
        "strategy": Strategy(inputs["strategy"]),
        "warnings": tuple(Problem(**problem) for problem in inputs.get("warnings", ())),
        "message": None,
    }


def _check(job: Job, wanted: Mapping[str, Any], info: SnapshotInfo) -> None:
    """The snapshot must hold the pipeline that was checked, and the files of its steps.

    Raises:
        SnapshotFailed: it doesn't.
    """
    project = info.path / "project"
    changed = "changed while the job was being created; run it again."
    file = inside(project, job.pipeline_path)
    try:
        document = read_source(file, job.pipeline_path).pipeline.document
    except (NotFound, PipelineInvalid):
        document = None
    except InvalidInput as error:
        raise SnapshotFailed(f"The snapshot can't be read: {error.message}") from error
    if document != wanted:
        raise SnapshotFailed(f"{job.pipeline_path} {changed}")
    folder = PurePosixPath(job.pipeline_path).parent
    for step in pipeline_of(wanted, job.pipeline_path, job.steps).steps.values():
        if not (file.parent / step.file_path).is_file():
            path = (folder / step.file_path).as_posix()
            left_out = explain_missing(info.path / "manifest.json", path)
            raise SnapshotFailed(
                f"Step “{step.name}” can't run: {left_out}."
                if left_out
                else f"{step.file_path} of step “{step.name}” {changed}"
            )


def _fail(store: Store, job: Job, message: str, now: datetime) -> None:
    _log.warning("snapshot of job %d failed: %s", job.number, message)
    if job.snapshot.id is not None:
        # There is the one of before, and the job goes on with that.
        kept = replace(job.snapshot, status=SnapshotStatus.READY, inputs=None)
        message = f"No new snapshot was taken, the one of before holds: {message}"
        store.update_job(job.id, {"snapshot": kept, "message": message})
        return
    snapshot = replace(job.snapshot, status=SnapshotStatus.FAILED)
    changes: dict[str, Any] = {"snapshot": snapshot, "message": message}
    if store.job(job.id).start_requested_at is not None:
        changes |= {"status": JobStatus.FAILED, "finished_at": now}
    store.update_job(job.id, changes, {JobStatus.DRAFT})
