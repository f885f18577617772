import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.removal import remove_folder
from tests.files.trees import Link, contents, make_tree

NOBODY = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of somebody whom permissions bind, as whom the test goes on."""
    with tempfile.TemporaryDirectory() as folder:
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(folder)
        finally:
            if is_root:
                os.seteuid(0)


def test_remove_folder_opens_what_is_closed(place: Path) -> None:
    tree = {"a/b/file": "1", "a/closed/deep/file": "2", "read only/file": "3", "empty": None}
    make_tree(place / "tree", tree)
    for name in ("a/closed/deep", "a/closed", "read only", "."):
        (place / "tree" / name).chmod(0 if "closed" in name else 0o500)
    remove_folder(place / "tree")
    assert list(place.iterdir()) == []


def test_remove_folder_reaches_nothing_outside(place: Path) -> None:
    make_tree(place / "outside", {"file": "1", "folder/file": "2"})
    links = {"folder": Link("../outside/folder"), "file": Link("../outside/file")}
    make_tree(place / "tree", {**links, "sub/up": Link("../..")})
    (place / "tree/sub/name").hardlink_to(place / "outside/file")
    for path in ("outside/folder", "outside/file", "outside"):
        (place / path).chmod(0o555)
    before = (place / "outside/file").stat()
    remove_folder(place / "tree")
    assert [path.name for path in place.iterdir()] == ["outside"]
    assert contents(place / "outside") == {"file": b"1", "folder": None, "folder/file": b"2"}
    after = (place / "outside/file").stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_nlink) == (
        before.st_mode,
        before.st_mtime_ns,
        before.st_nlink - 1,
    )
    assert (place / "outside/folder").stat().st_mode & 0o777 == 0o555


@pytest.mark.parametrize("what", ["link", "file", "nothing"])
def test_remove_folder_removes_what_has_its_name(place: Path, what: str) -> None:
    make_tree(place, {"kept/file": "1", "file": "2", "link": Link("kept")})
    (place / "kept").chmod(0o500)
    remove_folder(place / what)
    assert {path.name for path in place.iterdir()} == {"kept", "file", "link"} - {what}
    assert contents(place / "kept") == {"file": b"1"}
    assert (place / "kept").stat().st_mode & 0o777 == 0o500


def test_remove_folder_removes_the_rest_of_what_can_not_be_removed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tree(place / "tree", {"a/busy": "1", "a/file": "2", "b/file": "3"})
    unlink = os.unlink

    def refusing(name: str, *, dir_fd: int) -> None:
        if name == "busy":
            raise PermissionError
        unlink(name, dir_fd=dir_fd)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refusing)
        remove_folder(place / "tree")
    assert contents(place / "tree") == {"a": None, "a/busy": b"1"}


def test_remove_folder_does_not_run_out_of_frames(place: Path) -> None:
    depth = 150
    (place / "tree" / "/".join("d" * depth)).mkdir(parents=True)
    frame, frames = sys._getframe(), 0
    while frame.f_back is not None:
        frame, frames = frame.f_back, frames + 1
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(frames + depth)
        remove_folder(place / "tree")
    finally:
        sys.setrecursionlimit(limit)
    assert list(place.iterdir()) == []
