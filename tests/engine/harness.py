"""Real runs in a temporary state dir: real snapshots, runners, kernels and scripts."""

import atexit
import hashlib
import json
import os
import shutil
import stat
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import (
    AttemptKind,
    AttemptOrder,
    RunSpec,
    StepEnvironment,
    StepSpec,
)
from jupyter_orchest_jobs.domain.stepkinds import RUNNABLE
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.sdk_install import install_sdk
from jupyter_orchest_jobs.files.ignore import LeftOut
from jupyter_orchest_jobs.files.manifest import Item, Manifest

DEADLINE_S = 60.0

T = TypeVar("T")
E = TypeVar("E", bound=journal.Entry)


def until(probe: Callable[[], T], what: str, deadline_s: float = DEADLINE_S) -> T:
    """The first true answer of the probe; fails when that takes too long."""
    end = time.monotonic() + deadline_s
    while not (answer := probe()):
        assert time.monotonic() < end, f"waited too long: {what}"
        time.sleep(0.01)
    return answer


@cache
def sdk() -> Path:
    """The SDK, once for all runs of these tests: so one host has the kernels of all of them."""
    folder, owner = Path(tempfile.mkdtemp(prefix="orchest jobs ")), os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # not a fork of it
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return install_sdk(folder)


def notebook(*cells: str, markdown: str | None = None, **metadata: Any) -> str:
    """A Python notebook of code cells."""
    made = [new_code_cell(cell) for cell in cells]
    if markdown is not None:
        made.insert(0, new_markdown_cell(markdown))
    about = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        **metadata,
    }
    return nbformat.writes(new_notebook(cells=made, metadata=about))


@dataclass(frozen=True)
class RunOnDisk:
    """A run that may be launched, is going on, or has ended."""

    folder: AttemptFolder
    spec: RunSpec
    executor: Any

    def launch(self, **environ: str) -> "RunOnDisk":
        """Start the runner, with these environment variables besides those that are there."""
        with pytest.MonkeyPatch.context() as patch:
            # ipykernel behaves differently where it believes to be tested.
            patch.delenv("PYTEST_CURRENT_TEST", raising=False)
            for name, value in environ.items():
                patch.setenv(name, value)
            self.executor.launch(self.folder.path)
        return self

    def entries(self) -> list[journal.Entry]:
        try:
            lines, _ = journal.whole_lines(self.folder.journal.read_bytes())
        except FileNotFoundError:
            return []
        return journal.read(lines)

    def of_kind(self, kind: type[E]) -> list[E]:
        return [entry for entry in self.entries() if isinstance(entry, kind)]

    def wait_alive(self) -> None:
        until(lambda: self.executor.is_alive(self.folder.path), "runner to start")

    def wait_dead(self, deadline_s: float = DEADLINE_S) -> None:
        until(lambda: not self.executor.is_alive(self.folder.path), "runner's end", deadline_s)

    def wait_begun(self) -> None:
        """Wait until the runner has said a word."""
        until(self.entries, "a journal")

    def wait_for_log(self, step: str, text: str) -> None:
        until(lambda: text in self.log(step), f"{text!r} in the log of {step}")

    def finish(
        self, deadline_s: float = DEADLINE_S, *, quiet: bool = True
    ) -> journal.AttemptFinished:
        """Wait for the end, of which the runner has nothing to complain (unless not ``quiet``)."""
        self.wait_dead(deadline_s)
        assert not quiet or self.folder.runner_log.read_text() == ""
        ends = self.of_kind(journal.AttemptFinished)
        assert len(ends) == 1, self.folder.runner_log.read_text()
        return ends[0]

    def wait_for_pid(self, name: str) -> int:
        """The process id that a step wrote into a file of the working copy."""
        file = self.folder.work / name
        return int(until(lambda: file.exists() and file.read_text().strip(), f"file {name}"))

    def wait_process_gone(self, pid: int, deadline_s: float = DEADLINE_S) -> None:
        until(lambda: not lives(pid), f"end of process {pid}", deadline_s)

    def step_ends(self) -> dict[str, journal.StepFinished]:
        return {entry.step: entry for entry in self.of_kind(journal.StepFinished)}

    def log(self, step: str) -> str:
        try:
            return (self.folder.step(step) / "log.txt").read_text()
        except FileNotFoundError:
            return ""

    def notebook(self, step: str) -> nbformat.NotebookNode:
        return nbformat.read(self.folder.step(step) / "notebook.ipynb", as_version=4)


@dataclass
class Lab:
    """A state dir, and how to make runs in it.

    Who makes one ends it: a runner whose lock is free may not have been collected yet.
    """

    state: Path
    executor: Any
    runs: list[RunOnDisk] = field(default_factory=list)

    def run(
        self,
        files: Mapping[str, str],
        incoming: Mapping[str, Iterable[str]] | None = None,
        *,
        parameters: Mapping[str, Any] | None = None,
        step_parameters: Mapping[str, Mapping[str, Any]] | None = None,
        left_out: tuple[LeftOut, ...] = (),
        step_slots: int = 4,
        kernel: str = "python3",
        environment: StepEnvironment | None = None,
        **spec: Any,
    ) -> RunOnDisk:
        """A run whose steps are the runnable files, called by their paths without suffix.

        Files without a line ``kernel`` of their own run as their suffix says; other files are
        only part of the project.
        """
        run_id = str(uuid.uuid4())
        snapshot = self.snapshot(files, left_out)
        steps = [
            StepSpec(
                id=Path(path).stem.replace(" ", "-"),
                title=Path(path).stem,
                path=path,
                kind=RUNNABLE[Path(path).suffix.lower()].name,
                incoming=tuple((incoming or {}).get(Path(path).stem, ())),
                kernel=kernel if path.endswith(".ipynb") else None,
                environment=environment,
            )
            for path in files
            if Path(path).suffix.lower() in RUNNABLE
        ]
        document = {
            "name": "example",
            "uuid": "pipeline-uuid",
            "parameters": dict(parameters or {}),
            "steps": {
                step.id: {
                    "uuid": step.id,
                    "title": step.title,
                    "file_path": step.path,
                    "incoming_connections": list(step.incoming),
                    "parameters": dict((step_parameters or {}).get(step.id, {})),
                }
                for step in steps
            },
        }
        made = RunSpec(
            **{
                "run_id": run_id,
                "job_id": "job-id",
                "job_number": 1,
                "run_number": 1,
                "pipeline_uuid": "pipeline-uuid",
                "pipeline_name": "example",
                "snapshot": str(snapshot),
                "pipeline_path": "example.orchest",
                "document": document,
                "steps": tuple(steps),
                "max_parallel": None,
                "step_slots": step_slots,
                "slots_dir": str(self.state / "slots"),
                "sdk_dir": str(sdk()),
                "python": sys.executable,
                **spec,
            }
        )
        folder = AttemptFolder(self.state / "runs" / run_id / "attempts" / "1")
        folder.run.mkdir(parents=True)
        folder.spec.write_text(made.to_json())
        run = RunOnDisk(folder, made, self.executor)
        self.runs.append(run)
        return run

    def again(self, run: RunOnDisk, kind: AttemptKind, done: Iterable[str] = ()) -> RunOnDisk:
        """The next attempt of a run, ordered but not launched."""
        folder = AttemptFolder(run.folder.next)
        folder.path.mkdir()
        folder.order.write_text(
            AttemptOrder(kind, dict.fromkeys(done, run.folder.number)).to_json()
        )
        again = RunOnDisk(folder, run.spec, self.executor)
        self.runs.append(again)
        return again

    def snapshot(self, files: Mapping[str, str], left_out: tuple[LeftOut, ...] = ()) -> Path:
        folder = self.state / "snapshots" / str(uuid.uuid4())
        project = folder / "project"
        project.mkdir(parents=True)
        (project / "example.orchest").write_text("{}")
        for path, text in files.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text)
        items = {path.relative_to(project).as_posix(): _item(path) for path in project.rglob("*")}
        manifest = Manifest(folder.name, "/somewhere", items, left_out)
        (folder / "manifest.json").write_text(manifest.to_json())
        return folder

    def end_all(self) -> None:
        """Let nothing outlive a test."""
        for run in self.runs:
            if self.executor.is_alive(run.folder.path):
                self.executor.kill(run.folder.path)
                run.wait_dead()
            self.executor.sweep(run.spec.run_id, run.folder.number)
        reap = getattr(self.executor, "reap", lambda: 0)
        until(lambda: not reap(), "end of all runners")


def _item(path: Path) -> Item:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if path.is_dir():
        return Item("dir", mode)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Item("file", mode, status.st_size, status.st_mtime_ns, digest)


def lives(pid: int) -> bool:
    """Whether there is such a process, and it isn't dead."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())
