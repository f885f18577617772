"""Makes the working copy of a run: the snapshot, with the run's values in its pipeline file."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.notebook_file import is_inside
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.copy import copy_tree


class Stopped(Exception):
    """The run ended while its working copy was being made."""


def make_working_copy(folder: AttemptFolder, spec: RunSpec, is_stopped: Callable[[], bool]) -> None:
    """Copy the snapshot and write the pipeline with this run's values.

    Raises:
        Stopped: ``is_stopped`` said so; there is no working copy.
        OSError: the snapshot can't be read, or the copy can't be written.
    """

    def on_file(_size: int) -> None:
        if is_stopped():
            raise Stopped

    on_file(0)
    if folder.work.exists():
        shutil.rmtree(folder.work)
    copy_tree(Path(spec.snapshot) / "project", folder.work, on_file)
    # As Orchest writes it.
    text = json.dumps(spec.document, indent=4, sort_keys=True) + "\n"
    write_atomic(folder.pipeline, text.encode())
    target = folder.work / spec.pipeline_path
    if is_inside(target, folder.work):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, text.encode(), 0o644)
