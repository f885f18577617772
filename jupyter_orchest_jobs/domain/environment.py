"""Environments of steps: what is known of them, and how far they are frozen."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any


class EnvironmentState(StrEnum):
    """How far an environment is frozen."""

    WAITING = "waiting"
    """It is known, and nobody has begun to freeze it."""
    FREEZING = "freezing"
    FROZEN = "frozen"
    """There is a clone of it that only jobs use."""
    RECORDED = "recorded"
    """It is known what it had; steps use the original."""
    LIVE = "live"
    """The job doesn't want it frozen; steps use the original."""


@dataclass(frozen=True)
class Package:
    """One installed package.

    Attributes:
        origin: where it came from: ``pip`` (an index, whoever asked it), ``conda``,
            ``editable: PATH``, ``path: PATH``, ``url: URL``, or ``unknown``.
    """

    name: str
    version: str
    origin: str = "pip"


@dataclass(frozen=True)
class Environment:
    """The environment of one or more steps of a job: an interpreter and its packages.

    Attributes:
        id: the same for environments that are the same; also the name of its folder.
        language: as its kernel names it, in lower case: ``python``, ``r``, …
        kernel: name of the kernelspec; "" for an interpreter without one.
        kernelspec: as it was installed, with absolute paths; None without one.
        display_name: for people.
        program: absolute path of the original interpreter.
        prefix: absolute path of the folder that holds the original; "" if that isn't Python.
        version: of the interpreter, as it tells it: ``Python 3.11.9``.
        reason: a sentence: why it isn't frozen; "" if it is, or isn't yet.
        packages: how many it has.
        bytes: what its files come to; 0 until it was frozen or recorded.
        copy_bytes: what a copy would take; 0 if none is possible or needed.
        warnings: sentences: what of it is not frozen.
    """

    id: str
    language: str
    kernel: str
    display_name: str
    program: str
    prefix: str
    version: str
    state: EnvironmentState = EnvironmentState.WAITING
    reason: str = ""
    packages: int = 0
    bytes: int = 0
    copy_bytes: int = 0
    warnings: tuple[str, ...] = ()
    kernelspec: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """All attributes, for JSON."""
        return {**asdict(self), "state": str(self.state), "warnings": list(self.warnings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Environment":
        """Read what :meth:`as_json` made; keys of a later version are passed over."""
        known = {item.name for item in fields(cls)}
        values = {key: value for key, value in data.items() if key in known}
        values["state"] = EnvironmentState(values["state"])
        values["warnings"] = tuple(values.get("warnings", ()))
        return cls(**values)


@dataclass(frozen=True)
class EnvironmentManifest:
    """What an environment had when it was frozen or recorded.

    Attributes:
        environment: as it was then.
        packages: sorted by name.
        base: absolute path of the interpreter that a virtual environment builds on; the program
            itself otherwise.
        marks: path → size and time of the programs that tell whether the interpreter changed.
        folders: absolute paths of the original's folders that hold packages.
        replaced: original → absolute path in the clone, of what files may name.
    """

    environment: Environment
    packages: tuple[Package, ...] = ()
    base: str = ""
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    replaced: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All attributes, for JSON."""
        return {**asdict(self), "v": 1, "environment": self.environment.as_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "EnvironmentManifest":
        """Read what :meth:`as_json` made."""
        return cls(
            environment=Environment.from_json(data["environment"]),
            packages=tuple(Package(**package) for package in data["packages"]),
            base=data["base"],
            marks={path: (mark[0], mark[1]) for path, mark in data["marks"].items()},
            folders=tuple(data["folders"]),
            replaced=data["replaced"],
        )


@dataclass(frozen=True)
class PackageChange:
    """A package that is not in the original as it is in the manifest.

    Attributes:
        before: its version then; None if it wasn't there.
        now: its version now; None if it isn't there any more.
    """

    name: str
    before: str | None
    now: str | None


@dataclass(frozen=True)
class Changes:
    """What became of an original since its manifest.

    Attributes:
        packages: those that differ, sorted by name.
        problem: a sentence, if its interpreter is gone or was changed; "" if not.
    """

    packages: tuple[PackageChange, ...] = ()
    problem: str = ""

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return bool(self.packages or self.problem)


@dataclass(frozen=True)
class Drift:
    """Files of a clone that are not as they were when it was made; paths relative to it."""

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.changed or self.missing or self.added)


def package_changes(
    before: tuple[Package, ...], now: tuple[Package, ...]
) -> tuple[PackageChange, ...]:
    """What differs between two lists of packages, sorted by name."""
    old = {package.name: package.version for package in before}
    new = {package.name: package.version for package in now}
    return tuple(
        PackageChange(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys(), key=str.lower)
        if old.get(name) != new.get(name)
    )
