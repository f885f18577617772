"""Environment variables that a step is given; which are inherited: :mod:`..domain.inheriting`."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_orchest_jobs.domain.inheriting import OURS, inheritable

if TYPE_CHECKING:  # servers start without it
    from jupyter_orchest_jobs.domain.run import RunSpec, StepEnvironment, StepSpec

RUN_TAG = "ORCHEST_RUN_ID"
ATTEMPT_TAG = "ORCHEST_ATTEMPT"
"""Marks every process of a run, so that what outlives its runner is found."""
STEP_TAG = "ORCHEST_STEP_UUID"
"""Marks every process of a step."""

_OF_ENVIRONMENTS = frozenset(
    {
        "PYTHONHOME",
        "VIRTUAL_ENV",
        "VIRTUAL_ENV_PROMPT",
        "CONDA_PREFIX",
        "CONDA_DEFAULT_ENV",
        "CONDA_PROMPT_MODIFIER",
        "__PYVENV_LAUNCHER__",
    }
)
"""What tells which environment is active; in a frozen one, it is that."""


def read_secrets(path: Path) -> dict[str, str]:
    """The variables in a job's file of secrets; none if there is no file.

    Raises:
        OSError: it can't be read.
        ValueError: it is no such file.
    """
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise ValueError("not a file of secrets")
    return data


def for_step(
    inherited: Mapping[str, str],
    spec: RunSpec,
    step: StepSpec,
    *,
    work: Path,
    pipeline: Path,
    parameters: Path,
    metrics: Path,
    attempt: int,
) -> dict[str, str]:
    """The variables of a step's process.

    Args:
        inherited: the runner's own.
        work: the run's working copy.
        pipeline: the file with this run's parameters.
        parameters: the file with what a step in any language may want to know.
        metrics: the file to which the step's metrics are appended.
        attempt: which of the run's attempts this is, from 1.

    Returns:
        The inherited ones, the job's over them, those of a frozen environment, and ours, which
        nothing overrides.
    """
    variables = {
        **inheritable(inherited),
        **{name: value for name, value in spec.env_variables.items() if not name.startswith(OURS)},
    }
    if step.environment is not None:
        variables = _within(variables, step.environment)
    project = spec.project or spec.snapshot
    variables["PYTHONPATH"] = sdk_first(spec.sdk_dir, variables.get("PYTHONPATH"))
    variables |= {
        STEP_TAG: step.id,
        "ORCHEST_PIPELINE_UUID": spec.pipeline_uuid,
        "ORCHEST_PIPELINE_PATH": str(pipeline),
        "ORCHEST_PROJECT_UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"file://{project}")),
        "ORCHEST_SESSION_UUID": spec.run_id,
        "ORCHEST_SESSION_TYPE": "noninteractive",
        RUN_TAG: spec.run_id,
        ATTEMPT_TAG: str(attempt),
        "ORCHEST_RUN_NUMBER": str(spec.run_number),
        "ORCHEST_JOB_ID": spec.job_id,
        "ORCHEST_JOB_NUMBER": str(spec.job_number),
        "ORCHEST_PROJECT_DIR": str(work),
        "ORCHEST_PARAMETERS_PATH": str(parameters),
        "ORCHEST_METRICS_PATH": str(metrics),
    }
    if spec.left_out:
        variables["ORCHEST_STEPS_LEFT_OUT"] = " ".join(sorted(spec.left_out))
    if spec.data_dir:
        variables["ORCHEST_DATA_DIR"] = spec.data_dir
    return variables


def _within(variables: Mapping[str, str], environment: StepEnvironment) -> dict[str, str]:
    """The variables as they are where a frozen environment is active, and no other."""
    kept = {name: value for name, value in variables.items() if name not in _OF_ENVIRONMENTS}
    path = kept.get("PATH") or os.defpath
    return {**kept, **environment.variables, "PATH": f"{environment.path}{os.pathsep}{path}"}


def missing(step: StepSpec) -> str | None:
    """A sentence that says what is missing of a step's frozen environment; None if nothing is."""
    environment = step.environment
    if environment is None:
        return None
    program = Path(environment.program)
    if program.exists():
        return None
    again = "Take a new snapshot of the job, which freezes what is installed now."
    if program.is_symlink():
        base = os.path.realpath(program)
        return (
            f"The Python of the frozen environment “{environment.name}”, {base}, is gone. {again}"
        )
    return f"The frozen environment “{environment.name}”, {environment.prefix}, is gone. {again}"


def sdk_first(sdk_dir: str, pythonpath: str | None) -> str:
    """A ``PYTHONPATH`` on which ``import orchest`` finds the SDK before anything else.

    An empty item would mean the current folder, so none is made.
    """
    return f"{sdk_dir}{os.pathsep}{pythonpath}" if pythonpath else sdk_dir
