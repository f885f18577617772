"""Looks at an environment: what it is, and whether it is the same as another time."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.environment import Environment, Package
from jupyter_orchest_jobs.snapshot.environments.editable import Source, sources_of
from jupyter_orchest_jobs.snapshot.environments.packages import packages_of, shallow_key
from jupyter_orchest_jobs.snapshot.environments.probe import (
    Probe,
    absolute,
    is_python,
    mark,
    probe,
    version_of,
)

_LAYOUT = 1
"""Of clones; environments with clones of another layout are cloned anew."""


_INSTALLED, _SOURCES = 24, 8
"""How much of an id stands for what is installed, and for the sources of editable packages."""


def have_same_packages(one: Environment, other: Environment) -> bool:
    """Whether two environments are equal but for the sources of editable packages."""
    return one.id[:_INSTALLED] == other.id[:_INSTALLED]


def another_id(environment_id: str) -> str:
    """The id of the same environment where the clone of this id can't be used."""
    return environment_id[:_INSTALLED] + _hash(environment_id)[:_SOURCES]


@dataclass(frozen=True)
class Sight:
    """An environment with what is needed to freeze it.

    Attributes:
        probe: None for what isn't Python, or doesn't answer.
        folders: those that hold packages.
        sources: of packages that are installed as editable.
        marks: path → size and time of the programs that make the interpreter.
    """

    environment: Environment
    probe: Probe | None
    packages: tuple[Package, ...]
    folders: tuple[str, ...]
    sources: tuple[Source, ...]
    marks: Mapping[str, tuple[int, int]]


def look(
    program: str,
    *,
    kernel: str | None = None,
    language: str = "python",
    display_name: str = "",
    kernelspec: Mapping[str, Any] | None = None,
) -> Environment:
    """What an environment is; a millisecond when it was looked at before and hasn't changed.

    Args:
        program: of the interpreter; what is no absolute path is looked for.
        kernel: name of the kernelspec, if it has one.
        language: of what it executes.
        display_name: for people; its version if that is empty.
        kernelspec: as `engine.kernelspecs.find_kernel` gives it.
    """
    return see(program, kernel, language, display_name, kernelspec).environment


def see(
    program: str,
    kernel: str | None,
    language: str,
    display_name: str,
    kernelspec: Mapping[str, Any] | None,
) -> Sight:
    """As :func:`look`, with what else is known."""
    path = absolute(program) or program
    found = probe(path) if is_python(path) else None
    folders: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    sources: tuple[Source, ...] = ()
    key = ""
    marked = [path]
    if found is not None:
        path, marked = found.program, [os.path.realpath(found.base)]
        conda = f"{found.prefix}/conda-meta"
        folders = (*found.sites, conda) if found.is_conda else found.sites
        key = shallow_key(folders)
        packages = packages_of(folders, key)
        sources = sources_of(packages)
        marked.append(f"{found.prefix}/pyvenv.cfg")
    marks = {one: known for one in marked if (known := mark(one))}
    version = found.version if found else version_of(path)
    identity = [
        _LAYOUT,
        found.prefix if found else path,
        version,
        sorted(marks.items()),
        key,
        kernelspec,
    ]
    environment = Environment(
        id=_hash(identity)[:_INSTALLED] + _hash([source.key for source in sources])[:_SOURCES],
        language=language,
        kernel=kernel or "",
        display_name=display_name or version or Path(path).name,
        program=path,
        prefix=found.prefix if found else "",
        version=version,
        packages=len(packages),
        kernelspec=kernelspec,
    )
    return Sight(environment, found, packages, folders, sources, marks)


def _hash(data: object) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
