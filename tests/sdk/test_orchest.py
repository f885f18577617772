"""The SDK as steps use it: alone, in an interpreter of its own."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.conftest import SDK

DEFINITION = {
    "parameters": {"vegetable": "carrot", "fruit": "banana"},
    "steps": {"step": {"parameters": {"candy": "chocolate", "fruit": "apple"}}, "bare": {}},
}


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    path = tmp_path / "pipeline.json"
    path.write_text(json.dumps(DEFINITION))
    return path


def run(code: str, **variables: str) -> str:
    """What the code prints in a Python that has nothing but its library and the SDK."""
    env = {name: value for name, value in os.environ.items() if "ORCHEST" not in name}
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", f"import orchest\n{code}"],
        env={**env, "PYTHONPATH": str(SDK), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_parameters_of_step_and_pipeline_are_told_apart(definition: Path) -> None:
    code = """
print(orchest.get_step_param("fruit"), orchest.get_pipeline_param("fruit"))
print(orchest.get_pipeline_param("vegetable"), orchest.get_step_param("vegetable"))
print(orchest.get_step_param("x", 1), orchest.get_pipeline_param("x", default=[2]))
print(orchest.get_params())
"""
    out = run(code, ORCHEST_PIPELINE_PATH=str(definition), ORCHEST_STEP_UUID="step")
    assert out.splitlines() == [
        "apple banana",
        "carrot None",
        "1 [2]",
        "({'candy': 'chocolate', 'fruit': 'apple'}, {'vegetable': 'carrot', 'fruit': 'banana'})",
    ]


def test_step_without_parameters_has_none(definition: Path) -> None:
    out = run(
        "print(orchest.get_step_param('fruit'))",
        ORCHEST_PIPELINE_PATH=str(definition),
        ORCHEST_STEP_UUID="bare",
    )
    assert out == "None\n"


def test_step_that_is_not_in_the_pipeline_is_told_so(definition: Path) -> None:
    path = str(definition)
    assert "can't be read" in run("orchest.get_params()", ORCHEST_PIPELINE_PATH="/nowhere")
    assert "StepUUIDResolveError: ORCHEST_STEP_UUID is not set" in run(
        "orchest.get_step_param('x')", ORCHEST_PIPELINE_PATH=path
    )
    assert "StepUUIDResolveError: The pipeline has no step other" in run(
        "orchest.get_step_param('x')", ORCHEST_PIPELINE_PATH=path, ORCHEST_STEP_UUID="other"
    )
    assert "carrot" in run(
        "print(orchest.get_pipeline_param('vegetable'))", ORCHEST_PIPELINE_PATH=path
    )


def test_run_and_job_are_told_in_jobs_only() -> None:
    code = "print(orchest.run_id(), orchest.job_id())"
    assert run(code) == "None None\n"
    assert run(code, ORCHEST_RUN_ID="r", ORCHEST_JOB_ID="j") == "r j\n"


def test_data_dir_is_made_when_it_is_asked_for(tmp_path: Path) -> None:
    code = "print(orchest.data_dir())"
    place = tmp_path / "state" / "data"
    assert run(code, ORCHEST_DATA_DIR=str(place)) == f"{place}\n"
    assert place.is_dir()
    assert run(code, ORCHEST_DATA_DIR=str(place)) == f"{place}\n"
    assert "DataDirNotFoundError: ORCHEST_DATA_DIR is not set" in run(code)


def test_data_dir_on_a_disk_that_is_not_there_is_not_made_elsewhere(tmp_path: Path) -> None:
    link, disk = tmp_path / "data", tmp_path / "disk" / "data"
    link.symlink_to(disk)
    told = run("orchest.data_dir()", ORCHEST_DATA_DIR=str(link))
    assert f"leads to {disk}: is what it lies on mounted?" in told
    assert not disk.parent.exists()


def test_errors_have_one_root() -> None:
    code = """
from orchest.error import Error
print(issubclass(orchest.PipelineDefinitionNotFoundError, Error),
      issubclass(orchest.StepUUIDResolveError, Error), orchest.Error is Error)
"""
    assert run(code) == "True True True\n"


def test_metrics_are_appended_as_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    code = """
from fractions import Fraction
orchest.log_metric("a", 1)
orchest.log_metrics({"b": Fraction(1, 4), "ü": True})
"""
    assert run(code, ORCHEST_METRICS_PATH=str(path)) == ""
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"name": "a", "value": 1.0},
        {"name": "b", "value": 0.25},
        {"name": "ü", "value": 1.0},
    ]


def test_metrics_check_their_arguments_also_outside_a_job() -> None:
    assert run("orchest.log_metric('a', 1)") == ""
    assert "ValueError" in run("orchest.log_metric('a', 'b')")
    assert "TypeError: the name of a metric" in run("orchest.log_metric(1, 1)")


@pytest.mark.parametrize("file", sorted((SDK / "orchest").glob("*.py")), ids=lambda file: file.name)
def test_sdk_is_python_3_7_and_needs_only_the_standard_library(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 7))
    at_once = {
        name.name for node in tree.body if isinstance(node, ast.Import) for name in node.names
    }
    assert at_once <= sys.stdlib_module_names
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            # Only who has data of pyarrow's needs it.
            assert all(
                name.name in sys.stdlib_module_names or name.name == "pyarrow"
                for name in node.names
            )
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 1 or node.module in {*sys.stdlib_module_names, "collections.abc"}
