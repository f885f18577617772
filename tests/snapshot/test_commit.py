"""Git is asked about a repository that somebody else has made: nothing that it names is started."""

import shutil
import subprocess
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.ignore import git_environment
from jupyter_orchest_jobs.snapshot.commit import commit_of
from tests.files.trees import make_tree

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> None:
    someone = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", *someone, "-c", "protocol.file.allow=always", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=git_environment())


def repository(folder: Path) -> Path:
    make_tree(folder, {"a": "1", "sub/b": "2"})
    git(folder, "init", "-q", "--template=")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def test_programs_of_a_repository_are_not_started(tmp_path: Path) -> None:
    project = repository(tmp_path / "p")
    start = f"touch {tmp_path}/started; cat"
    make_tree(project, {"a": "changed", ".gitattributes": "a filter=x\nsub/* filter=a.b=c\n"})
    make_tree(tmp_path, {"more": f'[filter "a.b=c"]\nprocess = "{start}"\nrequired = true\n'})
    (project / "sub" / "b").write_text("3")
    git(project, "config", "filter.x.clean", start)
    git(project, "config", "include.path", str(tmp_path / "more"))
    git(project, "config", "core.fsmonitor", start)
    commit, dirty = commit_of(project)
    assert (len(commit or ""), dirty) == (40, 3)
    assert not (tmp_path / "started").exists()
    # Others would have started it.
    subprocess.run(["git", "status"], cwd=project, capture_output=True, env=git_environment())
    assert (tmp_path / "started").exists()


def test_programs_of_submodules_are_not_started(tmp_path: Path) -> None:
    project = repository(tmp_path / "p")
    repository(tmp_path / "other")
    git(project, "submodule", "-q", "add", str(tmp_path / "other"), "inner")
    git(project, "commit", "-qm", "second")
    inner = project / "inner"
    git(inner, "config", "core.fsmonitor", f"touch {tmp_path}/started")
    (inner / "a").write_text("changed")
    assert commit_of(project)[1] == 0
    assert not (tmp_path / "started").exists()
