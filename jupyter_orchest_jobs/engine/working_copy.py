"""Makes the working copy of an attempt, with the run's values in its pipeline file.

The copy appears under its name when it is complete. A runner may be killed at any moment, and
the attempt after it must not take half a tree for what was left to it.
"""

import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from jupyter_orchest_jobs.domain.run import AttemptKind, RunSpec
from jupyter_orchest_jobs.engine import claims
from jupyter_orchest_jobs.engine.folder import NOTEBOOK, AttemptFolder
from jupyter_orchest_jobs.engine.notebook_file import is_inside
from jupyter_orchest_jobs.engine.overlay import PRIVATE, Overlays, make_upper
from jupyter_orchest_jobs.engine.passing import forget_outputs, outputs_folder
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.copy import copy_tree
from jupyter_orchest_jobs.files.delta import (
    lay_delta,
    look,
    read_record,
    rebuild,
    recover,
    trim_to_delta,
)
from jupyter_orchest_jobs.files.manifest import read_manifest
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.files.same import share
from jupyter_orchest_jobs.files.upper import is_upper

_NEW = ".work-new-"
_REMOVED = ".work-removed-"
_REPLACED = ".work-replaced"

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """The run ended while its working copy was being made."""


class WorkingCopy:
    """The files that an attempt works on.

    Args:
        folder: of the attempt.
        spec: of the run.
        overlays: mounts them over the snapshot; None to copy them.
    """

    def __init__(
        self, folder: AttemptFolder, spec: RunSpec, overlays: Overlays | None = None
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._work = folder.work
        self._new = folder.run / f"{_NEW}{folder.number}"
        self._project = Path(spec.snapshot) / "project"
        self._manifest = Path(spec.snapshot) / "manifest.json"
        self._overlays = overlays
        self._mounted: Overlays | None = None

    def make(self, kind: AttemptKind, is_stopped: Callable[[], bool]) -> None:
        """Make the working copy: the snapshot, or what the attempt before left of it.

        Args:
            kind: of the attempt; a resume goes on with what is there, others begin afresh.
            is_stopped: asked after each file.

        Raises:
            Stopped: ``is_stopped`` said so, or the next attempt was begun.
            OSError: something can't be read or written.
            SnapshotFailed: the snapshot's manifest can't be read.
        """

        def check(_size: int = 0) -> None:
            if is_stopped() or self._folder.next.exists():
                raise Stopped

        check()
        self._clear_up()
        resumes = kind is AttemptKind.RESUME and self._work.exists()
        if resumes:
            recover(self._work, self._manifest)
        else:
            self._forget()
        try:
            self._make(resumes, check)
        except BaseException:
            remove_folder(self._new)
            raise
        _write_pipeline(self._folder, self._spec)

    def trim(self) -> None:
        """Leave of it what the run has changed; nothing may be running in it any more.

        What lies there and beside the logs needs the disk once: from now on, nobody writes to it,
        as another attempt goes on with a working copy of its own.

        Raises:
            SnapshotFailed: the snapshot's manifest can't be read.
            OSError: something can't be read or removed.
        """
        if self._mounted is not None:
            self._mounted.unmount(self._work)
        trim_to_delta(self._work, self._manifest)
        spec = self._spec
        twice = [(self._folder.step(step.id) / NOTEBOOK, step.path) for step in spec.steps]
        if spec.pipeline_path:
            twice.append((self._folder.pipeline, spec.pipeline_path))
        for kept, path in twice:
            if is_inside(self._work / path, self._work):
                share(kept, self._work / path)

    def _make(self, resumes: bool, check: Callable[[int], None]) -> None:
        if self._overlays is not None:
            try:
                self._mount(self._overlays, resumes, check)
            except OSError as error:
                _log.warning("The working copy is a copy, no overlay: %s.", error)
                remove_folder(self._new)
        if self._mounted is None:
            self._copy(resumes, check)

    def _clear_up(self) -> None:
        """See to what a runner left that was killed while it made a working copy."""
        replaced = self._folder.run / _REPLACED
        if replaced.exists() and not self._work.exists():
            # It was about to put another one in its place.
            replaced.rename(self._work)
        for pattern in (f"{_NEW}*", f"{_REMOVED}*", f"{PRIVATE}*", _REPLACED):
            for leftover in self._folder.run.glob(pattern):
                remove_folder(leftover)

    def _forget(self) -> None:
        if self._work.exists():
            # Out of the way at once: half of it must not look like a working copy.
            removed = self._folder.run / f"{_REMOVED}{self._folder.number}"
            self._work.rename(removed)
            remove_folder(removed)

    def _mount(self, overlays: Overlays, resumes: bool, check: Callable[[int], None]) -> None:
        """Mount the working copy, unless it is a whole one already.

        Raises:
            OSError: that can't be done; what there was is still there.
        """
        is_trimmed = resumes and read_record(self._work) is not None
        if not resumes or is_trimmed:
            make_upper(self._new, self._project)
            if is_trimmed or self._spec.left_out:
                overlays.mount(self._project, self._new)
                try:
                    self._fill(is_trimmed)
                    check(0)
                finally:
                    overlays.unmount(self._new)
            self._put_in_place()
        elif not is_upper(self._work) or _is_from_another_host(self._folder):
            return
        overlays.mount(self._project, self._work)
        self._mounted = overlays

    def _fill(self, is_trimmed: bool) -> None:
        if is_trimmed:
            trim_to_delta(self._work, self._manifest)  # as that may have been cut off
            lay_delta(self._work, self._new)
        else:
            _lay_outputs(self._new, self._spec)

    def _copy(self, resumes: bool, check: Callable[[int], None]) -> None:
        if not resumes:
            copy_tree(self._project, self._new, check)
            _lay_outputs(self._new, self._spec)
        elif read_record(self._work) is not None:
            # Cutting down may have been cut off; where it is done, this changes nothing.
            trim_to_delta(self._work, self._manifest)
            rebuild(self._project, self._work, self._new, check)
        elif is_upper(self._work):
            record = look(self._work, read_manifest(self._manifest).items)
            rebuild(self._project, self._work, self._new, check, record)
        elif _is_from_another_host(self._folder):
            # Steps may still go on there, if that host was only cut off: they keep what they have.
            copy_tree(self._work, self._new, check)
        else:
            return
        check(0)
        self._put_in_place()

    def _put_in_place(self) -> None:
        replaced = self._folder.run / _REPLACED
        if self._work.exists():
            self._work.rename(replaced)
        self._new.rename(self._work)
        remove_folder(replaced)


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
