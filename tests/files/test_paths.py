"""Paths that stay inside, and which folder is the project."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.files.paths import inside, shown
from jupyter_orchest_jobs.files.project import find_project
from tests.files.trees import Link, make_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_tree(tmp_path, {"project-2/x": "", "out/x": ""})
    return make_tree(
        tmp_path / "project",
        {"a/b": "", "up": Link(".."), "out": Link("../out"), "loop": Link("loop"), "me": Link("a")},
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [("a/b", "a/b"), ("./a//b", "a/b"), ("a/../new", "new"), (".", "."), ("me/b", "a/b"),
     ("a\\b", "a\\b"), ("...", "..."), ("é", "é"), ("\udcff", "\udcff")],
)  # fmt: skip
def test_paths_inside(root: Path, given: str, meant: str) -> None:
    assert inside(root, given) == root / meant


@pytest.mark.parametrize(
    ("given", "why"),
    [("", "empty"), ("/etc/passwd", "absolute"), ("..", "outside"), ("../project-2/x", "outside"),
     ("a/../../out/x", "outside"), ("up/out/x", "outside"), ("out/x", "outside"), ("a\0b", "NUL"),
     ("\ud800", "no file name"), ("x/../..", "outside")],
)  # fmt: skip
def test_paths_that_are_refused(root: Path, given: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as caught:
        inside(root, given)
    str(caught.value).encode()


@given(st.text(alphabet="./ab\0\\~-", max_size=12))
def test_nothing_gets_out(path: str) -> None:
    root = Path("/nowhere/root")
    try:
        found = inside(root, path)
    except InvalidInput:
        return
    assert found == root or root in found.parents


def test_names_can_always_be_shown() -> None:
    assert shown(os.fsdecode(b"a\xffb")) == "a\\xffb"
    assert shown("é\ud800") == "é\\ud800"


PROJECTS = {
    "git": {"home/p/.git/HEAD": "", "home/p/sub/x.orchest": ""},
    "worktree": {"home/p/.git": "gitdir: elsewhere", "home/p/sub/x.orchest": ""},
    "environments": {"home/p/.orchest/environments/a.json": "", "home/p/sub/x.orchest": ""},
    "pipelines": {"home/p/.orchest/pipelines/a.json": "{}", "home/p/sub/x.orchest": ""},
}


@pytest.mark.parametrize("kind", PROJECTS)
def test_the_nearest_marked_folder_is_the_project(tmp_path: Path, kind: str) -> None:
    make_tree(tmp_path, {".git/HEAD": "", "home/.git/HEAD": "", **PROJECTS[kind]})
    found = find_project(tmp_path / "home/p/sub/x.orchest", tmp_path / "home")
    assert found == tmp_path / "home/p"


def test_nothing_above_the_limit_is_taken(tmp_path: Path) -> None:
    make_tree(tmp_path, {".git/HEAD": "", "home/p/x.orchest": "", "srv/p/x.orchest": ""})
    assert find_project(tmp_path / "home/p/x.orchest", tmp_path / "home") == tmp_path / "home/p"
    # Elsewhere, what lies above the limit is not taken either.
    assert find_project(tmp_path / "srv/p/x.orchest", tmp_path / "home") == tmp_path / "srv/p"
    (tmp_path / "srv/.git").mkdir()
    assert find_project(tmp_path / "srv/p/x.orchest", tmp_path / "home") == tmp_path / "srv"


def test_the_limit_itself_can_be_the_project(tmp_path: Path) -> None:
    make_tree(tmp_path, {".git/HEAD": "", "p/x.orchest": ""})
    assert find_project(tmp_path / "p/x.orchest", tmp_path) == tmp_path


def test_an_empty_orchest_folder_is_no_mark(tmp_path: Path) -> None:
    make_tree(tmp_path, {".orchest/pipelines/1/data/x": "", "p/x.orchest": ""})
    assert find_project(tmp_path / "p/x.orchest", tmp_path) == tmp_path / "p"


def test_one_project_by_whatever_name(tmp_path: Path) -> None:
    make_tree(tmp_path, {"real/x.orchest": "", "alias": Link("real")})
    assert find_project(tmp_path / "alias/x.orchest", tmp_path) == tmp_path / "real"
