"""Pipelines as people wrote them, with step files that the test makes up."""

import json
import shutil
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import ConfirmationNeeded, PipelineInvalid
from jupyter_orchest_jobs.service.preflight import Checked, check
from jupyter_orchest_jobs.service.wish import WITHOUT_SERVICES, Wish
from tests.factories import PROJECTS
from tests.service.preflight_project import notebook

FILES = sorted((PROJECTS / "wild").glob("*.orchest"))
WITH_JOB_SERVICES = {"fixture-services-connectivity.orchest", "orchest-dbt-main.orchest"}


def project_of(file: Path, folder: Path, text: str = "") -> Path:
    """A project of a pipeline and of files that its steps can run; the pipeline's copy."""
    pipeline = Path(shutil.copy(file, folder))
    for step in json.loads(file.read_text())["steps"].values():
        path = folder / step["file_path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(text or "1") if path.suffix == ".ipynb" else text)
    return pipeline


def checked(pipeline: Path, *accept: str) -> Checked:
    return check(Wish(pipeline=pipeline, top=pipeline.parent, accept=frozenset(accept)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_wild_pipeline_is_runnable_or_asks_about_its_services(file: Path, tmp_path: Path) -> None:
    pipeline = project_of(file, tmp_path)
    if file.name in WITH_JOB_SERVICES:
        with pytest.raises(ConfirmationNeeded, match="services"):
            checked(pipeline)
    found = checked(pipeline, WITHOUT_SERVICES)
    notebooks = [step.id for step in found.pipeline.steps.values() if step.kind == "notebook"]
    assert found.kernels == dict.fromkeys(notebooks, "python3")
    assert found.strategy.size() == 1
    assert found.pipeline.document == json.loads(file.read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_wild_pipeline_without_its_files_is_refused_with_their_names(
    file: Path, tmp_path: Path
) -> None:
    pipeline = Path(shutil.copy(file, tmp_path))
    paths = {step["file_path"] for step in json.loads(file.read_text())["steps"].values()}
    with pytest.raises(PipelineInvalid) as caught:
        checked(pipeline)
    told = "\n".join(problem.message for problem in caught.value.problems)
    assert all(f"there is no file {path};" in told for path in paths)
    assert all(problem.line and problem.step for problem in caught.value.problems)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_wild_pipeline_with_paths_of_containers_is_warned_about(file: Path, tmp_path: Path) -> None:
    found = checked(project_of(file, tmp_path, "open('/data/x')"), WITHOUT_SERVICES)
    files = {warning.file for warning in found.warnings if warning.line}
    assert files == {step.file_path for step in found.pipeline.steps.values()}
