"""From a job to its runs, and from a run to what its runner is told."""

from datetime import datetime
from pathlib import Path, PurePosixPath

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.pipeline import Pipeline, pipeline_of
from jupyter_orchest_jobs.domain.run import Run, RunSpec, StepSpec
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import Store


def pipeline_of_job(job: Job) -> Pipeline:
    """The job's frozen pipeline."""
    return pipeline_of(job.document, job.pipeline_path)


def titles_of(job: Job) -> dict[str, str]:
    """Step id → title."""
    return {step.id: step.name for step in pipeline_of_job(job).steps.values()}


def submit(store: Store, job: Job, cause: str, now: datetime) -> Job | None:
    """Create the first batch of a job with all its runs, and let the job run.

    Returns:
        The job afterwards; None if it has the batch already.
    """
    batch = Batch(job.id, 1, cause, now)
    runs = [
        Run(
            id=new_id(),
            job_id=job.id,
            number=number,
            batch=batch.number,
            combination=combination,
            created_at=now,
        )
        for number, combination in enumerate(job.selection.pick(job.strategy), 1)
    ]
    return store.add_batch(batch, runs, {"status": JobStatus.RUNNING, "started_at": now})


def spec_of(
    job: Job, run: Run, state: StateDir, sdk_dir: Path, python: str, step_slots: int
) -> RunSpec:
    """What the runner of this run is told.

    Args:
        sdk_dir: the folder that holds ``orchest/``.
        python: interpreter for Python scripts.
        step_slots: how many step processes may run at once over all runs.
    """
    if job.snapshot.id is None:
        raise ValueError(f"job {job.number} has no snapshot")
    pipeline = pipeline_of_job(job)
    folder = PurePosixPath(job.pipeline_path).parent
    return RunSpec(
        run_id=run.id,
        job_id=job.id,
        job_number=job.number,
        run_number=run.number,
        pipeline_uuid=pipeline.uuid,
        pipeline_name=pipeline.name,
        snapshot=str(state.snapshots / job.snapshot.id),
        pipeline_path=job.pipeline_path,
        document=pipeline.with_parameters(run.combination),
        steps=tuple(
            StepSpec(
                id=step.id,
                title=step.name,
                path=(folder / step.file_path).as_posix(),
                kind=step.kind or "bash",
                incoming=step.incoming,
                kernel=job.kernels.get(step.id),
            )
            for step in pipeline.steps.values()
        ),
        max_parallel=pipeline.max_parallel,
        step_slots=step_slots,
        slots_dir=str(state.slots),
        sdk_dir=str(sdk_dir),
        python=python,
        env_variables=job.env_variables,
        project=job.project,
    )
