import subprocess
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import (
    InvalidInput,
    NotFound,
    PipelineInvalid,
)
from jupyter_orchest_jobs.service import stepfiles
from tests.service.preflight_project import Project, notebook


def test_preflight_tells_what_the_job_will_be(tmp_path: Path) -> None:
    files = {
        "main.parameters.json": '{"pipeline_parameters": {"n": [1, 2]}}',
        "b.ipynb": notebook("1"),
    }
    project = Project(tmp_path / "p", {"a": {}, "b": {"file_path": "b.ipynb"}}, files)
    checked = project.check(settings=["a.x=[3, 4]"])
    assert checked.project == project.root
    assert checked.pipeline_path == "main.orchest"
    assert checked.strategy.size() == 4
    assert checked.parameters_file == "main.parameters.json"
    assert checked.kernels == {"b": "python3"}
    assert checked.warnings == ()
    assert checked.estimate.files == 5


# --- the pipeline file ---


def test_pipeline_that_is_missing_is_not_found(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    error = project.refusal(NotFound, pipeline=project.root / "other.orchest")
    assert "other.orchest" in error.message


def test_pipeline_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    error = project.refusal(InvalidInput, pipeline=project.root)
    assert "directory" in error.message


def test_malformed_json_is_refused_with_its_line(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    project.write("main.orchest", '{\n "steps": {\n  oops\n }\n}')
    problem = project.problem(PipelineInvalid)
    assert (problem.file, problem.line) == ("main.orchest", 3)
    assert "not valid JSON" in problem.message


def test_pipeline_that_is_no_text_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    project.pipeline.write_bytes(b'{\n"name": "\xff"}')
    problem = project.problem(InvalidInput)
    assert (problem.file, problem.line) == ("main.orchest", 2)


def test_cycle_is_refused_with_the_names_of_the_steps(tmp_path: Path) -> None:
    steps = {"a": {"incoming": ["b"], "title": "Load"}, "b": {"incoming": ["a"], "title": "Train"}}
    problem = Project(tmp_path / "p", steps).problem(PipelineInvalid)
    assert "“Train” → “Load” → “Train”" in problem.message
    assert problem.line is not None


def test_dangling_edge_is_refused_with_its_line(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {"a": {"incoming": ["gone"]}})
    problem = project.problem(PipelineInvalid)
    assert problem.step == "A"
    assert problem.line == project.line("main.orchest", "incoming_connections")
    assert "gone" in problem.message


def test_pipeline_without_steps_is_refused(tmp_path: Path) -> None:
    problem = Project(tmp_path / "p", {}).problem(PipelineInvalid)
    assert (problem.file, problem.message) == ("main.orchest", "has no steps; add one to run it.")


def test_pipeline_that_links_out_of_its_project_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    other = Project(tmp_path / "other")
    (project.root / "link.orchest").symlink_to(other.pipeline)
    error = project.refusal(InvalidInput, pipeline=project.root / "link.orchest")
    assert "link.orchest is a link to" in error.message


def test_pipeline_that_links_within_its_project_is_the_one_it_leads_to(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    (project.root / "link.orchest").symlink_to("main.orchest")
    assert project.check(pipeline=project.root / "link.orchest").pipeline_path == "main.orchest"


@pytest.mark.parametrize("name", ["\udcff.orchest", "a\0b.orchest"])
def test_path_that_is_no_text_is_refused(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path / "p")
    project.refusal(InvalidInput, pipeline=project.root / name)
    project.refusal(InvalidInput, parameters_file=project.root / name)


def test_project_whose_path_is_no_text_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path / "p\udcff")
    (tmp_path / "link").symlink_to(project.root)
    error = project.refusal(InvalidInput, pipeline=tmp_path / "link" / "main.orchest")
    assert "\\xff" in error.message


def test_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    Project(tmp_path / "p").refusal(InvalidInput, name="a\udcff")


# --- step files ---


@pytest.mark.parametrize(
    ("file_path", "message"),
    [
        ("gone.py", "there is no file gone.py; create it or correct “file_path”."),
        ("folder", "its file folder is a folder; name a notebook or a script."),
        ("../other/a.py", "its file ../other/a.py is outside of the project"),
        ("/etc/passwd", "its file /etc/passwd is an absolute path"),
        ("link.py", "its file link.py is outside of the project"),
        ("model.pkl", "files like model.pkl can't be run; use .ipynb, .py, .sh"),
        ("ignored.py", "its file would be missing: ignored.py was left out of the snapshot by "),
        ("linked.py", "its file would be missing: ignored.py was left out of the snapshot by "),
        ("data/a.py", "its file would be missing: data/a.py was left out of the snapshot by "),
        (".git/a.py", "its file would be missing: .git/a.py was left out of the snapshot"),
    ],
)
def test_step_file_that_cannot_run_is_refused(tmp_path: Path, file_path: str, message: str) -> None:
    Project(tmp_path / "other")
    files = {
        ".gitignore": "# ours\nignored.py\ndata/\n",
        "ignored.py": "",
        "data/a.py": "",
        "model.pkl": "",
        "folder/x": "",
    }
    project = Project(tmp_path / "p", {"a": {"file_path": file_path}}, files)
    subprocess.run(["git", "init", "-q", project.root], check=True)
    project.write(".git/a.py", "")
    (project.root / "link.py").symlink_to(tmp_path / "other" / "a.py")
    (project.root / "linked.py").symlink_to("ignored.py")
    problem = project.problem(PipelineInvalid)
    assert problem.message.startswith(message)
    assert (problem.file, problem.step) == ("main.orchest", "A")
    assert problem.line == project.line("main.orchest", "file_path")


def test_all_step_files_that_cannot_run_are_told_at_once(tmp_path: Path) -> None:
    steps = {"a": {"file_path": "x.py"}, "b": {"file_path": "y.py"}, "c": {}}
    error = Project(tmp_path / "p", steps).refusal(PipelineInvalid)
    assert [problem.step for problem in error.problems] == ["A", "B"]


def test_step_file_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "p")

    def refuse(path: Path, most: int) -> bytes:
        raise PermissionError(13, "Permission denied")  # as no test that is run by root gets it

    monkeypatch.setattr(stepfiles, "read_start", refuse)
    problem = project.problem(PipelineInvalid)
    assert (problem.file, problem.step) == ("a.py", "A")
    assert problem.message == "can't be read: Permission denied."


def test_steps_are_looked_for_beside_the_pipeline(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    subprocess.run(["git", "init", "-q", project.root], check=True)
    (project.root / "pipelines").mkdir()
    inner = project.pipeline.rename(project.root / "pipelines" / "main.orchest")
    (project.root / "a.py").rename(project.root / "pipelines" / "a.py")
    checked = project.check(pipeline=inner)
    assert (checked.project, checked.pipeline_path) == (project.root, "pipelines/main.orchest")


# --- notebooks and kernels ---


def test_notebook_without_a_kernel_is_refused(tmp_path: Path) -> None:
    steps = {"a": {"file_path": "a.ipynb", "kernel": {"name": "julia-1.9"}}}
    files = {"a.ipynb": notebook("1", kernelspec={"name": "julia-1.9", "language": "julia"})}
    problem = Project(tmp_path / "p", steps, files).problem(PipelineInvalid)
    assert (problem.file, problem.step) == ("a.ipynb", "A")
    assert "no kernel for julia is installed" in problem.message
    assert "python3" in problem.message


def test_notebook_with_another_kernel_of_its_language_is_warned_about(tmp_path: Path) -> None:
    steps = {"a": {"file_path": "a.ipynb"}}
    files = {"a.ipynb": notebook("1", kernelspec={"name": "my-env", "language": "python"})}
    checked = Project(tmp_path / "p", steps, files).check()
    assert checked.kernels == {"a": "python3"}
    assert "asks for the kernel “my-env”" in checked.warnings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"text"',
        "{}",
        '{"cells": 5}',
        '{"cells": [], "metadata": [1]}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_notebook_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    steps = {"a": {"file_path": "a.ipynb"}}
    problem = Project(tmp_path / "p", steps, {"a.ipynb": text}).problem(PipelineInvalid)
    assert problem.message == "is not a notebook that can be read; open and save it."


def test_notebook_with_outputs_that_json_does_not_have_is_run(tmp_path: Path) -> None:
    steps = {"a": {"file_path": "a.ipynb"}}
    text = notebook("1").replace('"outputs": []', '"outputs": [{"data": {"x": NaN}}]')
    assert Project(tmp_path / "p", steps, {"a.ipynb": text}).check().kernels == {"a": "python3"}


def test_notebook_that_two_steps_run_is_warned_about(tmp_path: Path) -> None:
    steps = {"a": {"file_path": "n.ipynb"}, "b": {"file_path": "n.ipynb"}}
    (warning,) = Project(tmp_path / "p", steps, {"n.ipynb": notebook("1")}).check().warnings
    assert warning.step == "B"
    assert "runs the same notebook as step “A”" in warning.message


# --- paths of Orchest's containers ---


@pytest.mark.parametrize(
    "line",
    [
        'open("/data/x.csv")',
        "open('/project-dir/x.csv')",
        "ls /data",
        "cat </data/x >/data/y",
        "cp x /data;",
        "/data/tool --in=x",
        "run --in=/data/x",
        "paths = [f'/data/{name}']",
    ],
)
def test_foreign_path_in_a_script_is_warned_about(tmp_path: Path, line: str) -> None:
    project = Project(tmp_path / "p", files={"a.py": f"import os\n{line}\n"})
    (warning,) = project.check().warnings
    assert (warning.file, warning.line, warning.step) == ("a.py", 2, "A")


@pytest.mark.parametrize(
    "line",
    ["open('data/x')", "open('/database/x')", "x = a/data", "'./data/x'", "'../data'", "u/data/v"],
)
def test_other_paths_are_not_warned_about(tmp_path: Path, line: str) -> None:
    assert Project(tmp_path / "p", files={"a.py": line}).check().warnings == ()


@pytest.mark.parametrize("source", ['x = open("/data/x")\ny', "!ls /data\nx", "%cd /project-dir"])
def test_foreign_path_in_a_notebook_is_warned_about(tmp_path: Path, source: str) -> None:
    steps = {"a": {"file_path": "a.ipynb"}}
    project = Project(tmp_path / "p", steps, {"a.ipynb": notebook("1", source)})
    (warning,) = project.check().warnings
    assert warning.file == "a.ipynb"
    assert warning.line == min(
        project.line("a.ipynb", text)
        for text in ("/data", "/project-dir")
        if text in (project.root / "a.ipynb").read_text()
    )


def test_script_whose_program_is_missing_is_refused(tmp_path: Path) -> None:
    steps = {"a": {"file_path": "fit.R"}, "b": {"file_path": "plot.js"}}
    project = Project(tmp_path / "p", steps, {"fit.R": "", "plot.js": ""})
    (tmp_path / "bin").mkdir()
    error = project.refusal(PipelineInvalid, env_variables={"PATH": str(tmp_path / "bin")})
    assert [(problem.file, problem.message[:44]) for problem in error.problems] == [
        ("fit.R", "needs Rscript, which is not on PATH; install"),
        ("plot.js", "needs node, which is not on PATH; install No"),
    ]


def test_script_whose_program_is_on_the_jobs_own_path_is_accepted(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {"a": {"file_path": "fit.R"}}, {"fit.R": ""})
    program = project.write("../bin/Rscript", "#!/bin/sh\n")
    program.chmod(0o755)
    assert project.check(env_variables={"PATH": str(tmp_path / "bin")}).kernels == {}
