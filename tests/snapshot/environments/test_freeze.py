"""Clones: what happens to the original doesn't reach them."""

import multiprocessing
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.environment import EnvironmentState
from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files.building import sweep
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.snapshot.environments import (
    drift,
    freeze,
    frozen_program,
    look,
    manifest,
)
from tests.environments import (
    digests,
    freeze_it,
    imported,
    install,
    naming,
    plain_venv,
    run,
    site_of,
    step_of,
    uninstall,
    uv,
    uv_venv,
    wheel,
)

FROZEN, RECORDED = EnvironmentState.FROZEN, EnvironmentState.RECORDED
SHM = Path("/dev/shm")


def clone_of(root: Path, identity: str) -> Path:
    return root / identity / "prefix"


def test_freeze_outlives_upgrade_removal_and_deletion(
    python: Path, wheels: Path, root: Path
) -> None:
    found = freeze_it(python, root)
    assert (found.state, found.reason, found.packages) == (FROZEN, "", 2)
    assert found.bytes > 100
    clone = clone_of(root, found.id)
    before = digests(clone)
    install(python, wheel(wheels, "apples", "2.0"))
    uninstall(python, "pears")
    assert imported(python, "apples")["apples"][0] == "2.0"
    assert digests(clone) == before
    shutil.rmtree(python.parent.parent)
    program = step_of(root, found).program
    assert imported(program, "apples", "pears") == {
        name: [
            "1.0",
            f"{clone}/lib/python3.{sys.version_info.minor}/site-packages/{name}/__init__.py",
        ]
        for name in ("apples", "pears")
    }
    # Its console scripts are executed by it, too.
    assert run(clone / "bin/apples").startswith(f"{clone}/")
    assert not drift(root, found.id)


def test_freeze_is_not_reached_by_what_uv_does(tmp_path: Path, wheels: Path, root: Path) -> None:
    python = uv_venv(tmp_path / "uv", wheel(wheels, "apples"), wheel(wheels, "pears"))
    found = freeze_it(python, root)
    before = digests(clone_of(root, found.id))
    uv_pip = (uv(), "pip")
    here = ("-q", "-p", python)
    run(*uv_pip, "install", *here, "--no-index", "--reinstall", wheel(wheels, "apples"))
    run(
        *uv_pip,
        "install",
        *here,
        "--no-index",
        "--compile-bytecode",
        wheel(wheels, "apples", "2.0"),
    )
    run(*uv_pip, "uninstall", *here, "pears")
    assert digests(clone_of(root, found.id)) == before
    # uv makes environments without pip, so there is one that changes no other Python.
    done = subprocess.run([clone_of(root, found.id) / "bin/pip"], capture_output=True, text=True)
    assert "No module named pip" in done.stderr


@pytest.mark.slow
def test_freeze_is_not_reached_by_what_pip_does(tmp_path: Path, wheels: Path, root: Path) -> None:
    python = plain_venv(tmp_path / "venv", pip=True)
    pip = (python, "-m", "pip", "-q", "--no-input")
    here = ("--no-index", "--no-deps")
    run(*pip, "install", *here, wheel(wheels, "apples"), wheel(wheels, "pears"))
    found = freeze_it(python, root)
    before = digests(clone_of(root, found.id))
    new = (wheel(wheels, "apples", "2.0"), wheel(wheels, "pears"))
    run(*pip, "install", *here, "-U", "--force-reinstall", *new)
    run(*pip, "uninstall", "-y", "pears")
    assert digests(clone_of(root, found.id)) == before
    assert f" from {root}/" in run(clone_of(root, found.id) / "bin/pip", "--version")


def test_freeze_leaves_nothing_that_names_the_original(python: Path, root: Path) -> None:
    found = freeze_it(python, root)
    assert naming(clone_of(root, found.id), str(python.parent.parent)) == set()
    prefix = run(clone_of(root, found.id) / "bin/python", "-c", "import sys; print(sys.path)")
    assert str(python.parent.parent) not in prefix


def test_freeze_links_files_and_does_nothing_to_them(python: Path, root: Path) -> None:
    site = site_of(python)
    before = {path: path.stat() for path in site.rglob("*.py")}
    found = freeze_it(python, root)
    clone = clone_of(root, found.id) / site.relative_to(python.parent.parent)
    for path, status in before.items():
        now = path.stat()
        assert now.st_nlink == status.st_nlink + 1
        assert (clone / path.relative_to(site)).stat().st_ino == status.st_ino
        assert (now.st_mode, now.st_mtime_ns) == (status.st_mode, status.st_mtime_ns)
    folders = [folder for folder in clone_of(root, found.id).rglob("*") if folder.is_dir()]
    writable = {folder.name for folder in folders if stat.S_IMODE(folder.stat().st_mode) & 0o222}
    assert writable == {"__pycache__"}


def test_freeze_keeps_what_python_compiles_for_the_next_run(python: Path, root: Path) -> None:
    found = freeze_it(python, root)
    program = step_of(root, found).program
    imported(program, "apples")
    cache = next(clone_of(root, found.id).rglob("apples/__pycache__"))
    assert [file.suffix for file in cache.iterdir()] == [".pyc"]
    assert not drift(root, found.id)


def test_freeze_shares_one_clone(python: Path, root: Path) -> None:
    first = freeze_it(python, root)
    made = clone_of(root, first.id).stat()
    again = freeze_it(python, root)
    assert again == first
    assert clone_of(root, first.id).stat().st_ino == made.st_ino
    assert sorted(path.name for path in root.iterdir()) == [first.id]


def _freeze(python: str, root: str) -> str:
    return freeze(look(python), Path(root)).state


def test_freeze_by_several_processes_makes_one_clone(python: Path, root: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        states = pool.starmap(_freeze, [(str(python), str(root))] * 6)
    assert states == [FROZEN] * 6
    found = look(str(python))
    assert [path.name for path in root.iterdir()] == [found.id]
    assert not drift(root, found.id)


def test_freeze_records_what_was_changed_meanwhile(python: Path, wheels: Path, root: Path) -> None:
    seen = look(str(python))
    install(python, wheel(wheels, "apples", "2.0"))
    found = freeze(seen, root)
    assert found.state is RECORDED
    assert "changed while" in found.reason
    assert [(one.name, one.version) for one in manifest(root, seen.id).packages] == [
        ("apples", "2.0"),
        ("pears", "1.0"),
    ]


def test_freeze_notices_a_change_while_it_links(python: Path, wheels: Path, root: Path) -> None:
    make_many_files(python, 400)
    versions = iter(["2.0", "1.0", "2.0", "1.0"])

    def change(files: int, size: int) -> None:
        install(python, wheel(wheels, "apples", next(versions)))

    found = freeze(look(str(python)), root, progress=change)
    assert found.state is RECORDED
    assert "changed while" in found.reason


def test_freeze_stops_when_it_is_cancelled(python: Path, root: Path) -> None:
    make_many_files(python, 400)
    seen = look(str(python))
    with pytest.raises(SnapshotFailed, match="cancelled"):
        freeze(seen, root, cancelled=lambda: True)
    assert list(root.iterdir()) == []


def make_many_files(python: Path, count: int) -> None:
    folder = site_of(python) / "many"
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.py").touch()


def test_freeze_records_a_program_that_is_not_python(root: Path) -> None:
    found = freeze(look("bash", language="bash"), root)
    assert found.state is RECORDED
    assert "not Python" in found.reason
    assert (found.prefix, found.copy_bytes) == ("", 0)
    assert "bash" in found.version
    assert frozen_program(root, found) is None


def test_freeze_records_a_python_that_is_gone(tmp_path: Path, root: Path) -> None:
    found = freeze(look(str(tmp_path / "bin/python")), root)
    assert found.state is RECORDED
    assert "There is no program" in found.reason


@pytest.mark.skipif(
    not SHM.is_dir() or SHM.stat().st_dev == Path(__file__).stat().st_dev,
    reason="needs a second file system",
)
def test_freeze_copies_on_request_where_links_can_not_be(
    python: Path, wheels: Path, tmp_path: Path
) -> None:
    elsewhere = SHM / f"environments-{tmp_path.name}-{os.getpid()}"
    try:
        seen = look(str(python))
        found = freeze(seen, elsewhere)
        assert found.state is RECORDED
        assert "another file system" in found.reason
        assert 100 < found.copy_bytes < 10**6
        copied = freeze(seen, elsewhere, copy=True)
        assert (copied.state, copied.copy_bytes) == (FROZEN, 0)
        install(python, wheel(wheels, "apples", "2.0"))
        program = step_of(elsewhere, copied).program
        assert imported(program, "apples")["apples"][0] == "1.0"
        assert not drift(elsewhere, copied.id)
        remove_folder(elsewhere / copied.id)
        assert list(elsewhere.iterdir()) == []
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


def test_remove_and_sweep_leave_the_original_alone(python: Path, root: Path) -> None:
    found = freeze_it(python, root)
    left = root / ".tmp-left"
    left.mkdir()
    (left / "file").touch()
    left.chmod(0o500)
    assert sweep(root) == [left]
    before = digests(python.parent.parent)
    remove_folder(root / found.id)
    remove_folder(root / found.id)
    assert list(root.iterdir()) == []
    assert digests(python.parent.parent) == before
    assert imported(python, "apples")["apples"][0] == "1.0"
