"""What a run changed: cut down to that, and built up again."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files import delta
from jupyter_orchest_jobs.files.copy import copied_at, copy_tree
from jupyter_orchest_jobs.files.delta import DELETED, rebuild, trim_to_delta
from jupyter_orchest_jobs.files.manifest import Item, Manifest, hash_at
from jupyter_orchest_jobs.files.paths import opened_root
from tests.files.trees import Content, Link, contents, make_tree, read_tree

TREE: dict[str, Content] = {
    "a/a": "1",
    "a/b": "2",
    "b/a/c": "3",
    "b/b": Link("../a"),
    "c": "4",
    "deleted.json": "{}",
    "empty": None,
}


@dataclass(frozen=True)
class Snapshot:
    folder: Path

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    def trim(self, work: Path) -> None:
        trim_to_delta(work, self.manifest)

    def rebuilt(self, work: Path) -> Path:
        target = work.with_name(work.name + "-rebuilt")
        rebuild(self.project, work, target)
        return target


def write_manifest(folder: Path) -> Snapshot:
    """A manifest of what lies in ``project``, made without the snapshot room."""
    items = {}
    for path, (kind, _, content) in read_tree(folder / "project").items():
        full = folder / "project" / path
        status = full.lstat()
        if kind == "link":
            items[path] = Item("link", target=str(content))
        elif kind == "dir":
            items[path] = Item("dir", status.st_mode & 0o777)
        else:
            with opened_root(full.parent) as fd:
                sha256 = hash_at(full.name, fd)
            items[path] = Item(
                "file", status.st_mode & 0o777, status.st_size, status.st_mtime_ns, sha256
            )
    (folder / "manifest.json").write_text(Manifest("id", "/p", items).to_json())
    return Snapshot(folder)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("snapshot")
    make_tree(folder / "project", TREE)
    for path in (folder / "project").rglob("*"):
        os.utime(path, ns=(10**18, 10**18), follow_symlinks=False)
    return write_manifest(folder)


@pytest.fixture
def work(snapshot: Snapshot, tmp_path: Path) -> Path:
    copy_tree(snapshot.project, tmp_path / "work")
    return tmp_path / "work"


def test_an_idle_run_leaves_nothing(snapshot: Snapshot, work: Path) -> None:
    snapshot.trim(work)
    assert set(contents(work)) == {DELETED}
    assert json.loads((work / DELETED).read_bytes())["deleted"] == []
    assert contents(snapshot.rebuilt(work)) == contents(snapshot.project)


def test_what_changed_stays(snapshot: Snapshot, work: Path) -> None:
    (work / "a/a").write_text("9")
    (work / "a/new").write_text("")
    (work / "c").chmod(0o600)
    (work / "b/a/c").touch()  # a new time alone is no change
    shutil.rmtree(work / "empty")
    snapshot.trim(work)
    assert set(contents(work)) == {"a", "a/a", "a/new", "c", DELETED}
    assert json.loads((work / DELETED).read_bytes())["deleted"] == ["empty"]


def test_a_file_of_the_same_size_and_another_time_is_read(snapshot: Snapshot, work: Path) -> None:
    (work / "c").write_text("5")
    snapshot.trim(work)
    assert contents(work)["c"] == b"5"


def test_a_file_of_the_same_size_and_time_in_its_place_is_noticed(
    snapshot: Snapshot, work: Path
) -> None:
    (work / "a/a").rename(work / "c")
    (work / "a/b").write_text("9")
    os.utime(work / "a/b", ns=(10**18, 10**18))
    expected = read_tree(work)
    snapshot.trim(work)
    assert read_tree(snapshot.rebuilt(work)) == expected


def test_files_that_were_not_touched_are_not_read(
    snapshot: Snapshot, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if copied_at_of(work) is None:
        pytest.skip("the file system keeps no attributes")
    read: list[str] = []
    monkeypatch.setattr(delta, "hash_at", lambda name, folder: read.append(name))
    before = copied_at_of(work) or 0
    new = {path for path in work.rglob("*") if path.lstat().st_ctime_ns >= before}
    snapshot.trim(work)
    assert {name for name in read if not name.startswith(DELETED)} <= {path.name for path in new}


def copied_at_of(work: Path) -> int | None:
    with opened_root(work) as fd:
        return copied_at(fd)


def test_without_attributes_all_is_read(
    snapshot: Snapshot, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "copied_at", lambda folder: None)
    snapshot.trim(work)
    assert set(contents(work)) == {DELETED}


def test_what_the_run_locked_up_can_be_read(snapshot: Snapshot, work: Path) -> None:
    (work / "a/a").write_text("9")
    (work / "a/a").chmod(0)
    (work / "a").chmod(0)
    work.chmod(0o500)
    os.mkfifo(work / "b/pipe")
    snapshot.trim(work)
    assert set(contents(work)) == {"a", "a/a", DELETED}
    assert (work / "a/a").stat().st_mode & 0o777 == 0o400
    assert contents(snapshot.rebuilt(work))["a/a"] == b"9"


def test_cutting_down_can_be_interrupted(
    snapshot: Snapshot, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "c").unlink()
    (work / "deleted.json").write_text("[]")
    expected = read_tree(work)
    unlink: Callable[..., None] = os.unlink
    left = iter([True])

    def fail_second(*arguments: object, **options: object) -> None:
        if not next(left, False):
            raise OSError(5, "Input/output error")
        unlink(*arguments, **options)

    monkeypatch.setattr(os, "unlink", fail_second)
    with pytest.raises(OSError, match="Input/output"):
        snapshot.trim(work)
    monkeypatch.undo()
    snapshot.trim(work)
    assert len(contents(work)) == 2
    assert read_tree(snapshot.rebuilt(work)) == expected
    snapshot.trim(work)
    assert len(contents(work)) == 2


def test_a_record_forged_by_the_run_reaches_nothing_else(snapshot: Snapshot, work: Path) -> None:
    victim = make_tree(work.parent / "victim", {"x": "precious"})
    (work / "b/b").unlink()
    (work / "b/b").symlink_to(victim)
    record = {
        "kind": "orchest-jobs-delta",
        "deleted": ["../victim/x", str(victim / "x"), "b/b/x", "a/../../victim", "", "c\0"],
        "moved": "../victim/x",
    }
    (work / DELETED).write_text(json.dumps(record))
    snapshot.trim(work)
    snapshot.rebuilt(work)
    assert contents(victim) == {"x": b"precious"}


def test_a_link_in_place_of_a_folder_is_not_written_through(snapshot: Snapshot, work: Path) -> None:
    victim = make_tree(work.parent / "victim", {"a": "precious"})
    shutil.rmtree(work / "a")
    (work / "a").symlink_to(victim)
    expected = read_tree(work)
    snapshot.trim(work)
    assert read_tree(snapshot.rebuilt(work)) == expected
    assert contents(victim) == {"a": b"precious"}


def test_a_failed_rebuild_leaves_nothing(
    snapshot: Snapshot, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot.trim(work)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(delta, "_overlay", fail)
    with pytest.raises(OSError, match="No space"):
        snapshot.rebuilt(work)
    assert not (work.parent / "work-rebuilt").exists()


def test_a_damaged_manifest_changes_nothing(snapshot: Snapshot, work: Path) -> None:
    with pytest.raises(SnapshotFailed, match="missing"):
        trim_to_delta(work, work / "nothing.json")
    assert contents(work) == contents(snapshot.project)


_paths = st.lists(
    st.sampled_from(["a", "b", "c", "deleted.json", "empty", "\udcff"]), min_size=1, max_size=3
).map("/".join)
_edits = st.lists(
    st.tuples(
        st.sampled_from(["write", "append", "remove", "folder", "link", "mode", "move", "touch"]),
        _paths,
        _paths,
    ),
    max_size=8,
)


def edit(root: Path, kind: str, path: Path, other: Path) -> None:
    """Do one thing to a tree, as a step might; OSError if it can't be done there."""
    if kind == "write":
        path.write_bytes(os.fsencode(other))
    elif kind == "append":
        with path.open("a") as file:
            file.write("more")
    elif kind == "remove" and path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif kind == "remove":
        path.unlink()
    elif kind == "folder":
        path.mkdir(parents=True)
    elif kind == "link":
        path.symlink_to(other.relative_to(root))
    elif kind == "mode":
        path.chmod(0o711 if path.is_dir() else 0o640)
    elif kind == "move":
        path.rename(other)
    elif kind == "touch":
        path.touch()


def test_a_file_of_the_name_of_the_record_outlives_a_cut_that_has_just_begun(
    snapshot: Snapshot, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / DELETED).write_text("own")
    expected = read_tree(work)

    def be_killed(*_: object) -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
            patch.setattr(delta, "write_atomic", be_killed)
            snapshot.trim(work)
        assert read_tree(work) != expected
    work.chmod(0)  # as a step may have left it
    delta.recover(work, snapshot.manifest)
    assert work.stat().st_mode & 0o700 == 0o700
    assert read_tree(work) == expected
    snapshot.trim(work)
    delta.recover(work, snapshot.manifest)
    assert read_tree(snapshot.rebuilt(work)) == expected


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@settings(max_examples=80, deadline=None)
@given(edits=_edits)
@example([("remove", "deleted.json", "a"), ("move", "a", "deleted.json"), ("write", "a", "b")])
@example([("remove", "a", "a"), ("write", "a", "a"), ("remove", "c", "c"), ("folder", "c/a", "a")])
@example([("move", "a/a", "c")])
@example([("append", "deleted.json", "a"), ("remove", "b", "b"), ("link", "b", "a")])
def test_rebuilt_is_what_the_run_left(
    snapshot: Snapshot, scratch: Path, edits: list[tuple[str, str, str]]
) -> None:
    work = scratch / "work"
    copy_tree(snapshot.project, work)
    try:
        for kind, path, other in edits:
            try:
                edit(work, kind, work / path, work / other)
            except (OSError, shutil.Error):
                continue
        expected = read_tree(work)
        snapshot.trim(work)
        rebuilt = snapshot.rebuilt(work)
        assert read_tree(rebuilt) == expected
    finally:
        shutil.rmtree(work)
        shutil.rmtree(scratch / "work-rebuilt", ignore_errors=True)
