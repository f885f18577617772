"""What steps have output, on the disk, as Orchest lays it out.

``<project>/.orchest/pipelines/<pipeline>/data/<step>/`` is the folder of a step. It holds ``HEAD``,
a line with time, serialization and name, and the data in ``<step>.<SERIALIZATION>``. These two are
all there is for a step with one output. If it has several they are the one that got its name
last; ``more/1``, ``more/2`` … are folders like it, for those before, in the order in which they
came.

Files appear under their names when they are complete, the data before its ``HEAD``.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ._serial import Serialization, dump, load
from .error import DiskOutputNotFoundError, InvalidMetaDataError

UNNAMED = "unnamed"
SEPARATOR = "; "

_HEAD = "HEAD"
_MORE = "more"
_TEMPORARY = ".tmp-"
_IGNORED = """\
# What steps pass to each other while they are written.
/pipelines/*/data/
/pipelines/*/logs/
"""
_lock = threading.Lock()
_begun: set[str] = set()
"""Folders of steps into which this process has written."""


class Output(NamedTuple):
    """One output of a step.

    Attributes:
        name: `UNNAMED` if it has none.
        folder: where it is.
    """

    name: str
    kind: Serialization
    folder: str
    step: str

    @property
    def path(self) -> str:
        """The file with the data."""
        return _data(self.folder, self.step, self.kind)

    def load(self) -> Any:
        """Read it.

        Raises:
            DiskOutputNotFoundError: its data has gone.
            DeserializationError: it can't be read here.
        """
        try:
            return load(self.path, self.kind)
        except FileNotFoundError:
            raise DiskOutputNotFoundError(f"There is no file {self.path}.") from None


def folder_of(project: str, pipeline: str, step: str) -> str:
    """The folder of a step's outputs; a pipeline without a ``uuid`` has a name all the same."""
    return os.path.join(project, ".orchest", "pipelines", pipeline or "pipeline", "data", step)


def outputs_of(folder: str, step: str) -> list[Output]:
    """All outputs of a step, in the order in which they got their names; maybe none.

    Raises:
        InvalidMetaDataError: a description is damaged.
    """
    more = os.path.join(folder, _MORE)
    numbers = sorted(int(name) for name in _names(more) if name.isdigit())
    folders = [os.path.join(more, str(number)) for number in numbers]
    found = [_read_head(one, step) for one in [*folders, folder]]
    return [output for output in found if output is not None]


def write_output(
    folder: str, step: str, name: str, data: Any, kind: Serialization, *, raw: bool, anew: bool
) -> None:
    """Write an output: instead of the one of this name, or besides those of other names.

    Args:
        raw: whether ``data`` is bytes that are serialized already.
        anew: whether the first output of this process takes the place of all that was there.

    Raises:
        SerializationError: the data can't be written.
        OSError: the disk is full, or the like; what was there before is still there.
    """
    os.makedirs(folder, exist_ok=True)
    with _alone(folder):
        temporary = os.path.join(folder, _TEMPORARY + os.urandom(8).hex())
        try:
            if raw:
                with open(temporary, "xb") as file:
                    file.write(data)
            else:
                dump(data, temporary, kind)
            if anew and folder not in _begun:
                _clear(folder, keep=os.path.basename(temporary))
            _begun.add(folder)
            target = _make_room(folder, step, name)
            os.replace(temporary, _data(target, step, kind))
        except BaseException:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise
        _write_head(target, kind, name)
        for other in Serialization:
            if other is not kind and os.path.exists(_data(target, step, other)):
                os.unlink(_data(target, step, other))


def keep_from_git(project: str) -> None:
    """Have git ignore the data of a project, unless somebody has said what it ignores there."""
    path = os.path.join(project, ".orchest", ".gitignore")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(_IGNORED)
    except FileExistsError:
        pass


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """Keep others from writing into a folder: threads, and other processes of the step."""
    with _lock:
        fd = os.open(folder, os.O_RDONLY)
        try:
            # Some network file systems can't.
            with suppress(OSError):
                fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def _data(folder: str, step: str, kind: Serialization) -> str:
    return os.path.join(folder, f"{step}.{kind.name}")


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _clear(folder: str, keep: str) -> None:
    """Remove what an earlier process has output, and what one that was killed has left."""
    for name in _names(folder):
        path = os.path.join(folder, name)
        if name == _MORE:
            # Rarely needed, and slow to import.
            from shutil import rmtree

            rmtree(path)
        elif name != keep and not os.path.isdir(path):
            os.unlink(path)


def _make_room(folder: str, step: str, name: str) -> str:
    """The folder for an output of this name, after the last one was put aside if need be."""
    there = outputs_of(folder, step)
    for output in there:
        if output.name == name:
            return output.folder
    if there and there[-1].folder == folder:
        last = there[-1]
        aside = os.path.join(folder, _MORE, _TEMPORARY + os.urandom(8).hex())
        os.makedirs(aside)
        os.replace(last.path, _data(aside, step, last.kind))
        os.replace(os.path.join(folder, _HEAD), os.path.join(aside, _HEAD))
        numbers = [int(name) for name in _names(os.path.join(folder, _MORE)) if name.isdigit()]
        os.replace(aside, os.path.join(folder, _MORE, str(max(numbers, default=0) + 1)))
    return folder


def _write_head(folder: str, kind: Serialization, name: str) -> None:
    # As Orchest writes it: UTC, without a zone.
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat(timespec="seconds")
    temporary = os.path.join(folder, _TEMPORARY + os.urandom(8).hex())
    with open(temporary, "xb") as file:
        file.write(SEPARATOR.join([now, kind.name, name]).encode("utf-8", "surrogatepass"))
    os.replace(temporary, os.path.join(folder, _HEAD))


def _read_head(folder: str, step: str) -> Output | None:
    try:
        with open(os.path.join(folder, _HEAD), "rb") as file:
            text = file.read().decode("utf-8", "surrogatepass")
    except (FileNotFoundError, NotADirectoryError):
        return None
    parts = text.split(SEPARATOR, 2)
    if len(parts) != 3 or parts[1] not in Serialization.__members__:
        raise InvalidMetaDataError(
            f"The description of an output in {folder}, {text!r}, is damaged."
        )
    return Output(parts[2], Serialization[parts[1]], folder, step)
