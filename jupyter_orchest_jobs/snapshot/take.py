"""Take a snapshot of a project: all of it, or nothing that anybody could see."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.errors import Problem, SnapshotFailed
from jupyter_orchest_jobs.files import manifest as manifests
from jupyter_orchest_jobs.files.atomic import fsync_folder, sync_tree
from jupyter_orchest_jobs.files.building import temporary
from jupyter_orchest_jobs.files.copy import folder_mode
from jupyter_orchest_jobs.files.manifest import Item, Manifest
from jupyter_orchest_jobs.files.paths import shown
from jupyter_orchest_jobs.files.private import make_private, write_private
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.files.walk import Entry, Listing, walk_project
from jupyter_orchest_jobs.snapshot.base import Base, find_base
from jupyter_orchest_jobs.snapshot.commit import commit_of
from jupyter_orchest_jobs.snapshot.copier import Copied, Stopped, copy_files
from jupyter_orchest_jobs.snapshot.links import ReadLinks, read_links
from jupyter_orchest_jobs.snapshot.sharing import is_as_before

MARGIN = 32 * 2**20
"""Bytes that must stay free besides what the snapshot takes."""

_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class SnapshotInfo:
    """A snapshot that was taken.

    Attributes:
        id: also the name of its folder.
        path: that folder, with ``manifest.json`` and ``project/``.
        files: how many files and links it has.
        bytes: their content, in bytes.
        commit: the git commit that was checked out, if any.
        dirty: files that differed from it or weren't tracked; None where there is no git.
        skipped: sentences about what can't be frozen: special files, links to the outside.
        warnings: sentences about what else the user should know.
        is_shared: whether it is the one of before, in which nothing would differ.
    """

    id: str
    path: Path
    files: int
    bytes: int
    commit: str | None
    dirty: int | None
    skipped: tuple[str, ...]
    warnings: tuple[str, ...]
    is_shared: bool = False


def take(
    project: Path,
    snapshots_dir: Path,
    *,
    share: bool = False,
    progress: Callable[[int, int], None] = lambda files, size: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SnapshotInfo:
    """Copy a project, less what is left out, to ``snapshots_dir/<id>/project``.

    The snapshot becomes visible under its name only when all of it is on the disk. Links that
    lead into the project are made relative, those that lead out absolute. Files that haven't
    changed since the newest snapshot of the same project are hard links to that one's.

    Args:
        project: the project's root.
        snapshots_dir: where snapshots are kept; made if it is missing.
        share: give the newest snapshot of the project again, if nothing at all has changed since.
            Whoever asks for that sees to it that nobody removes it meanwhile.
        progress: called with the files and bytes copied so far, from the calling thread.
        cancelled: asked several times a second whether to give up.

    Raises:
        SnapshotFailed: cancelled; the disk is too small; files can't be read or keep changing
            (one problem for each). Nothing is left behind.
    """
    root = Path(os.path.realpath(project))
    try:
        make_private(snapshots_dir)
        listing = _list(root, snapshots_dir, cancelled)
        base = find_base(root, snapshots_dir)
        links = read_links(listing.entries, root)
        if share and is_as_before(base, listing, links):
            return _shared(base, root)
        _check_space(listing, base, snapshots_dir)
        with temporary(snapshots_dir) as folder:
            info = _fill(folder, root, listing, links, base, progress, cancelled)
            sync_tree(folder)
            if cancelled():
                raise Stopped
            folder.rename(info.path)
        try:
            fsync_folder(snapshots_dir)
        except OSError:  # its name may be lost again: better without it now
            remove_folder(info.path)
            raise
        return info
    except Stopped:
        raise SnapshotFailed("The snapshot was cancelled.") from None
    except OSError as error:
        what = "the disk is full" if error.errno in _FULL else f"{error.strerror}"
        raise SnapshotFailed(f"The snapshot can't be written: {what}.") from error


def own_folder(root: Path, snapshots_dir: Path) -> Path:
    """What of ours is no part of a project, should it be in there.

    Args:
        root: the project's root, by its real path.
        snapshots_dir: a folder of the state directory.
    """
    state = snapshots_dir.parent
    return snapshots_dir if root.is_relative_to(os.path.realpath(state)) else state


def _list(root: Path, snapshots_dir: Path, cancelled: Callable[[], bool]) -> Listing:
    leave = [own_folder(root, snapshots_dir)]
    try:
        listing = walk_project(root, leave=leave, stop=lambda names: cancelled())
    except OSError as error:
        raise SnapshotFailed.of(
            [Problem(f"The project can't be read: {error.strerror}.", shown(str(root)))]
        ) from None
    if not listing.complete:
        raise Stopped
    return listing


def _check_space(listing: Listing, base: Base, snapshots_dir: Path) -> None:
    entries = [entry for entry in listing.entries if base.unchanged(entry) is None]
    needed = sum(min(entry.size, entry.allocated) for entry in entries) + MARGIN
    status = os.statvfs(snapshots_dir)
    free = status.f_bavail * status.f_frsize
    if needed > free:
        raise SnapshotFailed(
            f"The snapshot needs {_megabytes(needed)} of disk space, but {_megabytes(free)} are "
            "free; remove files, or leave large ones out by naming them in .gitignore."
        )
    if status.f_files and len(entries) > status.f_favail:
        raise SnapshotFailed(
            f"The snapshot has {len(entries)} new files, but the file system has room for "
            f"{status.f_favail} more only."
        )


def _fill(
    folder: Path,
    root: Path,
    listing: Listing,
    links: ReadLinks,
    base: Base,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> SnapshotInfo:
    """Write the snapshot into its temporary folder."""
    target = folder / manifests.PROJECT
    target.mkdir(mode=0o700)
    commit, dirty = commit_of(root)
    items = _make_folders(listing.entries, target)
    files = [entry for entry in listing.entries if entry.kind == "file"]
    copied = copy_files(files, root, target, base, progress, cancelled)
    _check(listing, copied)
    _make_links(links, target)
    manifest = Manifest(
        id=new_id(),
        project=str(root),
        items={**items, **copied.items, **links.items},
        left_out=tuple(listing.left_out),
        skipped=links.skipped,
        warnings=(
            *listing.warnings,
            *(f"{shown(path)} disappeared while the snapshot was taken." for path in copied.gone),
        ),
        commit=commit,
        dirty=dirty,
    )
    write_private(folder / manifests.NAME, manifest.to_json().encode("ascii"))
    return _info(manifest, folder.with_name(manifest.id))


def _shared(base: Base, root: Path) -> SnapshotInfo:
    """The snapshot of before, at what is checked out now."""
    commit, dirty = commit_of(root)
    manifest = replace(base.manifest, commit=commit, dirty=dirty)
    return replace(_info(manifest, base.folder), is_shared=True)


def _info(manifest: Manifest, path: Path) -> SnapshotInfo:
    return SnapshotInfo(
        id=manifest.id,
        path=path,
        files=manifest.files,
        bytes=manifest.bytes,
        commit=manifest.commit,
        dirty=manifest.dirty,
        skipped=manifest.skipped,
        warnings=manifest.warnings,
    )


def _make_folders(entries: list[Entry], target: Path) -> dict[str, Item]:
    items = {}
    for entry in entries:
        if entry.kind == "dir":
            mode = folder_mode(entry.mode)
            (target / entry.path).mkdir()
            (target / entry.path).chmod(mode)
            items[entry.path] = Item("dir", mode)
    return items


def _make_links(links: ReadLinks, target: Path) -> None:
    for path, link in links.items.items():
        (target / path).symlink_to(link.target)


def _check(listing: Listing, copied: Copied) -> None:
    """Refuse after all was tried, so that the user learns of all problems at once."""
    problems = [*listing.problems, *copied.problems]
    if problems:
        raise SnapshotFailed.of(problems)


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6)):,} MB"
