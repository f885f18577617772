"""Where things lie in the folder of an attempt."""

from dataclasses import dataclass
from pathlib import Path

LOG = "log.txt"
"""Of the latest try of a step; earlier ones are ``try-1.log.txt`` …"""
NOTEBOOK = "notebook.ipynb"
"""The executed notebook of the latest try; earlier ones are ``try-1.notebook.ipynb`` …"""


@dataclass(frozen=True)
class AttemptFolder:
    """``<state>/runs/<run_id>/attempts/<n>``.

    Attributes:
        path: absolute path of the folder.
    """

    path: Path

    @property
    def number(self) -> int:
        """Which attempt this is, from 1."""
        return int(self.path.name)

    @property
    def run(self) -> Path:
        """The run's folder."""
        return self.path.parent.parent

    @property
    def spec(self) -> Path:
        """What the runner is told; the same for all attempts."""
        return self.run / "spec.json"

    @property
    def work(self) -> Path:
        """The working copy."""
        return self.run / "work"

    @property
    def before(self) -> "AttemptFolder":
        """The attempt before this one; without a folder if this is the first."""
        return AttemptFolder(self.path.parent / str(self.number - 1))

    @property
    def next(self) -> Path:
        """The attempt that would supersede this one."""
        return self.path.parent / str(self.number + 1)

    @property
    def order(self) -> Path:
        """What this attempt does with what there is; absent for the first one."""
        return self.path / "order.json"

    @property
    def lock(self) -> Path:
        """Held by the runner from before its start to its death."""
        return self.path / "owner.lock"

    @property
    def info(self) -> Path:
        """Who the runner is: host, boot, process."""
        return self.path / "attempt.json"

    @property
    def claim(self) -> Path:
        """Which host's runner has the attempt, where several share the state directory."""
        return self.path / "host.json"

    @property
    def beat(self) -> Path:
        """By which other hosts see whether that runner lives; whoever gives it up removes it."""
        return self.path / "beat"

    @property
    def leash(self) -> Path:
        """Names the lock with whose holder the runner ends; absent for one that is its own."""
        return self.path / "leash"

    @property
    def away(self) -> Path:
        """Which task of which cluster executes the attempt; absent for one executed by a host."""
        return self.path / "cluster.json"

    @property
    def told(self) -> Path:
        """What this attempt's runner is told in place of :attr:`spec`; mostly absent."""
        return self.path / "spec.json"

    @property
    def control(self) -> Path:
        """What the conductor wants of the runner."""
        return self.path / "control.json"

    @property
    def journal(self) -> Path:
        """What the runner says."""
        return self.path / "journal.jsonl"

    @property
    def reserve(self) -> Path:
        """Space that is given up to say that the disk is full."""
        return self.path / ".reserve"

    @property
    def pipeline(self) -> Path:
        """The pipeline with this run's parameters."""
        return self.path / "pipeline.json"

    @property
    def runner_log(self) -> Path:
        """The runner's own output; empty unless something is wrong with it."""
        return self.path / "runner.log"

    def step(self, step_id: str) -> Path:
        """The folder of a step's log, notebook and metrics."""
        return self.path / "steps" / step_id

    def inner(self, step_id: str, name: str) -> str:
        """The path of a file of a step, relative to this folder."""
        return f"steps/{step_id}/{name}"
