"""The sorts of files that can be steps, and what runs them."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

KindName = Literal["notebook", "python", "bash", "r", "julia", "javascript"]


@dataclass(frozen=True)
class StepKind:
    """One sort of step file.

    Attributes:
        name: as runs tell it.
        suffixes: of its files, in lower case; "" for none.
        language: for people.
        program: what runs its files, looked up on ``PATH``; "" where that is found otherwise.
        options: of the program, before the file.
        install: what to do if the program is missing.
    """

    name: KindName
    suffixes: tuple[str, ...]
    language: str
    program: str = ""
    options: tuple[str, ...] = ()
    install: str = ""


KINDS = (
    StepKind("notebook", (".ipynb",), "a notebook"),
    # Unbuffered: what goes to stdout and to stderr stays in order, and can be watched live.
    StepKind("python", (".py",), "Python", options=("-u",)),
    StepKind("bash", (".sh", ""), "bash", "bash", install="install bash"),
    StepKind("r", (".r",), "R", "Rscript", install="install R"),
    StepKind("julia", (".jl",), "Julia", "julia", install="install Julia"),
    StepKind("javascript", (".js",), "JavaScript", "node", install="install Node.js"),
)
RUNNABLE = {suffix: kind for kind in KINDS for suffix in kind.suffixes}
"""How a step file is run, by its suffix in lower case; none means bash, as in Orchest."""
BY_NAME: dict[str, StepKind] = {kind.name: kind for kind in KINDS}


def kind_of(path: str) -> StepKind | None:
    """The sort of a file, by its suffix; None when files of this sort can't be run."""
    return RUNNABLE.get(PurePosixPath(path).suffix.lower())


def missing(kind: StepKind, installed: str | None) -> str | None:
    """What to say of a file whose program isn't there; None if it is, or isn't needed.

    Args:
        installed: where the program was found.
    """
    if not kind.program or installed is not None:
        return None
    return (
        f"needs {kind.program}, which is not on PATH; {kind.install}, or start Jupyter and "
        "“jupyter orchest-jobs serve” with a PATH that has it"
    )
