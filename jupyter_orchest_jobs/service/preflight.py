"""Everything that can be wrong with a job, looked for before anything is created."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.domain import jsontext, parameters
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.partial import chosen_steps
from jupyter_orchest_jobs.domain.pipeline import PIPELINE_SCOPE, Pipeline
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.engine.kernelspecs import installed_kernels
from jupyter_orchest_jobs.errors import (
    ConfirmationNeeded,
    InvalidInput,
    ParametersInvalid,
    Problem,
)
from jupyter_orchest_jobs.files.paths import shown
from jupyter_orchest_jobs.files.project import find_project
from jupyter_orchest_jobs.service.checks import check_env, check_quick, check_runs
from jupyter_orchest_jobs.service.limits import check_executor
from jupyter_orchest_jobs.service.listfiles import FileOfLists, read_lists
from jupyter_orchest_jobs.service.source import read_source
from jupyter_orchest_jobs.service.stepenvironments import environments_of
from jupyter_orchest_jobs.service.stepfiles import check_step_files
from jupyter_orchest_jobs.service.stepkernels import Kernels
from jupyter_orchest_jobs.service.wish import LARGE_SNAPSHOT, WITHOUT_SERVICES, Wish
from jupyter_orchest_jobs.snapshot.estimate import Estimate, estimate

LARGE_FILES = 20_000
LARGE_BYTES = 2**30
"""From these on, a snapshot needs the user's word."""


@dataclass(frozen=True)
class Checked:
    """A job that can be created.

    Attributes:
        project: its real path.
        pipeline_path: POSIX, relative to the project.
        pipeline: with those steps alone that are executed, but its document is whole.
        steps: their ids; none if all are.
        kernels: step id → kernelspec name, for notebooks, and for scripts that shall have the
            interpreter of a kernel.
        environments: of all steps; nothing of them is frozen yet.
        estimate: what the snapshot will hold.
    """

    project: Path
    pipeline_path: str
    pipeline: Pipeline
    strategy: Strategy
    parameters_file: str | None
    steps: tuple[str, ...]
    kernels: Mapping[str, str]
    environments: JobEnvironments
    warnings: tuple[Problem, ...]
    estimate: Estimate


def check(wish: Wish) -> Checked:
    """Look at everything that a job needs. Reads files; may take seconds on a large project.

    Raises:
        NotFound: there is no such pipeline or parameters file.
        InvalidInput: with everything that is wrong.
        ConfirmationNeeded: possible, but only after the user agreed.
    """
    _check_texts(wish)
    project = find_project(wish.pipeline, wish.top)
    pipeline_path = _path_in(project, wish.pipeline)
    source = read_source(wish.pipeline, pipeline_path)
    steps = chosen_steps(source.pipeline, wish.steps, wish.up_to)
    pipeline = source.pipeline.only(steps)
    strategy, file = _strategy(wish, source.pipeline, project)
    strategy = strategy.without(source.pipeline.steps.keys() - pipeline.steps.keys())
    if wish.quick:
        check_quick(wish, strategy)
    check_env(wish.env_variables, wish.secrets)
    counted = estimate(project, LARGE_FILES)
    known = Kernels(installed_kernels(), wish.kernel_names)
    kernels, warnings = check_step_files(
        pipeline,
        project,
        pipeline_path,
        source.places,
        counted,
        known,
        wish.env_variables.get("PATH"),
    )
    warnings += source.warnings
    # What is refused comes before what is asked: nobody agrees to something in vain.
    if wish.start:
        check_executor(wish.policies, wish.cluster)
        check_runs(strategy, wish.selection, wish.accept)
    if file is not None:
        warnings += file.agreed(wish.accept)
    warnings += _services(pipeline, pipeline_path, wish)
    _check_size(wish, project, counted)
    return Checked(
        project=project,
        pipeline_path=pipeline_path,
        pipeline=pipeline,
        strategy=strategy,
        steps=steps,
        parameters_file=None if file is None else file.name,
        kernels=kernels,
        environments=environments_of(pipeline, kernels, wish.env_variables.get("PATH")),
        warnings=tuple(warnings),
        estimate=counted,
    )


def _check_texts(wish: Wish) -> None:
    """Refuse what no file and no database can hold: command lines and JSON may have it."""
    for path in (wish.pipeline, wish.parameters_file):
        text = str(path)
        if "\0" in text or not jsontext.encodable(text):
            name = shown(text).replace("\0", "\\0")
            raise InvalidInput(f"The path {name} is not text in UTF-8; rename the file.")
    if not jsontext.encodable(wish.name or ""):
        raise InvalidInput(f"The name {shown(wish.name or '')} is not text in UTF-8.")
    for what, data in (("parameters", wish.parameters), ("selection", wish.selection.as_json())):
        try:
            jsontext.parse(json.dumps(data), what)
        except jsontext.JsonProblem as error:
            raise ParametersInvalid(f"The {what} {error.problem.message}") from None


def _path_in(project: Path, pipeline: Path) -> str:
    if not jsontext.encodable(str(project)):
        raise InvalidInput(f"The path of the project, {shown(str(project))}, is not UTF-8.")
    real = Path(os.path.realpath(pipeline))
    if not real.is_relative_to(project):
        raise InvalidInput(
            f"{pipeline.name} is a link to {shown(str(real))}, outside of its project {project}; "
            "run that file, or copy it into the project."
        )
    return real.relative_to(project).as_posix()


def _strategy(wish: Wish, pipeline: Pipeline, project: Path) -> tuple[Strategy, FileOfLists | None]:
    path = wish.parameters_file
    if path is None and wish.detect and not wish.quick:
        beside = Path(parameters.parameters_file_of(str(wish.pipeline)))
        path = beside if beside.exists() else None
    file = None if path is None else read_lists(path, pipeline, project)
    given = {} if file is None else {scope: dict(names) for scope, names in file.lists.items()}
    wished = wish.parameters
    if wish.before is not None:
        wished = _without_gone(wished, pipeline, wish.before)
    parameters.check_lists(dict(wished), pipeline)
    settings = [parameters.read_setting(setting, pipeline) for setting in wish.settings]
    for scope, names in wished.items():
        given[scope] = {**given.get(scope, {}), **names}
    for scope, key, values in settings:
        given[scope] = {**given.get(scope, {}), key: values}
    return parameters.merge(pipeline, given), file


def _without_gone(
    given: parameters.Lists, pipeline: Pipeline, before: parameters.Lists
) -> parameters.Lists:
    """The lists without those of steps and parameters that the pipeline had and has no longer."""
    known = parameters.defaults(pipeline)
    kept = {
        scope: {
            name: values
            for name, values in names.items()
            if name in known.get(scope, {}) or name not in before.get(scope, {})
        }
        for scope, names in given.items()
        if scope == PIPELINE_SCOPE or scope in pipeline.steps
    }
    return {scope: names for scope, names in kept.items() if names}


def _services(pipeline: Pipeline, file: str, wish: Wish) -> list[Problem]:
    warnings = []
    if pipeline.job_services:
        names = ", ".join(pipeline.job_services)
        if WITHOUT_SERVICES not in wish.accept:
            raise ConfirmationNeeded(
                f"{file} needs services that run beside its jobs ({names}), and services can't "
                "be started here. Steps that use them will fail unless you run them yourself. "
                "Run without services?",
                WITHOUT_SERVICES,
            )
        warnings.append(Problem(f"runs without its services {names}.", file))
    if pipeline.other_services:
        names = ", ".join(pipeline.other_services)
        warnings.append(Problem(f"has services that are not part of jobs: {names}.", file))
    return warnings


def _check_size(wish: Wish, project: Path, counted: Estimate) -> None:
    large = not counted.complete or counted.files > LARGE_FILES or counted.bytes > LARGE_BYTES
    if large and LARGE_SNAPSHOT not in wish.accept:
        more = "" if counted.complete else "more than "
        raise ConfirmationNeeded(
            f"The snapshot of {project} has {more}{counted.files:,} files "
            f"({counted.bytes / 2**20:,.0f} MB), and each run works in a copy of it. Leave files "
            "out with a .gitignore, or move data out of the project. Take it all the same?",
            LARGE_SNAPSHOT,
        )
