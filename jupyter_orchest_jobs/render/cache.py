"""The folder of rendered pages: it holds what was looked at last, up to a size."""

import os
import time
from pathlib import Path

from jupyter_orchest_jobs.files.atomic import TEMPORARY

MAX_BYTES = 200 * 2**20
"""How much pages may take together."""
ABANDONED_S = 3600.0
"""Nobody writes on a page for so long: what is that old was left by a process that was ended."""


def note_use(page: Path) -> bool:
    """Remember that a page is wanted; tells whether it is there.

    Raises:
        OSError: the folder can't be used.
    """
    try:
        os.utime(page)
    except FileNotFoundError:
        return False
    except PermissionError:  # a disk that can't be written to
        return page.exists()
    return True


def prune(folder: Path, keep: Path, limit: int = MAX_BYTES) -> None:
    """Remove the pages that were wanted longest ago, until the others take no more than a limit.

    Args:
        folder: of the pages.
        keep: a page that stays, however large it is.
        limit: in bytes.

    Raises:
        OSError: the folder can't be read, or something in it not removed.
    """
    found = []
    for entry in os.scandir(folder):
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        if entry.name.startswith(TEMPORARY):
            if time.time() - status.st_mtime > ABANDONED_S:
                Path(entry.path).unlink(missing_ok=True)
        elif entry.name.endswith(".html"):
            found.append((status.st_mtime_ns, status.st_size, Path(entry.path)))
    total = 0
    for _, size, page in sorted(found, key=lambda each: (each[2] == keep, each[0]), reverse=True):
        total += size
        if total > limit and page != keep:
            page.unlink(missing_ok=True)
