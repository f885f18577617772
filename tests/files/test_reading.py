"""Files that others make: none of them makes a reader wait, or read something else."""

import os
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.reading import (
    NotRegular,
    is_below,
    open_below,
    open_file,
    read_start,
)
from tests.files.trees import Link, make_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_tree(tmp_path, {"secret/f": "secret"})
    tree = {"a/f": "mine", "a/link": Link("f"), "out": Link("../secret"), "lost": Link("x")}
    root = make_tree(tmp_path / "root", {**tree, "a/out": Link("../../secret/f")})
    os.mkfifo(root / "pipe")
    return root


def test_regular_files_are_read(root: Path) -> None:
    with open_below(root, "a/f") as below, open_file(root / "a/f") as file:
        assert (below.read(), file.read()) == (b"mine", b"mine")
    assert is_below(root, "a/f")
    assert (read_start(root / "a/f", 2), read_start(root / "a/link", 9)) == (b"min", b"mine")


@pytest.mark.parametrize("path", ["a/link", "a/out", "out/f", "lost", "pipe", "a", "none", "a/f/x"])
def test_nothing_else_is_read_below_a_folder(root: Path, path: str) -> None:
    with pytest.raises(OSError):
        open_below(root, path)
    assert not is_below(root, path)


@pytest.mark.parametrize("path", ["pipe", "a", "/dev/zero"])
def test_pipes_folders_and_devices_are_no_files(root: Path, path: str) -> None:
    with pytest.raises(NotRegular):
        open_file(root / path)
    with pytest.raises(NotRegular):
        read_start(root / path, 10)


def test_a_root_may_be_a_link_but_not_what_is_below(root: Path) -> None:
    way = root.with_name("way")
    way.symlink_to(root)
    assert is_below(way, "a/f")
    with open_below(way, "a/f") as file:
        assert file.read() == b"mine"
