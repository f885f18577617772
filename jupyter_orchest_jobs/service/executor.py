"""What the conductor needs of an executor. :mod:`jupyter_orchest_jobs.engine.local` is one."""

from pathlib import Path
from typing import Protocol


class Executor(Protocol):
    """Starts and stops runners.

    An attempt is known by its folder. All methods may be repeated without harm.
    """

    def launch(self, attempt_dir: Path) -> int:
        """Start the runner of an attempt whose ``spec.json`` is written.

        Raises:
            EngineError: no process could be started, or the attempt has a runner.
        """

    def request_cancel(self, attempt_dir: Path) -> None:
        """Ask a runner to end its run.

        Raises:
            EngineError: the request can't be written.
        """

    def kill(self, attempt_dir: Path) -> None:
        """End a runner that does not listen."""

    def is_alive(self, attempt_dir: Path) -> bool:
        """Whether a runner lives."""

    def sweep(self, run_id: str, attempt: int) -> int:
        """End what a dead runner left of an attempt and of earlier ones; how many processes."""
