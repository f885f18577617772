"""From a job to its runs, and from a run to what its runner is told."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.grid import Grid
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.pipeline import Pipeline, Step, pipeline_of
from jupyter_orchest_jobs.domain.policies import OnStepFailure
from jupyter_orchest_jobs.domain.run import Run, RunSpec, StepEnvironment, StepSpec
from jupyter_orchest_jobs.domain.single import is_single
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.service.limits import Limits
from jupyter_orchest_jobs.service.secrets import Secrets
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.snapshot.environments import frozen_program
from jupyter_orchest_jobs.store.contract import Store


def pipeline_of_job(job: Job) -> Pipeline:
    """The job's frozen pipeline."""
    return pipeline_of(job.document, job.pipeline_path, job.steps)


def titles_of(job: Job, batch: Batch) -> dict[str, str]:
    """Step id → title, as the runs of a batch have them."""
    pipeline = pipeline_of(batch.document, job.pipeline_path, batch.steps)
    return {step.id: step.name for step in pipeline.steps.values()}


def submit(
    store: Store,
    job: Job,
    cause: str,
    now: datetime,
    *,
    firing: datetime | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Job | None:
    """Create the next batch of a job with all its runs, and let the job run.

    Args:
        cause: ``schedule`` or ``manual``.
        firing: the firing of the schedule that this is.
        changes: what else changes in the job at the same time.

    Returns:
        The job afterwards; None if somebody has changed it since it was read, or fired this
        firing.
    """
    number = job.batches_made + 1
    batch = Batch(
        job.id,
        number,
        cause,
        now,
        scheduled_at=firing,
        snapshot_id=job.snapshot.id,
        document=job.document,
        steps=job.steps,
        kernels=job.kernels,
        environments=job.environments.wanted(job.policies.freeze_environments),
        env_variables=job.env_variables,
        policies=job.policies,
    )
    runs = [
        Run(
            id=new_id(),
            job_id=job.id,
            number=run_number,
            batch=number,
            combination=combination,
            created_at=now,
        )
        for run_number, combination in enumerate(
            Grid(job.strategy, job.selection).picked(), job.runs_made + 1
        )
    ]
    firings = []
    if firing is not None:
        firings.append(FiringRecord(job.id, firing, firing, 1, FiringOutcome.FIRED, batch=number))
    job_changes: dict[str, Any] = {
        "status": job.status if job.status is JobStatus.PAUSED else JobStatus.RUNNING,
        "started_at": job.started_at or now,
        "batches_made": number,
        "runs_made": job.runs_made + len(runs),
        **(changes or {}),
    }
    most = job.policies.max_batches
    if most is not None and number >= most:
        job_changes["next_firing_at"] = None
    return store.add_batch(batch, runs, job_changes, firings, job.revision)


def spec_of(
    job: Job,
    batch: Batch,
    run: Run,
    state: StateDir,
    sdk_dir: Path,
    python: str,
    limits: Limits,
    outputs: Mapping[str, str] | None = None,
) -> RunSpec:
    """What the runner of this run is told.

    Args:
        batch: of the run; later edits of the job don't reach it.
        sdk_dir: the folder that holds ``orchest/``.
        python: interpreter for Python scripts.
        limits: over all jobs.
        outputs: of steps that the run leaves out: step id → folder.
    """
    if batch.snapshot_id is None:
        raise ValueError(f"batch {batch.number} of job {job.number} has no snapshot")
    pipeline = pipeline_of(batch.document, job.pipeline_path, batch.steps)
    policies = batch.policies
    folder = PurePosixPath(job.pipeline_path).parent
    frozen = {one.id: frozen_program(state.environments, one) for one in batch.environments.items}
    return RunSpec(
        run_id=run.id,
        job_id=job.id,
        job_number=job.number,
        run_number=run.number,
        pipeline_uuid=pipeline.uuid,
        pipeline_name=pipeline.name,
        snapshot=str(state.snapshots / batch.snapshot_id),
        pipeline_path="" if is_single(job.pipeline_path) else job.pipeline_path,
        document=pipeline.with_parameters(run.combination),
        steps=tuple(
            StepSpec(
                id=step.id,
                title=step.name,
                path=(folder / step.file_path).as_posix(),
                kind=step.kind or "bash",
                incoming=step.incoming,
                kernel=batch.kernels.get(step.id),
                environment=_environment(batch, step, frozen),
            )
            for step in pipeline.steps.values()
        ),
        max_parallel=pipeline.max_parallel,
        step_slots=limits.max_step_processes,
        slots_dir=str(state.slots),
        sdk_dir=str(sdk_dir),
        python=python,
        env_variables=batch.env_variables,
        secrets_file=str(Secrets(state.secrets).path(job.id)),
        data_dir=str(state.data),
        project=job.project,
        run_timeout_s=policies.run_timeout_s,
        step_timeout_s=policies.step_timeout_s,
        step_retries=policies.step_retries,
        retry_delay_s=policies.retry_delay_s,
        retry_backoff=policies.retry_backoff,
        stop_on_failure=policies.on_step_failure is OnStepFailure.STOP,
        preload=policies.preload,
        outputs=outputs or {},
        executor=policies.executor,
        resources=pipeline.resources,
        overlays=limits.overlays,
    )


def _environment(
    batch: Batch, step: Step, clones: Mapping[str, StepEnvironment | None]
) -> StepEnvironment | None:
    """What a step is executed in; None for what is installed when it is.

    Args:
        clones: of the batch's environments, by their ids.
    """
    environment = batch.environments.of_step(step.id)
    if environment is None:
        return None
    frozen = clones[environment.id]
    if frozen is not None or step.kind == "notebook" or step.id not in batch.kernels:
        return frozen
    # A script for which a kernel was chosen: the interpreter of that, as it is now.
    return StepEnvironment(
        id=environment.id,
        name=environment.display_name,
        program=environment.program,
        path=str(PurePosixPath(environment.program).parent),
        prefix=environment.prefix,
    )
