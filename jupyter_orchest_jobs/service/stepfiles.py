"""The notebooks and scripts of a pipeline's steps: whether they can be run, and by what."""

import os
import re
import shutil
from pathlib import Path, PurePosixPath

from jupyter_orchest_jobs.domain import jsontext, stepkinds
from jupyter_orchest_jobs.domain.pipeline import Pipeline, Step
from jupyter_orchest_jobs.errors import InvalidInput, PipelineInvalid, Problem
from jupyter_orchest_jobs.files.paths import inside
from jupyter_orchest_jobs.files.reading import read_start
from jupyter_orchest_jobs.service.stepkernels import Kernels, Unusable
from jupyter_orchest_jobs.snapshot.estimate import Estimate

# Between what may stand around a path in Python, in a shell, and in the JSON of a notebook.
_FOREIGN_PATH = re.compile(
    r"""(?:^|["'`(\[\s=,;&|<>])(/data|/project-dir)(?=$|[/"'`)\]\s,;&|<>\\])"""
)
_INSTEAD = {
    "/data": "use orchest.data_dir() or ORCHEST_DATA_DIR, the folder that all runs share, or make "
    "sure that /data exists on this machine (settings --data-dir /data makes both the same)",
    "/project-dir": "use a path relative to the step's file, or ORCHEST_PROJECT_DIR",
}
_SOURCE_LIMIT = 5 * 2**20
MAX_NOTEBOOK = 100 * 2**20
"""Largest notebook, in bytes, that can be a step: servers read it to find out its kernel."""


def check_step_files(
    pipeline: Pipeline,
    project: Path,
    pipeline_path: str,
    places: jsontext.Places,
    counted: Estimate,
    known: Kernels,
    search_path: str | None,
) -> tuple[dict[str, str], list[Problem]]:
    """Look at the file of each step.

    Args:
        pipeline_path: POSIX, relative to the project.
        places: in the pipeline file.
        counted: what the snapshot will hold.
        known: the kernels that there are.
        search_path: where the programs of scripts are looked for; None for our own ``PATH``.

    Returns:
        Step id → kernelspec name, for notebooks, and for scripts that shall have the interpreter
        of a kernel; and warnings.

    Raises:
        PipelineInvalid: with everything that is wrong.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    kernels: dict[str, str] = {}
    kernel: str | None
    if not pipeline.steps:
        problems.append(Problem("has no steps; add one to run it.", pipeline_path))
    folder = PurePosixPath(pipeline_path).parent
    for step in pipeline.steps.values():
        path, wrong = _step_file(step, project, folder, counted)
        if wrong is not None or path is None:
            place = places.of("steps", step.id, "file_path")
            problems.append(Problem(wrong or "", pipeline_path, *place, step.name))
            continue
        name = (folder / step.file_path).as_posix()
        try:
            source = _source(path, step)
            warnings += _foreign_paths(source[:_SOURCE_LIMIT].decode(errors="replace"), name, step)
            if step.kind == "notebook":
                kernel, warning = known.of_notebook(source, step)
            else:
                _check_program(step, search_path)
                kernel, warning = known.of_script(step)
        except OSError as error:
            problems.append(Problem(f"can't be read: {error.strerror}.", name, step=step.name))
        except Unusable as unusable:
            problems.append(Problem(str(unusable), name, step=step.name))
        else:
            if kernel is not None:
                kernels[step.id] = kernel
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
        suffixes = ", ".join(filter(None, stepkinds.RUNNABLE))
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


def _source(path: Path, step: Step) -> bytes:
    """As much of a step's file as is looked at.

    Raises:
        Unusable: it is too large.
        OSError: it can't be read.
    """
    if step.kind != "notebook":
        return read_start(path, _SOURCE_LIMIT)
    source = read_start(path, MAX_NOTEBOOK)
    if len(source) > MAX_NOTEBOOK:
        raise Unusable(f"is larger than {MAX_NOTEBOOK // 2**20} MB; clear its outputs.")
    return source


def _check_program(step: Step, search_path: str | None) -> None:
    kind = stepkinds.kind_of(step.file_path)
    if kind is None:
        return
    found = shutil.which(kind.program, path=search_path) if kind.program else None
    lacking = stepkinds.missing(kind, found)
    if lacking is not None:
        raise Unusable(f"{lacking}.")


def _foreign_paths(source: str, file: str, step: Step) -> list[Problem]:
    for number, line in enumerate(source.splitlines(), 1):
        found = _FOREIGN_PATH.search(line.replace('\\"', '"'))
        if found:
            return [
                Problem(
                    f"uses {found[1]}, which was a folder of Orchest's containers. It is not in "
                    f"the snapshot: {_INSTEAD[found[1]]}.",
                    file,
                    number,
                    step=step.name,
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
