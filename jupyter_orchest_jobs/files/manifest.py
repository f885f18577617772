"""What a snapshot holds: written beside it, checked against it, asked about what it lacks."""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple

from jupyter_orchest_jobs.errors import InvalidInput, Problem, SnapshotFailed
from jupyter_orchest_jobs.files.copy import READ
from jupyter_orchest_jobs.files.ignore import LeftOut
from jupyter_orchest_jobs.files.paths import join, opened_folder, opened_root, shown

NAME = "manifest.json"
PROJECT = "project"
VERSION = 2
"""2 knows which file of the project each was copied from."""

_CHUNK = 2**20
_HEAD = 32 * 2**10
"""More bytes than a manifest has up to the end of its project's path, however that is escaped."""


class Item(NamedTuple):
    """One file, link or folder of a snapshot, as it lies there.

    Attributes:
        type: what it is.
        mode: permission bits; of links 0.
        size: of a file, in bytes.
        mtime_ns: when a file was changed last, in nanoseconds since 1970.
        sha256: of a file's content, in hexadecimal.
        target: what a link says.
        inode, ctime_ns: of the project's file when it was copied: while they are the same, so is
            the file. 0 if it had been changed so shortly before that a second change might have
            left no trace, or if that isn't known.
    """

    type: Literal["file", "link", "dir"]
    mode: int = 0
    size: int = 0
    mtime_ns: int = 0
    sha256: str = ""
    target: str = ""
    inode: int = 0
    ctime_ns: int = 0


def names_in_folders(items: Mapping[str, Item]) -> dict[str, list[str]]:
    """Folder → the names in it; ``""`` is the top. Empty folders are not among the keys."""
    found: dict[str, list[str]] = {}
    for path in items:
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, []).append(name)
    return found


_KINDS = {"file": stat.S_IFREG, "link": stat.S_IFLNK, "dir": stat.S_IFDIR}
_KEYS = {
    "file": ("type", "mode", "size", "mtime_ns", "sha256", "inode", "ctime_ns"),
    "link": ("type", "target"),
    "dir": ("type", "mode"),
}


@dataclass(frozen=True)
class Manifest:
    """A snapshot's table of contents.

    Paths are POSIX paths relative to the project. Bytes in them that aren't UTF-8 are lone
    surrogates (``os.fsdecode``), which JSON carries as escapes; for people use `paths.shown`.

    Attributes:
        id: of the snapshot.
        project: the folder that was copied.
        items: by path.
        left_out: what was not copied on purpose; a folder stands for all below it.
        skipped: sentences about what can't be frozen: special files and links to the outside.
        warnings: sentences about what else the user should know.
        commit: the git commit that was checked out, if any.
        dirty: files that differed from it or weren't tracked; None where there is no git.
    """

    id: str
    project: str
    items: Mapping[str, Item]
    left_out: tuple[LeftOut, ...] = ()
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    commit: str | None = None
    dirty: int | None = None
    version: int = field(default=VERSION)

    @property
    def files(self) -> int:
        """How many files and links there are."""
        return sum(item.type != "dir" for item in self.items.values())

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(item.size for item in self.items.values())

    def to_json(self) -> str:
        """The manifest as JSON, in ASCII."""
        document = {
            "version": self.version,
            "id": self.id,
            "project": self.project,
            "commit": self.commit,
            "dirty": self.dirty,
            "files": self.files,
            "bytes": self.bytes,
            "skipped": self.skipped,
            "warnings": self.warnings,
            "left_out": [asdict(item) for item in self.left_out],
            "entries": {
                path: {key: getattr(item, key) for key in _KEYS[item.type]}
                for path, item in sorted(self.items.items())
            },
        }
        return json.dumps(document, separators=(",", ":"))


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        SnapshotFailed: it is missing, damaged, or of a newer version of this program.
    """
    try:
        document = json.loads(path.read_bytes())
        if document["version"] > VERSION:
            raise _damaged(path, "was written by a newer version of this program")
        return _manifest(document)
    except FileNotFoundError:
        raise _damaged(path, "is missing") from None
    except OSError as error:
        raise _damaged(path, f"can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged(path, "is damaged") from None


def read_project(path: Path) -> str | None:
    """Which project a manifest is of, without reading all of it.

    Returns:
        The project's path; None if the manifest isn't there or isn't one of ours.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("ascii")
        _, found, rest = head.partition('"project":')
        project = json.JSONDecoder().raw_decode(rest)[0] if found else None
    except (OSError, ValueError):
        return None
    return project if isinstance(project, str) else None


def verify(snapshot_dir: Path, *, contents: bool = True) -> list[str]:
    """Compare a snapshot with its manifest.

    Args:
        snapshot_dir: the folder with ``manifest.json`` and ``project/``.
        contents: read all files; without, sizes, times and modes are compared only.

    Returns:
        A sentence for each difference, sorted by path; empty if there are none.
    """
    try:
        manifest = read_manifest(snapshot_dir / NAME)
    except SnapshotFailed as error:
        return [str(problem) for problem in error.problems]
    try:
        return differences(snapshot_dir / PROJECT, manifest, contents=contents)
    except OSError as error:
        return [f"{PROJECT}: can't be read: {error.strerror}."]


def differences(project: Path, manifest: Manifest, *, contents: bool = False) -> list[str]:
    """What `verify` says, of files whose manifest was read already.

    Raises:
        OSError: the files can't be read.
    """
    with opened_root(project) as root:
        return _differences(root, manifest.items, contents)


def explain_missing(manifest_path: Path, path: str) -> str | None:
    """Why a snapshot doesn't have something, as a sentence without its full stop.

    Args:
        manifest_path: the snapshot's ``manifest.json``.
        path: POSIX path relative to the project, of what a step looked for in vain.

    Returns:
        ``data/train.csv was left out of the snapshot by .gitignore line 3 (“data/”)``, say; None
        if nothing of the kind was left out, or the manifest can't be read.
    """
    wanted = PurePosixPath(os.path.normpath(path))
    if wanted.is_absolute() or ".." in wanted.parts:
        return None
    try:
        left_out = read_manifest(manifest_path).left_out
    except SnapshotFailed:
        return None
    above = {str(wanted), *map(str, wanted.parents)}
    found = next((item for item in left_out if item.path in above), None)
    return None if found is None else found.explain(str(wanted))


def hash_file(fd: int) -> str:
    """The SHA-256 of an open file from its start, in hexadecimal.

    Raises:
        OSError: it can't be read.
    """
    digest = hashlib.sha256()
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    at = 0
    while count := os.preadv(fd, [buffer], at):
        digest.update(view[:count])
        at += count
    return digest.hexdigest()


def hash_at(name: str, folder: int) -> str:
    """The SHA-256 of a regular file in an open folder.

    Raises:
        OSError: it can't be read, or is a symbolic link.
    """
    fd = os.open(name, READ, dir_fd=folder)
    try:
        return hash_file(fd)
    finally:
        os.close(fd)


def _manifest(document: Any) -> Manifest:
    return Manifest(
        id=document["id"],
        project=document["project"],
        items={path: Item(**item) for path, item in document["entries"].items()},
        left_out=tuple(LeftOut(**item) for item in document["left_out"]),
        skipped=tuple(document["skipped"]),
        warnings=tuple(document["warnings"]),
        commit=document["commit"],
        dirty=document["dirty"],
        version=document["version"],
    )


def _damaged(path: Path, what: str) -> InvalidInput:
    return SnapshotFailed.of([Problem(f"The list of the snapshot's files {what}.", path.name)])


def _differences(root: int, items: Mapping[str, Item], contents: bool) -> list[str]:
    found: dict[str, str] = {}
    seen: set[str] = set()
    folders = [""]
    while folders:
        folder = folders.pop()
        with opened_folder(root, folder) as fd, os.scandir(fd) as entries:
            for entry in entries:
                path = join(folder, entry.name)
                seen.add(path)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                item = items.get(path)
                what = _difference(entry, fd, item, contents) if item else "is new"
                if what is not None:
                    found[path] = what
    found.update({path: "is missing" for path in items if path not in seen})
    return [f"{shown(path)} {what}." for path, what in sorted(found.items())]


def _difference(entry: "os.DirEntry[str]", folder: int, item: Item, contents: bool) -> str | None:
    status = entry.stat(follow_symlinks=False)
    mode = stat.S_IMODE(status.st_mode)
    if stat.S_IFMT(status.st_mode) != _KINDS[item.type]:
        return f"is no {item.type} any more"
    if item.type == "link":
        target = os.readlink(entry.name, dir_fd=folder)
        return None if target == item.target else f"leads to {shown(target)} now"
    if mode != item.mode:
        return f"has mode {mode:o} instead of {item.mode:o}"
    if item.type == "dir":
        return None
    if status.st_size != item.size:
        return f"has {status.st_size} bytes instead of {item.size}"
    if status.st_mtime_ns != item.mtime_ns:
        return "was written to, or touched"
    if contents and hash_at(entry.name, folder) != item.sha256:
        return "has other content"
    return None
