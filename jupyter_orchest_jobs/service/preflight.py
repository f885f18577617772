"""Everything that can be wrong with a job, looked for before anything is created."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jupyter_orchest_jobs.domain import jsontext, parameters
from jupyter_orchest_jobs.domain.pipeline import (
    PIPELINE_SCOPE,
    RUNNABLE,
    Pipeline,
    Step,
    read_pipeline,
)
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.engine.kernelspecs import (
    installed_kernels,
    language_of,
    resolve_kernel,
)
from jupyter_orchest_jobs.errors import (
    ConfirmationNeeded,
    InvalidInput,
    ParametersInvalid,
    PipelineInvalid,
    Problem,
)
from jupyter_orchest_jobs.files.paths import inside, shown
from jupyter_orchest_jobs.files.project import find_project
from jupyter_orchest_jobs.service.checks import check_env, check_runs
from jupyter_orchest_jobs.service.listfiles import FileOfLists, read_lists, read_text
from jupyter_orchest_jobs.service.wish import LARGE_SNAPSHOT, WITHOUT_SERVICES, Wish
from jupyter_orchest_jobs.snapshot.estimate import Estimate, estimate

LARGE_FILES = 20_000
LARGE_BYTES = 2**30
"""From these on, a snapshot needs the user's word."""

# Between what may stand around a path in Python, in a shell, and in the JSON of a notebook.
_FOREIGN_PATH = re.compile(
    r"""(?:^|["'`(\[\s=,;&|<>])(/data|/project-dir)(?=$|[/"'`)\]\s,;&|<>\\])"""
)
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
    _check_texts(wish)
    project = find_project(wish.pipeline, wish.top)
    pipeline_path = _path_in(project, wish.pipeline)
    text = read_text(wish.pipeline, pipeline_path)
    pipeline = read_pipeline(text, pipeline_path)
    strategy, file = _strategy(wish, pipeline, project)
    check_env(wish.env_variables, wish.secrets)
    counted = estimate(project, LARGE_FILES)
    lines = jsontext.Lines(text)
    kernels, warnings = _check_steps(pipeline, project, pipeline_path, lines, counted)
    # What is refused comes before what is asked: nobody agrees to something in vain.
    if wish.start:
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
        parameters_file=None if file is None else file.name,
        kernels=kernels,
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
    if path is None and wish.detect:
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


def _check_steps(
    pipeline: Pipeline,
    project: Path,
    pipeline_path: str,
    lines: jsontext.Lines,
    counted: Estimate,
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
            line = lines.of("steps", step.id, "file_path")
            problems.append(Problem(wrong or "", pipeline_path, line, step.name))
            continue
        name = (folder / step.file_path).as_posix()
        try:
            source = path.read_bytes()
            warnings += _foreign_paths(source[:_SOURCE_LIMIT].decode(errors="replace"), name, step)
            if step.kind != "notebook":
                continue
            kernels[step.id], warning = _kernel(source, step, installed)
        except OSError as error:
            problems.append(Problem(f"can't be read: {error.strerror}.", name, step=step.name))
        except _Unusable as unusable:
            problems.append(Problem(str(unusable), name, step=step.name))
        else:
            if warning is not None:
                warnings.append(Problem(warning, name, step=step.name))
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
    # Both the file and, where it is a link, what the link leads to.
    names = (folder / step.file_path, path.relative_to(project))
    for name in (os.path.normpath(name) for name in names):
        for left in counted.left_out:
            if name == left.path or name.startswith(left.path + "/"):
                return None, f"its file would be missing: {left.explain(name)}."
    return path, None


class _Unusable(Exception):
    """A notebook that can't be run, and why."""


def _kernel(source: bytes, step: Step, installed: Mapping[str, str]) -> tuple[str, str | None]:
    """The kernel that a notebook gets, and what the user should know of that."""
    try:
        # As Jupyter reads it: outputs may have NaN, and whatever else libraries write.
        notebook = json.loads(source.decode("utf-8"))
        metadata = notebook.get("metadata") or {}
        cells = notebook.get("cells", notebook.get("worksheets"))
        if not isinstance(cells, list) or not isinstance(metadata, dict):
            raise ValueError("not of this form")
    except (ValueError, AttributeError, RecursionError):
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


def _foreign_paths(source: str, file: str, step: Step) -> list[Problem]:
    for number, line in enumerate(source.splitlines(), 1):
        found = _FOREIGN_PATH.search(line.replace('\\"', '"'))
        if found:
            return [
                Problem(
                    f"uses {found[1]}, which was a folder of Orchest's containers. It is not in "
                    "the snapshot: make sure that it exists on this machine, or use a path "
                    "relative to the step's file.",
                    file,
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
