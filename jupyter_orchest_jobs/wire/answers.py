"""From what the service returns to what goes over the wire."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from jupyter_orchest_jobs.domain.environment import Environment
from jupyter_orchest_jobs.domain.firing import FiringRecord
from jupyter_orchest_jobs.domain.job import Batch, Job, RunCounts
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.jobline import JobLine
from jupyter_orchest_jobs.domain.pipeline import PIPELINE_SCOPE, Pipeline
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.domain.strategy import json_text
from jupyter_orchest_jobs.errors import Problem
from jupyter_orchest_jobs.service.environment_look import EnvironmentView
from jupyter_orchest_jobs.service.jobs import JobLineView, JobView
from jupyter_orchest_jobs.service.runs import RunLineView, RunView, StepView
from jupyter_orchest_jobs.service.settings_look import SettingsView
from jupyter_orchest_jobs.service.submission import pipeline_of_job
from jupyter_orchest_jobs.store.contract import Page
from jupyter_orchest_jobs.wire import environments, schemas
from jupyter_orchest_jobs.wire.base import PoliciesModel

V = TypeVar("V", bound=RunLineView)


def job(view: JobLineView) -> schemas.JobAnswer:
    """A job as lists show it."""
    return schemas.JobAnswer(**_job(view))


def job_detail(view: JobView) -> schemas.JobDetailAnswer:
    """A job with all that is frozen in it."""
    found = view.job
    pipeline = pipeline_of_job(found)
    return schemas.JobDetailAnswer(
        **_job(view),
        parameters=[
            schemas.ParameterAnswer(
                scope=scope,
                scope_title=pipeline.scope_name(scope),
                name=name,
                values=list(values),
                texts=[json_text(value) for value in values],
                default=_default(pipeline, scope, name),
            )
            for scope, name, values in found.strategy.axes
        ],
        steps=[
            schemas.JobStepAnswer(
                step=step.id,
                title=step.name,
                file_path=step.file_path,
                kind=step.kind or "bash",
                incoming=list(step.incoming),
                kernel=_kernel(found, step.id),
                environment=found.environments.steps.get(step.id),
            )
            for step in pipeline.steps.values()
        ],
        steps_left_out=len(pipeline.document["steps"]) - len(pipeline.steps),
        parameters_file=found.parameters_file,
        selection=selection(found.selection),
        env_variables=dict(found.env_variables),
        secrets=list(view.secrets),
        policies=PoliciesModel.model_validate(found.policies.as_json()),
        warnings=[_problem(problem) for problem in found.warnings],
        environments=[environment(item) for item in _environments(found).items],
        environment_warnings=list(view.environment_warnings),
        resources=pipeline.resources,
    )


def environment(found: Environment) -> environments.EnvironmentAnswer:
    """What steps of a job are executed in."""
    return environments.EnvironmentAnswer(**_environment(found))


def environment_detail(view: EnvironmentView) -> environments.EnvironmentDetailAnswer:
    """An environment with its packages."""
    return environments.EnvironmentDetailAnswer(
        **_environment(view.environment),
        items=[
            environments.PackageAnswer(name=one.name, version=one.version, origin=one.origin)
            for one in view.manifest.packages
        ],
    )


def selection(found: Selection) -> schemas.SelectionAnswer:
    """Which combinations are run."""
    return schemas.SelectionAnswer(
        base=found.base,
        rules=[
            schemas.RuleAnswer(
                scope=rule.scope, name=rule.name, value=rule.value, text=json_text(rule.value)
            )
            for rule in found.rules
        ],
        exceptions=sorted(found.exceptions),
    )


def runs(page: Page[V], answer: Callable[[V], schemas.RunAnswer]) -> schemas.RunsAnswer:
    """A page of runs.

    Args:
        answer: what is told of each: :func:`run` or :func:`run_with_cells`.
    """
    return schemas.RunsAnswer(
        items=[answer(view) for view in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
        revision=page.revision,
        deleted=list(page.deleted),
    )


def run(view: RunLineView) -> schemas.RunAnswer:
    """A run as lists show it."""
    return schemas.RunAnswer.of(_run(view))


def run_with_cells(view: RunView) -> schemas.RunAnswer:
    """A run as lists show it, with the states of its steps."""
    return schemas.RunAnswer.of({**_run(view), "cells": _cells(view)})


def run_detail(view: RunView, steps: list[StepView], host: str | None) -> schemas.RunDetailAnswer:
    """A run with its steps.

    Args:
        host: that executes it, or has; None while that is not known.
    """
    return schemas.RunDetailAnswer(
        **_run(view),
        job_name=view.job.name,
        pipeline_path=view.job.pipeline_path,
        steps=[_step(step, view.max_tries) for step in steps],
        attempts=[
            schemas.AttemptAnswer(
                number=record.number,
                kind=record.kind,
                status=record.status,
                cause=record.cause,
                message=record.message,
                started_at=record.started_at,
                finished_at=record.finished_at,
            )
            for record in view.run.history
        ],
        executor=view.executor,
        host=host,
    )


def batch(found: Batch, counts: RunCounts) -> schemas.BatchAnswer:
    """A batch and how its runs are."""
    return schemas.BatchAnswer(
        number=found.number,
        cause=found.cause,
        created_at=found.created_at,
        scheduled_at=found.scheduled_at,
        snapshot_id=found.snapshot_id,
        warnings=list(found.warnings),
        runs=_counts(counts),
    )


def firing(record: FiringRecord) -> schemas.FiringAnswer:
    """What became of a firing."""
    return schemas.FiringAnswer(
        at=record.at,
        until=record.until,
        count=record.count,
        outcome=record.outcome,
        reason=record.reason,
        batch=record.batch,
    )


def settings(view: SettingsView) -> schemas.SettingsAnswer:
    """What holds for all jobs."""
    return schemas.SettingsAnswer(**asdict(view.limits), data_dir=str(view.data_dir))


def _counts(counts: RunCounts) -> schemas.RunCountsAnswer:
    return schemas.RunCountsAnswer(
        total=counts.total,
        pending=counts.pending,
        running=counts.running,
        succeeded=counts.succeeded,
        failed=counts.failed,
        cancelled=counts.cancelled,
        interrupted=counts.interrupted,
    )


def _job(view: JobLineView) -> dict[str, object]:
    found, counts = view.job, view.counts
    return {
        "id": found.id,
        "number": found.number,
        "name": found.name,
        "status": found.status,
        "message": found.message,
        "project": found.project,
        "pipeline_path": found.pipeline_path,
        "pipeline_name": found.pipeline_name,
        "quick": found.quick,
        "snapshot": _snapshot(found),
        "runs": _counts(counts),
        "schedule": schemas.ScheduleAnswer(
            kind=found.schedule.kind,
            at=found.schedule.at,
            cron=found.schedule.cron,
            zone=found.schedule.zone,
            description=found.schedule.describe(),
        ),
        "next_firing_at": found.next_firing_at,
        "batches": found.batches_made,
        "size_bytes": view.size_bytes,
        "start_requested": found.start_requested_at is not None,
        "cancel_requested": found.cancel_requested_at is not None,
        "first_failed_run": view.first_bad_run,
        "created_at": found.created_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
        "revision": found.revision,
    }


def _snapshot(found: Job | JobLine) -> schemas.SnapshotAnswer:
    state = found.snapshot
    return schemas.SnapshotAnswer(
        status=state.status,
        files=state.files,
        bytes=state.bytes,
        files_done=state.files_done,
        bytes_done=state.bytes_done,
        commit=state.commit,
        dirty=state.dirty,
        skipped=list(state.skipped),
        taken_at=state.taken_at,
    )


def _environments(found: Job) -> JobEnvironments:
    """As its policy wants them: who has switched it need not wait for the conductor to see that."""
    return found.environments.wanted(found.policies.freeze_environments)


def _kernel(found: Job, step: str) -> str | None:
    environment = found.environments.of_step(step)
    return found.kernels.get(step) or (environment and environment.kernel) or None


def _environment(found: Environment) -> dict[str, Any]:
    return {
        "id": found.id,
        "language": found.language,
        "kernel": found.kernel,
        "display_name": found.display_name,
        "program": found.program,
        "prefix": found.prefix,
        "version": found.version,
        "state": str(found.state),
        "reason": found.reason,
        "packages": found.packages,
        "bytes": found.bytes,
        "copy_bytes": found.copy_bytes,
        "warnings": list(found.warnings),
    }


def _default(pipeline: Pipeline, scope: str, name: str) -> str | None:
    values = pipeline.parameters if scope == PIPELINE_SCOPE else pipeline.steps[scope].parameters
    return json_text(values[name]) if name in values else None


def _problem(problem: Problem) -> schemas.ProblemAnswer:
    return schemas.ProblemAnswer(**vars(problem))


def _run(view: RunLineView) -> dict[str, object]:
    found = view.run
    return {
        "id": found.id,
        "job_id": found.job_id,
        "job_number": view.job.number,
        "number": found.number,
        "batch": found.batch,
        "status": found.status,
        "cause": found.cause,
        "message": found.message,
        "attempt": found.attempt,
        "kind": found.kind,
        "retry_requested": found.retry_requested is not None,
        "pinned": found.pinned,
        "size_bytes": found.size_bytes,
        "has_files": found.has_files,
        "parameters": found.combination,
        "texts": {
            scope: {name: json_text(value) for name, value in values.items()}
            for scope, values in found.combination.items()
        },
        "metrics": {name: float(value) for name, value in found.metrics.items()},
        "steps_total": len(view.pipeline.steps),
        "steps_done": found.steps_done,
        "failed_step": view.failed_title,
        "cancel_requested": found.cancel_requested_at is not None,
        "created_at": found.created_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
        "revision": found.revision,
        "cells": None,
    }


def _cells(view: RunView) -> list[schemas.StepCellAnswer]:
    return [
        schemas.StepCellAnswer.of(
            {
                "step": step.step,
                "status": step.status,
                "started_at": step.started_at,
                "finished_at": step.finished_at,
            }
        )
        for step in view.step_runs
    ]


def _step(view: StepView, max_tries: int) -> schemas.StepRunAnswer:
    return schemas.StepRunAnswer(
        step=view.step.id,
        title=view.step.name,
        file_path=view.step.file_path,
        kind=view.step.kind or "bash",
        incoming=list(view.step.incoming),
        status=view.run.status,
        cause=view.run.cause,
        message=view.run.message,
        cells=view.run.cells,
        cells_done=view.run.cells_done,
        failed_cell=view.run.failed_cell,
        limits=list(view.run.limits),
        attempt=view.run.attempt,
        tries=view.run.tries,
        max_tries=max_tries,
        has_log=view.log is not None,
        logs=[
            schemas.StepLogsAnswer(attempt=logs.attempt, tries=list(logs.tries))
            for logs in view.logs
        ],
        has_notebook=view.notebook is not None,
        started_at=view.run.started_at,
        finished_at=view.run.finished_at,
    )
