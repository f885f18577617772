"""The snapshot of before: what hasn't changed since is linked instead of copied.

Snapshots are never written to, nor given to code, so that two may share a file by hard links; each
goes on without the other. Times and permissions belong to the file, too: where they differ from the
project's, the file is copied.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from jupyter_orchest_jobs.domain.ids import is_id
from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files import manifest as manifests
from jupyter_orchest_jobs.files.copy import file_mode
from jupyter_orchest_jobs.files.manifest import Item, Manifest
from jupyter_orchest_jobs.files.paths import opened_folder, opened_root
from jupyter_orchest_jobs.files.walk import Entry

GRANULARITY_NS = 2 * 10**9
"""The coarsest time of changes that a file system keeps: FAT's two seconds."""


class Base:
    """A snapshot whose files can be linked into the next one.

    Args:
        folder: its folder.
        manifest: what it holds; nothing if there is no snapshot of before.

    Attributes:
        folder, manifest: the same.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._items = manifest.items

    def unchanged(self, entry: Entry) -> Item | None:
        """What the snapshot has of a file that is surely the same still; None if it isn't sure."""
        item = self._items.get(entry.path)
        same = (
            item is not None
            and 0 != item.inode == entry.inode
            and item.ctime_ns == entry.ctime_ns
            and item.size == entry.size
            and item.mode == file_mode(entry.mode)
        )
        return item if same else None

    def similar(self, path: str, status: os.stat_result) -> Item | None:
        """What the snapshot has of a file that differs in its content, if at all."""
        item = self._items.get(path)
        if item is None or item.type != "file":
            return None
        now = status.st_size, status.st_mtime_ns, file_mode(status.st_mode)
        return item if now == (item.size, item.mtime_ns, item.mode) else None

    @contextlib.contextmanager
    def opened(self) -> Iterator[int | None]:
        """A descriptor of its files' folder; None if there is none any more."""
        with contextlib.ExitStack() as stack:
            root = None
            with contextlib.suppress(OSError):
                root = stack.enter_context(opened_root(self.folder / manifests.PROJECT))
            yield root


@contextlib.contextmanager
def opened_below(root: int | None, folder: str) -> Iterator[int | None]:
    """A descriptor of one of its folders; None if that isn't there any more."""
    with contextlib.ExitStack() as stack:
        found = None
        with contextlib.suppress(OSError):
            if root is not None:
                found = stack.enter_context(opened_folder(root, folder))
        yield found


def find_base(root: Path, snapshots_dir: Path) -> Base:
    """The newest snapshot of a project.

    Args:
        root: the project's root, by its real path.
        snapshots_dir: where snapshots are kept.
    """
    for folder in _newest_first(snapshots_dir):
        manifest = folder / manifests.NAME
        if manifests.read_project(manifest) != str(root):
            continue
        with contextlib.suppress(SnapshotFailed):  # damaged, or of a newer version
            return Base(folder, manifests.read_manifest(manifest))
    return Base(snapshots_dir, Manifest(id="", project=str(root), items={}))


def _newest_first(snapshots_dir: Path) -> list[Path]:
    found = []
    for folder in snapshots_dir.iterdir():
        if is_id(folder.name):
            with contextlib.suppress(OSError):
                found.append(((folder / manifests.NAME).stat().st_mtime_ns, folder))
    return [folder for _, folder in sorted(found, reverse=True)]


def link(name: str, source: int | None, target: int, item: Item) -> bool:
    """Link a file of the snapshot of before, if that is possible and the file is as it was.

    Args:
        name: its name in both folders.
        source: descriptor of its folder in that snapshot, if there is one.
        target: descriptor of the folder that gets it.
        item: what the manifest says of it.

    Returns:
        False if it has to be copied: the snapshot of before was removed meanwhile or lies on
        another disk, the file has as many links as it can have, or somebody has touched it.
    """
    if source is None:
        return False
    try:
        os.link(name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except OSError:
        return False
    status = os.stat(name, dir_fd=target, follow_symlinks=False)
    now = status.st_size, status.st_mtime_ns, stat.S_IMODE(status.st_mode)
    if stat.S_ISREG(status.st_mode) and now == (item.size, item.mtime_ns, item.mode):
        return True
    os.unlink(name, dir_fd=target)
    return False


def stamp(status: os.stat_result, seen_ns: int) -> tuple[int, int]:
    """What tells later whether a file of the project is the same still.

    Args:
        status: the file's.
        seen_ns: when that was asked, in nanoseconds since 1970.

    Returns:
        Inode and time of change; zeros if the file was changed so shortly before that another
        change could leave the same time.
    """
    if 0 <= status.st_ctime_ns < seen_ns - GRANULARITY_NS:
        return status.st_ino, status.st_ctime_ns
    return 0, 0
