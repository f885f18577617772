"""What stays of pages."""

import os
from pathlib import Path

from jupyter_orchest_jobs.render.cache import ABANDONED_S, note_use, prune


def page(folder: Path, name: str, age_s: int, size: int = 10) -> Path:
    path = folder / name
    path.write_bytes(b"1" * size)
    os.utime(path, (path.stat().st_mtime - age_s,) * 2)
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_pages_wanted_longest_ago_go_first(tmp_path: Path) -> None:
    new = page(tmp_path, "new.html", 0)
    old, _ = page(tmp_path, "old.html", 50), page(tmp_path, "older.html", 100)
    prune(tmp_path, new, 30)
    assert names(tmp_path) == {"new.html", "old.html", "older.html"}
    prune(tmp_path, new, 29)
    assert names(tmp_path) == {"new.html", "old.html"}
    prune(tmp_path, old, 10)
    assert names(tmp_path) == {"old.html"}


def test_a_page_that_is_looked_at_stays(tmp_path: Path) -> None:
    new, old = page(tmp_path, "new.html", 10), page(tmp_path, "old.html", 50)
    assert note_use(old)
    prune(tmp_path, old, 10)
    assert names(tmp_path) == {"old.html"}
    assert not note_use(new)


def test_the_page_just_made_stays_however_large(tmp_path: Path) -> None:
    large = page(tmp_path, "large.html", 99, 100)
    page(tmp_path, "other.html", 0)
    prune(tmp_path, large, 50)
    assert names(tmp_path) == {"large.html"}


def test_what_was_left_half_written_goes(tmp_path: Path) -> None:
    new = page(tmp_path, "new.html", 0)
    page(tmp_path, ".tmp-a", int(ABANDONED_S) + 10)
    page(tmp_path, ".tmp-b", 10)
    page(tmp_path, "notes.txt", 10**6)
    prune(tmp_path, new)
    assert names(tmp_path) == {"new.html", ".tmp-b", "notes.txt"}
