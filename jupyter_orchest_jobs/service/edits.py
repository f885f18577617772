"""A change of a job, before it is made: what it says, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain import parameters
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import InvalidInput, WrongState
from jupyter_orchest_jobs.service.submission import pipeline_of_job

ACTIVE = frozenset({JobStatus.SCHEDULED, JobStatus.RUNNING, JobStatus.PAUSED})


@dataclass(frozen=True)
class Edit:
    """Changes of a job; what is None stays.

    Attributes:
        parameters: lists of values, over the pipeline's defaults; they replace the job's.
        parameters_file: absolute path of a file with such lists, instead of them.
        secrets: environment variables whose values are never shown; those that are None go, those
            that are not named stay.
        accept: consequences that the user has agreed to.
    """

    name: str | None = None
    parameters: Mapping[str, Mapping[str, Any]] | None = None
    parameters_file: Path | None = None
    selection: Selection | None = None
    env_variables: Mapping[str, str] | None = None
    secrets: Mapping[str, str | None] | None = None
    schedule: Schedule | None = None
    policies: Policies | None = None
    accept: frozenset[str] = frozenset()

    @property
    def only_name(self) -> bool:
        """Whether nothing else changes."""
        return self == Edit(name=self.name, accept=self.accept)

    @property
    def reschedules(self) -> bool:
        """Whether there are other firings from now on."""
        return self.schedule is not None or self.policies is not None

    @property
    def changes_lists(self) -> bool:
        """Whether there are other lists of values from now on."""
        return self.parameters is not None or self.parameters_file is not None

    @property
    def changes_variables(self) -> bool:
        """Whether steps have other environment variables from now on."""
        return self.env_variables is not None or self.secrets is not None

    def moves(self, job: Job) -> bool:
        """Whether a job's next runs are executed elsewhere."""
        return self.policies is not None and self.policies.executor is not job.policies.executor

    def secrets_after(self, before: Mapping[str, str]) -> dict[str, str]:
        """A job's secrets with this change."""
        after = {**before, **(self.secrets or {})}
        return {name: value for name, value in after.items() if value is not None}


def changes_of(job: Job, edit: Edit, secrets: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The fields of a job that a change gives it. May read a parameters file.

    What a draft can't be started with is no reason to refuse its change: it is being worked on.

    Args:
        secrets: the job's, before the change.

    Raises:
        InvalidInput, NotFound, ConfirmationNeeded: it can't be made, or not yet.
    """
    from jupyter_orchest_jobs.service.checks import check_env, check_runs

    changes: dict[str, Any] = {"touched_at": now}
    if edit.name is not None:
        changes["name"] = edit.name.strip() or job.name
    if edit.changes_lists:
        changes |= _lists(job, edit)
    if edit.selection is not None:
        changes["selection"] = edit.selection
    if {"strategy", "selection"} & changes.keys() and job.status is not JobStatus.DRAFT:
        strategy: Strategy = changes.get("strategy", job.strategy)
        check_runs(strategy, edit.selection or job.selection, edit.accept)
    if edit.changes_variables:
        variables = job.env_variables if edit.env_variables is None else edit.env_variables
        check_env(variables, edit.secrets_after(secrets))
        changes["env_variables"] = dict(variables)
    if edit.policies is not None:
        changes["policies"] = edit.policies
    if edit.schedule is not None:
        changes["schedule"] = edit.schedule
    return changes


def check_editable(job: Job, edit: Edit) -> None:
    """Refuse a change that a job is not in the state for.

    Raises:
        WrongState: it isn't.
    """
    editable = job.status is JobStatus.DRAFT and job.start_requested_at is None
    editable = editable or (job.status in ACTIVE and job.schedule.is_recurring)
    if not editable and not edit.only_name:
        raise WrongState(
            f"Of job {job.number} only the name can be changed: it is {job.status}"
            + ("" if job.schedule.is_recurring else " and does not recur")
            + ". Duplicate it to run it with other settings."
        )
    one_off = edit.schedule is not None and not edit.schedule.is_recurring
    if one_off and job.status is not JobStatus.DRAFT:
        raise WrongState("An active recurring job stays one; cancel or duplicate it.")
    if edit.changes_lists and job.snapshot.inputs is not None:
        raise WrongState(f"A new snapshot of job {job.number} is being taken; wait for its end.")


def _lists(job: Job, edit: Edit) -> dict[str, Any]:
    from jupyter_orchest_jobs.service.listfiles import read_lists

    pipeline = pipeline_of_job(job)
    if edit.parameters_file is None:
        given = edit.parameters or {}
        parameters.check_lists(dict(given), pipeline)
        return {"strategy": parameters.merge(pipeline, given)}
    if edit.parameters is not None:
        raise InvalidInput("Give either parameters or a parameters file, not both.")
    file = read_lists(edit.parameters_file, pipeline, Path(job.project))
    # What was said of another file is no longer true.
    others = tuple(one for one in job.warnings if one.file != job.parameters_file)
    return {
        "strategy": parameters.merge(pipeline, file.lists),
        "parameters_file": file.name,
        "warnings": (*others, *file.agreed(edit.accept)),
    }
