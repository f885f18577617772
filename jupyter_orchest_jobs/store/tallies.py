"""What the runs of each job come to; counted once, and again when they have changed.

Lists of jobs ask for it all the time, and jobs have many runs.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select, union

from jupyter_orchest_jobs.domain.job import RunCounts
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.store import tables
from jupyter_orchest_jobs.store.transactions import revision_of

_table = tables.runs
_BAD_RUNS = (RunStatus.FAILED, RunStatus.INTERRUPTED)
_MOST = 10_000


@dataclass(frozen=True)
class Tally:
    """What the runs of one job come to.

    Attributes:
        first_bad: id of the first run that failed or was interrupted.
        size_bytes: what the files of its runs take, as far as that was noted.
    """

    counts: RunCounts
    first_bad: str | None
    size_bytes: int


@dataclass(frozen=True)
class _Known:
    """Tallies that were true in one file at one revision."""

    file: object = None
    revision: int = 0
    tallies: Mapping[str, Tally] = field(default_factory=dict)


class Tallies:
    """The tallies of jobs. Threads may share it: what is known is replaced, never changed."""

    def __init__(self) -> None:
        self._known = _Known()

    def of(
        self, connection: Connection, file: object, job_ids: Collection[str]
    ) -> dict[str, Tally]:
        """The tallies of these jobs; zeros for those that are gone.

        Args:
            connection: in a transaction; what is true is what it sees.
            file: tells the file from one that replaces it.
        """
        known, revision = self._known, revision_of(connection)
        tallies: dict[str, Tally] = {}
        if known.file == file and known.revision <= revision and len(known.tallies) < _MOST:
            tallies = {**known.tallies}
            if known.revision < revision:
                for job_id in _changed(connection, known.revision):
                    tallies.pop(job_id, None)
        tallies.update(_counted(connection, [*set(job_ids) - tallies.keys()]))
        self._known = _Known(file, revision, tallies)
        return {job_id: tallies[job_id] for job_id in job_ids}


def _changed(connection: Connection, since: int) -> list[str]:
    """The jobs that have runs which changed, or that lost some; or that are gone themselves."""
    runs, gone = _table.c, tables.deletions.c
    changed = union(
        select(runs.job_id).where(runs.revision > since),
        select(gone.job_id).where(gone.revision > since),
    )
    return [*connection.execute(changed).scalars()]


def _counted(connection: Connection, job_ids: Collection[str]) -> dict[str, Tally]:
    if not job_ids:
        return {}
    of_jobs = _table.c.job_id.in_(job_ids)
    by_status = (
        select(_table.c.job_id, _table.c.status, func.count())
        .where(of_jobs)
        .group_by(_table.c.job_id, _table.c.status)
    )
    counts: dict[str, dict[RunStatus, int]] = {job_id: {} for job_id in job_ids}
    for job_id, status, count in connection.execute(by_status):
        counts[job_id][RunStatus(status)] = count
    first = (
        select(func.min(_table.c.ordinal))
        .where(of_jobs, _table.c.status.in_(_BAD_RUNS))
        .group_by(_table.c.job_id)
    )
    bad = select(_table.c.job_id, _table.c.id).where(_table.c.ordinal.in_(first))
    first_bad = {job_id: run_id for job_id, run_id in connection.execute(bad)}
    size = func.coalesce(func.sum(_table.c.size_bytes), 0)
    sized = select(_table.c.job_id, size).where(of_jobs).group_by(_table.c.job_id)
    sizes = {job_id: int(taken) for job_id, taken in connection.execute(sized)}
    return {
        job_id: Tally(RunCounts.of(found), first_bad.get(job_id), sizes.get(job_id, 0))
        for job_id, found in counts.items()
    }
