"""The shapes of what runs leave, and of acts on many runs."""

from typing import Any, Literal

from pydantic import Field

from jupyter_orchest_jobs.wire.base import Answer, Request


class PipelineAnswer(Answer):
    """The pipeline of a run with this run's parameters, as the steps read it."""

    document: dict[str, Any]


class LogAnswer(Answer):
    """A piece of a step's log.

    ``offset`` and ``next_offset`` count bytes; ask again from ``next_offset`` for what came since.
    """

    text: str
    offset: int
    next_offset: int
    size: int
    finished: bool
    attempt: int | None = Field(description="Whose log it is; null while there is none.")
    tries: int | None = Field(description="Of which try, as with attempt.")


class RunsActRequest(Request):
    """The same act on several runs."""

    act: Literal["cancel", "retry", "resume", "delete"]
    ids: list[str] = Field(min_length=1, max_length=1_000)


class RefusedAnswer(Answer):
    """A run on which an act was not possible, and why."""

    id: str
    message: str


class RunsActAnswer(Answer):
    """What became of an act on several runs."""

    done: list[str]
    refused: list[RefusedAnswer]


class RunNeighboursAnswer(Answer):
    """The ids of the runs before and after one in its job, by number."""

    previous: str | None
    next: str | None


class RunFileAnswer(Answer):
    """A file, link or folder of a run.

    ``change`` says how it differs from the snapshot; of a folder: whether anything below it does.
    """

    name: str
    path: str = Field(description="Relative to the project, with slashes.")
    type: Literal["file", "dir", "link"]
    size: int
    change: Literal["same", "added", "changed", "deleted"]


class RunFilesAnswer(Answer):
    """One folder of a run's files: folders first, then by name."""

    path: str
    items: list[RunFileAnswer] = Field(description="The first 5,000.")
    total: int
    note: str | None = Field(description="Why there are none, e.g. they were deleted.")
