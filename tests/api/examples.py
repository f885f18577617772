"""Jobs and runs as a conductor leaves them: rows in the store, and files of the steps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.environment import (
    Environment,
    EnvironmentManifest,
    EnvironmentState,
    Package,
)
from jupyter_orchest_jobs.domain.ids import run_label
from jupyter_orchest_jobs.domain.job import Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import Run, StepRun
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.render.html import Request, Theme
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.factories import document
from tests.records import NOW, stored_job, stored_runs

ENVIRONMENT = Environment(
    id="0123456789abcdef" * 2,
    language="python",
    kernel="python3",
    display_name="Python 3",
    program="/home/someone/venv/bin/python",
    prefix="/home/someone/venv",
    version="Python 3.12.1",
    state=EnvironmentState.RECORDED,
    reason="It is somebody else's.",
    packages=1,
    bytes=2_000_000,
    copy_bytes=2_000_000,
)
"""Of the step; its interpreter is gone by now."""
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@dataclass(frozen=True)
class Example:
    """A job of one run with one step."""

    job: Job
    run: Run
    step: str
    folder: Path

    def fill(self, path: str) -> str:
        """A path of the route table, with the ids of this example."""
        thing = self.run.id if path.startswith("runs/") else self.job.id
        path = path.replace("{id}", thing).replace("{step}", self.step).replace("{number}", "1")
        return path.replace("{environment}", self.job.environments.items[0].id)

    def at(self, tail: str) -> str:
        """The path of something of the step."""
        return f"runs/{self.run.id}/steps/{self.step}/{tail}"


def a_finished_run(
    store: SqliteStore,
    title: str = "Fit",
    log: bytes = b"one\ntwo\n",
    notebook: bytes | None = NOTEBOOK,
    **special: Any,
) -> Example:
    """A succeeded job whose run left a log and a notebook.

    Args:
        special: fields of the step's run.
    """
    step = "0a7c5a2c-0000-4000-8000-000000000001"
    job = stored_job(
        store,
        document=document({step: {"title": title, "file_path": "fit.ipynb"}}),
        strategy=Strategy({"pipeline_parameters": {"depth": [1]}}),
        snapshot=SnapshotState(SnapshotStatus.READY, "5", 3, 1000),
        environments=JobEnvironments((ENVIRONMENT,), {step: ENVIRONMENT.id}),
        policies=Policies(step_retries=2),
    )
    end = NOW + timedelta(seconds=3)
    steps = (replace(StepRun(step, StepStatus.SUCCEEDED, None, None, NOW, end, 2, 2), **special),)
    (run,) = stored_runs(
        store,
        job,
        {
            "status": RunStatus.RUNNING,
            "attempt": 1,
            "steps": steps,
            "started_at": NOW,
            "combination": {"pipeline_parameters": {"depth": 1}},
            "metrics": {"score": 0.5},
        },
    )
    done = replace(run, status=RunStatus.SUCCEEDED, finished_at=end)
    run = store.save_run(done, {RunStatus.RUNNING}) or run
    job = store.update_job(job.id, {"status": JobStatus.SUCCEEDED, "finished_at": end}) or job
    folder = StateDir(store._database.path.parent).attempt(run.id, 1).step(step)
    folder.mkdir(parents=True)
    (folder / "log.txt").write_bytes(log)
    if notebook is not None:
        (folder / "notebook.ipynb").write_bytes(notebook)
    return Example(job, run, step, folder)


def cache_page(example: Example, state_dir: Path, theme: Theme = "light") -> str:
    """Put a page of the step's notebook where it is looked for, since making one takes seconds.

    Returns:
        What is in it.
    """
    title = example.job.document["steps"][example.step]["title"]
    label = run_label(example.job.number, example.run.number)
    notebook = example.folder / "notebook.ipynb"
    request = Request(
        str(notebook), str(StateDir(state_dir).pages), theme, f"{title} · run {label}"
    )
    page = f"<p>{theme} page</p>"
    request.page_for(notebook.read_bytes()).write_text(page)
    return page


def write_project(root: Path, files: Mapping[str, str]) -> None:
    """Write text files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_environment(state_dir: Path) -> None:
    """The record of the example's environment, as the conductor leaves it."""
    packages = (Package("numpy", "2.1.0"), Package("mine", "1", "editable: /home/someone/mine"))
    folder = StateDir(state_dir).environments / ENVIRONMENT.id
    folder.mkdir(parents=True)
    manifest = EnvironmentManifest(ENVIRONMENT, packages)
    (folder / "manifest.json").write_text(json.dumps(manifest.as_json()))
