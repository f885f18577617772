"""What steps of earlier quick runs have output, for quick runs that leave these steps out."""

from pathlib import Path

from jupyter_orchest_jobs.domain.job import Batch, Job
from jupyter_orchest_jobs.domain.pipeline import pipeline_of
from jupyter_orchest_jobs.domain.status import StepStatus
from jupyter_orchest_jobs.files.paths import outputs_in
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery, Store

_MOST = 500
"""So many quick jobs are looked through, the newest first."""


def earlier_outputs(store: Store, state: StateDir, job: Job, batch: Batch) -> dict[str, str]:
    """Step id → folder of its outputs in the newest quick run in which it succeeded.

    For the steps of the pipeline that a quick run leaves out and others of it get data from. Jobs
    that are no quick runs get nothing: what they do must not depend on what was tried before.
    """
    if not job.quick or not batch.steps:
        return {}
    pipeline = pipeline_of(batch.document, job.pipeline_path)
    ups = {up for step in batch.steps for up in pipeline.steps[step].incoming}
    missing = ups - set(batch.steps)
    found: dict[str, str] = {}
    if not missing:
        return found
    for other in store.job_lines(JobQuery(quick=True, limit=_MOST)).items:
        same = (other.project, other.pipeline_path) == (job.project, job.pipeline_path)
        if not same or other.number >= job.number:
            continue
        for run in store.runs(RunQuery(job_id=other.id, sort="-number")).items:
            for step in run.steps:
                if step.step in missing and step.status is StepStatus.SUCCEEDED:
                    folder = _folder(state, run.id, pipeline.uuid, step.step)
                    if folder.is_dir():
                        found[step.step] = str(folder)
                        missing.discard(step.step)
        if not missing:
            break
    return found


def _folder(state: StateDir, run_id: str, pipeline_uuid: str, step: str) -> Path:
    return outputs_in(state.run(run_id) / "work", pipeline_uuid, step)
