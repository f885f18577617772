"""A conductor that is killed while it updates or repairs: old or new, nothing else."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.store import tables
from jupyter_orchest_jobs.store.backups import back_up
from tests.store.first_version import fill
from tests.store.victims import NAME, left

ROOT = Path(__file__).parents[2]


def victims(folder: Path, stride: int) -> list[dict[str, Any]]:
    """What each of the killed left, and what the next one made of it; the last was not killed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.victims", folder, str(stride)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["killed"] for each in found] == [True] * (len(found) - 1) + [False]
    return found


def assert_migrates(tmp_path: Path, stride: int) -> None:
    """Killed at each so-many-th point, it leaves the old database or the new one."""
    fill(tmp_path / NAME)
    old = left(tmp_path / NAME)
    found = victims(tmp_path, stride)
    assert len(found) > 50 // stride
    new = {key: found[-1][key] for key in old}
    assert (old["version"], new["version"]) == ("0001", tables.HEAD)
    states = [{key: each[key] for key in old} for each in found]
    changed = states.index(new)
    assert states == [old] * changed + [new] * (len(states) - changed)
    assert changed > 40 // stride
    for each in found:
        assert (each["jobs"], each["runs"]) == (["job 1", "job 2"], 4)
        assert [name for name in each["files"] if "partial" in name or "corrupt" in name] == []


def assert_repairs(tmp_path: Path, stride: int) -> None:
    """Killed at each so-many-th point, it is followed by one that repairs."""
    path = tmp_path / NAME
    fill(path)
    back_up(path, datetime(2024, 2, 29, 12, tzinfo=UTC))
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 20_000)
    found = victims(tmp_path, stride)
    assert len(found) > 70 // stride
    for each in found:
        assert (each["jobs"], each["runs"]) == (["job 1", "job 2"], 4)
        assert any(name.endswith(".txt") for name in each["files"])
        assert [name for name in each["files"] if name.endswith((".partial", ".restored"))] == []


def test_a_conductor_killed_while_it_migrates_leaves_old_or_new(tmp_path: Path) -> None:
    assert_migrates(tmp_path, 3)


def test_a_conductor_killed_while_it_repairs_is_followed_by_one_that_does(tmp_path: Path) -> None:
    assert_repairs(tmp_path, 3)
