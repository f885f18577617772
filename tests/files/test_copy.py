"""Copies of trees."""

import fcntl
import os
import socket
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.files.copy import copy_tree
from tests.files.trees import Link, contents, file_names, make_tree, read_tree


def test_a_copy_has_all_of_the_tree(tmp_path: Path) -> None:
    source = make_tree(
        tmp_path / "a",
        {
            "x": b"1" * 3_000_000,
            "sub/deep/y": "y",
            "empty": None,
            "zero": "",
            "link": Link("sub/deep/y"),
            "dangling": Link("/nowhere"),
            "loop": Link("loop"),
        },
    )
    (source / "x").chmod(0o4751)
    (source / "sub/deep").chmod(0o2555)
    os.utime(source / "x", ns=(1, 1_234_567_891))
    sizes: list[int] = []
    copy_tree(source, tmp_path / "b", sizes.append)
    copied = read_tree(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(source)
    assert copied["x"][1] == 0o751
    assert (tmp_path / "b/x").stat().st_mtime_ns == 1_234_567_891
    assert stat.S_IMODE((tmp_path / "b/sub/deep").stat().st_mode) == 0o755
    assert sorted(sizes) == [0, 1, 3_000_000]


def test_no_write_to_the_copy_reaches_the_original(tmp_path: Path) -> None:
    source = make_tree(tmp_path / "a", {"x": "original", "hard": "original"})
    (source / "hard").unlink()
    os.link(source / "x", source / "hard")
    copy_tree(source, tmp_path / "b")
    with (tmp_path / "b/x").open("r+") as file:
        file.write("changed!")
    assert contents(source) == {"x": b"original", "hard": b"original"}
    assert contents(tmp_path / "b") == {"x": b"changed!", "hard": b"original"}


def test_holes_stay_holes(tmp_path: Path) -> None:
    source = make_tree(tmp_path / "a", {"x": "begin"})
    with (source / "x").open("r+b") as file:
        file.seek(6_000_000)
        file.write(b"middle")
        file.truncate(12_000_000)
    make_tree(source, {"all": ""})
    os.truncate(source / "all", 10_000_000)
    copy_tree(source, tmp_path / "b")
    assert contents(tmp_path / "b") == contents(source)
    for name in ("x", "all"):
        before, after = (source / name).stat(), (tmp_path / "b" / name).stat()
        assert after.st_blocks <= 1.1 * before.st_blocks + 16


def test_special_files_are_left_out(tmp_path: Path) -> None:
    source = make_tree(tmp_path / "a", {"x": ""})
    os.mkfifo(source / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(source / "s"))
        copy_tree(source, tmp_path / "b")
    assert set(contents(tmp_path / "b")) == {"x"}


def test_nothing_is_written_into_what_is_there(tmp_path: Path) -> None:
    source = make_tree(tmp_path / "a", {"x": ""})
    make_tree(tmp_path / "b", {})
    with pytest.raises(FileExistsError):
        copy_tree(source, tmp_path / "b")
    with pytest.raises(FileNotFoundError):
        copy_tree(tmp_path / "missing", tmp_path / "c")
    assert not (tmp_path / "c").exists()
    assert contents(tmp_path / "b") == {}


def test_a_stopped_copy_leaves_nothing(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(size: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        copy_tree(make_tree(tmp_path / "a", {"x": "", "y": ""}), tmp_path / "b", stop)
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("missing", [OSError(22, "Invalid argument"), AttributeError()])
def test_without_help_of_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: Exception
) -> None:
    def refuse(*_: object) -> int:
        raise missing

    monkeypatch.setattr(os, "copy_file_range", refuse)
    source = make_tree(tmp_path / "a", {"x": b"12345" * 700_000})
    copy_tree(source, tmp_path / "b")
    assert contents(tmp_path / "b") == contents(source)


def test_blocks_are_shared_where_the_file_system_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clone(target: int, request: int, source: int) -> None:
        os.pwrite(target, os.pread(source, 100, 0), 0)

    def never(*_: object) -> int:
        raise AssertionError("copied")

    monkeypatch.setattr(fcntl, "ioctl", clone)
    monkeypatch.setattr(os, "copy_file_range", never)
    source = make_tree(tmp_path / "a", {"x": "1", "y": "2"})
    copy_tree(source, tmp_path / "b")
    assert contents(tmp_path / "b") == contents(source)


def test_deep_trees(tmp_path: Path) -> None:
    source = make_tree(tmp_path / "a", {"/".join(["d"] * 400) + "/x": "deep"})
    copy_tree(source, tmp_path / "b")
    assert len(contents(tmp_path / "b")) == 401


@settings(max_examples=40, deadline=None)
@given(st.lists(file_names, max_size=8, unique=True))
def test_all_names_survive(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = make_tree(Path(folder, "a"), dict.fromkeys(names, "x"))
        copy_tree(source, Path(folder, "b"))
        assert contents(Path(folder, "b")) == dict.fromkeys(names, b"x")
