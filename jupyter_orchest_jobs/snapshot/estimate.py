"""How large a snapshot would be, before anything is copied."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.errors import Problem, SnapshotFailed
from jupyter_orchest_jobs.files.ignore import LeftOut
from jupyter_orchest_jobs.files.walk import walk_project


@dataclass(frozen=True)
class Estimate:
    """What a snapshot would hold.

    Attributes:
        files: files and links.
        bytes: their content, in bytes.
        complete: False if counting was cut short; then the snapshot is larger than this.
        left_out: what would not be copied, each with what is below it.
    """

    files: int
    bytes: int
    complete: bool
    left_out: tuple[LeftOut, ...] = ()


def estimate(
    project: Path,
    limit_files: int | None = None,
    *,
    limit_s: float = 2.0,
    leave: Sequence[Path] = (),
) -> Estimate:
    """Count what a snapshot of a project would hold, less what is left out.

    Args:
        project: its root.
        limit_files: stop soon after so many names were seen; None for no such limit.
        limit_s: stop soon after so many seconds.
        leave: as `walk_project`'s.

    Raises:
        SnapshotFailed: the project's folder can't be read.
    """
    deadline = time.monotonic() + limit_s

    def enough(names: int) -> bool:
        too_many = limit_files is not None and names > limit_files
        return too_many or time.monotonic() > deadline

    try:
        found = walk_project(project, leave=leave, stop=enough)
    except OSError as error:
        raise SnapshotFailed.of(
            [Problem(f"The project can't be read: {error.strerror}.", str(project))]
        ) from None
    files = [entry for entry in found.entries if entry.kind in ("file", "link")]
    return Estimate(
        len(files), sum(entry.size for entry in files), found.complete, tuple(found.left_out)
    )
