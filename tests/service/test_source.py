"""Notebooks and scripts as pipelines of one step."""

import json
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.single import single_document
from jupyter_orchest_jobs.errors import NotFound, PipelineInvalid
from jupyter_orchest_jobs.service.source import defaults_of, read_source
from tests.service.preflight_project import Project, notebook


def tagged(source: str, *, tag: str = "parameters", **metadata: object) -> str:
    """A notebook whose second cell has a tag."""
    content = json.loads(notebook("1", source, **metadata))
    content["cells"][1]["metadata"]["tags"] = [tag]
    return json.dumps(content)


def step_of(path: str) -> str:
    (step,) = single_document(path, {})["steps"]
    return str(step)


def test_notebook_is_a_pipeline_with_the_parameters_of_its_tagged_cell(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    (project.root / ".git").mkdir()
    file = project.write("sub/train.ipynb", tagged("alpha = 0.1\nname = 'x'"))
    checked = project.check(pipeline=file)
    assert checked.pipeline_path == "sub/train.ipynb"
    assert checked.pipeline.name == "train"
    assert checked.strategy.values == {step_of("sub/train.ipynb"): {"alpha": [0.1], "name": ["x"]}}
    assert checked.kernels == {step_of("sub/train.ipynb"): "python3"}
    assert checked.warnings == ()


def test_values_for_a_notebook_come_from_settings_and_from_the_file_beside_it(
    tmp_path: Path,
) -> None:
    project = Project(tmp_path / "p")
    file = project.write("train.ipynb", tagged("a = 1\nb = 1\nc = 1"))
    lists = {step_of("train.ipynb"): {"a": [2, 3], "b": [4]}}
    project.write("train.ipynb.parameters.json", json.dumps(lists))
    checked = project.check(pipeline=file, settings=["train.b=[5, 6]"])
    (values,) = checked.strategy.values.values()
    assert values == {"a": [2, 3], "b": [5, 6], "c": [1]}
    assert checked.parameters_file == "train.ipynb.parameters.json"


def test_what_was_not_read_of_the_tagged_cell_is_a_warning(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    file = project.write("train.ipynb", tagged("a = 1\nb = len('x')"))
    (warning,) = project.check(pipeline=file).warnings
    assert warning.file == "train.ipynb"
    assert warning.message == (
        "in the cell with the tag “parameters”, line 2 gives b a value that must be computed."
    )


def test_defaults_of_other_languages_are_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(tagged("a <- 1", kernelspec={"name": "ir", "language": "R"}))
    source = read_source(file, "a.ipynb")
    (warning,) = source.warnings
    assert "is in r, no defaults are read" in warning.message
    (step,) = source.pipeline.steps.values()
    assert step.parameters == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 1}', tagged("a = 1", tag="other")])
def test_notebook_without_tagged_cell_has_no_parameters(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(text)
    source = read_source(file, "a.ipynb")
    assert [step.parameters for step in source.pipeline.steps.values()] == [{}]


def test_script_is_a_pipeline_without_parameters(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    checked = project.check(pipeline=project.write("plot.sh", "exit 0"))
    assert checked.strategy.values == {}
    assert [step.kind for step in checked.pipeline.steps.values()] == ["bash"]


def test_notebook_that_is_none_or_missing_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    problem = project.problem(PipelineInvalid, pipeline=project.write("a.ipynb", "{"))
    assert (problem.file, problem.message) == (
        "a.ipynb",
        "is not a notebook that can be read; open and save it.",
    )
    project.refusal(NotFound, pipeline=project.root / "gone.ipynb")


def test_notebook_that_is_left_out_of_the_snapshot_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", files={".gitignore": "a.ipynb\n"})
    (project.root / ".git").mkdir()
    problem = project.problem(PipelineInvalid, pipeline=project.write("a.ipynb", notebook("1")))
    assert problem.message.startswith("its file would be missing")


def test_defaults_for_a_parameters_file_are_those_of_the_tagged_cell(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(tagged("a = [1]"))
    assert defaults_of(file) == {step_of("a.ipynb"): {"a": [[1]]}}
