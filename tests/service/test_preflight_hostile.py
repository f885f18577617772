"""Projects whose files would make a server wait for ever, or read more than it can hold."""

import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.parameters import defaults
from jupyter_orchest_jobs.errors import (
    MOST_PROBLEMS,
    InvalidInput,
    ParametersInvalid,
    PipelineInvalid,
)
from jupyter_orchest_jobs.service.listfiles import write_lists
from jupyter_orchest_jobs.service.pipelines import find_pipelines
from tests.factories import pipeline_text
from tests.service.preflight_project import Project, notebook

ENDLESS = 2**40
"""Bytes of a file that is a hole: none of it is on the disk, and nobody has memory for it."""


def pipe(path: Path) -> Path:
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return path


def endless(path: Path) -> Path:
    path.touch()
    os.truncate(path, ENDLESS)
    return path


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    lists = pipe(project.root / "lists.json")
    error = project.refusal(InvalidInput, parameters_file=lists)
    assert "It is a pipe or a device" in error.message
    with pytest.raises(InvalidInput, match="pipe"):
        write_lists({}, project.root, "lists.json", frozenset())
    for name in ("main.orchest", "one.ipynb"):
        error = project.refusal(InvalidInput, pipeline=pipe(project.root / name))
        assert "pipe" in error.message or "there is no file" in error.message
    assert find_pipelines(project.root).items == ()


def test_ignore_files_that_are_pipes_are_passed_over(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    pipe(project.root / ".gitignore")
    assert project.check().estimate.files == 2


def test_of_files_without_end_only_the_beginning_is_read(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {"a": {"file_path": "a.ipynb"}, "b": {}})
    lists = endless(project.root / "lists.json")
    assert "larger than 5 MB" in project.refusal(InvalidInput, parameters_file=lists).message
    endless(project.root / "a.ipynb")
    endless(project.root / "b.py")
    (problem,) = project.refusal(PipelineInvalid).problems
    assert (problem.file, problem.step) == ("a.ipynb", "A")
    assert "larger than 100 MB; clear its outputs" in problem.message
    single = project.refusal(InvalidInput, pipeline=project.root / "a.ipynb")
    assert "larger than 100 MB" in single.message
    endless(project.pipeline)
    assert "larger than 5 MB" in project.refusal(InvalidInput).message
    (found,) = find_pipelines(project.root).items
    assert found.name == "main"


def test_of_what_is_wrong_a_thousand_times_not_everything_is_told(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    wrong = ",".join(f'"s{n}": 0' for n in range(20_000))
    lists = project.write("lists.json", "{" + wrong + "}")
    error = project.refusal(ParametersInvalid, parameters_file=lists)
    assert len(error.problems) == MOST_PROBLEMS + 1
    assert error.message.endswith("there is more that is wrong.")
    lists.write_text('{"a": {' + wrong + "}}")
    error = project.refusal(ParametersInvalid, parameters_file=lists)
    assert len(error.problems) == MOST_PROBLEMS + 1
    project.write("main.orchest", '{"steps": {' + wrong + "}}")
    assert len(project.refusal(PipelineInvalid).problems) == MOST_PROBLEMS + 1
    parents = ",".join(f'"p{n}"' for n in range(20_000))
    step = '{"file_path": "a.py", "incoming_connections": [' + parents + "]}"
    project.write("main.orchest", '{"steps": {"a": ' + step + "}}")
    assert len(project.refusal(PipelineInvalid).problems) == MOST_PROBLEMS + 1


def test_a_thousand_unknown_steps_are_still_asked_about(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {"a": {"parameters": {"n": 1}}})
    unknown = ",".join(f'"s{n}": {{}}' for n in range(MOST_PROBLEMS))
    lists = project.write("lists.json", "{" + unknown + ', "a": {"n": [1, 2]}}')
    checked = project.check(parameters_file=lists, accept=frozenset({"unknown_steps"}))
    assert defaults(checked.pipeline) != checked.strategy.values
    assert checked.strategy.size() == 2


@pytest.mark.parametrize(
    "name", ["../../x", "/bin/sh", "--help", "a;touch x", "python3\n", "python3\0", "x" * 5000]
)
def test_names_of_kernels_are_looked_up_and_nothing_else(tmp_path: Path, name: str) -> None:
    text = notebook(kernelspec={"name": name, "language": "python"})
    step: dict[str, Any] = {"file_path": "a.ipynb"}
    project = Project(tmp_path / "p", {"a": step}, {"a.ipynb": text})
    checked = project.check()
    assert checked.kernels == {"a": "python3"}
    (warning,) = checked.warnings
    assert "is not installed; “python3” is used" in warning.message
    chosen = {**step, "meta_data": {"kernelspec": name}}
    project.write("main.orchest", pipeline_text({"a": chosen}))
    assert "not installed" in project.problem(PipelineInvalid).message
