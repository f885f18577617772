"""What has changed in a project since its snapshot was taken."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files.manifest import Item, Manifest, hash_at
from jupyter_orchest_jobs.files.paths import opened_folder, opened_root
from jupyter_orchest_jobs.files.walk import Entry, Listing, walk_project
from jupyter_orchest_jobs.snapshot.links import Links

LIMIT_S = 5.0
"""Longest time of a comparison, in seconds."""


@dataclass(frozen=True)
class Changes:
    """How a project differs from its snapshot.

    Attributes:
        found: path → what became of the file or link.
        complete: False if the comparison was given up for its length; there may be more.
    """

    found: Mapping[str, Literal["added", "changed", "deleted"]]
    complete: bool


def changes(manifest: Manifest, leave: Path, taken_ns: int, *, limit_s: float = LIMIT_S) -> Changes:
    """Compare a project with its snapshot. Folders, and permissions, don't count.

    A file of another size was changed. One of the same size is read if its time is another, or if
    it could have been replaced by one of equal time; if there is no time left for that, it counts
    as changed, or not, by its time.

    Args:
        manifest: of the snapshot; names the project.
        leave: our own folder, which is no part of the project.
        taken_ns: when the snapshot was begun, or earlier, in nanoseconds since 1970.
        limit_s: after so many seconds it is given up.

    Raises:
        SnapshotFailed: the project is gone, or can't be read.
    """
    deadline = time.monotonic() + limit_s
    root = Path(manifest.project)
    try:
        listing = walk_project(root, leave=[leave], stop=lambda names: time.monotonic() > deadline)
        with opened_root(root) as fd:
            return _compare(fd, listing, manifest.items, Links(root), taken_ns, deadline)
    except FileNotFoundError:
        raise SnapshotFailed(f"The project {root} is gone.") from None
    except OSError as error:
        raise SnapshotFailed(f"The project {root} can't be read: {error.strerror}.") from None


def _compare(
    root: int,
    listing: Listing,
    items: Mapping[str, Item],
    links: Links,
    taken_ns: int,
    deadline: float,
) -> Changes:
    found: dict[str, Literal["added", "changed", "deleted"]] = {}
    there = set()
    for entry in listing.entries:
        if entry.kind not in ("file", "link"):
            continue
        there.add(entry.path)
        item = items.get(entry.path)
        if item is None or item.type == "dir":
            found[entry.path] = "added"
        elif _differs(root, entry, item, links, taken_ns, deadline):
            found[entry.path] = "changed"
    if listing.complete:
        found.update(
            (path, "deleted")
            for path, item in items.items()
            if item.type != "dir" and path not in there
        )
    return Changes(found, listing.complete)


def _differs(
    root: int, entry: Entry, item: Item, links: Links, taken_ns: int, deadline: float
) -> bool:
    if entry.kind != item.type:
        return True
    folder, _, name = entry.path.rpartition("/")
    try:
        if entry.kind == "link":
            with opened_folder(root, folder) as fd:
                target = os.readlink(name, dir_fd=fd)
            return links.rewritten(entry.path, target).target != item.target
        if entry.size != item.size:
            return True
        is_newer = entry.mtime_ns != item.mtime_ns
        if (not is_newer and entry.ctime_ns < taken_ns) or time.monotonic() > deadline:
            return is_newer
        with opened_folder(root, folder) as fd:
            return hash_at(name, fd) != item.sha256
    except OSError:  # gone meanwhile, or made unreadable
        return True
