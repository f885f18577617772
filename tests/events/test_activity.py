"""Runs are activity of the server, if the admin wants it: then cullers let it live."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.app import OrchestJobsApp
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.events import watch
from jupyter_orchest_jobs.events.watch import Watch
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.events.waiting import PATIENCE_S, until
from tests.records import ENDED, stored_job, stored_runs
from tests.servers import BASE, Ask

RUNNING = {"status": RunStatus.RUNNING, "attempt": 1}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONDUCTOR_S", "FIRST_S", "LOOK_S"):
        monkeypatch.setattr(watch, name, 0.01)


@pytest.fixture
def store(state_dir: Path) -> Iterator[SqliteStore]:
    """The store as a conductor has it, which this process is as far as others can tell."""
    state = StateDir(state_dir)
    state.create()
    lock = FileLock.try_acquire(state.conductor_lock)
    assert lock is not None
    store = SqliteStore(state.database)
    yield store
    store.close()
    lock.release()


@pytest.fixture
def jp_server_config(jp_server_config: Any, request: pytest.FixtureRequest) -> Any:
    jp_server_config.OrchestJobsApp.report_activity = getattr(request, "param", True)
    return jp_server_config


@pytest.fixture
def extension_at_work(
    jp_serverapp: Any, extension: OrchestJobsApp, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[OrchestJobsApp]:
    manager = jp_serverapp.extension_manager
    jp_asyncio_loop.run_until_complete(manager.start_all_extensions())
    yield extension
    jp_asyncio_loop.run_until_complete(manager.stop_all_extensions())


async def last_activity(fetch: Ask) -> datetime:
    """What cullers go by; asking is no activity."""
    answer = await fetch("GET", f"{BASE}api/status")
    return datetime.fromisoformat(answer.data["last_activity"])


async def look_twice(watching: Watch, store: SqliteStore) -> None:
    """Wait until the store, as it is now, was looked at whole: the next look has begun."""
    for _ in range(2):
        stored_job(store, name="a change")
        revision = store.revision()
        await until(lambda: watching.seen == revision)  # noqa: B023  # awaited here
        await asyncio.sleep(0.02)


async def until_later(than: datetime, ask: Callable[[], Awaitable[datetime]]) -> datetime:
    async with asyncio.timeout(PATIENCE_S):
        while (now := await ask()) <= than:  # noqa: ASYNC110  # as a culler does
            await asyncio.sleep(0.01)
    return now


async def test_activity_advances_while_a_run_goes_on_and_then_no_longer(
    extension_at_work: OrchestJobsApp, store: SqliteStore, fetch: Ask
) -> None:
    begun = await last_activity(fetch)
    (run,) = stored_runs(store, stored_job(store), RUNNING)
    once = await until_later(begun, lambda: last_activity(fetch))
    await until_later(once, lambda: last_activity(fetch))

    assert store.save_run(replace(run, **ENDED), {RunStatus.RUNNING}) is not None
    await look_twice(extension_at_work.watch, store)
    ended = await last_activity(fetch)
    await look_twice(extension_at_work.watch, store)
    assert await last_activity(fetch) == ended


async def test_jobs_without_a_run_that_is_executed_are_no_activity(
    extension_at_work: OrchestJobsApp, store: SqliteStore, fetch: Ask
) -> None:
    begun = await last_activity(fetch)
    stored_runs(store, stored_job(store), {"status": RunStatus.PENDING})
    await look_twice(extension_at_work.watch, store)
    assert await last_activity(fetch) == begun


@pytest.mark.parametrize("jp_server_config", [False], indirect=True)
async def test_runs_are_no_activity_unless_that_is_wanted(
    extension_at_work: OrchestJobsApp, store: SqliteStore, fetch: Ask
) -> None:
    begun = await last_activity(fetch)
    stored_runs(store, stored_job(store), RUNNING)
    await look_twice(extension_at_work.watch, store)
    assert await last_activity(fetch) == begun


async def test_activity_without_a_state_directory_creates_and_touches_nothing(
    extension_at_work: OrchestJobsApp, state_dir: Path, fetch: Ask
) -> None:
    begun = await last_activity(fetch)
    await until(lambda: extension_at_work.watch.seen == 0)
    await asyncio.sleep(0.05)
    assert await last_activity(fetch) == begun
    assert not await asyncio.to_thread(state_dir.exists)


async def test_the_servers_own_shutdown_sees_runs(
    jp_serverapp: Any, extension_at_work: OrchestJobsApp, store: SqliteStore, fetch: Ask
) -> None:
    stopped: list[bool] = []
    jp_serverapp.stop = lambda: stopped.append(True)
    jp_serverapp.shutdown_no_activity_timeout = 3600
    long_ago = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    settings = jp_serverapp.web_app.settings
    settings["started"] = jp_serverapp.kernel_manager.last_kernel_activity = long_ago
    settings["api_last_activity"] = long_ago
    jp_serverapp.shutdown_no_activity()
    assert stopped.pop()
    stored_runs(store, stored_job(store), RUNNING)
    await until_later(long_ago, lambda: last_activity(fetch))
    jp_serverapp.shutdown_no_activity()
    assert not stopped
