from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.contracts.store import StoreContract


class TestSqliteStore(StoreContract):
    """SQLite keeps the contract."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        store = SqliteStore(tmp_path / "jobs.sqlite")
        yield store
        store.close()
