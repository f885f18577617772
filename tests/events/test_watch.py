"""Browsers hear of every change, whoever made it, and learn nothing else."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_events import EventLogger

from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.events import watch
from jupyter_orchest_jobs.events.watch import BURST, SCHEMA_ID, Watch, register
from jupyter_orchest_jobs.service.session import Session, open_sqlite
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.events.waiting import PATIENCE_S, until
from tests.records import stored_job, stored_runs


class Heard:
    """What was emitted, and a way to wait for it."""

    def __init__(self, logger: EventLogger) -> None:
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        logger.add_listener(schema_id=SCHEMA_ID, listener=self._listen)

    async def _listen(self, logger: EventLogger, schema_id: str, data: dict[str, Any]) -> None:
        await self.events.put(data)

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.events.get(), PATIENCE_S)


@pytest.fixture
def logger() -> EventLogger:
    logger = EventLogger()
    register(logger)
    return logger


@pytest.fixture
def session(state_dir: Path) -> Session:
    return Session(StateDir(state_dir), open_sqlite, conduct=False)


@pytest.fixture
def other(state_dir: Path) -> Iterator[SqliteStore]:
    """The store as another program has it."""
    StateDir(state_dir).create()
    store = SqliteStore(StateDir(state_dir).database)
    yield store
    store.close()


def test_the_event_is_made_known_once(logger: EventLogger) -> None:
    register(logger)
    assert [id for id in logger.schemas.schema_ids if id == SCHEMA_ID] == [SCHEMA_ID]


def test_an_event_with_anything_but_the_hint_is_no_event_of_ours() -> None:
    schema = watch.SCHEMA.read_text("utf-8")
    assert "additionalProperties: false" in schema


async def test_a_change_of_another_program_is_heard_with_nothing_but_the_hint(
    logger: EventLogger, session: Session, other: SqliteStore
) -> None:
    heard, watching = Heard(logger), Watch(session, logger)
    job = stored_job(other, name="secret", env_variables={"TOKEN": "secret"})
    watching.start()
    await started(watching)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    (run,) = stored_runs(other, job, {"combination": {"pipeline_parameters": {"x": "secret"}}})
    first, second = await heard.next(), await heard.next()
    assert loop.time() - begun < 5  # 0.2 s on a quiet machine
    for event in (first, second):
        assert {key: event[key] for key in event if not key.startswith("__")} == event_of(
            other, event["kind"], run.id
        )
    assert [event["kind"] for event in (first, second)] == ["job", "run"]
    assert "secret" not in str([first, second])
    await watching.stop()
    await session.close()


def event_of(store: SqliteStore, kind: str, run_id: str) -> dict[str, Any]:
    """What must be said of a run, or of its job."""
    run = store.run(run_id)
    thing = run if kind == "run" else store.job(run.job_id)
    return {
        "kind": kind,
        "id": thing.id,
        "job_id": run.job_id,
        "status": thing.status,
        "revision": thing.revision,
    }


async def started(watching: Watch) -> None:
    """Wait until changes are heard."""
    await until(lambda: watching.seen is not None)


async def test_the_first_job_of_all_is_heard(
    logger: EventLogger, session: Session, state_dir: Path
) -> None:
    heard, watching = Heard(logger), Watch(session, logger)
    watching.start()
    await started(watching)
    assert is_missing(state_dir)
    StateDir(state_dir).create()
    store = SqliteStore(StateDir(state_dir).database)
    job = stored_job(store)
    assert (await heard.next())["id"] == job.id
    store.close()
    await watching.stop()
    await session.close()


def is_missing(path: Path) -> bool:
    return not path.exists()


async def test_a_deleted_job_is_heard_of(
    logger: EventLogger, session: Session, other: SqliteStore
) -> None:
    heard, watching = Heard(logger), Watch(session, logger)
    job = stored_job(other)
    watching.start()
    await started(watching)
    other.delete_job(job.id, {JobStatus.DRAFT})
    event = await heard.next()
    assert (event["id"], event["status"]) == (job.id, "deleted")
    await watching.stop()
    await session.close()


async def test_a_flood_of_changes_makes_few_events_but_one_for_each_job(
    logger: EventLogger, session: Session, other: SqliteStore
) -> None:
    heard, watching = Heard(logger), Watch(session, logger)
    job = stored_job(other)
    watching.start()
    await started(watching)
    stored_runs(other, job, *({"status": RunStatus.PENDING} for _ in range(3 * BURST)))
    stored_job(other)
    last = stored_job(other)
    seen = []
    while not seen or seen[-1]["id"] != last.id:
        seen.append(await heard.next())
    await watching.stop()
    await session.close()
    seen += [heard.events.get_nowait() for _ in range(heard.events.qsize())]
    assert {event["id"] for event in seen if event["kind"] == "job"} >= {job.id, last.id}
    assert sum(event["kind"] == "run" for event in seen) <= BURST


async def test_a_database_that_cannot_be_used_is_tried_again(
    logger: EventLogger,
    session: Session,
    state_dir: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "RETRY_S", 0.01)
    StateDir(state_dir).create()
    broken(state_dir, "no database, but a text of some length " * 99)
    heard, watching = Heard(logger), Watch(session, logger)
    watching.start()
    await until(lambda: "trying again" in caplog.text)
    broken(state_dir, "")
    await started(watching)
    store = SqliteStore(StateDir(state_dir).database)
    job = stored_job(store)
    assert (await heard.next())["id"] == job.id
    store.close()
    await watching.stop()
    await session.close()


def broken(state_dir: Path, text: str) -> None:
    StateDir(state_dir).database.write_text(text)


async def test_stopping_a_watch_that_never_began_is_no_error(
    logger: EventLogger, session: Session
) -> None:
    watching = Watch(session, logger)
    await watching.stop()
    watching.start()
    await watching.stop()
    await watching.stop()
    await session.close()
