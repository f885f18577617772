"""Clones trees of files by hard links, or by copies."""

import errno
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from jupyter_orchest_jobs.errors import SnapshotFailed
from jupyter_orchest_jobs.files.copy import Cloner as BlockCloner
from jupyter_orchest_jobs.files.copy import copy_file
from jupyter_orchest_jobs.files.paths import opened_root
from jupyter_orchest_jobs.snapshot.environments.rewrite import (
    Rewriter,
    may_name_its_folder,
    read_text,
    retargeted,
)

CACHE = "__pycache__"

_OFTEN = 256
_READ_ONLY, _WRITABLE = 0o555, 0o755

Stamps = dict[str, dict[str, tuple[int, int]]]
"""Folder → name → size and time of a file; folders relative to the clone."""


class Unlinkable(Exception):
    """Files can't be linked; the message is a sentence that tells why."""


class Cloner:
    """Builds one clone.

    Files become hard links to the originals, or copies. Files that name the original's folder are
    written anew. Nothing is ever done to a file that is linked, as it is the user's.

    Args:
        build: where the clone is built.
        place: the absolute path that it will have.
        trees: original and clone, in its final place, of each folder that is cloned.
        rewriter: of the paths in files.
        named: files that name the original's folder, besides those that always may.
        copy: whether to copy.
        progress: called with the files and bytes so far.
        cancelled: asked now and then whether to give up.
    """

    def __init__(
        self,
        build: Path,
        place: Path,
        trees: Sequence[tuple[str, str]],
        rewriter: Rewriter,
        named: frozenset[str],
        *,
        copy: bool,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.files = self.bytes = 0
        self.stamps: Stamps = {}
        self._build, self._place = str(build), str(place)
        self._trees, self._rewriter, self._named = trees, rewriter, named
        self._copy, self._progress, self._cancelled = copy, progress, cancelled
        self._folders: list[str] = []
        self._blocks = BlockCloner()

    def tree(
        self, source: str, below: str, skip: Callable[[str], bool] = lambda path: False
    ) -> None:
        """Clone a folder with all that is in it.

        Args:
            source: absolute path of the original.
            below: path of its clone, relative to the whole; "" for the whole.
            skip: given the absolute path of a folder, whether to leave it out.

        Raises:
            Unlinkable: files of it can't be linked.
            SnapshotFailed: cancelled.
            OSError: it can't be read, or the clone not be written.
        """
        self.folder(below)
        target = f"{self._build}/{below}" if below else self._build
        stamps = self.stamps.setdefault(below, {})
        cached = has_code = False
        with os.scandir(source) as entries:
            for entry in entries:
                name = entry.name
                path = f"{below}/{name}" if below else name
                if entry.is_symlink():
                    self._link(source, below, name)
                elif entry.is_dir(follow_symlinks=False):
                    cached = cached or name == CACHE
                    if not skip(entry.path):
                        self.tree(entry.path, path, skip)
                elif entry.is_file(follow_symlinks=False):
                    has_code = has_code or name.endswith(".py")
                    status = entry.stat(follow_symlinks=False)
                    status = self._file(entry.path, f"{target}/{name}", path, status)
                    stamps[name] = status.st_size, status.st_mtime_ns
        if has_code and not cached and below.startswith("lib"):
            self.folder(f"{below}/{CACHE}")

    def folder(self, path: str) -> None:
        """Make a folder of the clone, unless it is there.

        Raises:
            OSError: it can't be made.
        """
        full = f"{self._build}/{path}" if path else self._build
        if not os.path.isdir(full):  # noqa: PTH112  # thousands of them
            os.makedirs(full, 0o755)  # noqa: PTH103  # thousands of them
        self._folders.append(full)

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Write a file of the clone; whatever was there is replaced.

        Raises:
            OSError: it can't be written.
        """
        file = Path(self._build, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(data)
        file.chmod(stat.S_IMODE(mode) | 0o200)
        status = file.stat()
        folder, _, name = path.rpartition("/")
        self.stamps.setdefault(folder, {})[name] = status.st_size, status.st_mtime_ns

    def link(self, path: str, target: str) -> None:
        """Make a symbolic link in the clone.

        Raises:
            OSError: it can't be made.
        """
        Path(self._build, path).symlink_to(target)

    def note(self, path: str) -> None:
        """Take note of what was written into a folder of the clone without this cloner."""
        for folder, _, names in os.walk(f"{self._build}/{path}"):
            self._folders.append(folder)
            below = os.path.relpath(folder, self._build)
            for name in names:
                status = os.lstat(f"{folder}/{name}")
                self.stamps.setdefault(below, {})[name] = status.st_size, status.st_mtime_ns

    def close(self) -> None:
        """Make the clone's folders read-only, except those in which Python keeps what it compiled.

        Environments that uv made have none of that, and Python would compile all packages in
        each run. What it writes there it writes whole.
        """
        for folder in self._folders:
            os.chmod(folder, _WRITABLE if folder.endswith(CACHE) else _READ_ONLY)  # noqa: PTH101  # thousands of them

    def _file(self, source: str, target: str, path: str, status: os.stat_result) -> os.stat_result:
        self.files += 1
        self.bytes += status.st_size
        if self.files % _OFTEN == 0:
            self._progress(self.files, self.bytes)
            if self._cancelled():
                raise SnapshotFailed("Freezing the environment was cancelled.")
        if may_name_its_folder(path, self._named):
            old = read_text(source, status.st_size)
            new = old if old is None else self._rewriter.script(old)
            if new is not None and new != old:
                self.write(path, new, status.st_mode)
                return os.stat(target)  # noqa: PTH116  # thousands of them
        if self._copy:
            return self._copied(source, target)
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno == errno.EMLINK:
                # This file has as many names as it can have; the next one may not.
                return self._copied(source, target)
            raise _unlinkable(error, source, status) from error
        return status

    def _copied(self, source: str, target: str) -> os.stat_result:
        folder, _, name = source.rpartition("/")
        with opened_root(Path(folder)) as old, opened_root(Path(target).parent) as new:
            copy_file(name, old, new, self._blocks)
        return os.stat(target)  # noqa: PTH116  # thousands of them

    def _link(self, source: str, below: str, name: str) -> None:
        """Clone a symbolic link; a script behind it that names the original is written anew."""
        full = f"{source}/{name}"
        path = f"{below}/{name}" if below else name
        clone = f"{self._place}/{below}" if below else self._place
        target = os.readlink(full)  # noqa: PTH115  # thousands of them
        there = retargeted(target, source, clone, self._trees)
        if below == "bin" and there == os.path.normpath(os.path.join(source, target)):  # noqa: PTH118  # thousands of them
            status = os.stat(full) if os.path.isfile(full) else None  # noqa: PTH113, PTH116  # thousands of them
            old = read_text(full, status.st_size) if status else None
            new = old if old is None else self._rewriter.script(old)
            if status and new is not None and new != old:
                self.write(path, new, status.st_mode)
                return
        self.link(path, there)


def _unlinkable(error: OSError, path: str, status: os.stat_result) -> OSError | Unlinkable:
    if error.errno == errno.EXDEV:
        return Unlinkable("It is on another file system than the jobs' state directory.")
    if error.errno in {errno.EPERM, errno.EACCES}:
        if status.st_uid != os.getuid():
            return Unlinkable(f"Its files belong to another user, such as {path}.")
        return Unlinkable("Its file system has no hard links.")
    if error.errno in {errno.ENOTSUP, errno.ENOSYS}:
        return Unlinkable("Its file system has no hard links.")
    return error
