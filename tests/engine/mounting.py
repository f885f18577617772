"""Has overlays mounted by another process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.engine.overlay import why_not


def skip_without_overlays(folder: Path) -> None:
    """Skip the test, or fixture, where the system can make no overlay in a folder."""
    why = why_not(folder)
    if why is not None:
        pytest.skip(f"no overlays here: {why}")


class Mounter:
    """The process that mounts: see :mod:`.mounter`."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.engine.mounter"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, do: str, upper: Path, **values: Any) -> Any:
        """Have it do something; what the folder shows then, to who is in there."""
        order = {"do": do, "upper": str(upper)}
        order |= {name: str(v) if isinstance(v, Path) else v for name, v in values.items()}
        return self._ask(order)

    def attempt(self, folder: Path, kind: str, **values: Any) -> Any:
        """Have an attempt made of a run's working copy; what that showed before it was cut down.

        Args:
            values: ``mounts``, whether it may be an overlay; ``edits``; ``trims``, whether it comes
                to its end; ``killed_at``, where it is killed instead: ``make`` or ``trim``, and
                before which change.

        Returns:
            None if it was killed.
        """
        told = {"mounts": True, "edits": [], "trims": False, "killed_at": None, **values}
        attempt = {"folder": str(folder), "kind": kind, **told}
        return self._ask({"do": "attempt", "attempt": attempt})

    def close(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=30)
        assert self._process.returncode == 0

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
