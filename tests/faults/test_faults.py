"""Operations on files fail: nothing half-done is shown as done, and the next start mends it.

What SQLite writes itself is in :mod:`tests.store.test_disk` (full disks) and
:mod:`tests.store.test_victims` (kills).
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.status import Cause
from jupyter_orchest_jobs.store import tables

ROOT = Path(__file__).parents[2]
REASONS = ("No space left", "Input/output error", "the disk is full")
LEAST = {"job": 40, "deletion": 10, "migration": 8, "runner": 70}
"""How many operations there are at least: else the faults would have missed the story."""


def told(story: str, kind: str, folder: Path, stride: int) -> list[dict[str, Any]]:
    """What became of a story at each fault; the last one had none."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.stories", story, kind, str(stride), folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [bool(each["failed"]) for each in found] == [True] * (len(found) - 1) + [False]
    assert len(found) > LEAST[story] // stride
    return found


def has_reason(*messages: str | None) -> bool:
    return any(reason in str(message) for reason in REASONS for message in messages)


def assert_job(each: dict[str, Any]) -> None:
    first, then = each["first"], each["then"]
    for state in (first, then):
        snapshot, is_whole = state["snapshot"]
        assert is_whole in (None, True)
        assert snapshot != "ready" or is_whole
        for status, message, cause, has_files in state["runs"]:
            assert status != "succeeded" or has_files
            assert status != "failed" or has_reason(message)
            if "No space left" in str(message):
                assert cause == Cause.DISK_FULL
    # What could not be opened at all is as it was.
    assert each["error"] is None or (has_reason(each["error"]) and first["job"][0] == "draft")
    status, message = then["job"]
    assert (then["left"], then["unknown"]) == ([], [])
    if status == "failed":
        assert has_reason(message, *(run[1] for run in then["runs"]))
    else:
        assert (status, [run[0] for run in then["runs"]]) == ("succeeded", ["succeeded"])
    assert each["failed"] or status == "succeeded"


def assert_deletion(each: dict[str, Any]) -> None:
    first, then = each["first"], each["then"]
    assert first["job"] in (None, ["succeeded", None])
    assert each["error"] is None or has_reason(each["error"])
    assert then == {"job": None, "folders": [], "left": []}


def assert_migration(each: dict[str, Any]) -> None:
    new = {"version": tables.HEAD, "whole": "ok", "jobs": ["job 1", "job 2"], "runs": 4}
    assert each["first"]["version"] in ("0001", tables.HEAD)
    assert {**each["first"], "version": tables.HEAD} == {**new, "partial": []}
    assert each["then"] == {**new, "partial": []}
    assert has_reason(each["error"]) or not each["failed"]


def assert_runner(each: dict[str, Any]) -> None:
    done = {"log": "hello\n", "made": "made\n"}
    for state in (each["first"], each["then"]):
        if state["end"] is not None:
            status, _, message = state["end"]
            if status == "succeeded":
                assert {name: state[name] for name in done} == done
            else:
                assert status == "failed"
                assert has_reason(message)
    # Otherwise its runner died, and the conductor says so.
    assert each["then"]["end"] == ["succeeded", None, None]


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "job": assert_job,
    "deletion": assert_deletion,
    "migration": assert_migration,
    "runner": assert_runner,
}


def assert_allowed(story: str, kind: str, folder: Path, stride: int = 1) -> None:
    """Whatever fails, the end is an allowed state, and the next start mends it."""
    for each in told(story, kind, folder, stride):
        try:
            CHECKS[story](each)
        except AssertionError as error:
            raise AssertionError(f"{each['failed'][:1]}: {json.dumps(each, indent=1)}") from error


@pytest.mark.slow
@pytest.mark.parametrize(
    ("story", "kind", "stride"),
    [
        ("job", "full", 11),
        ("job", "stays full", 13),
        ("deletion", "broken", 5),
        ("migration", "full", 2),
        ("runner", "broken", 13),
    ],
)
def test_story_ends_in_an_allowed_state_whatever_fails(
    memory: Path, story: str, kind: str, stride: int
) -> None:
    assert_allowed(story, kind, memory, stride)
