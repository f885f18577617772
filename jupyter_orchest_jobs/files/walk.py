"""The files of a project: what is copied, what is left out and why, what can't be read."""

import os
import re
import stat
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from jupyter_orchest_jobs.errors import Problem
from jupyter_orchest_jobs.files.ignore import (
    IGNORED,
    GitFailed,
    LeftOut,
    PathspecRules,
    Rules,
    RulesFactory,
    find_git,
    is_repository,
    rules_of_git,
)
from jupyter_orchest_jobs.files.paths import join, opened_folder, opened_root, shown

Kind = Literal["file", "dir", "link", "special"]

_BY_NAME = {
    ".git": "the data of git itself is not copied",
    ".ipynb_checkpoints": "checkpoints of notebooks are not copied",
    "__pycache__": "Python's bytecode caches are not copied",
}
_VIRTUAL = {"pyvenv.cfg", "conda-meta"}
_VIRTUAL_REASON = "virtual environments are not copied; the environment is recorded separately"
_OWN_REASON = "what Orchest and this program keep for themselves is not copied"

_PIPELINE_DATA = re.compile(r"\.orchest/pipelines/[^/]+")

_BATCH = 16_000
"""Names about which git is asked at once: its start costs some milliseconds."""
_LOOK_UP = 1024
"""Names after which it is asked whether to stop."""


class Entry(NamedTuple):
    """One thing to copy.

    Attributes:
        path: POSIX path relative to the project; bytes that aren't UTF-8 as surrogates.
        kind: what it is; never a folder that is left out.
        size: of a file, in bytes.
        allocated: what a file takes on the disk, in bytes; less than ``size`` if it has holes.
        mode: as in ``st_mode``.
        mtime_ns, ctime_ns: when a file was changed last, in nanoseconds since 1970.
        inode: the file's number in its file system.
    """

    path: str
    kind: Kind
    size: int
    allocated: int
    mode: int
    mtime_ns: int = 0
    ctime_ns: int = 0
    inode: int = 0


@dataclass
class Listing:
    """What a walk found.

    Attributes:
        entries: what is copied, folders before what is in them; the root isn't among them.
        left_out: what is not; below it nothing was looked at.
        problems: folders that can't be read.
        warnings: sentences for the user.
        complete: False if the walk was stopped.
    """

    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    complete: bool = True


def walk_project(
    project: Path, *, leave: Sequence[Path] = (), stop: Callable[[int], bool] = lambda names: False
) -> Listing:
    """Find out what belongs into a snapshot of a project.

    ``.gitignore`` files count at all levels, as git reads them; also those of the repository
    around the project, unless they ignore the project itself. A nested repository has its own
    rules only. That a file is tracked doesn't count: patterns rule.

    Args:
        project: its root.
        leave: folders of ours that are left out if they are in the project.
        stop: asked now and then, with the number of names seen so far, whether to end the walk.

    Raises:
        OSError: the root itself can't be read.
    """
    root = os.path.realpath(project)
    own = {os.path.realpath(folder) for folder in leave}
    git = find_git()
    warning = (
        "Git is not installed: .gitignore files were read by a library that differs from git "
        "in rare patterns."
    )
    if git is not None:
        try:
            with rules_of_git(git) as rules:
                return _Walk(root, rules, own, stop).run()
        except GitFailed as error:
            warning = f"Git can't read the .gitignore files ({error}); a library read them instead."
    listing = _Walk(root, PathspecRules, own, stop).run()
    listing.warnings.append(warning)
    return listing


@dataclass(frozen=True, eq=False)
class _Place:
    """Rules, and how to get from their root to paths of the project.

    ``above`` leads from the rules' root to the project, if that is below it; ``below`` leads
    from the project to the rules' root, for nested repositories. One of them is empty.
    """

    rules: Rules
    above: str
    below: str

    def to_rules(self, path: str) -> str:
        if self.below:
            return path[len(self.below) + 1 :]
        return join(self.above, path)

    def from_rules(self, path: str) -> str:
        return os.path.relpath(path, self.above) if self.above else join(self.below, path)


class _Folder(NamedTuple):
    """A folder to look into, and the rules that hold around it."""

    entry: Entry
    place: _Place


class _Walk:
    """One walk over one project."""

    def __init__(
        self, root: str, make_rules: RulesFactory, own: set[str], stop: Callable[[int], bool]
    ) -> None:
        self._root = root
        self._make_rules = make_rules
        self._own = own
        self._stop = stop
        self._names = 0
        self._found = Listing()
        self._queue: deque[_Folder] = deque()

    def run(self) -> Listing:
        """The listing; incomplete if it was stopped."""
        self._queue.append(_Folder(Entry("", "dir", 0, 0, 0), self._outermost()))
        with opened_root(Path(self._root)) as fd:
            while self._queue and self._found.complete:
                batch: dict[_Place, list[Entry]] = {}
                seen = 0
                while self._queue and seen < _BATCH and self._found.complete:
                    place, entries = self._look_into(fd, self._queue.popleft())
                    batch.setdefault(place, []).extend(entries)
                    seen += len(entries)
                for place, entries in batch.items():
                    self._sort_out(place, entries)
        return self._found

    def _outermost(self) -> _Place:
        """The rules of the repository around the project; its own if there is none."""
        for top in (self._root, *map(str, Path(self._root).parents)):
            if is_repository(top) and top != self._root:
                above = os.path.relpath(self._root, top)
                rules = self._make_rules(top)
                # A check-out inside an ignored folder, or a home under git that ignores all.
                if not rules.ignored([above]):
                    return _Place(rules, above, "")
            if is_repository(top):
                break
        return _Place(self._make_rules(self._root), "", "")

    def _look_into(self, root: int, folder: _Folder) -> tuple[_Place, list[Entry]]:
        """What is in a folder, less what is always left out, and the rules for it."""
        path, place = folder.entry.path, folder.place
        try:
            names, entries = self._scan(root, path)
        except OSError as error:
            self._unreadable(path, error)
            return place, []
        if path:
            if _VIRTUAL & names:
                self._found.left_out.append(LeftOut(path, _VIRTUAL_REASON))
                return place, []
            self._found.entries.append(folder.entry)
            if ".git" in names and is_repository(join(self._root, path)):
                place = _Place(self._make_rules(join(self._root, path)), "", path)
        kept = []
        is_of_pipeline = _PIPELINE_DATA.fullmatch(path) is not None
        for entry in entries:
            reason = self._always_out(entry, is_of_pipeline)
            if reason is None:
                kept.append(entry)
            else:
                self._found.left_out.append(LeftOut(entry.path, reason))
        return place, kept

    def _scan(self, root: int, path: str) -> tuple[set[str], list[Entry]]:
        names: set[str] = set()
        entries = []
        with opened_folder(root, path) as fd, os.scandir(fd) as found:
            for entry in found:
                name = entry.name
                names.add(name)
                try:
                    status = entry.stat(follow_symlinks=False)
                    entries.append(_entry(join(path, name), status))
                except FileNotFoundError:  # gone meanwhile
                    pass
                self._names += 1
                if self._names % _LOOK_UP == 0 and self._stop(self._names):
                    self._found.complete = False
                    break
        return names, entries

    def _unreadable(self, path: str, error: OSError) -> None:
        name = shown(path) or "."
        if path and isinstance(error, FileNotFoundError | NotADirectoryError):
            self._found.warnings.append(f"{name} disappeared while the project was read.")
        else:
            self._found.problems.append(unreadable(path, error, "folder"))

    def _always_out(self, entry: Entry, is_of_pipeline: bool) -> str | None:
        name = entry.path.rpartition("/")[2]
        if name in _BY_NAME:
            return _BY_NAME[name]
        if is_of_pipeline and name in ("data", "logs"):
            return _OWN_REASON
        if entry.kind == "dir" and join(self._root, entry.path) in self._own:
            return _OWN_REASON
        return None

    def _sort_out(self, place: _Place, entries: list[Entry]) -> None:
        """Ask the rules about a batch: keep it, or leave it out."""
        asked = [place.to_rules(entry.path) for entry in entries]
        ignored = place.rules.ignored(asked)
        for entry, name in zip(entries, asked, strict=True):
            match = ignored.get(name)
            if match is not None:
                source = place.from_rules(match.source)
                self._found.left_out.append(
                    LeftOut(entry.path, IGNORED, source, match.line, match.pattern)
                )
            elif entry.kind == "dir":
                self._queue.append(_Folder(entry, place))
            else:
                self._found.entries.append(entry)


def unreadable(path: str, error: OSError, what: str) -> Problem:
    """The problem that a file or folder of the project can't be read."""
    if isinstance(error, PermissionError):
        message = f"The {what} can't be read; change its permissions or add it to .gitignore."
    else:
        message = f"The {what} can't be read: {error.strerror}."
    return Problem(message, shown(path) or ".")


def _entry(path: str, status: os.stat_result) -> Entry:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        stamp = status.st_mtime_ns, status.st_ctime_ns, status.st_ino
        return Entry(path, "file", status.st_size, status.st_blocks * 512, mode, *stamp)
    kind: Kind = "dir" if stat.S_ISDIR(mode) else "link" if stat.S_ISLNK(mode) else "special"
    return Entry(path, kind, 0, 0, mode)
