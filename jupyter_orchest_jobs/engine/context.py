"""What a step needs to be executed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jupyter_orchest_jobs.domain.journal import Entry, StepStarted
from jupyter_orchest_jobs.domain.run import StepSpec
from jupyter_orchest_jobs.engine.step_log import StepLog
from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.engine.warm.kernels import WarmKernels


class Report(Protocol):
    """Writes an entry of this step to the journal."""

    def __call__(self, kind: type[Entry], **values: Any) -> None: ...


@dataclass(frozen=True)
class StepContext:
    """What one try of a step needs.

    Attributes:
        tries: counts the tries of the step in this attempt, from 1.
        work: the run's working copy.
        folder: for the step's notebook and metrics.
        runtime: a private folder with a short path, for sockets.
        parameters: of the step in this run, name to JSON value.
        env: the environment variables of the step's process.
        job_variables: names of those that the job sets.
        warm: forks kernels.
        python: interpreter for Python scripts.
        sdk_dir: folder that holds ``orchest/``.
        stop: set when the step shall end now.
        on_disk_full: to be called when a file of ours can't be written.
        owns_work: whether the working copy is still this attempt's.
    """

    step: StepSpec
    tries: int
    work: Path
    folder: Path
    runtime: Path
    parameters: Mapping[str, Any]
    env: Mapping[str, str]
    job_variables: frozenset[str]
    warm: WarmKernels
    python: str
    sdk_dir: str
    log: StepLog
    report: Report
    stop: Stop
    on_disk_full: Callable[[OSError], None]
    owns_work: Callable[[], bool]

    @property
    def file(self) -> Path:
        """The notebook or script, in the working copy."""
        return self.work / self.step.path

    @property
    def cwd(self) -> Path:
        """Where the step's process starts: the folder of its file, as in Orchest."""
        return self.file.parent

    def report_start(self, cells: int | None = None) -> None:
        """Tell that the step's process is being started; ``cells`` as in the journal."""
        self.report(StepStarted, cells=cells, tries=self.tries)
