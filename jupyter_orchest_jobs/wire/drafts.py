"""The shapes of what the editor of a draft asks: pipelines, grids, parameters files, snapshots."""

from typing import Literal

from pydantic import Field

from jupyter_orchest_jobs.wire.base import Answer, Lists, Request, Texts, Time
from jupyter_orchest_jobs.wire.requests import Rules, SelectionRequest
from jupyter_orchest_jobs.wire.schemas import SelectionAnswer


class FilterRequest(Request):
    """Some combinations of a grid: those for which everything here holds."""

    text: str = Field(
        "", description="Part of a parameter's name, or of the JSON text of a value that varies."
    )
    rules: Rules = Field(
        default_factory=list, description="One of the values that are named for a parameter."
    )
    included: bool | None = Field(None, description="Only those that are run, or are not.")


class GridRequest(Request):
    """A piece of a grid."""

    parameters: Lists
    selection: SelectionRequest = Field(default_factory=SelectionRequest)
    filter: FilterRequest = Field(default_factory=FilterRequest)
    offset: int = Field(0, ge=0)
    limit: int = Field(100, ge=0, le=500)


class GridAxisAnswer(Answer):
    """A parameter with several values."""

    scope: str
    name: str


class CombinationAnswer(Answer):
    """One combination.

    ``texts`` are the JSON texts of its values of the axes, in their order, each cut to 1,000
    characters.
    """

    index: int = Field(description="Its place in the whole grid, from 0.")
    texts: list[str]
    included: bool


class GridAnswer(Answer):
    """A piece of a grid, in the order in which its runs are numbered."""

    total: int = Field(description="All combinations.")
    included: int = Field(description="Those that are run.")
    matching: int = Field(description="Those that the filter leaves.")
    axes: list[GridAxisAnswer] = Field(description="What differs between combinations.")
    items: list[CombinationAnswer]


class SelectRequest(Request):
    """Combinations to include, or to leave out: by their places, or else by a filter."""

    parameters: Lists
    selection: SelectionRequest = Field(default_factory=SelectionRequest)
    include: bool
    indexes: list[int] | None = Field(None, max_length=10_000)
    filter: FilterRequest = Field(default_factory=FilterRequest)


class SelectAnswer(Answer):
    """The selection afterwards."""

    selection: SelectionAnswer
    included: int


class PipelineFileAnswer(Answer):
    """A pipeline file below the server's root."""

    path: str
    name: str = Field(description="The pipeline's own name; the file's if it can't be read.")
    uuid: str = Field(description="Of the pipeline, and of copies of the file; may be empty.")
    project: str = Field(description="The folder of its project; “.” for the server's root.")
    parameters_file: str | None = Field(description="The one beside it, found by itself.")


class PipelineFilesAnswer(Answer):
    """Pipeline files, by path."""

    items: list[PipelineFileAnswer]
    complete: bool = Field(description="False if the search was given up: too many folders.")


class ParametersFileRequest(Request):
    """A parameters file to be written: a job's lists, or the defaults of a pipeline."""

    job: str | None = None
    pipeline_path: str | None = Field(None, description="Instead of a job.")
    path: str | None = Field(
        None,
        description="Relative to the server's root. Without it, <pipeline>.parameters.json "
        "beside the pipeline.",
    )
    accept: Texts = Field(default_factory=list)


class ParametersFileAnswer(Answer):
    """A parameters file that was written."""

    path: str


class LeftOutAnswer(Answer):
    """What a snapshot does not hold, and why."""

    path: str
    reason: str


class SnapshotDetailAnswer(Answer):
    """What a job's snapshot holds and lacks."""

    id: str
    taken_at: Time
    files: int
    bytes: int
    commit: str | None
    dirty: int | None
    left_out: list[LeftOutAnswer] = Field(description="The first 1,000.")
    left_out_total: int
    skipped: list[str]
    warnings: list[str]


class ChangedFileAnswer(Answer):
    """A file of the project that isn't as in the snapshot."""

    path: str
    change: Literal["added", "changed", "deleted"]


class SnapshotChangesAnswer(Answer):
    """What has changed in the project since a job's snapshot was taken."""

    changed: bool
    total: int
    items: list[ChangedFileAnswer] = Field(description="The first 100, by path.")
    message: str | None = Field(description="Why it can't be told, e.g. the project is gone.")
