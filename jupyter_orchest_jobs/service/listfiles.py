"""Parameters files of projects: read for a job, and written from one."""

import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.domain import jsontext, parameters
from jupyter_orchest_jobs.domain.pipeline import Pipeline
from jupyter_orchest_jobs.errors import ConfirmationNeeded, InvalidInput, NotFound, Problem
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.paths import inside, shown
from jupyter_orchest_jobs.files.reading import read_start
from jupyter_orchest_jobs.service.wish import OVERWRITE_FILE, UNKNOWN_STEPS

_SUFFIX = ".json"


@dataclass(frozen=True)
class FileOfLists:
    """A parameters file that was read.

    Attributes:
        name: its path in the project; its whole path if it is not in there.
        lists: for the pipeline and its steps.
        unknown: what it says of steps that the pipeline doesn't have.
        pipeline: the pipeline.
    """

    name: str
    lists: parameters.Lists
    unknown: tuple[Problem, ...]
    pipeline: Pipeline

    def agreed(self, accept: Collection[str]) -> list[Problem]:
        """Warnings about what of it is left out.

        Raises:
            ConfirmationNeeded: something is, and the user hasn't agreed to that.
        """
        if not self.unknown:
            return []
        names = ", ".join(f"“{jsontext.short(str(one.scope))}”" for one in self.unknown)
        if UNKNOWN_STEPS not in accept:
            raise ConfirmationNeeded(
                f"{self.name} has parameters of steps that are not in pipeline "
                f"{self.pipeline.name}: {names}. Leave them out?",
                UNKNOWN_STEPS,
                self.unknown,
            )
        message = f"parameters of steps that are not in the pipeline were left out: {names}."
        first = self.unknown[0]
        return [Problem(message, self.name, first.line, first.column)]


def read_lists(path: Path, pipeline: Pipeline, project: Path) -> FileOfLists:
    """Read a parameters file as it is now.

    Args:
        path: absolute.
        pipeline: for whose steps it is.
        project: the real path of the project.

    Raises:
        NotFound: there is none.
        InvalidInput: it can't be read.
        ParametersInvalid: with file, line and reason of everything that is wrong.
    """
    real = Path(os.path.realpath(path))
    name = real.relative_to(project).as_posix() if real.is_relative_to(project) else str(path)
    found = parameters.read_parameters_file(read_text(path, name), name, pipeline)
    return FileOfLists(name, found.lists, found.unknown, pipeline)


def read_text(path: Path, name: str) -> str:
    """The text of a JSON file.

    Args:
        name: how to call it in errors.

    Raises:
        NotFound: there is none.
        InvalidInput: it can't be read.
    """
    try:
        return jsontext.decode(read_bytes(path, name), name)
    except jsontext.JsonProblem as error:
        raise InvalidInput.of([error.problem]) from None


def read_bytes(path: Path, name: str, most: int = jsontext.MAX_BYTES) -> bytes:
    """The content of a file that a job is made from.

    Args:
        name: how to call it in errors.
        most: of what has more bytes than this, as many and one more are read.

    Raises:
        NotFound: there is none.
        InvalidInput: it can't be read.
    """
    try:
        return read_start(path, most)
    except FileNotFoundError:
        raise NotFound(f"There is no file {name}.") from None
    except OSError as error:
        raise InvalidInput(f"{name} can't be read: {error.strerror}.") from None


def write_lists(lists: parameters.Lists, top: Path, relative: str, accept: Collection[str]) -> None:
    """Write a parameters file; whole, or not at all.

    Args:
        lists: what it says.
        top: the folder below which it must be.
        relative: its path from there, POSIX.

    Raises:
        InvalidInput: there can't be such a file.
        ConfirmationNeeded: there is another one of that name.
    """
    path = inside(top, relative)
    if path.suffix.lower() != _SUFFIX:
        raise InvalidInput(
            f"{shown(relative)} is no name of a parameters file: it must end with {_SUFFIX}."
        )
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "would be in a folder that does not exist"
        raise InvalidInput(f"{shown(relative)} {what}; choose another name.")
    data = (json.dumps(lists, indent=2, ensure_ascii=False) + "\n").encode()
    mode = 0o644
    try:
        if path.exists():
            mode = path.stat().st_mode & 0o777
            if read_start(path, len(data)) == data:
                return
            if OVERWRITE_FILE not in accept:
                raise ConfirmationNeeded(
                    f"There is a file {shown(relative)} already. Replace it?", OVERWRITE_FILE
                )
        write_atomic(path, data, mode)
    except OSError as error:
        raise InvalidInput(f"{shown(relative)} can't be written: {error.strerror}.") from None
