"""Snapshots of all kinds of trees."""

import os
import shutil
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.copy import copy_tree
from jupyter_orchest_jobs.files.manifest import explain_missing, read_manifest, verify
from jupyter_orchest_jobs.snapshot.estimate import estimate
from jupyter_orchest_jobs.snapshot.take import take
from tests.files.trees import Link, contents, make_tree, read_tree


def leftovers(store: Path) -> list[str]:
    return [path.name for path in store.iterdir()] if store.exists() else []


def test_a_snapshot_is_the_project(project: Path, store: Path) -> None:
    (project / "x.py").chmod(0o4755)
    os.utime(project / "x.py", ns=(1, 1_234_567_891))
    seen: list[tuple[int, int]] = []
    info = take(project, store, progress=lambda files, size: seen.append((files, size)))
    assert leftovers(store) == [info.id]
    assert contents(info.path / "project") == contents(project)
    assert stat.S_IMODE((info.path / "project/x.py").stat().st_mode) == 0o755
    assert (info.path / "project/x.py").stat().st_mtime_ns == 1_234_567_891
    assert (info.files, info.bytes, seen[-1]) == (2, 3, (2, 3))
    assert (info.commit, info.dirty, info.skipped, info.warnings) == (None, None, (), ())
    assert verify(info.path) == []
    assert stat.S_IMODE(store.stat().st_mode) == 0o700


def test_what_is_left_out_is_explained(project: Path, store: Path) -> None:
    make_tree(project, {".gitignore": "# big\n\ndata/\n", "data/train.csv": "1"})
    info = take(project, store)
    assert explain_missing(info.path / "manifest.json", "data/train.csv") == (
        "data/train.csv was left out of the snapshot by .gitignore line 3 (“data/”)"
    )


def test_no_run_changes_the_snapshot(project: Path, store: Path, tmp_path: Path) -> None:
    make_tree(project, {"a": "a", "b": "b", "c": "c", "d": "d"})
    info = take(project, store)
    copy_tree(info.path / "project", tmp_path / "run")
    run = tmp_path / "run"
    (run / "a").write_text("overwritten")
    with (run / "b").open("a") as file:
        file.write("appended")
    (run / "c").chmod(0o777)
    (run / "d").unlink()
    os.truncate(run / "x.py", 0)
    shutil.rmtree(run / "sub")
    assert verify(info.path) == []


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_commit_and_what_is_dirty_are_recorded(project: Path, store: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=n", "-c", "user.email=e")
        return subprocess.run(
            ["git", *identity, *arguments], cwd=project, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init", "-q")
    assert take(project, store).commit is None
    git("add", ".")
    git("commit", "-qm", "one")
    assert (take(project, store).commit, take(project, store).dirty) == (
        git("rev-parse", "HEAD"),
        0,
    )
    (project / "x.py").write_text("changed")
    (project / "new").write_text("")
    info = take(project, store)
    assert info.dirty == 2
    assert read_manifest(info.path / "manifest.json").dirty == 2


def test_links_mean_the_same_in_the_copy(project: Path, store: Path) -> None:
    outside = make_tree(project.parent / "shared", {"data": "secret"})
    (project.parent / "alias").symlink_to(project)
    links = {
        "relative": ("sub/y.ipynb", "sub/y.ipynb"),
        "sub/absolute": (f"{project}/sub/y.ipynb", "../sub/y.ipynb"),
        "sub/alias": (f"{project.parent}/alias/x.py", "../x.py"),
        "by-name": (f"../{project.name}/x.py", "./x.py"),
        "root": (str(project), "./"),
        "future": (f"{project}/later/model", "./later/model"),
        "out": (str(outside / "data"), str(outside / "data")),
        "sub/up": ("../../shared/data", str(outside / "data")),
        "escape": (f"{project}/../shared/data", str(outside / "data")),
        "dangling": ("nowhere", "nowhere"),
        "loop": ("loop", "loop"),
    }
    make_tree(project, {path: Link(target) for path, (target, _) in links.items()})
    info = take(project, store)
    copied = contents(info.path / "project")
    assert {path: copied[path] for path in links} == {
        path: target for path, (_, target) in links.items()
    }
    assert sorted(text.split()[0] for text in info.skipped) == ["escape", "out", "sub/up"]
    assert f"out leads out of the project, to {outside / 'data'}, which is not frozen." in (
        info.skipped
    )
    assert verify(info.path) == []
    assert b"secret" not in copied.values()


def test_special_files_are_skipped_and_said(project: Path, store: Path) -> None:
    os.mkfifo(project / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(project / "s"))
        info = take(project, store)
    assert sorted(info.skipped) == [
        "pipe is a pipe, socket or device and was left out.",
        "s is a pipe, socket or device and was left out.",
    ]
    assert set(contents(info.path / "project")) == {"x.py", "sub", "sub/y.ipynb", "empty"}


def test_holes_stay_holes_and_are_hashed(project: Path, store: Path) -> None:
    with (project / "sparse").open("wb") as file:
        file.write(b"begin")
        file.seek(4_000_000)
        file.write(b"end")
        file.truncate(8_000_000)
    info = take(project, store)
    copied = info.path / "project/sparse"
    assert copied.read_bytes() == (project / "sparse").read_bytes()
    assert copied.stat().st_blocks <= 1.1 * (project / "sparse").stat().st_blocks + 16
    assert verify(info.path) == []


def test_our_own_state_in_the_project_is_left_out(tmp_path: Path) -> None:
    make_tree(tmp_path, {"x": "", "state/orchest-jobs/orchest-jobs.sqlite": ""})
    store = tmp_path / "state/orchest-jobs/snapshots"
    take(tmp_path, store)
    info = take(tmp_path, store)
    assert set(contents(info.path / "project")) == {"x", "state"}
    found = estimate(tmp_path, limit_s=60, leave=[store.parent])
    assert (found.files, [left.path for left in found.left_out]) == (1, ["state/orchest-jobs"])


def test_odd_names_survive(project: Path, store: Path) -> None:
    make_tree(project, {"\udcff": "1", "a\nb": "2", "e\u0301": "3", "é": "4", "n" * 255: "5"})
    info = take(project, store)
    assert read_tree(info.path / "project") == read_tree(project)
    assert verify(info.path) == []
