"""What is left out, against git itself."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.files import walk
from jupyter_orchest_jobs.files.ignore import IGNORED, git_environment
from jupyter_orchest_jobs.files.walk import walk_project
from tests.files.trees import Link, file_names, make_tree

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

_NAMES = ["a", "b", "a.py", "data", "x y", "é", "B"]
_PIECES = [*_NAMES, "*", "**", "?", "*.py", "[ab]", "[!a]", "[[:alpha:]]", "\\a", "d*a", "***"]
_ODD = [
    "",
    "#a",
    "\\#a",
    "!",
    "\\!a",
    "\\",
    "a\\",
    "a ",
    "a\\ ",
    "a\t",
    "/",
    "//",
    "!/a",
    "*/",
    "[",
]

_patterns = st.sampled_from(_ODD) | st.builds(
    lambda negated, top, pieces, folder: negated + top + "/".join(pieces) + folder,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
)
_ignore_files = st.lists(_patterns, max_size=5).map("\n".join)
_folders = st.lists(st.sampled_from(_NAMES), max_size=2).map("/".join)
_files = st.lists(st.sampled_from(_NAMES), min_size=1, max_size=4).map("/".join)


def kept(root: Path) -> set[str]:
    """Files and links that would be copied."""
    return {entry.path for entry in walk_project(root).entries if entry.kind != "dir"}


def git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, env=git_environment()
    ).stdout


def git_keeps(root: Path) -> set[str]:
    """What git would keep; it is asked anew in each repository inside."""
    listed = git(root, "ls-files", "-z", "--others", "--exclude-per-directory=.gitignore")
    found = set()
    for path in filter(None, os.fsdecode(listed).split("\0")):
        if path.endswith("/"):
            found |= {path + inner for inner in git_keeps(root / path)}
        else:
            found.add(path)
    return found


@needs_git
@settings(max_examples=40, deadline=None)
@given(
    files=st.lists(_files, max_size=12),
    ignores=st.dictionaries(_folders, _ignore_files, min_size=1, max_size=3),
    nested=st.lists(_folders.filter(bool), max_size=1),
)
@example(["a.py", "data/a.py", "data/b"], {"": "*\n!*/\n!*.py"}, [])
@example(["a/b", "b"], {"": "a/\n!a/b"}, [])
@example(["a/a.py", "a.py"], {"": "*.py"}, ["a"])
def test_files_are_left_out_as_git_does(
    files: list[str], ignores: dict[str, str], nested: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        git(root, "init", "-q", "--template=")
        for path in files:
            with contextlib.suppress(OSError):  # it is a folder already, or below a file
                make_tree(root, {path: "x"})
        for path, text in ignores.items():
            if (root / path).is_dir():
                (root / path / ".gitignore").write_text(text)
        for path in nested:
            if (root / path).is_dir():
                git(root / path, "init", "-q", "--template=")
        assert kept(root) == git_keeps(root)


@needs_git
@settings(max_examples=40, deadline=None)
@given(names=st.lists(file_names, min_size=1, max_size=6, unique=True))
def test_odd_names_are_told_apart(names: list[str]) -> None:
    names = [name for name in names if name not in (".git", ".gitignore")]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in names:
            (root / name).write_text("x")
            (root / "kept").mkdir(exist_ok=True)
            (root / "kept" / f"{name}.py").write_text("x")
        (root / ".gitignore").write_text("/*\n!/kept\n!.gitignore\n")
        assert kept(root) == {".gitignore", *(f"kept/{name}.py" for name in names)} - {
            name for name in names if name == "kept"
        }


def left_out(root: Path) -> dict[str, str]:
    return {item.path: str(item) for item in walk_project(root).left_out}


RULES = {
    ".gitignore": "# comment\n\ndata/\n*.csv\n!keep.csv\n",
    "data/train.csv": "1",
    "keep.csv": "1",
    "x.csv": "1",
    "sub/.gitignore": "/own\n",
    "sub/own": "1",
    "sub/deep/own": "1",
    "empty": None,
}


@pytest.mark.parametrize("with_git", [pytest.param(True, marks=needs_git), False])
def test_the_reason_names_file_line_and_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_git: bool
) -> None:
    if not with_git:
        monkeypatch.setattr(walk, "find_git", lambda: None)
    make_tree(tmp_path, RULES)
    listing = walk_project(tmp_path)
    assert {str(item) for item in listing.left_out} == {
        "data was left out of the snapshot by .gitignore line 3 (“data/”)",
        "x.csv was left out of the snapshot by .gitignore line 4 (“*.csv”)",
        "sub/own was left out of the snapshot by sub/.gitignore line 1 (“/own”)",
    }
    assert {entry.path for entry in listing.entries} == {
        ".gitignore", "keep.csv", "sub", "sub/.gitignore", "sub/deep", "sub/deep/own", "empty"
    }  # fmt: skip
    assert [("Git is not installed" in text) for text in listing.warnings] == [True] * (
        not with_git
    )


@needs_git
def test_a_line_that_only_git_understands_spoils_no_other_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "find_git", lambda: None)
    make_tree(tmp_path, {".gitignore": "!\na\\\n*.csv\n", "x.csv": "", "y": ""})
    assert kept(tmp_path) == {".gitignore", "y"}


def test_some_things_are_always_left_out(tmp_path: Path) -> None:
    make_tree(
        tmp_path,
        {
            ".git/HEAD": "ref: refs/heads/main",
            "run.py": "",
            "__pycache__/run.pyc": "",
            "sub/.ipynb_checkpoints/x.ipynb": "",
            "venv/pyvenv.cfg": "",
            "venv/lib/x.py": "",
            "conda/conda-meta/history": "",
            ".orchest/pipelines/1234/data/x": "",
            ".orchest/pipelines/1234/logs/x": "",
            ".orchest/pipelines/1234.json": "{}",
            "other/pipelines/1234/data/x": "",
        },
    )
    assert kept(tmp_path) == {
        "run.py", ".orchest/pipelines/1234.json", "other/pipelines/1234/data/x"
    }  # fmt: skip
    assert set(left_out(tmp_path)) == {
        ".git", "__pycache__", "sub/.ipynb_checkpoints", "venv", "conda",
        ".orchest/pipelines/1234/data", ".orchest/pipelines/1234/logs",
    }  # fmt: skip
    assert left_out(tmp_path)["venv"].startswith("venv was left out of the snapshot: virtual env")


def test_a_project_inside_a_virtual_environment_is_still_a_project(tmp_path: Path) -> None:
    make_tree(tmp_path, {"pyvenv.cfg": "", "x.py": ""})
    assert kept(tmp_path) == {"pyvenv.cfg", "x.py"}


@needs_git
def test_tracked_files_are_left_out_if_a_pattern_says_so(tmp_path: Path) -> None:
    make_tree(tmp_path, {"model.bin": "", "x.py": ""})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "model.bin")
    (tmp_path / ".gitignore").write_text("*.bin\n")
    assert kept(tmp_path) == {".gitignore", "x.py"}


@needs_git
def test_only_gitignore_files_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_tree(
        tmp_path / "home",
        {".gitconfig": "[core]\nexcludesFile = ~/all\n", "all": "*\n", ".config/git/ignore": "*\n"},
    )
    project = make_tree(
        tmp_path / "project", {"x": "", ".gitignore": "y\n", ".git/info/exclude": "*\n"}
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(home))
    assert kept(project) == {".gitignore", "x"}


@needs_git
def test_the_repository_around_a_project_counts(tmp_path: Path) -> None:
    make_tree(
        tmp_path,
        {
            ".git/HEAD": "ref: refs/heads/main",
            ".gitignore": "*.csv\nhidden/\n",
            "team/project/x.csv": "",
            "team/project/x.py": "",
            "hidden/project/x.csv": "",
        },
    )
    assert kept(tmp_path / "team/project") == {"x.py"}
    item = walk_project(tmp_path / "team/project").left_out[0]
    assert (item.path, item.reason, item.source, item.line) == (
        "x.csv", IGNORED, "../../.gitignore", 1
    )  # fmt: skip
    # Opened all the same, an ignored folder is a project with rules of its own.
    assert kept(tmp_path / "hidden/project") == {"x.csv"}


@needs_git
def test_a_broken_git_is_replaced_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "git"
    program.write_text("#!/bin/sh\necho 'fatal: broken' >&2\nexit 128\n")
    program.chmod(0o755)
    monkeypatch.setattr(walk, "find_git", lambda: str(program))
    listing = walk_project(make_tree(tmp_path / "p", {".gitignore": "a\n", "a": "", "b": ""}))
    assert {entry.path for entry in listing.entries} == {".gitignore", "b"}
    assert listing.warnings == [
        "Git can't read the .gitignore files (fatal: broken); a library read them instead."
    ]


@needs_git
def test_git_is_asked_about_what_has_rules_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "git"
    asked = tmp_path / "asked"
    program.write_text(f"#!/bin/sh\ntee -a '{asked}' | '{shutil.which('git')}' \"$@\"\n")
    program.chmod(0o755)
    monkeypatch.setattr(walk, "find_git", lambda: str(program))
    tree = {"a.csv": "", "one/a.csv": "", "one/.hidden/a.csv": "", "two/a.csv": ""}
    project = make_tree(tmp_path / "p", tree)
    assert kept(project) == set(tree)
    assert not asked.exists()
    (project / "one/.gitignore").write_text("*.csv\n")
    assert kept(project) == {"a.csv", "one/.gitignore", "two/a.csv"}
    assert set(asked.read_bytes().split(b"\0")) == {
        b"./one/a.csv", b"./one/.gitignore", b"./one/.hidden", b"./one/.hidden/a.csv", b""
    }  # fmt: skip


@needs_git
def test_without_room_for_temporary_files_git_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    listing = walk_project(make_tree(tmp_path / "p", {".gitignore": "a\n", "a": "", "b": ""}))
    assert {entry.path for entry in listing.entries} == {".gitignore", "b"}
    assert "no temporary files: No such file or directory" in listing.warnings[0]


def test_links_are_kept_and_never_followed(tmp_path: Path) -> None:
    make_tree(tmp_path / "other", {"secret": ""})
    make_tree(tmp_path / "p", {"out": Link("../other"), "loop": Link("loop"), "here": Link(".")})
    assert {(entry.path, entry.kind) for entry in walk_project(tmp_path / "p").entries} == {
        ("out", "link"), ("loop", "link"), ("here", "link")
    }  # fmt: skip


def test_git_gets_no_token_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "hunter22")
    assert "hunter22" not in git_environment().values()


@pytest.mark.parametrize("git", [pytest.param(True, marks=needs_git), False])
def test_a_pattern_of_stars_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: bool
) -> None:
    if not git:
        monkeypatch.setattr(walk, "find_git", lambda: None)
    stars = "\n".join(["*a" * 30 + "b", "*" * 200 + "b", "**/a" * 60, "a?" + "*?" * 100])
    name = "a" * 250
    make_tree(tmp_path, {".gitignore": f"{stars}\nout\n**/x/*.py\n", "out": "", name: ""})
    make_tree(tmp_path / "/".join(["a" * 100] * 30), {"x/y.py": "", "x/y.r": ""})
    begin = process_time()
    left = {Path(item.path).name for item in walk_project(tmp_path).left_out}
    assert {"out", "y.py"} <= left
    assert process_time() - begin < 10
