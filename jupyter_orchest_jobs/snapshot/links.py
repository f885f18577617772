"""Symbolic links of a project, rewritten so that they mean the same in every copy of it.

A copy lies elsewhere and has another name. So a link that leads into the project must be
relative and not go through the project's own name, and one that leads out must be absolute.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.files.manifest import Item
from jupyter_orchest_jobs.files.paths import opened_folder, opened_root, shown
from jupyter_orchest_jobs.files.walk import Entry


@dataclass(frozen=True)
class Link:
    """What a link becomes.

    Attributes:
        target: what it says in the snapshot.
        outside: where it leads, if that is not in the project, and so not frozen.
    """

    target: str
    outside: str | None


class Links:
    """The links of one project."""

    def __init__(self, project: Path) -> None:
        """Remember the project's root, given by its real path."""
        self._root = str(project)
        self._identity = project.stat()

    def rewritten(self, path: str, target: str) -> Link:
        """What becomes of a link.

        Args:
            path: of the link, relative to the project.
            target: what it says now.
        """
        folder = os.path.dirname(path)  # noqa: PTH120  # a text that pathlib would tidy up
        new = target
        if os.path.isabs(target) or _climbs_out(folder, target):  # noqa: PTH117  # a text that pathlib would tidy up
            absolute = os.path.join(self._root, folder, target)  # noqa: PTH118  # a text that pathlib would tidy up
            rest = self._below_root(absolute)
            new = _climb(folder) + rest if rest is not None else _settled(absolute)
        full = os.path.realpath(os.path.join(self._root, path))  # noqa: PTH118  # a text that pathlib would tidy up
        outside = full if os.path.commonpath([full, self._root]) != self._root else None
        return Link(new, outside)

    def _below_root(self, absolute: str) -> str | None:
        """The rest of a path after the project's root, by whatever name that has there."""
        parts = absolute.split("/")
        for end in range(len(parts), 0, -1):
            try:
                status = os.stat("/".join(parts[:end]) or "/")  # noqa: PTH116  # a text that pathlib would tidy up
            except (OSError, ValueError):
                continue
            if os.path.samestat(status, self._identity):
                rest = "/".join(parts[end:])
                return None if _climbs_out("", rest) else rest
        return None


@dataclass(frozen=True)
class ReadLinks:
    """The links of a snapshot.

    Attributes:
        items: by path, as they shall be made.
        skipped: sentences about what isn't frozen: special files, links to the outside.
    """

    items: Mapping[str, Item]
    skipped: tuple[str, ...]


def read_links(entries: Iterable[Entry], root: Path) -> ReadLinks:
    """Read all links of a project.

    Args:
        entries: what the project has.
        root: the project's root, by its real path.
    """
    links = Links(root)
    items, said = {}, []
    for entry in entries:
        if entry.kind == "special":
            said.append(f"{shown(entry.path)} is a pipe, socket or device and was left out.")
        if entry.kind != "link":
            continue
        try:
            link = links.rewritten(entry.path, _read(root, entry.path))
        except OSError:
            said.append(f"{shown(entry.path)} is no link any more and was left out.")
            continue
        items[entry.path] = Item("link", target=link.target)
        if link.outside is not None:
            said.append(
                f"{shown(entry.path)} leads out of the project, to {shown(link.outside)}, "
                "which is not frozen."
            )
    return ReadLinks(items, tuple(said))


def _read(root: Path, path: str) -> str:
    folder, _, name = path.rpartition("/")
    with opened_root(root) as top, opened_folder(top, folder) as fd:
        return os.readlink(name, dir_fd=fd)


def _climb(folder: str) -> str:
    """From a folder of the project up to its root."""
    return "../" * (folder.count("/") + 1) if folder else "./"


def _climbs_out(folder: str, target: str) -> bool:
    """Whether a relative target, read from a folder, goes above the root on its way."""
    depth = folder.count("/") + 1 if folder else 0
    for part in target.split("/"):
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < 0:
            return True
    return False


def _settled(absolute: str) -> str:
    """An absolute path without ``..``; what it ends in isn't followed."""
    folder, name = os.path.split(absolute)
    if name in ("", ".", ".."):
        return os.path.realpath(absolute)
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118  # a text that pathlib would tidy up
