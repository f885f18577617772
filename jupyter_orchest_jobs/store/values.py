"""What goes into a store and comes out besides jobs and runs: questions, pages, changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from jupyter_orchest_jobs.domain.status import JobStatus

T = TypeVar("T")

DELETED = "deleted"
"""The status, in a :class:`Change`, of what is no longer there."""


@dataclass(frozen=True)
class Settings:
    """What holds for all jobs; None where nobody has set it, so that the default holds.

    Attributes:
        warm_processes, overlays: 1 or 0.
        kernel_names: what pipeline files call kernels and environments → kernelspec's name.
        cluster: the cluster's settings, by name; see :class:`.domain.cluster.ClusterSettings`.
    """

    max_step_processes: int | None = None
    max_runs: int | None = None
    warm_processes: int | None = None
    overlays: int | None = None
    kernel_names: Mapping[str, str] | None = None
    cluster: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Change:
    """Something that has changed: the hint that goes to browsers."""

    kind: str
    id: str
    job_id: str
    status: str
    revision: int


@dataclass(frozen=True)
class JobQuery:
    """Which jobs, in which order: newest first, or by revision when ``since`` is given.

    Attributes:
        since: only those changed after this revision, all in one page.
        quick: only quick jobs, only others, or, if None, both.
    """

    status: JobStatus | None = None
    since: int | None = None
    cursor: str | None = None
    limit: int = 100
    quick: bool | None = False


@dataclass(frozen=True)
class Page(Generic[T]):
    """A piece of a list.

    Attributes:
        total: how many the whole list has.
        revision: of the store when the page was read.
        deleted: ids of what was deleted after ``since``, and of what changed since then and is
            not in this list, maybe no longer. Runs that went with their job are not named.
    """

    items: Sequence[T]
    next_cursor: str | None
    total: int
    revision: int
    deleted: Sequence[str] = field(default=())
