import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it; the user's zone is UTC."""
    home = tmp_path / "home"
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(home / f".jupyter-{name.lower()}"))
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def amsterdam(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user's zone is Europe/Amsterdam."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Amsterdam")
        patch.setattr("tzlocal.unix._cache_tz_name", None)
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def state(home: Path) -> StateDir:
    """Where jobs are kept; nothing is there yet."""
    return StateDir(home / ".jupyter-data" / "orchest-jobs")


@pytest.fixture
def store(state: StateDir) -> Iterator[SqliteStore]:
    """The store as the conductor has it. The test is the conductor: none is started."""
    state.create()
    lock = FileLock.try_acquire(state.conductor_lock)
    assert lock is not None
    store = SqliteStore(state.database)
    yield store
    store.close()
    lock.release()
