"""Saves an executed notebook: as it goes beside the log, at the end in the working copy, too."""

import stat
import time
from pathlib import Path

from nbformat import NotebookNode, v4

from jupyter_orchest_jobs.engine.context import StepContext
from jupyter_orchest_jobs.engine.folder import NOTEBOOK
from jupyter_orchest_jobs.engine.journal import is_disk_full
from jupyter_orchest_jobs.engine.outputs import Outputs
from jupyter_orchest_jobs.files.atomic import write_atomic

_INTERVAL_S = 1.0
_SHARE = 20
"""Saving takes at most one part of so many of the time."""


class NotebookFile:
    """Where the executed notebook of a step goes.

    Args:
        context: of the step.
        notebook: which is being executed.
        outputs: whose text is joined before each save.
    """

    def __init__(self, context: StepContext, notebook: NotebookNode, outputs: Outputs) -> None:
        self._context = context
        self._notebook = notebook
        self._outputs = outputs
        self._next_at = 0.0

    def save_soon(self) -> None:
        """Save, unless that was done a moment ago."""
        if time.monotonic() >= self._next_at:
            self.save()

    def save(self) -> None:
        """Save now."""
        self._save([self._context.folder / NOTEBOOK], durable=False)

    def save_last(self) -> None:
        """Save what is final, also over the notebook in the working copy, as Orchest does."""
        targets = [self._context.folder / NOTEBOOK]
        inside = is_inside(self._context.file, self._context.work)
        if inside and self._context.owns_work():
            targets.append(self._context.file)
        self._save(targets, durable=True)

    def _save(self, targets: list[Path], *, durable: bool) -> None:
        began = time.monotonic()
        self._outputs.settle()
        text: str = v4.writes(self._notebook)
        data = f"{text}\n".encode("utf-8", "backslashreplace")
        for target in targets:
            try:
                # What steps write into the working copy isn't either.
                lasting = durable and target != self._context.file
                write_atomic(target, data, _mode(target), durable=lasting)
            except OSError as error:
                if is_disk_full(error):
                    self._context.on_disk_full(error)
                elif target != self._context.file:
                    raise
                else:
                    # The step may have removed its own folder, or made it read-only.
                    self._context.log.line(f"The notebook could not be written back: {error}")
        now = time.monotonic()
        self._next_at = now + max(_INTERVAL_S, _SHARE * (now - began))


def _mode(file: Path) -> int:
    try:
        return stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return 0o600


def is_inside(file: Path, folder: Path) -> bool:
    """Whether writing to the file stays in the folder, wherever links on its way lead."""
    return file.parent.resolve().is_relative_to(folder.resolve())
