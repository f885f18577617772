"""Four processes on one database: nothing is done twice, and nothing is left out."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.job import Batch
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.store.contract import RunQuery
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import NOW, a_run, pages, stored_job
from tests.store.races import SECOND, race


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


def assert_no_firing_is_doubled(path: Path, count: int) -> None:
    """Race for so many firings."""
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
    fired = race("fire", path, count)
    assert sorted(place for places in fired for place in places) == list(range(count))
    # It was a race.
    assert len([places for places in fired if places]) > 1
    with closing(SqliteStore(path)) as store:
        firings = pages(lambda cursor: store.firings(job.id, cursor, 1000))
        assert [firing.at for firing in firings] == [
            NOW + place * SECOND for place in reversed(range(count))
        ]
        batches = pages(lambda cursor: store.batches(job.id, cursor, 1000))
        assert [batch.scheduled_at for batch in batches] == [firing.at for firing in firings]
        assert [batch.number for batch in batches] == [firing.batch for firing in firings]
        assert store.runs(RunQuery(job.id, limit=1)).total == count
        assert store.revision() == 1 + count


def assert_no_claim_is_doubled(path: Path, count: int) -> None:
    """Race for so many pending runs."""
    with closing(SqliteStore(path)) as store:
        job = stored_job(store)
        runs = [a_run(job, number) for number in range(1, count + 1)]
        store.add_batch(Batch(job.id, 1, "manual", NOW), runs, {})
    claimed = race("claim", path, count)
    assert sorted(number for numbers in claimed for number in numbers) == list(range(1, count + 1))
    assert len([numbers for numbers in claimed if numbers]) > 1
    with closing(SqliteStore(path)) as store:
        assert store.pending_runs(1) == []
        running = store.running_runs()
        assert Counter(run.message for run in running) == {
            f"racer {index}": len(numbers) for index, numbers in enumerate(claimed) if numbers
        }
        assert {run.status for run in running} == {RunStatus.RUNNING}
        assert store.revision() == 2 + count


@pytest.mark.slow
def test_no_firing_is_doubled(path: Path) -> None:
    assert_no_firing_is_doubled(path, 400)


@pytest.mark.slow
def test_no_claim_is_doubled(path: Path) -> None:
    assert_no_claim_is_doubled(path, 400)
