"""Taking snapshots while others write, with full disks, and on the way to a crash."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files.building import sweep
from jupyter_orchest_jobs.files.manifest import verify
from jupyter_orchest_jobs.snapshot import take as module
from jupyter_orchest_jobs.snapshot.estimate import estimate
from jupyter_orchest_jobs.snapshot.take import SnapshotInfo, take
from tests.files.trees import contents, make_tree


def leftovers(store: Path) -> list[str]:
    return [path.name for path in store.iterdir()] if store.exists() else []


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    """Do something over and over in another thread."""
    stop = threading.Event()

    def loop() -> None:
        while not stop.is_set():
            act()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


_AS_NOBODY = """
import os, sys, tempfile
from pathlib import Path
from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.snapshot.take import take

with tempfile.TemporaryDirectory() as folder:
    base = Path(folder)
    project = base / "p"
    for path in ("bad", "sub/bad", "locked/x", "fine"):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text("")
    if os.getuid() == 0:
        os.chown(base, 65534, 65534)
        for path in base.rglob("*"):
            os.chown(path, 65534, 65534)
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    os.environ["HOME"] = folder
    for path in ("bad", "sub/bad", "locked"):
        (project / path).chmod(0)
    try:
        take(project, base / "s")
    except SnapshotFailed as error:
        print(*sorted(p.file + ": " + p.message for p in error.problems), sep="\\n")
    print(os.listdir(base / "s"))
    (project / "locked").chmod(0o700)
"""


def test_all_that_cannot_be_read_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY], capture_output=True, text=True, check=True, cwd="/tmp"
    )
    what = "can't be read; change its permissions or add it to .gitignore."
    assert done.stdout.splitlines() == [
        f"bad: The file {what}",
        f"locked: The folder {what}",
        f"sub/bad: The file {what}",
        "[]",
    ]


def test_a_project_that_is_not_there(project: Path, store: Path) -> None:
    for path in (project / "missing", project / "x.py"):
        with pytest.raises(SnapshotFailed, match="The project can't be read"):
            take(path, store)
        with pytest.raises(SnapshotFailed, match="The project can't be read"):
            estimate(path)
    assert leftovers(store) == []


def test_a_full_disk_is_noticed_before_copying(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MARGIN", 10**18)
    with pytest.raises(SnapshotFailed, match=r"needs [\d,]+ MB of disk space, but [\d,]+ MB"):
        take(project, store)
    assert leftovers(store) == []


_LIMITED = """
import resource, sys
from pathlib import Path
from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.snapshot.take import take

resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    take(Path(sys.argv[1]), Path(sys.argv[2]))
except SnapshotFailed as error:
    print(error)
"""


def test_a_disk_that_fills_up_leaves_no_debris(project: Path, store: Path) -> None:
    (project / "big").write_bytes(b"1" * 200_000)
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(project), str(store)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "The snapshot can't be written: File too large.\n"
    assert leftovers(store) == []


def test_cancelling_leaves_no_debris(project: Path, store: Path) -> None:
    for moment in range(2):
        answers = iter([False] * moment)
        with pytest.raises(SnapshotFailed, match="cancelled"):
            take(project, store, cancelled=lambda answers=answers: next(answers, True))  # type: ignore[misc]
        assert leftovers(store) == []


def test_an_error_of_the_caller_leaves_no_debris(project: Path, store: Path) -> None:
    def fail(files: int, size: int) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        take(project, store, progress=fail)
    assert leftovers(store) == []


def test_a_file_that_keeps_changing_is_whole_or_named(project: Path, store: Path) -> None:
    letters = iter([b"a", b"b"] * 1_000_000)
    busy = project / "busy.log"
    busy.write_bytes(b"a" * 300_000)
    pause = threading.Event()

    def write() -> None:
        with busy.open("r+b") as file:
            letter = next(letters)
            for _ in range(3):
                file.write(letter * 100_000)
                file.flush()
        pause.wait(0.001)

    ends = set()
    with meanwhile(write):
        for _ in range(4):
            try:
                info = take(project, store)
            except SnapshotFailed as error:
                ends.add([problem.file for problem in error.problems] == ["busy.log"])
            else:
                copied = (info.path / "project/busy.log").read_bytes()
                ends.add(len(set(copied)) == 1)
                assert verify(info.path) == []
    assert ends == {True}


def test_a_file_swapped_for_a_link_gets_nothing_out(project: Path, store: Path) -> None:
    secret = make_tree(project.parent / "secret", {"f": "secret", "d/f": "secret"})
    make_tree(project, {"f": "mine", "d/f": "mine"})

    def swap() -> None:
        for path in ("f", "d"):
            (project / path).rename(project.parent / f"{path}-away")
            (project / path).symlink_to(secret / path)
            (project / path).unlink()
            (project.parent / f"{path}-away").rename(project / path)

    with meanwhile(swap):
        for _ in range(15):
            try:
                info = take(project, store)
            except SnapshotFailed as error:
                assert {problem.file for problem in error.problems} <= {"f", "d", "d/f"}
            else:
                assert b"secret" not in contents(info.path / "project").values()
                assert verify(info.path) == []


def test_a_file_that_disappears_is_said(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(root: Path) -> tuple[None, None]:
        (root / "x.py").unlink()
        return None, None

    monkeypatch.setattr(module, "commit_of", late)
    info = take(project, store)
    assert info.warnings == ("x.py disappeared while the snapshot was taken.",)
    assert verify(info.path) == []


@pytest.mark.parametrize("broken", ["sync_tree", "fsync_folder", "_make_links", "_make_folders"])
def test_an_error_of_the_disk_leaves_no_debris(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, broken, fail)
    with pytest.raises(SnapshotFailed, match="can't be written: the disk is full"):
        take(project, store)
    assert leftovers(store) == []


_DYING = """
import os, signal, sys
from pathlib import Path
from jupyter_orchest_jobs.files import atomic
from jupyter_orchest_jobs.snapshot import take as module

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

project, store, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
if moment != "progress":
    setattr(module, moment, die)
module.take(project, store, progress=die if moment == "progress" else lambda *_: None)
"""


@pytest.mark.parametrize("moment", ["commit_of", "progress", "sync_tree"])
def test_a_crash_leaves_nothing_visible(project: Path, store: Path, moment: str) -> None:
    done = subprocess.run([sys.executable, "-c", _DYING, str(project), str(store), moment])
    assert done.returncode == -signal.SIGKILL
    assert leftovers(store)
    assert all(name.startswith(".tmp-") for name in leftovers(store))
    assert len(sweep(store)) == 1
    assert leftovers(store) == []


def test_a_living_taker_is_left_alone(project: Path, store: Path) -> None:
    swept: list[Path] = []
    info = take(project, store, progress=lambda *_: swept.extend(sweep(store)))
    assert swept == []
    assert leftovers(store) == [info.id]
    assert sweep(store) == []
    assert sweep(store / "missing") == []


def test_snapshots_taken_at_once(project: Path, store: Path) -> None:
    infos: list[SnapshotInfo] = []
    threads = [threading.Thread(target=lambda: infos.append(take(project, store))) for _ in "123"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(leftovers(store)) == sorted(info.id for info in infos)
    assert [verify(info.path) for info in infos] == [[], [], []]
