"""Paths that stay where they belong, and names that can be shown."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from jupyter_orchest_jobs.errors import InvalidInput, Problem

_LONGEST_NAME, _LONGEST_PATH = 255, 4095
"""In bytes; what is longer makes most questions about a file an error."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def inside(root: Path, relative: str) -> Path:
    """The real path of something below a folder, whether it exists or not.

    Args:
        root: the folder.
        relative: a POSIX path relative to it, as somebody gave it.

    Raises:
        InvalidInput: empty, absolute, not a possible file name, or, with ``..`` or symbolic
            links, outside of ``root``.
    """
    if not relative:
        raise _refused(relative, "is empty; name a file.")
    if "\0" in relative:
        raise _refused(relative, "has a NUL character, which no file name can have.")
    try:
        os.fsencode(relative)
    except UnicodeEncodeError:
        raise _refused(relative, "has characters that no file name can have.") from None
    if PurePosixPath(relative).is_absolute():
        raise _refused(relative, f"is an absolute path; give it relative to {root}.")
    base = os.path.realpath(root)
    # Not a comparison of prefixes: /project-2 begins with /project.
    full = os.path.realpath(os.path.join(base, relative))  # noqa: PTH118  # texts: pathlib would tidy up what was given
    if os.path.commonpath([base, full]) != base:
        raise _refused(relative, f"is outside of {root}; only files below it can be used.")
    encoded = os.fsencode(full)
    if len(encoded) > _LONGEST_PATH or max(map(len, encoded.split(b"/"))) > _LONGEST_NAME:
        raise _refused(f"{relative[:40]}…", "is longer than any file's path can be.")
    return Path(full)


def plain(relative: str) -> str:
    """A relative path as it is, if it can be the path of something that was found in a folder.

    Args:
        relative: POSIX path; ``""`` is the folder itself. A slash at its end is taken away.

    Raises:
        InvalidInput: absolute, with ``.`` or ``..``, empty names or characters no name has.
    """
    path = relative.removesuffix("/")
    if path and {"", ".", ".."} & set(path.split("/")):
        raise _refused(relative, "is no plain path; name folders and file, without “..”.")
    try:
        encoded = os.fsencode(path)
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise _refused(relative, "has characters that no file name can have.")
    if max(map(len, encoded.split(b"/"))) > _LONGEST_NAME or len(encoded) > _LONGEST_PATH:
        raise _refused(f"{relative[:40]}…", "is longer than any file's path can be.")
    return path


def shown(path: str) -> str:
    """A path as text that can be sent and printed: bytes that aren't UTF-8 become ``\\xff``."""
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return path.encode("utf-8", "backslashreplace").decode()


@contextmanager
def opened_folder(root: int, relative: str) -> Iterator[int]:
    """A descriptor of a folder below an open one, without following any symbolic link.

    Args:
        root: descriptor of the folder above.
        relative: path from there, ``""`` for the folder itself; without ``..``.

    Raises:
        OSError: a part is missing, not a folder, or a link (``ENOTDIR`` or ``ELOOP``).
    """
    fd = os.open(".", _DIRECTORY, dir_fd=root)
    try:
        for name in filter(None, relative.split("/")):
            child = os.open(name, _DIRECTORY, dir_fd=fd)
            os.close(fd)
            fd = child
        yield fd
    finally:
        os.close(fd)


@contextmanager
def opened_root(folder: Path) -> Iterator[int]:
    """A descriptor of a folder that we name ourselves; links in its path are followed.

    Raises:
        OSError: it is missing or not a folder.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


def join(folder: str, name: str) -> str:
    """The path of a name in a folder, both relative to one root; ``""`` is the root itself."""
    return f"{folder}/{name}" if folder else name


def _refused(relative: str, message: str) -> InvalidInput:
    name = shown(relative).replace("\0", "\\0")
    return InvalidInput.of([Problem(message, name or "path")])


def outputs_in(project: Path, pipeline_uuid: str, step: str) -> Path:
    """Where a step's outputs lie in a project; pipelines without a UUID share a name."""
    return project / ".orchest" / "pipelines" / (pipeline_uuid or "pipeline") / "data" / step
