"""Files that are there whole, or not at all."""

import os
import stat
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.atomic import sync_tree, write_atomic


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_atomic(path, b"one")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"one", 0o600)
    before = os.umask(0o077)
    try:
        write_atomic(path, b"two", 0o644)
    finally:
        os.umask(before)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"two", 0o644)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("broken", ["fsync", "fchmod"])
def test_an_error_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "x"
    write_atomic(path, b"one")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError, match="No space"):
        write_atomic(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_way_is_an_error_without_debris(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(OSError):
        write_atomic(tmp_path / "x", b"")
    assert list(tmp_path.iterdir()) == [tmp_path / "x"]


def test_a_tree_is_synced(tmp_path: Path) -> None:
    sync_tree(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_tree(tmp_path / "missing")
