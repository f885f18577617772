"""A project in which nothing has changed has the snapshot of before."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.manifest import read_manifest, verify
from jupyter_orchest_jobs.snapshot import base as module
from jupyter_orchest_jobs.snapshot.take import take
from tests.files.trees import make_tree


@pytest.fixture(autouse=True)
def _fine_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRANULARITY_NS", 0)


def test_an_unchanged_project_has_the_snapshot_of_before(project: Path, store: Path) -> None:
    (project / "link").symlink_to("x.py")
    (project / "away").symlink_to("/")
    os.mkfifo(project / "pipe")
    (project / ".gitignore").write_text("*.log\n")
    (project / "a.log").write_text("")
    first = take(project, store, share=True)
    again = take(project, store, share=True)
    assert (first.is_shared, again.is_shared) == (False, True)
    assert (again.id, again.path) == (first.id, first.path)
    assert (again.files, again.bytes) == (first.files, first.bytes)
    assert again.skipped == first.skipped != ()
    assert [path.name for path in store.iterdir()] == [first.id]


def test_a_snapshot_is_shared_only_if_asked_for(project: Path, store: Path) -> None:
    first, second = take(project, store), take(project, store)
    assert first.id != second.id
    assert not second.is_shared


def _in_place(project: Path) -> None:
    """Another content of equal size, with the time of the old one."""
    before = (project / "x.py").stat()
    (project / "x.py").write_text("2")
    os.utime(project / "x.py", ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        _in_place,
        lambda project: (project / "x.py").touch(),
        lambda project: (project / "x.py").chmod(0o755),
        lambda project: (project / "x.py").unlink(),
        lambda project: (project / "new").write_text(""),
        lambda project: (project / "new").mkdir(),
        lambda project: (project / "empty").rmdir(),
        lambda project: (project / "empty").chmod(0o700),
        lambda project: (project / "sub").rename(project / "bus"),
        lambda project: _relink(project, "sub"),
        lambda project: (project / "link").unlink(),
        lambda project: os.mkfifo(project / "pipe"),
        lambda project: (project / "new.log").write_text(""),
        lambda project: (project / ".gitignore").write_text("*.log\n\n"),
    ],
)
def test_any_change_takes_another_snapshot(
    project: Path, store: Path, change: Callable[[Path], object]
) -> None:
    make_tree(project, {".gitignore": "*.log\n", "a.log": ""})
    (project / "link").symlink_to("x.py")
    first = take(project, store, share=True)
    change(project)
    second = take(project, store, share=True)
    assert not second.is_shared
    assert second.id != first.id
    assert verify(first.path) == verify(second.path) == []
    assert take(project, store, share=True).id == second.id


def _relink(project: Path, target: str) -> None:
    (project / "link").unlink()
    (project / "link").symlink_to(target)


@pytest.mark.parametrize(
    "damage",
    [
        lambda files: (files / "x.py").write_text("damaged"),
        lambda files: (files / "x.py").unlink(),
        lambda files: (files / "new").write_text(""),
        lambda files: (files / "sub").chmod(0o700),
        shutil.rmtree,
    ],
)
def test_a_damaged_snapshot_is_not_shared(
    project: Path, store: Path, damage: Callable[[Path], object]
) -> None:
    (project / "sub").chmod(0o755)
    first = take(project, store, share=True)
    damage(first.path / "project")
    second = take(project, store, share=True)
    assert not second.is_shared
    assert verify(second.path) == []


def test_files_of_a_moment_ago_are_read_and_known_from_then_on(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as coarse:
        coarse.setattr(module, "GRANULARITY_NS", 3600 * 10**9)
        first = take(project, store, share=True)
    second, third = (take(project, store, share=True) for _ in range(2))
    assert (second.is_shared, third.is_shared) == (False, True)
    assert second.id != first.id
    assert third.id == second.id


def test_a_commit_of_what_was_there_changes_what_is_said_of_it_alone(
    project: Path, store: Path
) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        command = ["git", "-C", str(project), *identity, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    git("init")
    first = take(project, store, share=True)
    git("add", ".")
    git("commit", "-m", "x")
    second = take(project, store, share=True)
    assert second.is_shared
    assert (first.commit, first.dirty) == (None, 2)
    assert second.commit is not None
    assert second.dirty == 0
    assert read_manifest(first.path / "manifest.json").commit is None
