"""Tells a step that failed for want of a file if the file was left out of the snapshot."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from jupyter_orchest_jobs.files.manifest import explain_missing

_PATTERNS = (
    re.compile(r"No such file or directory: (['\"])(?P<path>.+?)\1"),
    re.compile(r"(?m)(?:^|: |['\"])(?P<path>[^:'\"\n]+)['\"]?: No such file or directory"),
    re.compile(r"cannot open file ['\"](?P<path>[^'\"\n]+)['\"]"),
)
_MOST = 50
"""How many paths are looked up; a log may be full of them."""


def explain_left_out(text: str, work: Path, cwd: Path, manifest: Path) -> str | None:
    """Why a file is missing that the text says is not there.

    Args:
        text: an exception's message, or the end of a log.
        work: the working copy.
        cwd: where the step ran; relative paths start there.
        manifest: of the snapshot.

    Returns:
        A sentence, or None if the text names no file that was left out.
    """
    for path in _inside(text, work, cwd):
        why = explain_missing(manifest, path)
        if why is not None:
            return f"{why}."
    return None


def _inside(text: str, work: Path, cwd: Path) -> Iterator[str]:
    seen: set[str] = set()
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            named = match["path"].strip()
            # Scripts may have changed the folder; the top is the likeliest other one.
            for base in (cwd, work):
                path = Path(os.path.normpath(base / named))
                if path.is_relative_to(work) and path != work:
                    inside = path.relative_to(work).as_posix()
                    if inside not in seen:
                        seen.add(inside)
                        yield inside
            if len(seen) >= _MOST:
                return
