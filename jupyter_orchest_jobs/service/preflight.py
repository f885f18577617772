"""Everything that can be wrong with a job, looked for before anything is created."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_orchest_jobs.domain import jsontext, parameters
from jupyter_orchest_jobs.domain.pipeline import RUNNABLE, Pipeline, Step, read_pipeline
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.engine.kernelspecs import (
    installed_kernels,
    language_of,
    resolve_kernel,
)
from jupyter_orchest_jobs.errors import (
    ConfirmationNeeded,
    InvalidInput,
    NotFound,
    ParametersInvalid,
    PipelineInvalid,
    Problem,
)
from jupyter_orchest_jobs.files.paths import inside
from jupyter_orchest_jobs.files.project import find_project
from jupyter_orchest_jobs.service.wish import LARGE_SNAPSHOT, MANY_RUNS, WITHOUT_SERVICES, Wish
from jupyter_orchest_jobs.snapshot.estimate import Estimate, estimate

LARGE_FILES = 20_000
LARGE_BYTES = 2**30
"""From these on, a snapshot needs the user's word."""
MANY = 1_000
"""From so many runs on, a job needs the user's word."""
MOST_RUNS = 100_000
"""More runs than this no batch has."""

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FOREIGN_PATH = re.compile(r"""["'(\s=](/data|/project-dir)(?=[/"')\s])""")
_SOURCE_LIMIT = 5 * 2**20


@dataclass(frozen=True)
class Checked:
    """A job that can be created.

    Attributes:
        project: its real path.
        pipeline_path: POSIX, relative to the project.
        kernels: step id → kernelspec name, for notebooks.
        estimate: what the snapshot will hold.
    """

    project: Path
    pipeline_path: str
    pipeline: Pipeline
    strategy: Strategy
    parameters_file: str | None
    kernels: Mapping[str, str]
    warnings: tuple[Problem, ...]
    estimate: Estimate


def check(wish: Wish) -> Checked:
    """Look at everything that a job needs. Reads files; may take seconds on a large project.

    Raises:
        NotFound: there is no such pipeline or parameters file.
        InvalidInput: with everything that is wrong.
        ConfirmationNeeded: possible, but only after the user agreed.
    """
    project = find_project(wish.pipeline, wish.top)
    pipeline_path = Path(os.path.realpath(wish.pipeline)).relative_to(project).as_posix()
    pipeline = read_pipeline(_read(wish.pipeline, pipeline_path), pipeline_path)
    strategy, parameters_file = _strategy(wish, pipeline, project)
    _check_env(wish.env_variables)
    counted = estimate(project, LARGE_FILES)
    kernels, warnings = _check_steps(pipeline, project, pipeline_path, counted)
    warnings += _services(pipeline, pipeline_path, wish)
    _check_runs(wish, strategy)
    _check_size(wish, project, counted)
    return Checked(
        project=project,
        pipeline_path=pipeline_path,
        pipeline=pipeline,
        strategy=strategy,
        parameters_file=parameters_file,
        kernels=kernels,
        warnings=tuple(warnings),
        estimate=counted,
    )


def _read(path: Path, shown: str) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file {shown}.") from None
    except OSError as error:
        raise InvalidInput(f"{shown} can't be read: {error.strerror}.") from None
    try:
        return jsontext.decode(data, shown)
    except jsontext.JsonProblem as error:
        raise InvalidInput.of([error.problem]) from None


def _strategy(wish: Wish, pipeline: Pipeline, project: Path) -> tuple[Strategy, str | None]:
    path = wish.parameters_file
    if path is None:
        beside = Path(parameters.parameters_file_of(str(wish.pipeline)))
        path = beside if beside.exists() else None
    given: dict[str, dict[str, Any]] = {}
    shown = None
    if path is not None:
        real = Path(os.path.realpath(path))
        shown = real.relative_to(project).as_posix() if real.is_relative_to(project) else str(path)
        given = parameters.read_parameters_file(_read(path, shown), shown, pipeline)
    parameters.check_lists(dict(wish.parameters), pipeline)
    settings = [parameters.read_setting(setting, pipeline) for setting in wish.settings]
    for scope, names in wish.parameters.items():
        given[scope] = {**given.get(scope, {}), **names}
    for scope, name, values in settings:
        given[scope] = {**given.get(scope, {}), name: values}
    return parameters.merge(pipeline, given), shown


def _check_steps(
    pipeline: Pipeline, project: Path, pipeline_path: str, counted: Estimate
) -> tuple[dict[str, str], list[Problem]]:
    problems: list[Problem] = []
    warnings: list[Problem] = []
    kernels: dict[str, str] = {}
    if not pipeline.steps:
        problems.append(Problem("has no steps; add one to run it.", pipeline_path))
    folder = PurePosixPath(pipeline_path).parent
    installed = installed_kernels()
    for step in pipeline.steps.values():
        path, wrong = _step_file(step, project, folder, counted)
        if wrong is not None or path is None:
            problems.append(Problem(wrong or "", pipeline_path, step=step.name))
            continue
        shown = (folder / step.file_path).as_posix()
        source = path.read_bytes()[:_SOURCE_LIMIT].decode(errors="replace")
        warnings += _foreign_paths(source, shown, step)
        if step.kind == "notebook":
            try:
                kernels[step.id], warning = _kernel(path, shown, step, installed)
            except _Unusable as unusable:
                problems.append(Problem(str(unusable), shown, step=step.name))
                continue
            if warning is not None:
                warnings.append(Problem(warning, shown, step=step.name))
    if problems:
        raise PipelineInvalid.of(problems)
    warnings += _shared_notebooks(pipeline, pipeline_path)
    return kernels, warnings


def _step_file(
    step: Step, project: Path, folder: PurePosixPath, counted: Estimate
) -> tuple[Path | None, str | None]:
    """The step's file, or why it can't be run."""
    if PurePosixPath(step.file_path).is_absolute():
        return None, (
            f"its file {step.file_path} is an absolute path; only files of the project are in "
            "the snapshot. Move it into the project."
        )
    try:
        path = inside(project, (folder / step.file_path).as_posix())
    except InvalidInput:
        return None, f"its file {step.file_path} is outside of the project {project}."
    if path.is_dir():
        return None, f"its file {step.file_path} is a folder; name a notebook or a script."
    if not path.is_file():
        return None, f"there is no file {step.file_path}; create it or correct “file_path”."
    if step.kind is None:
        suffixes = ", ".join(sorted(suffix for suffix in RUNNABLE if suffix))
        return None, (
            f"files like {step.file_path} can't be run; use {suffixes}, or no suffix for bash."
        )
    within = path.relative_to(os.path.realpath(project)).as_posix()
    for left in counted.left_out:
        if within == left.path or within.startswith(left.path + "/"):
            return None, f"its file would be missing in the snapshot: {left}."
    return path, None


class _Unusable(Exception):
    """A notebook that can't be run, and why."""


def _kernel(
    path: Path, shown: str, step: Step, installed: Mapping[str, str]
) -> tuple[str, str | None]:
    """The kernel that a notebook gets, and what the user should know of that."""
    try:
        notebook = jsontext.parse(path.read_text("utf-8"), shown)
        metadata = notebook.get("metadata") or {}
        if not isinstance(notebook.get("cells", notebook.get("worksheets")), list):
            raise ValueError("no cells")
    except (ValueError, AttributeError):
        raise _Unusable("is not a notebook that can be read; open and save it.") from None
    name = resolve_kernel(metadata, step.kernel, installed)
    if name is None:
        language = language_of(metadata, step.kernel)
        raise _Unusable(
            f"is written in {language}, and no kernel for {language} is installed; install one, "
            "or change the notebook's kernel. Installed: " + (", ".join(installed) or "none") + "."
        )
    spec = metadata.get("kernelspec")
    wanted = str(spec.get("name") or "") if isinstance(spec, dict) else ""
    if wanted and wanted != name:
        return name, f"asks for the kernel “{wanted}”, which is not installed; “{name}” is used."
    return name, None


def _foreign_paths(source: str, shown: str, step: Step) -> list[Problem]:
    for number, line in enumerate(source.splitlines(), 1):
        found = _FOREIGN_PATH.search(line.replace('\\"', '"'))
        if found:
            return [
                Problem(
                    f"uses {found[1]}, which was a folder of Orchest's containers. It is not in "
                    "the snapshot: make sure that it exists on this machine, or use a path "
                    "relative to the step's file.",
                    shown,
                    number,
                    step.name,
                )
            ]
    return []


def _shared_notebooks(pipeline: Pipeline, file: str) -> list[Problem]:
    first: dict[str, Step] = {}
    found = []
    for step in pipeline.steps.values():
        if step.kind != "notebook":
            continue
        other = first.setdefault(step.file_path, step)
        if other is not step:
            found.append(
                Problem(
                    f"runs the same notebook as step “{other.name}”; in the run's files the one "
                    "that ends last replaces the other. Each keeps its own in the results.",
                    file,
                    step=step.name,
                )
            )
    return found


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


def _check_env(variables: Mapping[str, str]) -> None:
    problems: Sequence[Problem] = [
        Problem(f"“{name}” can't be the name of an environment variable.")
        for name in variables
        if not _ENV_NAME.fullmatch(name)
    ] + [
        Problem(f"“{name}” can't be set: names with ORCHEST_ are the product's own.")
        for name in variables
        if name.startswith("ORCHEST_")
    ]
    problems = [
        *problems,
        *(
            Problem(f"the value of “{name}” has a NUL character.")
            for name, value in variables.items()
            if "\0" in value
        ),
    ]
    if problems:
        raise InvalidInput.of(problems)


def _check_runs(wish: Wish, strategy: Strategy) -> None:
    size = strategy.size()
    if size > MOST_RUNS:
        raise ParametersInvalid(
            f"The parameters give {size:,} runs; a job has at most {MOST_RUNS:,}. "
            "Take values out of some lists."
        )
    chosen = len(wish.selection.pick(strategy)) if size else 0
    if chosen == 0:
        raise ParametersInvalid("The selection leaves no run; include at least one combination.")
    if chosen > MANY and MANY_RUNS not in wish.accept:
        raise ConfirmationNeeded(f"This job has {chosen:,} runs. Run them all?", MANY_RUNS)


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
