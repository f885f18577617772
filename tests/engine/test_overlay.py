"""Working copies that are overlays: the same as copies, for steps and for all who look at them."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine import overlay
from jupyter_orchest_jobs.engine.overlay import enter_new, why_not
from jupyter_orchest_jobs.engine.working_copy import WorkingCopy
from jupyter_orchest_jobs.files import delta
from jupyter_orchest_jobs.files.manifest import read_manifest
from jupyter_orchest_jobs.files.paths import opened_root
from jupyter_orchest_jobs.files.run_tree import Baseline, RunTree
from jupyter_orchest_jobs.files.upper import deleted_in, is_upper
from tests.engine.harness import Lab, RunOnDisk, notebook, until
from tests.engine.mounting import Mounter, skip_without_overlays
from tests.files.test_delta import TREE, Snapshot, _edits, write_manifest
from tests.files.trees import contents, make_tree, read_tree

Edits = list[tuple[str, str, str]]


@pytest.fixture(scope="module", autouse=True)
def _overlays_here(tmp_path_factory: pytest.TempPathFactory) -> None:
    skip_without_overlays(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def mounter() -> Iterator[Mounter]:
    mounter = Mounter()
    yield mounter
    mounter.close()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("snapshot")
    make_tree(folder / "project", TREE)
    return write_manifest(folder)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def seen(root: Path) -> dict[str, str]:
    return {path: repr(what) for path, what in read_tree(root).items()}


def looked_at(work: Path, snapshot: Snapshot) -> dict[str, bytes | str | None]:
    """The files of a run as the server shows them, in the form of `contents`."""
    tree = RunTree(work, Baseline(snapshot.project, read_manifest(snapshot.manifest).items))
    found: dict[str, bytes | str | None] = {}
    for file in tree.everything():
        if file.type == "file":
            with tree.open(file.path) as content:
                found[file.path] = content.read()
        else:
            found[file.path] = tree.read_link(file.path) if file.type == "link" else None
    return found


@settings(max_examples=60, deadline=None)
@given(edits=_edits)
@example([("remove", "a", "a"), ("folder", "a/c", "a"), ("remove", "b", "b"), ("write", "b", "c")])
@example([("remove", "a", "a"), ("folder", "a/a/b", "a")])
@example([("remove", "c", "c"), ("folder", "c/a", "a"), ("write", "deleted.json", "a")])
@example([("remove", "deleted.json", "a"), ("mode", "a", "a"), ("touch", "a/a", "a")])
@example([("remove", "b", "a"), ("folder", "b/a", "a"), ("write", "b/a/c", "a")])
def test_overlay_comes_to_the_same_as_a_copy(
    mounter: Mounter, snapshot: Snapshot, scratch: Path, edits: Edits
) -> None:
    before = read_tree(snapshot.project)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        work, again, whole = (Path(folder, name) for name in ("work", "again", "whole"))
        mounter("mount", work, lower=snapshot.project)
        expected = mounter("edit", work, edits=edits)
        items = read_manifest(snapshot.manifest).items
        plain = {path: what for path, what in expected.items() if "special" not in what}
        assert looked_at(work, snapshot).keys() == plain.keys()
        mounter("unmount", work)
        # As a runner leaves it that was killed.
        delta.rebuild(snapshot.project, work, whole, record=delta.look(work, items))
        assert seen(whole) == expected
        assert looked_at(work, snapshot) == contents(whole)
        # As one leaves it that has come to its end.
        snapshot.trim(work)
        assert seen(snapshot.rebuilt(work)) == expected
        assert looked_at(work, snapshot) == contents(whole)
        assert not [path for path in work.rglob("*") if stat.S_ISCHR(path.lstat().st_mode)]
        # And as the next one goes on with it.
        mounter("mount", again, lower=snapshot.project)
        assert mounter("lay", again, delta=work) == expected
        mounter("unmount", again)
        assert not list(Path(folder).glob(".*"))
    assert read_tree(snapshot.project) == before


def test_unchanged_files_are_not_deltas_of_their_own(
    mounter: Mounter, snapshot: Snapshot, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    mounter("mount", work, lower=snapshot.project)
    assert contents(work) == {}
    mounter("edit", work, edits=[("touch", "a/a", "a"), ("mode", "c", "a"), ("touch", "new", "a")])
    assert set(contents(work)) == {"a", "a/a", "c", "new"}
    tree = RunTree(work, Baseline(snapshot.project, read_manifest(snapshot.manifest).items))
    changes = {file.path: file.change for file in tree.everything(changed=True)}
    assert changes == {"c": "changed", "new": "added"}
    mounter("unmount", work)
    snapshot.trim(work)
    assert set(contents(work)) == {"c", "new", "deleted.json"}


def test_overlay_that_a_step_has_unmounted_is_no_hindrance(
    mounter: Mounter, snapshot: Snapshot, tmp_path: Path
) -> None:
    mounter("mount", tmp_path / "work", lower=snapshot.project)
    for _ in range(2):
        mounter("unmount", tmp_path / "work")
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_unmounting_ends_what_a_step_has_mounted_over_it(
    mounter: Mounter, snapshot: Snapshot, tmp_path: Path
) -> None:
    work, other = tmp_path / "work", tmp_path / "other"
    other.mkdir()
    mounter("mount", work, lower=snapshot.project)
    mounter("edit", work, edits=[("remove", "c", "c")])
    assert mounter("bind", work, other=other) == {}
    mounter("unmount", work)
    assert mounter("see", work).keys() == {"c"}


def test_deleted_folder_hides_what_was_below_it(
    mounter: Mounter, snapshot: Snapshot, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    mounter("mount", work, lower=snapshot.project)
    mounter("edit", work, edits=[("remove", "b", "b"), ("folder", "b/a", "b")])
    mounter("unmount", work)
    with opened_root(work) as root:
        deleted = deleted_in(root, read_manifest(snapshot.manifest).items)
    assert deleted == ["b/a/c", "b/b"]


def test_trial_leaves_nothing(tmp_path: Path) -> None:
    assert why_not(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_trial_takes_no_modules_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tempfile.py").write_text("raise SystemExit('not mine')")
    (tmp_path / "state").mkdir()
    monkeypatch.chdir(tmp_path)
    assert why_not(tmp_path / "state") is None


def test_trial_says_what_is_wrong(tmp_path: Path) -> None:
    assert "No such file" in (why_not(tmp_path / "nowhere") or "")


def test_what_a_shared_folder_hands_its_group_down_to_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:  # one that another user can enter
        command = [sys.executable, "-m", "tests.engine.mounter", folder]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if not said:
        pytest.skip("this user has one group only")
    assert "belong to a group" in said


def test_process_with_threads_stays_where_it_is() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    namespace = Path("/proc/self/ns/mnt").stat().st_ino
    try:
        with pytest.raises(OSError, match="Invalid argument"):
            enter_new()
    finally:
        end.set()
        thread.join()
    assert Path("/proc/self/ns/mnt").stat().st_ino == namespace


# --- whole runs ----------------------------------------------------------------------------------

PROJECT = {
    "data/kept.txt": "kept",
    "data/changed.txt": "old\n",
    "data/gone/a.txt": "a",
    "data/gone/b.txt": "b",
    "module.py": "VALUE = 7",
}
FIRST = """
import os, pathlib, shutil, subprocess, sys
import module, orchest
assert module.VALUE == 7 and sorted(os.listdir("data")) == ["changed.txt", "gone", "kept.txt"]
open("data/changed.txt", "a").write("by a notebook\\n")
shutil.rmtree("data/gone")
pathlib.Path("data/gone").mkdir()
pathlib.Path("data/gone/c.txt").write_text("c")
subprocess.run(["sh", "-c", "echo child >>data/changed.txt; id -u >uid"], check=True)
orchest.output({"cwd": os.getcwd()}, name="where")
"""
SECOND = """
import os, orchest
assert orchest.get_inputs()["where"]["cwd"] == os.getcwd(), orchest.get_inputs()
assert os.listdir("data/gone") == ["c.txt"]
print(open("data/changed.txt").read(), end="")
"""


def snapshot_of(run: RunOnDisk) -> dict[str, Any]:
    return read_tree(Path(run.spec.snapshot))


def test_steps_see_one_project_and_others_the_changes(lab: Lab) -> None:
    files = {**PROJECT, "first.ipynb": notebook(FIRST), "second.py": SECOND}
    run = lab.run(files, {"second": ["first"]}, overlays=True)
    before = snapshot_of(run)
    assert run.launch().finish().status is RunStatus.SUCCEEDED
    assert run.log("second") == "old\nby a notebook\nchild\n"
    assert snapshot_of(run) == before
    work = run.folder.work
    changed = {path for path in contents(work) if (work / path).is_file()}
    own = {path for path in changed if path.startswith(".orchest/")}
    assert own
    assert changed - own == {
        "data/changed.txt",
        "data/gone/c.txt",
        "deleted.json",
        "example.orchest",
        "first.ipynb",
        "uid",
    }
    record = json.loads((work / "deleted.json").read_bytes())
    assert record["deleted"] == ["data/gone/a.txt", "data/gone/b.txt"]
    assert (work / "uid").read_text().strip() == str(os.getuid())
    assert (work / "first.ipynb").samefile(run.folder.step("first") / "notebook.ipynb")
    assert {path.name for path in run.folder.run.iterdir()} == {"attempts", "spec.json", "work"}


def test_nothing_is_copied_before_it_is_changed(usual: Lab) -> None:
    files = {**PROJECT, "wait.sh": "cat data/kept.txt; touch here; sleep 60"}
    run = usual.run(files, overlays=True).launch()
    until((run.folder.work / "here").exists, "the step")
    assert is_upper(run.folder.work)
    files_there = {path for path in contents(run.folder.work) if path != ".orchest"}
    assert files_there == {"here", "example.orchest"}
    usual.executor.request_cancel(run.folder.path)
    assert run.finish().status is RunStatus.CANCELLED
    assert run.log("wait").startswith("kept")


AGAIN = {
    "first.sh": "echo first >>ledger; echo more >>changed.txt; rm gone.txt",
    "second.sh": "echo second >>ledger; cat ledger changed.txt; [ $(wc -l <ledger) -gt 2 ]",
    "changed.txt": "old\n",
    "gone.txt": "",
    "same.txt": "",
}
LEDGER = ["first", "second", "second", "old", "more"]


def test_resume_goes_on_with_an_overlay(usual: Lab) -> None:
    run = usual.run(AGAIN, {"second": ["first"]}, overlays=True).launch()
    assert run.finish().status is RunStatus.FAILED
    again = usual.again(run, AttemptKind.RESUME, ["first"]).launch()
    assert again.finish().status is RunStatus.SUCCEEDED
    assert again.log("second").split() == LEDGER
    left = set(contents(again.folder.work))
    assert left == {"ledger", "changed.txt", "example.orchest", "deleted.json"}
    assert not (run.folder.run / ".overlay-work").exists()


@pytest.mark.parametrize("stays", [True, False], ids=["mounted again", "copied then"])
def test_resume_goes_on_where_the_runner_was_killed(usual: Lab, stays: bool) -> None:
    files = {**AGAIN, "second.sh": f"{AGAIN['second.sh']} || {{ touch here; sleep 60; }}"}
    run = usual.run(files, {"second": ["first"]}, overlays=True).launch()
    until((run.folder.work / "here").exists, "the second step")
    pid = json.loads(run.folder.info.read_bytes())["pid"]
    os.kill(pid, signal.SIGKILL)
    run.wait_dead()
    usual.executor.sweep(run.spec.run_id, 1)
    assert is_upper(run.folder.work)
    if not stays:
        told = json.loads(run.folder.spec.read_bytes())
        run.folder.spec.write_text(json.dumps({**told, "overlays": False}))
    again = usual.again(run, AttemptKind.RESUME, ["first"]).launch()
    assert again.finish().status is RunStatus.SUCCEEDED
    assert again.log("second").split() == LEDGER
    record = json.loads((again.folder.work / "deleted.json").read_bytes())
    assert record["deleted"] == ["gone.txt"]


class NoOverlays(overlay.Overlays):
    """Those of a system that can't mount them."""

    def __init__(self) -> None:
        super().__init__(-1, -1)

    def mount(self, lower: Path, upper: Path) -> None:
        raise OSError(22, f"can't show {lower} in {upper}")


@pytest.mark.parametrize("kind", list(AttemptKind))
def test_what_cannot_be_mounted_is_copied(
    usual: Lab, kind: AttemptKind, caplog: pytest.LogCaptureFixture
) -> None:
    run = usual.run({"a.txt": "1"})
    run.folder.path.mkdir(parents=True)
    WorkingCopy(run.folder, run.spec, NoOverlays()).make(kind, lambda: False)
    assert contents(run.folder.work)["a.txt"] == b"1"
    assert not is_upper(run.folder.work)
    assert "The working copy is a copy, no overlay" in caplog.text
    assert [path.name for path in run.folder.run.iterdir()].count("work") == 1
