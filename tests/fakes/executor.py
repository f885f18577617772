"""Runners without processes."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import EngineError


class FakeExecutor:
    """Runners that do what the test says: they live, write their journals, and die.

    Args:
        now: the clock of the journals.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._sequencers: dict[Path, journal.Sequencer] = {}
        self.alive: set[Path] = set()
        self.launched: list[Path] = []
        self.asked: list[Path] = []
        self.killed: list[Path] = []
        self.swept: list[tuple[str, int]] = []
        self.refuses_launch = False
        self.refuses_requests = False

    def launch(self, attempt_dir: Path) -> int:
        if self.refuses_launch or attempt_dir in self.alive:
            raise EngineError("No process for you.")
        self.launched.append(attempt_dir)
        self.alive.add(attempt_dir)
        return 4711

    def request_cancel(self, attempt_dir: Path) -> None:
        if self.refuses_requests:
            raise EngineError("The disk is full.")
        self.asked.append(attempt_dir)

    def kill(self, attempt_dir: Path) -> None:
        self.killed.append(attempt_dir)
        self.die(attempt_dir)

    def is_alive(self, attempt_dir: Path) -> bool:
        return attempt_dir in self.alive

    def sweep(self, run_id: str, attempt: int) -> int:
        self.swept.append((run_id, attempt))
        return 0

    def say(self, attempt_dir: Path, kind: type[journal.Entry], **values: Any) -> None:
        """Let the runner of an attempt write into its journal."""
        sequencer = self._sequencers.setdefault(attempt_dir, journal.Sequencer())
        with AttemptFolder(attempt_dir).journal.open("ab") as file:
            file.write(journal.to_line(sequencer.stamp(kind, self._now(), **values)))

    def begin(self, attempt_dir: Path) -> None:
        """Let the runner make its working copy, and say that it is there."""
        AttemptFolder(attempt_dir).work.mkdir(exist_ok=True)
        self.say(attempt_dir, journal.AttemptStarted, nonce="nonce", pid=4711)

    def finish(self, attempt_dir: Path, status: RunStatus, cause: Cause | None = None) -> None:
        """Let the runner say how its run ended, and leave."""
        self.say(attempt_dir, journal.AttemptFinished, status=status, cause=cause, message=None)
        self.die(attempt_dir)

    def die(self, attempt_dir: Path) -> None:
        """Let the runner be gone, without another word."""
        self.alive.discard(attempt_dir)
