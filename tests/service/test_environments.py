"""Jobs whose environments are frozen, with real ones: cancelled, killed, damaged, deleted."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.environment import Environment, EnvironmentState
from jupyter_orchest_jobs.domain.job import Job, SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.engine.environment import missing
from jupyter_orchest_jobs.errors import StoreUnavailable
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.snapshot.environments import look
from tests.environments import install, make_wheel, plain_venv
from tests.service.desk import spec_of_run
from tests.service.world import World, until

FROZEN, RECORDED = EnvironmentState.FROZEN, EnvironmentState.RECORDED


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment; no test changes it."""
    folder = tmp_path_factory.mktemp("original")
    program = plain_venv(folder / "venv")
    # So many files that freezing them is more than one stretch of work.
    modules = {f"things/m{number}.py": "" for number in range(600)}
    install(program, make_wheel(folder, "things", "1.0", modules))
    return program


def with_environment(world: World, program: Path, **special: Any) -> Job:
    """A job of a real project, whose snapshot is to be taken, and both of whose steps have it."""
    found = look(str(program))
    wanted = JobEnvironments((found,), {"a": found.id, "b": found.id})
    return world.draft(environments=wanted, **special)


def environment(world: World, job: Job) -> Environment:
    (found,) = world.store.job(job.id).environments.items
    return found


async def conduct(world: World, job: Job) -> None:
    """Conduct until the job's snapshot and environments are what they will be."""
    world.conductor.tick()
    await until(lambda: not world.conductor._snapshots)
    world.tick()


def prepared(world: World, program: Path, **special: Any) -> Job:
    """A job whose snapshot was taken and whose environment was frozen."""
    job = with_environment(world, program, **special)
    asyncio.run(conduct(world, job))
    return world.store.job(job.id)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def recurring(world: World, program: Path, **policies: Any) -> Job:
    """A job that fires every minute, and is armed."""
    schedule = Schedule.recurring("* * * * *", "UTC")
    return prepared(world, program, schedule=schedule, policies=Policies(**policies))


class Interposed:
    """The world's store; something happens before, or after, a call of one name."""

    def __init__(
        self,
        world: World,
        name: str,
        *,
        before: Callable[[], object] = lambda: None,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self._world, self._name, self._before, self._after = world, name, before, after

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._world.store, name)
        if name != self._name:
            return call

        def with_more(*arguments: Any, **options: Any) -> Any:
            self._before()
            answer = call(*arguments, **options)
            self._after()
            return answer

        return with_more


def restart_with(world: World, store: Interposed) -> None:
    world.restart(store=store)  # type: ignore[arg-type]  # it has all of a store's methods


def test_job_cancelled_while_its_environment_is_frozen_leaves_nothing(
    world: World, original: Path
) -> None:
    job = with_environment(world, original)

    def cancel() -> None:
        if any(world.state.environments.glob(".tmp-*")):
            world.cancel(job)

    restart_with(world, Interposed(world, "job", before=cancel))
    asyncio.run(conduct(world, job))
    assert world.store.job(job.id).cancel_requested_at is not None
    assert world.status(job) is JobStatus.CANCELLED
    assert environment(world, job).state is EnvironmentState.LIVE
    assert names(world.state.environments) == []
    assert names(world.state.snapshots) == []


def test_draft_deleted_while_its_environment_is_frozen_leaves_nothing(
    world: World, original: Path
) -> None:
    job = with_environment(world, original, start_requested_at=None)

    def delete() -> None:
        if any(world.state.environments.glob(".tmp-*")):
            world.store.delete_job(job.id, {JobStatus.DRAFT})

    restart_with(world, Interposed(world, "job", before=delete))
    asyncio.run(conduct(world, job))
    assert names(world.state.environments) == []
    assert names(world.state.snapshots) == []


def test_next_conductor_begins_anew_what_a_killed_one_was_freezing(
    world: World, original: Path
) -> None:
    dies = (
        "import os, pathlib, signal, sys\n"
        "from jupyter_orchest_jobs.snapshot.environments import freeze, look\n"
        "kill = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
        "freeze(look(sys.argv[1]), pathlib.Path(sys.argv[2]), cancelled=kill)\n"
    )
    command = [sys.executable, "-c", dies, str(original), str(world.state.environments)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert [name[:5] for name in names(world.state.environments)] == [".tmp-", ".tmp-"]

    job = with_environment(world, original, start_requested_at=None)
    begun = replace(environment(world, job), state=EnvironmentState.FREEZING)
    state = SnapshotState(SnapshotStatus.COPYING)
    changes = {"snapshot": state, "environments": job.environments.with_(begun)}
    world.store.update_job(job.id, changes)
    asyncio.run(world.conductor.run())
    assert environment(world, job).state is FROZEN
    assert names(world.state.environments) == [begun.id]


def test_environment_that_cannot_be_frozen_is_recorded_and_the_job_runs(
    world: World, original: Path
) -> None:
    found = look(str(original))
    (world.state.environments / found.id).write_text("in the way")
    job = prepared(world, original)
    assert environment(world, job).state is RECORDED
    assert environment(world, job).reason.startswith("It can't be frozen: ")
    assert spec_of_run(world, 1, job).steps[0].environment is None
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED


def test_environment_that_is_gone_is_recorded_and_the_job_runs(
    world: World, tmp_path: Path
) -> None:
    program = plain_venv(tmp_path / "venv")
    job = with_environment(world, program)
    program.unlink()
    asyncio.run(conduct(world, job))
    assert environment(world, job).state is RECORDED
    assert environment(world, job).reason == f"There is no program {program}."
    world.finish()
    assert world.status(job) is JobStatus.SUCCEEDED


def test_store_that_fails_meanwhile_is_no_reason_not_to_freeze(
    world: World, original: Path
) -> None:
    job = with_environment(world, original)
    failures = ["locked"]

    def fail() -> None:
        if failures and any(world.state.environments.glob(".tmp-*")):
            raise StoreUnavailable(failures.pop())

    restart_with(world, Interposed(world, "job", before=fail))
    asyncio.run(conduct(world, job))
    asyncio.run(conduct(world, job))
    assert failures == []
    assert environment(world, job).state is FROZEN
    assert names(world.state.snapshots) == [world.store.job(job.id).snapshot.id]


def damaged(world: World, job: Job) -> str:
    """Lose a file of the clone of a job, long after it was made; the id of the clone."""
    clone = world.state.environments / environment(world, job).id
    (module,) = clone.glob("prefix/lib/*/site-packages/things/m7.py")
    module.unlink()
    os.utime(clone, (0, 0))
    return clone.name


def test_damaged_clone_is_kept_by_its_jobs_and_gets_no_others(world: World, original: Path) -> None:
    first = prepared(world, original)
    old = damaged(world, first)
    second = prepared(world, original)
    new = environment(world, second).id
    assert new != old
    assert second.environments.steps == {"a": new, "b": new}
    step = spec_of_run(world, 1, second).steps[0].environment
    assert step is not None
    assert list(Path(step.prefix).glob("lib/*/site-packages/things/m7.py"))
    assert environment(world, prepared(world, original)).id == new
    assert names(world.state.environments) == sorted((old, new))
    assert environment(world, first).id == old


def test_clone_that_was_seen_a_moment_ago_is_taken_for_whole(world: World, original: Path) -> None:
    clone = world.state.environments / damaged(world, prepared(world, original))
    os.utime(clone)
    assert environment(world, prepared(world, original)).id == clone.name


def test_clone_that_is_found_whole_is_not_looked_through_at_once_again(
    world: World, original: Path
) -> None:
    clone = world.state.environments / environment(world, prepared(world, original)).id
    os.utime(clone, (0, 0))
    assert environment(world, prepared(world, original)).id == clone.name
    assert clone.stat().st_mtime > 0


def test_batch_tells_that_its_clone_is_damaged_or_gone(world: World, original: Path) -> None:
    job = recurring(world, original)
    clone = world.state.environments / damaged(world, job)
    world.pass_minutes(1)
    world.finish()
    (warning,) = world.batches(job)[-1].warnings
    assert "1 file was changed, added or removed, lib/python" in warning
    remove_folder(clone)
    world.pass_minutes(1)
    (warning,) = world.batches(job)[-1].warnings
    assert "is gone: its steps fail with environment_missing. Take a new snapshot" in warning
    step = spec_of_run(world, 2, job).steps[0]
    assert f"{clone}/prefix, is gone" in str(missing(step))


def test_batch_tells_what_has_changed_of_what_is_not_frozen(world: World, tmp_path: Path) -> None:
    program = plain_venv(tmp_path / "venv")
    install(program, make_wheel(tmp_path, "things", "1.0"))
    job = recurring(world, program, freeze_environments=False)
    world.pass_minutes(1)
    world.finish()
    assert world.batches(job)[-1].warnings == ()
    install(program, make_wheel(tmp_path, "things", "2.0"))
    world.pass_minutes(1)
    (warning,) = world.batches(job)[-1].warnings
    assert warning.startswith("“Python 3.")
    assert "is not frozen, and has changed since" in warning
    assert warning.endswith("1 package, things 1.0 → 2.0.")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_job_that_is_created_while_the_last_other_one_is_deleted_has_its_clone(
    world: World, original: Path, moment: str
) -> None:
    old = prepared(world, original, start_requested_at=None)
    clone = environment(world, old).id
    new: list[Job] = []

    def create() -> None:
        if not new:
            new.append(with_environment(world, original, start_requested_at=None))

    # Right before it is asked who has which clone, or right after the answer.
    restart_with(world, Interposed(world, "environment_ids", **{moment: create}))
    assert world.store.delete_job(old.id, {JobStatus.DRAFT})
    asyncio.run(conduct(world, old))
    asyncio.run(conduct(world, new[0]))
    assert environment(world, new[0]).state is FROZEN
    assert names(world.state.environments) == [clone]
