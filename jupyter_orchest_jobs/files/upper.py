"""What an overlay leaves in its upper folder, for whoever sees that and not the overlay.

Where a working copy is an overlay over its snapshot, the run's folder ``work`` has nothing but what
the run changed, and marks for what it deleted. The system makes a character device 0/0 of what
isn't there any more, and gives an attribute to a folder that was made where there had been another
one. Source: the Linux kernel's Documentation/filesystems/overlayfs.rst, for mounts with
``userxattr``.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from jupyter_orchest_jobs.files.manifest import Item, names_in_folders
from jupyter_orchest_jobs.files.paths import join, opened_folder

_UPPER = "user.orchest_jobs.upper"
_OPAQUE = "user.overlay.opaque"


def mark_upper(folder: Path) -> None:
    """Note of a folder that an overlay will have, or has had, its changes in it.

    Raises:
        OSError: the file system keeps no such notes; then it is none for an overlay, either.
    """
    os.setxattr(folder, _UPPER, b"1")


def is_upper(folder: int | Path) -> bool:
    """Whether :func:`mark_upper` was called for a folder, given by its descriptor or path."""
    try:
        return os.getxattr(folder, _UPPER) == b"1"
    except (OSError, AttributeError):
        return False


def is_whiteout(status: os.stat_result) -> bool:
    """Whether it marks something as deleted."""
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def deleted_in(root: int, items: Mapping[str, Item]) -> list[str]:
    """The topmost paths of the snapshot that a run deleted.

    Args:
        root: of the upper folder; the run may still be changing it.
        items: of the snapshot, by their paths.
    """
    return sorted(_Deleted(root, items).find())


class _Deleted:
    def __init__(self, root: int, items: Mapping[str, Item]) -> None:
        self._root = root
        self._items = items

    def find(self) -> Iterator[str]:
        folders = [("", False)]
        while folders:
            folder, hides = folders.pop()
            # What can't be entered, or has gone meanwhile, is passed over.
            with suppress(OSError), opened_folder(self._root, folder) as fd:
                hides = hides or _is_opaque(fd)
                names = set()
                with os.scandir(fd) as entries:
                    for entry in entries:
                        names.add(entry.name)
                        path = join(folder, entry.name)
                        if entry.is_dir(follow_symlinks=False):
                            folders.append((path, hides))
                        else:
                            yield from self._instead(path, entry.stat(follow_symlinks=False))
                if hides:
                    yield from self._below(folder, names)

    def _instead(self, path: str, status: os.stat_result) -> Iterator[str]:
        """What was deleted where there is something else, or a mark, now."""
        if is_whiteout(status):
            if path in self._items:
                yield path
        else:
            yield from self._below(path, set())

    def _below(self, folder: str, there: set[str]) -> Iterator[str]:
        return (join(folder, name) for name in self._names.get(folder, ()) if name not in there)

    @cached_property
    def _names(self) -> Mapping[str, list[str]]:
        # Made only when it is asked for: few runs replace folders.
        return names_in_folders(self._items)


def _is_opaque(folder: int) -> bool:
    try:
        return os.getxattr(folder, _OPAQUE) == b"y"
    except OSError:
        return False
