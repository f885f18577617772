"""Code that is being written, in no job: which notebook, pipeline and step it belongs to."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.sdk import orchest
from jupyter_orchest_jobs.sdk.orchest import _outputs
from tests.sdk.conftest import SDK, step

Open = Callable[[str], None]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a server, with a project in it."""
    for name in [name for name in os.environ if name.startswith("ORCHEST_")]:
        monkeypatch.delenv(name)
    root = tmp_path / "root"
    (root / "project" / ".git").mkdir(parents=True)
    monkeypatch.setenv("ORCHEST_SERVER_ROOT", str(root))
    return root


@pytest.fixture
def open_notebook(root: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Be the kernel that a server starts for a notebook; it is made if there is none."""

    def open_notebook(path: str) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        monkeypatch.setenv("JPY_SESSION_NAME", str(file))
        monkeypatch.chdir(file.parent)

    return open_notebook


def write(root: Path, path: str, *, uuid: str = "p", **steps: dict[str, Any]) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    document = {"uuid": uuid, "parameters": {"who": path}, "steps": steps}
    file.write_text(json.dumps(document))
    return file


def test_notebook_reads_the_parameters_of_its_step(root: Path, open_notebook: Open) -> None:
    pipeline = write(root, "project/main.orchest", a=step("nb/a.ipynb", x=1), b=step("b.ipynb"))
    open_notebook("project/nb/a.ipynb")
    assert orchest.get_params() == ({"x": 1}, {"who": "project/main.orchest"})
    assert orchest.utils.get_step_uuid() == "a"
    # What is saved is read at once.
    write(root, "project/main.orchest", c=step("nb/a.ipynb", x=[2]))
    assert orchest.get_step_param("x") == [2]
    pipeline.unlink()
    write(root, "project/sub/other.orchest", d=step("../nb/a.ipynb", x=3))
    assert orchest.get_step_param("x") == 3


@pytest.mark.parametrize("session", ["project/sub/a.ipynb", "a.ipynb"])
def test_notebook_is_found_below_the_root_and_in_the_current_folder(
    root: Path, open_notebook: Open, monkeypatch: pytest.MonkeyPatch, session: str
) -> None:
    write(root, "project/main.orchest", a=step("sub/a.ipynb", x=1), b=step("sub/b.ipynb", x=2))
    open_notebook("project/sub/a.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    assert orchest.get_step_param("x") == 1


@pytest.mark.parametrize("session", ["project/sub/old.ipynb", "/project/sub/Console 1", ""])
def test_where_the_notebook_is_unknown_the_only_step_of_the_folder_is_meant(
    root: Path, open_notebook: Open, monkeypatch: pytest.MonkeyPatch, session: str
) -> None:
    write(root, "project/main.orchest", a=step("sub/a.ipynb", x=1), b=step("b.ipynb", x=2))
    open_notebook("project/sub/a.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", None, raising=False)
    assert orchest.get_step_param("x") == 1
    write(root, "project/main.orchest", a=step("sub/a.ipynb"), b=step("sub/b.ipynb"))
    assert orchest.get_pipeline_param("who") == "project/main.orchest"
    with pytest.raises(orchest.StepUUIDResolveError, match=r"several steps:\n.*'a'.*\n.*'b'"):
        orchest.get_step_param("x")


def test_script_that_is_run_by_hand_knows_itself(root: Path) -> None:
    write(root, "project/main.orchest", a=step("sub/a.py", x=1), b=step("sub/b.py", x=2))
    script = root / "project" / "sub" / "b.py"
    script.parent.mkdir()
    script.write_text("import orchest; print(orchest.get_step_param('x'))")
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(SDK)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_notebook_of_no_pipeline_is_told_what_to_do(root: Path, open_notebook: Open) -> None:
    other = write(root, "project/main.orchest", b=step("b.ipynb"))
    open_notebook("project/a.ipynb")
    with pytest.raises(orchest.PipelineDefinitionNotFoundError) as caught:
        orchest.get_pipeline_param("x")
    told = str(caught.value)
    assert told.startswith("“a.ipynb” is no step of a pipeline. Add it to a pipeline file")
    assert "orchest.use_pipeline(path, step)" in told and repr(str(other)) in told


def test_notebook_of_several_pipelines_is_told_which(root: Path, open_notebook: Open) -> None:
    one = write(root, "project/one.orchest", a=step("a.ipynb", title="A", x=1))
    two = write(root, "project/deep/two.orchest", a2=step("../a.ipynb", title="B", x=2))
    open_notebook("project/a.ipynb")
    with pytest.raises(orchest.PipelineDefinitionNotFoundError, match="of 2 pipelines") as caught:
        orchest.get_step_param("x")
    # What it says is what there is to be said.
    assert f"  {str(one)!r}, 'a'  # A\n  {str(two)!r}, 'a2'  # B\n" in str(caught.value)
    orchest.use_pipeline("deep/two.orchest")
    assert orchest.get_step_param("x") == 2
    for name in ("a", "A", "a.ipynb"):
        orchest.use_pipeline(str(one), name)
        assert orchest.get_step_param("x") == 1
    with pytest.raises(orchest.StepUUIDResolveError, match="has no step 'Z'") as missing:
        orchest.use_pipeline(str(one), "Z")
    assert "'a'  # A" in str(missing.value)
    with pytest.raises(orchest.PipelineDefinitionNotFoundError, match="can't be read"):
        orchest.use_pipeline("nowhere.orchest")


def test_notebook_that_two_steps_execute_has_only_the_parameters_of_the_pipeline(
    root: Path, open_notebook: Open
) -> None:
    write(root, "project/one.orchest", a=step("a.ipynb"), b=step("a.ipynb"))
    open_notebook("project/a.ipynb")
    assert orchest.get_pipeline_param("who") == "project/one.orchest"
    with pytest.raises(orchest.StepUUIDResolveError, match="several steps"):
        orchest.get_step_param("x")


def test_in_a_job_the_job_says_which_pipeline(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = write(root, "mine.orchest", a=step("a.ipynb", x=1))
    monkeypatch.setenv("ORCHEST_PIPELINE_PATH", str(mine))
    monkeypatch.setenv("ORCHEST_STEP_UUID", "a")
    monkeypatch.setenv("ORCHEST_SESSION_TYPE", "noninteractive")
    orchest.use_pipeline("nowhere.orchest", "none")
    assert orchest.get_step_param("x") == 1


def test_projects_without_git_and_broken_pipelines_are_no_hindrance(
    root: Path, open_notebook: Open
) -> None:
    write(root, "plain/main.orchest", a=step("nb/a.ipynb", x=1))
    (root / "plain" / "broken.orchest").write_text("{")
    write(root, "elsewhere.orchest", a=step("x.ipynb"))
    open_notebook("plain/nb/a.ipynb")
    assert orchest.get_step_param("x") == 1


def test_data_is_passed_between_notebooks_that_are_being_written(
    root: Path, open_notebook: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "project/main.orchest", a=step("a.ipynb"), b=step("nb/b.ipynb", "a"))
    open_notebook("project/nb/b.ipynb")
    with pytest.raises(orchest.OutputNotFoundError, match="run it first"):
        orchest.get_inputs()
    open_notebook("project/a.ipynb")
    orchest.output(1, "old name")
    orchest.output(2, "second")
    # Another kernel: the step is executed anew, and has what it outputs now.
    monkeypatch.setattr(_outputs, "_begun", set())
    orchest.output(3, "new name")
    orchest.output(4, None)
    monkeypatch.setattr(orchest.Config, "silence_multiple_data_transfer_calls_warning", True)
    open_notebook("project/nb/b.ipynb")
    assert orchest.get_inputs() == {"unnamed": [4], "new name": 3}
    left = subprocess.run(
        ["git", "-c", "core.excludesFile=", "status", "--porcelain", "-uall"],
        cwd=_with_git(root / "project"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ".orchest/.gitignore" in left.stdout and "data" not in left.stdout


def _with_git(project: Path) -> Path:
    (project / ".git").rmdir()
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    return project
