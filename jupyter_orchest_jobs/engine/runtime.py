"""Private folders for the sockets of a run's kernels."""

import math
import os
import stat
import tempfile
import time
from pathlib import Path

from jupyter_orchest_jobs.files.locks import is_locked

GUARD = ".guard"
"""Suffix of a file whose lock is held while something of a forked kernel is left."""

_LONGEST_PARENT = 60
"""Of the 107 bytes that a socket's path may have; the rest is for our folder and the socket."""


def make(run_id: str, attempt: int) -> Path:
    """A new folder, for its owner only, with a short path.

    Its name tells run and attempt, so that it is found when the runner was killed.
    """
    return Path(tempfile.mkdtemp(prefix=f"{_prefix(run_id)}{attempt}-", dir=_parent()))


def folders_of(run_id: str, attempt: int) -> list[Path]:
    """What runners of this attempt, and of those before it, made and did not remove."""
    return [
        path
        for path in _parent().glob(f"{_prefix(run_id)}*-*")
        if _number(path.name.split("-")[2]) <= attempt and _is_ours(path)
    ]


def wait_for_guards(folder: Path, patience_s: float = 6.0) -> None:
    """Wait until nothing is left of the forked kernels whose sockets are in this folder."""
    end = time.monotonic() + patience_s
    for guard in folder.glob(f"*{GUARD}"):
        while is_locked(guard) and time.monotonic() < end:
            time.sleep(0.002)


def _is_ours(path: Path) -> bool:
    """Whether it is a folder of this user: others may use such names, too."""
    try:
        status = path.lstat()
    except FileNotFoundError:  # its runner, which was killed too late, has removed it
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()


def _parent() -> Path:
    usual = tempfile.gettempdir()
    # Safe wherever it is: mkdtemp makes a folder that is new and private.
    return Path(usual if len(os.fsencode(usual)) <= _LONGEST_PARENT else "/tmp")  # noqa: S108


def _prefix(run_id: str) -> str:
    return f"oj-{run_id[:8]}-"


def _number(text: str) -> float:
    return int(text) if text.isdecimal() else math.inf
