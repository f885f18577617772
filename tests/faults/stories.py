"""Stories of the conductor on a disk that fails, and what the next one makes of it.

``python -m tests.faults.stories STORY KIND STRIDE FOLDER`` tells a story again and again, each
time with another operation failing (every one, or every so many), in a child that it forks; then
once more without faults. It prints a line of JSON for each: what failed, and how things ended.
"""

import asyncio
import json
import os
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.job import SnapshotState
from jupyter_orchest_jobs.domain.run import AttemptKind, AttemptOrder, Run
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, RunStatus
from jupyter_orchest_jobs.engine import runner
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.local import LocalExecutor
from jupyter_orchest_jobs.errors import NotFound, StoreUnavailable
from jupyter_orchest_jobs.files.delta import DELETED
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.files.manifest import NAME, PROJECT, hash_at, read_manifest
from jupyter_orchest_jobs.files.paths import opened_root
from jupyter_orchest_jobs.service import conductor as conductors
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.conductor import Conductor
from jupyter_orchest_jobs.service.dispatch import Dispatch
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.contract import RunQuery, Store
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.engine.harness import Lab
from tests.factories import document, pipeline_text
from tests.fakes import FakeExecutor, Inline
from tests.faults.injector import KINDS, Faults
from tests.records import a_job
from tests.store.first_version import fill

STEPS: dict[str, dict[str, Any]] = {"a": {}, "b": {"incoming": ["a"]}}
PATIENCE_S, GENEROUS_S = 1.0, 60.0
"""How long a conductor may try: once the disk has failed, and before."""
runner.import_everything()  # now, so that the children import nothing
conductors.TICK_S = conductors.RETRY_S = 0.003


def a_project(folder: Path) -> Path:
    """Some files, two of them steps."""
    root = folder / "project"
    (root / "data").mkdir(parents=True)
    (root / "main.orchest").write_text(pipeline_text(STEPS))
    for name in ("a.py", "b.py", "data/one.txt"):
        (root / name).write_text(name * 10)
    return root


def prepare(folder: Path) -> None:
    """A state directory with a job that wants to be started."""
    state = StateDir(folder / "state")
    state.create()
    with closing(SqliteStore(state.database)) as store:
        store.add_job(
            a_job(
                project=str(a_project(folder)),
                pipeline_path="main.orchest",
                document=document(STEPS),
                snapshot=SnapshotState(),
                start_requested_at=utc_now(),
            )
        )


class Runners(FakeExecutor):
    """Runners that end their runs at once, on a disk of their own that does not fail."""

    def __init__(self, faults: Faults | None) -> None:
        super().__init__(utc_now)
        self._faults = faults

    def work(self) -> None:
        """Let each that lives end its run."""
        with Faults.pausing(self._faults):
            for attempt in sorted(self.alive):
                self.begin(attempt)
                self.finish(attempt, RunStatus.SUCCEEDED)


def conduct(folder: Path, faults: Faults | None, is_over: Callable[[Store], bool]) -> None:
    """Conduct as a process does, until the story is over, or for some time."""
    state = StateDir(folder / "state")
    with closing(SqliteStore(state.database, migrate=True)) as store:
        runners = Runners(faults)
        dispatch = Dispatch(
            store, state, runners, sdk_dir=folder / "sdk", python="python3", now=utc_now
        )
        conductor = Conductor(store, state, dispatch, stay=True, threads=Inline())

        async def live() -> None:
            task = asyncio.create_task(conductor.run())
            end = time.monotonic() + GENEROUS_S
            while time.monotonic() < end and not is_over(store) and not task.done():
                if faults is not None and faults.happened:
                    end = min(end, time.monotonic() + PATIENCE_S)
                runners.work()
                await asyncio.sleep(0.002)
            # For what follows the end, such as measuring files.
            await asyncio.sleep(0.02)
            conductor.stop()
            await task

        asyncio.run(live())


def has_ended(store: Store) -> bool:
    """Whether the job is over."""
    return store.find_job("1").status in ENDED_JOBS


def is_deleted(folder: Path) -> Callable[[Store], bool]:
    """Whether nothing is left of the job."""
    state = StateDir(folder / "state")

    def look(_: Store) -> bool:
        return not any((state.root / "runs").iterdir()) and not any(state.snapshots.iterdir())

    return look


def delete(folder: Path) -> None:
    """The user's part of a deletion."""
    with closing(SqliteStore(StateDir(folder / "state").database)) as store, suppress(NotFound):
        store.delete_job(store.find_job("1").id, ENDED_JOBS)


def tell_job(folder: Path, faults: Faults | None) -> None:
    """Snapshot, claim, finish."""
    conduct(folder, faults, has_ended)


def tell_deletion(folder: Path, faults: Faults | None) -> None:
    """A job is deleted, and then its files are."""
    delete(folder)
    conduct(folder, faults, is_deleted(folder))


def prepare_deletion(folder: Path) -> None:
    """A job that has ended."""
    prepare(folder)
    conduct(folder, None, has_ended)


def how_it_ended(folder: Path) -> dict[str, Any]:
    """What can be seen of a job and its files."""
    state = StateDir(folder / "state")
    found: dict[str, Any] = {"left": sorted(path.name for path in _strange(state))}
    with closing(SqliteStore(state.database)) as store:
        try:
            job = store.find_job("1")
        except NotFound:
            return {**found, "job": None, "folders": _folders(state)}
        runs: list[Run] = list(store.runs(RunQuery(job_id=job.id)).items)
        snapshot = None
        if job.snapshot.id is not None:
            snapshot = is_whole(state.snapshots / job.snapshot.id)
        known = {run.id for run in runs} | {str(job.snapshot.id)}
        return {
            **found,
            "job": [job.status, job.message],
            "runs": [[run.status, run.message, run.cause, _has_files(state, run)] for run in runs],
            "snapshot": [job.snapshot.status, snapshot],
            "unknown": sorted(set(_folders(state)) - known),
        }


def is_whole(snapshot: Path) -> bool:
    """Whether all is there that the snapshot's manifest names."""
    items = read_manifest(snapshot / NAME).items
    with opened_root(snapshot / PROJECT) as root:
        return all(
            item.type != "file" or hash_at(path, root) == item.sha256
            for path, item in items.items()
            if "/" not in path
        )


def _has_files(state: StateDir, run: Run) -> bool:
    """Whether a runner could have executed the run."""
    attempt = state.attempt(run.id, max(1, run.attempt))
    try:
        json.loads(attempt.spec.read_bytes())
        if attempt.order.exists():
            json.loads(attempt.order.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _folders(state: StateDir) -> list[str]:
    return [path.name for place in ("runs", "snapshots") for path in (state.root / place).iterdir()]


def _strange(state: StateDir) -> list[Path]:
    """What should be gone: half of something."""
    return [path for path in state.root.rglob("*") if path.name.startswith(".tmp-")]


def prepare_migration(folder: Path) -> None:
    """A database of the first version."""
    StateDir(folder / "state").create()
    fill(StateDir(folder / "state").database)


def tell_migration(folder: Path, faults: Faults | None) -> None:
    """A conductor opens it."""
    SqliteStore(StateDir(folder / "state").database, migrate=True).close()


def what_is_stored(folder: Path) -> dict[str, Any]:
    """Version and content of the database."""
    state = StateDir(folder / "state")
    with closing(sqlite3.connect(state.database)) as raw:
        (version,) = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        (whole,) = raw.execute("PRAGMA integrity_check").fetchone()
        names = [name for (name,) in raw.execute("SELECT name FROM jobs ORDER BY number")]
        (runs,) = raw.execute("SELECT count(*) FROM runs").fetchone()
    partial = [path.name for path in state.root.iterdir() if "partial" in path.name]
    return {"version": version, "whole": whole, "jobs": names, "runs": runs, "partial": partial}


SCRIPT = "echo hello; echo made > made.txt; rm data.txt"


def prepare_run(folder: Path) -> None:
    """A run that no runner was given."""
    lab = Lab(folder / "state", LocalExecutor())
    run = lab.run({"a.sh": SCRIPT, "data.txt": "some", "more/other.txt": "other"})
    run.folder.path.mkdir(parents=True)


def newest_attempt(folder: Path) -> AttemptFolder:
    """The attempt that is being executed."""
    found = (folder / "state" / "runs").glob("*/attempts/*")
    return AttemptFolder(max(found, key=lambda path: int(path.name)))


def tell_run(folder: Path, faults: Faults | None) -> None:
    """Its runner executes it; after a runner that did not succeed, another attempt."""
    with Faults.pausing(faults):  # that is the conductor's part
        attempt = newest_attempt(folder)
        if attempt.journal.exists():
            attempt = AttemptFolder(attempt.next)
            attempt.path.mkdir()
            attempt.order.write_text(AttemptOrder(AttemptKind.RETRY).to_json())
        lock = FileLock.try_acquire(attempt.lock)
        assert lock is not None
    # As a process: what it can't say in its journal, its death says.
    with suppress(OSError):
        runner.main([str(attempt.path), "--lock-fd", str(lock.fd)])


def what_was_run(folder: Path) -> dict[str, Any]:
    """The end that the runner told, and what it left."""
    attempt = newest_attempt(folder)
    entries: list[journal.Entry] = []
    with suppress(FileNotFoundError):
        lines, _ = journal.whole_lines(attempt.journal.read_bytes())
        entries = journal.read(lines)
    ends = [entry for entry in entries if isinstance(entry, journal.AttemptFinished)]
    texts = {}
    for name, path in (
        ("log", attempt.step("a") / "log.txt"),
        ("made", attempt.work / "made.txt"),
        ("deleted", attempt.work / DELETED),
    ):
        texts[name] = path.read_text() if path.exists() else None
    end = [ends[0].status, ends[0].cause, ends[0].message] if ends else None
    return {"end": end, "ends": len(ends), **texts}


@dataclass(frozen=True)
class Story:
    """What is told again and again.

    Attributes:
        prepare: makes the folder in which it plays; there nothing fails.
        tell: what happens there; the next start tells it once more.
        see: how it ended.
    """

    prepare: Callable[[Path], None]
    tell: Callable[[Path, Faults | None], None]
    see: Callable[[Path], dict[str, Any]]


STORIES = {
    "job": Story(prepare, tell_job, how_it_ended),
    "deletion": Story(prepare_deletion, tell_deletion, how_it_ended),
    "migration": Story(prepare_migration, tell_migration, what_is_stored),
    "runner": Story(prepare_run, tell_run, what_was_run),
}


def in_child(folder: Path, tell: Callable[[], None], faults: Faults | None) -> tuple[Any, Any]:
    """Tell it in a child; what failed, and why it could not go on, if that was said."""
    told = folder / "told.json"
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if faults is not None:
                faults.install()
            error = None
            try:
                tell()
            except StoreUnavailable as refused:
                error = refused.message
            if faults is not None:
                faults.paused = True
            told.write_text(json.dumps([faults.story if faults else [], error]))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert status == 0, f"it crashed: {folder}"
    failed, error = json.loads(told.read_text())
    return failed, error


def main(name: str, kind: str, stride: int, base: Path) -> None:
    """Let each operation fail that there is."""
    story, (number, lasting) = STORIES[name], KINDS[kind]
    for point in count(1, stride):
        folder = base / f"{point}"
        folder.mkdir()
        story.prepare(folder)
        faults = Faults(folder / "state", point, number, lasting=lasting)
        failed, error = in_child(folder, lambda f=folder, x=faults: story.tell(f, x), faults)  # type: ignore[misc]
        first = story.see(folder)
        in_child(folder, lambda f=folder: story.tell(f, None), None)  # type: ignore[misc]
        found = {"failed": failed, "error": error, "first": first, "then": story.see(folder)}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
        if not failed:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
