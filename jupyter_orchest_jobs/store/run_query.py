"""The question for a list of runs, and what every store makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.selection import Rule
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.domain.strategy import canonical
from jupyter_orchest_jobs.domain.values import MISSING, searchable
from jupyter_orchest_jobs.errors import InvalidInput

FIELDS = ("number", "status", "started_at", "finished_at", "duration")
"""What every run has, and so lists can be sorted by."""
_PARAMETER, _METRIC = "parameter:", "metric:"


@dataclass(frozen=True)
class RunQuery:
    """Which runs, in which order. Those of quick jobs are only in the lists of their jobs.

    Attributes:
        sort: one of ``FIELDS``, ``parameter:SCOPE/NAME`` or ``metric:NAME``, with ``-`` in front
            to descend; equal ones by number. Over several jobs, the number is the order in which
            the runs were made. Runs without a start or an end come before all others; values are
            in the order of :func:`.values.place_of`.
        batch: of ``job_id``.
        text: only runs with this in their number, status, message, or the JSON text of one of
            their values; case doesn't count.
        where: only runs of ``job_id`` with one of the values that are named for each parameter.
        since: only those changed after this revision, all in one page.
    """

    job_id: str | None = None
    status: RunStatus | None = None
    since: int | None = None
    sort: str = "number"
    cursor: str | None = None
    limit: int = 100
    batch: int | None = None
    text: str = ""
    where: tuple[Rule, ...] = ()

    @property
    def key(self) -> str:
        """What is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the largest comes first."""
        return self.sort.startswith("-")

    @property
    def by_value(self) -> bool:
        """Whether it is sorted by what only some runs have: a parameter or a metric."""
        return self.key.startswith((_PARAMETER, _METRIC))

    @property
    def is_slow(self) -> bool:
        """Whether all runs that may be meant are looked at, not only those of the page."""
        of_status = self.job_id is None and self.status is not None
        is_sorted = of_status and self.key in ("finished_at", "duration")
        return bool(self.text or self.where or self.by_value or is_sorted)

    @property
    def listing(self) -> tuple[str | None, ...]:
        """What tells this list from all others, for its cursors."""
        where = sorted(canonical([rule.scope, rule.name, rule.value]) for rule in self.where)
        batch = None if self.batch is None else str(self.batch)
        return ("runs", self.job_id, self.status, self.sort, batch, self.text, *where)

    def check(self) -> None:
        """See that it means something.

        Raises:
            InvalidInput: it does not; with what can be asked instead.
        """
        if self.key not in FIELDS and not self.by_value:
            raise InvalidInput(
                f"Runs can't be sorted by {self.key!r}; use {', '.join(FIELDS)}, "
                f"{_PARAMETER}SCOPE/NAME or {_METRIC}NAME."
            )
        if self.key.startswith(_PARAMETER) and "/" not in self.key:
            raise InvalidInput(f"Runs are sorted by {_PARAMETER}SCOPE/NAME, not by {self.key!r}.")
        within = {
            "sorted by a value": self.by_value,
            "chosen by batch": self.batch is not None,
            "chosen by values": bool(self.where),
        }
        for what, asked in within.items():
            if asked and self.job_id is None:
                raise InvalidInput(f"Only the runs of one job can be {what}; name the job.")


def value_getter(query: RunQuery) -> tuple[str, Callable[[Any], Any]]:
    """Where the value is that runs are sorted by.

    Args:
        query: one that is sorted by value.

    Returns:
        The field of a run, ``combination`` or ``metrics``, and what gets the value out of that;
        ``MISSING`` if it isn't there.
    """
    if query.key.startswith(_METRIC):
        metric = query.key.removeprefix(_METRIC)
        return "metrics", lambda metrics: metrics.get(metric, MISSING)
    scope, _, name = query.key.removeprefix(_PARAMETER).partition("/")
    return "combination", lambda found: found.get(scope, {}).get(name, MISSING)


def has_text(run: Run, text: str, searched: str) -> bool:
    """Whether a text is in a run's number, status, or in what is searched of it.

    Args:
        searched: of the run, as :func:`.values.search_text` gives it.
    """
    needle = searchable(text)
    return any(needle in place for place in (str(run.number), run.status, searched))
