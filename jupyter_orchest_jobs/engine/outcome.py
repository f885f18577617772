"""How a step ended, and what a step needs to be executed."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jupyter_orchest_jobs.domain.journal import Entry
from jupyter_orchest_jobs.domain.run import StepSpec
from jupyter_orchest_jobs.domain.status import Cause, StepStatus
from jupyter_orchest_jobs.engine.step_log import StepLog


@dataclass(frozen=True)
class Outcome:
    """The end of a step; the fields are those of the journal's ``step_finished``."""

    status: StepStatus
    cause: Cause | None = None
    message: str | None = None
    cell: int | None = None


SUCCEEDED = Outcome(StepStatus.SUCCEEDED)
CANCELLED = Outcome(StepStatus.CANCELLED, Cause.CANCELLED)


def failed(message: str, cause: Cause = Cause.STEP_FAILED, cell: int | None = None) -> Outcome:
    """A failure, with what to tell people."""
    return Outcome(StepStatus.FAILED, cause, message, cell)


class Report(Protocol):
    """Writes an entry of this step to the journal."""

    def __call__(self, kind: type[Entry], **values: Any) -> None: ...


@dataclass(frozen=True)
class StepContext:
    """What the execution of one step needs.

    Attributes:
        work: the run's working copy.
        folder: for the step's notebook and metrics.
        runtime: a private folder with a short path, for sockets.
        env: the environment variables of the step's process.
        job_variables: names of those that the job sets.
        python: interpreter for Python scripts.
        sdk_dir: folder that holds ``orchest/``.
        stop: set when the step shall end now.
        on_disk_full: to be called when a file of ours can't be written.
    """

    step: StepSpec
    work: Path
    folder: Path
    runtime: Path
    env: Mapping[str, str]
    job_variables: frozenset[str]
    python: str
    sdk_dir: str
    log: StepLog
    report: Report
    stop: asyncio.Event
    on_disk_full: Callable[[OSError], None]

    @property
    def file(self) -> Path:
        """The notebook or script, in the working copy."""
        return self.work / self.step.path

    @property
    def cwd(self) -> Path:
        """Where the step's process starts: the folder of its file, as in Orchest."""
        return self.file.parent
