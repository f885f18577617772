"""Makes the working copy of an attempt, with the run's values in its pipeline file.

The copy appears under its name when it is complete. A runner may be killed at any moment, and
the attempt after it must not take half a tree for what was left to it.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from jupyter_orchest_jobs.domain.run import AttemptKind, RunSpec
from jupyter_orchest_jobs.engine import claims
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.notebook_file import is_inside
from jupyter_orchest_jobs.engine.passing import forget_outputs, outputs_folder
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.copy import copy_tree
from jupyter_orchest_jobs.files.delta import DELETED, rebuild, trim_to_delta
from jupyter_orchest_jobs.files.removal import remove_folder

_NEW = ".work-new-"
_REMOVED = ".work-removed-"
_REPLACED = ".work-replaced"


class Stopped(Exception):
    """The run ended while its working copy was being made."""


def make_working_copy(
    folder: AttemptFolder, spec: RunSpec, kind: AttemptKind, is_stopped: Callable[[], bool]
) -> None:
    """Make the working copy: the snapshot, or what the attempt before left of it.

    Args:
        kind: of the attempt; a resume goes on with what is there, others begin afresh.
        is_stopped: asked after each file.

    Raises:
        Stopped: ``is_stopped`` said so, or the next attempt was begun.
        OSError: something can't be read or written.
    """

    def check(_size: int = 0) -> None:
        if is_stopped() or folder.next.exists():
            raise Stopped

    check()
    work, replaced = folder.work, folder.run / _REPLACED
    if kind is AttemptKind.RESUME and replaced.exists() and not work.exists():
        # A runner was killed while it put another one in its place.
        replaced.rename(work)
    for pattern in (f"{_NEW}*", f"{_REMOVED}*", _REPLACED):
        for leftover in folder.run.glob(pattern):
            remove_folder(leftover)
    project = Path(spec.snapshot) / "project"
    new = folder.run / f"{_NEW}{folder.number}"
    if kind is not AttemptKind.RESUME or not work.exists():
        if work.exists():
            # Out of the way at once: half of it must not look like a working copy.
            removed = folder.run / f"{_REMOVED}{folder.number}"
            work.rename(removed)
            remove_folder(removed)
        copy_tree(project, new, check)
        _lay_outputs(new, spec)
        check()
        new.rename(work)
    elif (work / DELETED).exists():
        # Cutting down may have been cut off; where it is done, this changes nothing.
        trim_to_delta(work, Path(spec.snapshot) / "manifest.json")
        rebuild(project, work, new, check)
        check()
        _replace(work, new, replaced)
    elif _is_from_another_host(folder):
        # Steps may still go on there, if that host was only cut off: they keep what they have.
        copy_tree(work, new, check)
        check()
        _replace(work, new, replaced)
    _write_pipeline(folder, spec)


def _lay_outputs(work: Path, spec: RunSpec) -> None:
    """Put what steps that the run leaves out have output before where the others look for it.

    And nothing else: what came with the project was output by nobody that we know.
    """
    for step in spec.left_out:
        forget_outputs(work, spec, step)
    for step, outputs in spec.outputs.items():
        target = outputs_folder(work, spec, step)
        # The run that it is from may have been deleted: then the step that misses it says so.
        if Path(outputs).is_dir() and is_inside(target, work):
            shutil.copytree(outputs, target, symlinks=True, dirs_exist_ok=True)


def _is_from_another_host(folder: AttemptFolder) -> bool:
    """Whether the attempt before was not executed on the host of this one."""
    own, before = claims.read(folder), claims.read(folder.before)
    return own is not None and before is not None and own.host != before.host


def _replace(work: Path, new: Path, replaced: Path) -> None:
    work.rename(replaced)
    new.rename(work)
    remove_folder(replaced)


def _write_pipeline(folder: AttemptFolder, spec: RunSpec) -> None:
    # As Orchest writes it.
    text = json.dumps(spec.document, indent=4, sort_keys=True) + "\n"
    # Whatever becomes of the machine, the next attempt writes them again.
    write_atomic(folder.pipeline, text.encode(), durable=False)
    if not spec.pipeline_path:
        return  # the step's file is all there is of the pipeline
    target = folder.work / spec.pipeline_path
    if is_inside(target, folder.work):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, text.encode(), 0o644, durable=False)
