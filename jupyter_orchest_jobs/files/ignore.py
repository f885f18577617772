"""What ``.gitignore`` files leave out: git decides where it is installed.

Two interchangeable judges. `GitRules` asks git itself, against an empty repository, so that
only patterns count and not what happens to be tracked, and with the user's configuration out
of the way. `PathspecRules` is for machines without git; it differs from git in rare patterns.
"""

import contextlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from pathspec import GitIgnoreSpec

from jupyter_orchest_jobs.domain.inheriting import inheritable
from jupyter_orchest_jobs.files.paths import join, shown
from jupyter_orchest_jobs.files.reading import read_start

_FILE = ".gitignore"
_TIMEOUT_S = 60.0
_LARGEST = 2**20
_STARS = re.compile(r"\*\*?")
_MOST_STARS = 3
"""Of what a ``.gitignore`` file has, this is read where git is not installed."""

IGNORED = "ignored"
"""The reason of what a ``.gitignore`` file leaves out."""


@dataclass(frozen=True)
class LeftOut:
    """Something of the project that is not copied, with all that is below it.

    Attributes:
        path: POSIX path relative to the project.
        reason: `IGNORED`, or a clause that says why ("virtual environments are not copied").
        source: the ``.gitignore`` file, relative to the project; may begin with ``../``.
        line: 1-based line in ``source``.
        pattern: that line's pattern.
    """

    path: str
    reason: str
    source: str | None = None
    line: int | None = None
    pattern: str | None = None

    def __str__(self) -> str:
        return self.explain(self.path)

    def explain(self, path: str) -> str:
        """Why this, or something below it, is not in the snapshot; without a full stop."""
        name = shown(path)
        if self.source is None:
            return f"{name} was left out of the snapshot: {self.reason}"
        pattern = shown(self.pattern or "")
        where = f"{shown(self.source)} line {self.line}"
        return f"{name} was left out of the snapshot by {where} (“{pattern}”)"


@dataclass(frozen=True)
class Match:
    """The line that decides: its file (relative to the rules' root), number and pattern."""

    source: str
    line: int
    pattern: str


class GitFailed(Exception):
    """Git is installed, but can't answer; the message is its own."""


class Rules(Protocol):
    """The ignore rules below one root folder."""

    def ignored(self, paths: Sequence[str]) -> Mapping[str, Match]:
        """Those of the paths that are ignored, with the line that did it.

        Args:
            paths: relative to the root; no folder above any of them is ignored.

        Raises:
            GitFailed: git can't answer.
        """
        ...


class RulesFactory(Protocol):
    """Makes the rules of a root folder, given by its real path."""

    def __call__(self, root: str) -> Rules: ...


@contextlib.contextmanager
def rules_of_git(git: str) -> Iterator[RulesFactory]:
    """Rules that ask git.

    Args:
        git: the program.

    Raises:
        GitFailed: there is no room for temporary files.
    """
    with contextlib.ExitStack() as stack:
        try:
            empty = stack.enter_context(tempfile.TemporaryDirectory(prefix="orchest-jobs-git-"))
            for name in ("objects", "refs"):
                (Path(empty) / name).mkdir()
            (Path(empty) / "HEAD").write_text("ref: refs/heads/none\n")
        except OSError as error:
            raise GitFailed(f"no temporary files: {error.strerror}") from None
        yield lambda root: GitRules(git, empty, root)


def find_git() -> str | None:
    """Path of the git program, if it is installed."""
    return shutil.which("git")


def is_repository(folder: str) -> bool:
    """Whether a folder is the top of a git repository, worktree or submodule."""
    git = Path(folder, ".git")
    return git.is_file() or (git / "HEAD").is_file()


def git_environment() -> dict[str, str]:
    """Our environment without what would point git elsewhere (hooks set ``GIT_DIR``)."""
    kept = {name: value for name, value in inheritable(os.environ).items() if name[:4] != "GIT_"}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


class GitRules:
    """Asks ``git check-ignore``, once for each batch of paths."""

    def __init__(self, git: str, empty: str, root: str) -> None:
        self._command = [
            git,
            f"--git-dir={empty}",
            f"--work-tree={root}",
            "-c",
            "core.excludesFile=/dev/null",
            "check-ignore",
            *("-z", "--verbose", "--stdin", "--no-index"),
        ]
        self._root = root
        self._environment = {
            **git_environment(),
            # Only .gitignore files count, not what this user or machine is set up to ignore.
            "HOME": empty,
            "XDG_CONFIG_HOME": empty,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        self._has_rules = lru_cache(maxsize=None)(self._has)

    def ignored(self, paths: Sequence[str]) -> Mapping[str, Match]:
        """See `Rules`."""
        folders = {path: path.rpartition("/")[0] for path in paths}
        ruled = {folder for folder in set(folders.values()) if self._is_ruled(folder)}
        if not ruled:
            return {}  # without any rule there is nothing to start git for
        asked = [path for path, folder in folders.items() if folder in ruled]
        try:
            done = subprocess.run(  # noqa: S603  # git, by its path
                self._command,
                # "./", as a file may be called ":(top)x", which means something else to git.
                input=b"".join(b"./" + os.fsencode(path) + b"\0" for path in asked),
                capture_output=True,
                cwd=self._root,
                env=self._environment,
                check=False,
                timeout=_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            raise GitFailed("it takes too long") from None
        except OSError as error:
            raise GitFailed(f"it can't be started: {error.strerror}") from None
        if done.returncode not in (0, 1):
            raise GitFailed(done.stderr.decode("utf-8", "replace").strip())
        fields = [os.fsdecode(field) for field in done.stdout.split(b"\0")[:-1]]
        found = zip(fields[0::4], fields[1::4], fields[2::4], fields[3::4], strict=True)
        return {
            path.removeprefix("./"): Match(source, int(line), pattern)
            for source, line, pattern, path in found
            if not pattern.startswith("!")
        }

    def _is_ruled(self, folder: str) -> bool:
        """Whether there are rules for what is in a folder: its own, or of one above it."""
        while not self._has_rules(folder):
            if not folder:
                return False
            folder = folder.rpartition("/")[0]
        return True

    def _has(self, folder: str) -> bool:
        path = join(folder, _FILE)
        try:
            mode = Path(self._root, path).lstat().st_mode
        except OSError:
            return False
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode)):
            # Git opens whatever has that name, and would wait for it.
            raise GitFailed(f"{shown(path)} is a pipe or a device")
        return True


class PathspecRules:
    """Reads ``.gitignore`` files itself, folder by folder; the nearest file that says so wins."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._spec = lru_cache(maxsize=4096)(self._read)

    def ignored(self, paths: Sequence[str]) -> Mapping[str, Match]:
        """See `Rules`."""
        found = {}
        for path in paths:
            match = self._match(path)
            if match is not None:
                found[path] = match
        return found

    def _match(self, path: str) -> Match | None:
        full = os.path.join(self._root, path)  # noqa: PTH118  # pathlib's is_dir raises EACCES
        suffix = "/" if os.path.isdir(full) and not os.path.islink(full) else ""  # noqa: PTH112, PTH114  # as above
        folder, rest = path, ""
        while folder:
            folder, _, name = folder.rpartition("/")
            rest = join(name, rest) if rest else name
            lines, spec = self._spec(folder)
            result = spec.check_file(rest + suffix) if spec else None
            if result is not None and result.include is not None and result.index is not None:
                if not result.include:
                    return None
                source = join(folder, _FILE)
                return Match(source, *lines[result.index])
        return None

    def _read(self, folder: str) -> tuple[list[tuple[int, str]], GitIgnoreSpec | None]:
        file = Path(self._root, folder, _FILE)
        if file.is_symlink() or not file.is_file():  # git follows no link here either
            return [], None
        try:
            text = os.fsdecode(read_start(file, _LARGEST))
        except OSError:  # the copy itself will say so
            return [], None
        numbered = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
        lines = [(number, line.removesuffix("\r")) for number, line in numbered]
        lines = [(number, line) for number, line in lines if _usable(line)]
        return lines, GitIgnoreSpec.from_lines([line for _, line in lines])


def _usable(line: str) -> bool:
    """Whether the library can read the line: one bad line must not spoil the others.

    It makes an expression of it whose time grows with the power of the stars in it.
    """
    if not line or line.startswith("#") or len(_STARS.findall(line)) > _MOST_STARS:
        return False
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
