"""Snapshots that share what hasn't changed with the one of before."""

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files.building import sweep
from jupyter_orchest_jobs.files.manifest import read_manifest, read_project, verify
from jupyter_orchest_jobs.snapshot import base as module
from jupyter_orchest_jobs.snapshot import copier
from jupyter_orchest_jobs.snapshot import take as taking
from jupyter_orchest_jobs.snapshot.take import SnapshotInfo, take
from tests.files.trees import Link, make_tree, read_tree


@pytest.fixture(autouse=True)
def _fine_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here file systems keep fine times: files needn't be two seconds old to be known again."""
    monkeypatch.setattr(module, "GRANULARITY_NS", 0)


def inode(info: SnapshotInfo, path: str) -> int:
    return (info.path / "project" / path).stat().st_ino


def times(root: Path) -> dict[str, int]:
    return {
        str(path.relative_to(root)): path.lstat().st_mtime_ns
        for path in root.rglob("*")
        if stat.S_ISREG(path.lstat().st_mode)
    }


def test_an_unchanged_file_is_shared(project: Path, store: Path) -> None:
    first, second, third = (take(project, store) for _ in range(3))
    assert {inode(info, "x.py") for info in (first, second, third)} == {inode(first, "x.py")}
    assert (first.files, first.bytes) == (third.files, third.bytes)
    assert read_manifest(first.path / "manifest.json").items == (
        read_manifest(third.path / "manifest.json").items
    )


def _append(file: Path) -> None:
    with file.open("a") as opened:
        opened.write("more")


def _in_place(file: Path) -> None:
    """Another content of equal size, with the time of the old one."""
    before = file.stat()
    file.write_text("2")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(file: Path) -> None:
    """Another file of equal size and time."""
    before = file.stat()
    other = file.with_name("other")
    other.write_text("2")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


def _touched(file: Path) -> None:
    os.utime(file, ns=(1, 1))


def _allowed(file: Path) -> None:
    file.chmod(0o755)


@pytest.mark.parametrize("change", [_append, _in_place, _replaced, _touched, _allowed])
def test_a_changed_file_is_copied(
    project: Path, store: Path, change: Callable[[Path], None]
) -> None:
    first = take(project, store)
    before = read_tree(first.path / "project")
    change(project / "x.py")
    second = take(project, store)
    assert inode(first, "x.py") != inode(second, "x.py")
    assert inode(first, "sub/y.ipynb") == inode(second, "sub/y.ipynb")
    assert read_tree(second.path / "project") == read_tree(project)
    assert times(second.path / "project") == times(project)
    assert read_tree(first.path / "project") == before
    assert verify(first.path) == verify(second.path) == []


def test_a_file_changed_just_before_is_compared(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where times are coarse a second change may leave the time of the first."""
    monkeypatch.setattr(module, "GRANULARITY_NS", 3600 * 10**9)
    first = take(project, store)
    assert read_manifest(first.path / "manifest.json").items["x.py"].inode == 0
    assert inode(take(project, store), "x.py") == inode(first, "x.py")
    _in_place(project / "x.py")
    second = take(project, store)
    assert (second.path / "project/x.py").read_text() == "2"
    assert (first.path / "project/x.py").read_text() == "1"


def test_a_replaced_file_of_equal_content_and_time_is_shared(project: Path, store: Path) -> None:
    first = take(project, store)
    shutil.copytree(project, project.parent / "copy")
    shutil.rmtree(project)
    (project.parent / "copy").rename(project)
    assert inode(take(project, store), "x.py") == inode(first, "x.py")


def test_a_damaged_file_is_not_passed_on(project: Path, store: Path) -> None:
    first = take(project, store)
    (first.path / "project/x.py").write_text("damaged")
    second = take(project, store)
    assert (second.path / "project/x.py").read_text() == "1"
    assert verify(second.path) == []


def test_the_last_snapshot_of_the_same_project_counts(project: Path, store: Path) -> None:
    other = make_tree(project.parent / "other", {"x.py": "1"})
    first = take(project, store)
    foreign = take(other, store)
    assert inode(foreign, "x.py") != inode(first, "x.py")
    assert inode(take(project, store), "x.py") == inode(first, "x.py")


@pytest.mark.parametrize("content", [b"", b"{", b'{"version":99,"id":"i","project":"%s"}'])
def test_a_manifest_that_cannot_be_used_is_passed_over(
    project: Path, store: Path, content: bytes
) -> None:
    first, second = take(project, store), take(project, store)
    (second.path / "manifest.json").write_bytes(content.replace(b"%s", bytes(project)))
    third = take(project, store)
    assert inode(third, "x.py") == inode(first, "x.py")
    assert verify(third.path) == []


def test_a_deleted_snapshot_leaves_the_others_whole(project: Path, store: Path) -> None:
    infos = [take(project, store) for _ in range(3)]
    shutil.rmtree(infos[0].path)
    assert verify(infos[1].path) == verify(infos[2].path) == []
    shutil.rmtree(infos[2].path)
    assert verify(infos[1].path) == []
    assert (infos[1].path / "project/x.py").stat().st_nlink == 1


@pytest.mark.parametrize("moment", ["commit_of", "copy_files"])
def test_a_snapshot_of_before_may_be_deleted_meanwhile(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    first = take(project, store)
    original = getattr(taking, moment)

    def late(*arguments: object) -> object:
        shutil.rmtree(first.path)
        return original(*arguments)

    monkeypatch.setattr(taking, moment, late)
    second = take(project, store)
    assert read_tree(second.path / "project") == read_tree(project)
    assert verify(second.path) == []


@pytest.mark.parametrize("number", [31, 18, 1])
def test_what_cannot_be_linked_is_copied(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Too many links; another device; links forbidden."""
    first = take(project, store)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", fail)
    second = take(project, store)
    assert inode(first, "x.py") != inode(second, "x.py")
    assert verify(second.path) == []


def test_space_is_needed_for_what_is_new_only(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "big").write_bytes(b"1" * 4 * 2**20)
    take(project, store)
    real = os.statvfs(store)
    free = (taking.MARGIN + 2 * 2**20) // real.f_frsize
    small = os.statvfs_result((*real[:3], free, free, *real[5:]))
    monkeypatch.setattr(os, "statvfs", lambda _: small)
    take(project, store)
    _touched(project / "big")
    with pytest.raises(SnapshotFailed, match="disk space"):
        take(project, store)


_DYING = """
import os, signal, sys
from pathlib import Path
from jupyter_orchest_jobs.snapshot import base
from jupyter_orchest_jobs.snapshot.take import take

base.GRANULARITY_NS = 0
link = os.link
left = [int(sys.argv[3])]

def dying(*arguments, **named):
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    link(*arguments, **named)

os.link = dying
take(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("after", [0, 1])
def test_a_crash_between_links_harms_nobody(project: Path, store: Path, after: int) -> None:
    first = take(project, store)
    done = subprocess.run([sys.executable, "-c", _DYING, str(project), str(store), str(after)])
    assert done.returncode == -9
    assert len(sweep(store)) == 1
    assert verify(first.path) == []
    assert (first.path / "project/x.py").stat().st_nlink == 1


def test_a_file_that_changes_while_it_is_compared_is_copied(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRANULARITY_NS", 3600 * 10**9)
    take(project, store)
    changed: list[bool] = []
    original = copier._Work._read

    def read(self: copier._Work, fd: int, start: int, end: int) -> memoryview:
        part = original(self, fd, start, end)
        if bytes(part) == b"1" and not changed:
            changed.append(True)
            (project / "x.py").write_text("new")
        return part

    monkeypatch.setattr(copier._Work, "_read", read)
    second = take(project, store)
    assert changed
    assert read_tree(second.path / "project") == read_tree(project)
    assert verify(second.path) == []


_paths = st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a"])
_change = st.one_of(
    st.tuples(st.just("write"), _paths, st.sampled_from(["", "1", "2", "12", "21"])),
    st.tuples(st.just("mode"), _paths, st.sampled_from([0o600, 0o644, 0o755])),
    st.tuples(st.just("time"), _paths, st.sampled_from([1, 2, 10**18 + 1])),
    st.tuples(st.just("delete"), _paths, st.none()),
    st.tuples(st.just("link"), _paths, st.sampled_from(["a", "../b", "nowhere"])),
    st.tuples(st.just("twin"), _paths, st.none()),
)


def _apply(project: Path, change: tuple[str, str, object]) -> None:
    kind, path, value = change
    file = project / path
    if kind in ("write", "link", "twin"):
        file.parent.mkdir(parents=True, exist_ok=True)
        if kind == "write" and file.is_file() and not file.is_symlink():
            file.write_text(str(value))
            return
        before = file.stat() if kind == "twin" and file.is_file() else None
        content = file.read_bytes() if before else b""
        file.unlink(missing_ok=True)
        if kind == "link":
            file.symlink_to(str(value))
            return
        file.write_bytes(content if kind == "twin" else str(value).encode())
        if before:
            os.utime(file, ns=(0, before.st_mtime_ns))
    elif kind == "delete":
        file.unlink(missing_ok=True)
    elif file.is_file() and not file.is_symlink():
        if kind == "mode":
            file.chmod(int(str(value)))
        else:
            os.utime(file, ns=(0, int(str(value))))


@settings(max_examples=30, deadline=None)
@given(rounds=st.lists(st.lists(_change, max_size=4), min_size=1, max_size=4))
def test_a_snapshot_that_shares_equals_one_that_does_not(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, str, object]]]
) -> None:
    top = tmp_path_factory.mktemp("s")
    project = make_tree(top / "p", {"a": "1", "d/a": "1", "d/e/a": "12", "l": Link("d/a")})
    taken = []
    for changes in rounds:
        for change in changes:
            _apply(project, change)
        linked = take(project, top / "linked/snapshots")
        plain = take(project, top / f"{time.monotonic_ns()}/snapshots")
        shared = take(project, top / "shared/snapshots", share=True)
        for info in (linked, shared):
            for seen in (read_tree, times):
                assert seen(info.path / "project") == seen(plain.path / "project")
            items = [read_manifest(one.path / "manifest.json").items for one in (info, plain)]
            assert items[0] == items[1]
        taken += [linked, shared]
    for info in taken:
        assert verify(info.path) == []


def test_the_project_is_read_from_the_head_of_a_manifest(project: Path, store: Path) -> None:
    odd = make_tree(project.parent / os.fsdecode(b'\xff"\\\n,\xc3\xa9'), {"x": ""})
    for folder in (project, odd):
        assert read_project(take(folder, store).path / "manifest.json") == str(folder)
    assert read_project(store / "missing") is None
