"""Equal files that become one."""

import os
import stat
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.same import share


def two(folder: Path, first: str, second: str) -> tuple[Path, Path]:
    kept, other = folder / "a/kept", folder / "b/other"
    for path, text in ((kept, first), (other, second)):
        path.parent.mkdir()
        path.write_text(text)
    return kept, other


def test_equal_files_become_one_with_the_mode_of_the_other(tmp_path: Path) -> None:
    kept, other = two(tmp_path, "same", "same")
    kept.chmod(0o600)
    other.chmod(0o640)
    inode = kept.stat().st_ino
    assert share(kept, other)
    assert share(kept, other)  # again, as after a crash
    assert (other.stat().st_ino, kept.stat().st_nlink) == (inode, 2)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert [path.name for path in other.parent.iterdir()] == ["other"]


def test_what_differs_or_is_no_file_stays(tmp_path: Path) -> None:
    kept, other = two(tmp_path, "same", "else")
    assert not share(kept, other)
    assert not share(kept, tmp_path / "missing")
    (tmp_path / "link").symlink_to(kept)
    assert not share(kept, tmp_path / "link")
    assert not share(tmp_path / "link", other)
    assert not share(kept, kept.parent)
    assert (tmp_path / "link").is_symlink()
    assert (kept.read_text(), other.read_text()) == ("same", "else")
    assert kept.stat().st_nlink == 1


def test_where_links_are_impossible_both_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, other = two(tmp_path, "same", "same")

    def fail(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", fail)
    assert not share(kept, other)
    assert [path.name for path in other.parent.iterdir()] == ["other"]
