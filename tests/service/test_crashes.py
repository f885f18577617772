"""A conductor that is killed before or after any of its writes, and the next one that goes on."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.policies import CatchUp, Overlap, Policies
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from tests.service.world import World

WRITES = {
    "add_batch",
    "cancel_pending_runs",
    "launch",
    "note_files",
    "record_firings",
    "release_files",
    "request_cancel",
    "save_run",
    "stop_batch",
    "update_job",
}


MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The conductor is gone; nothing that it could do about that."""


class Killer:
    """Kills at one of the points before and after each write.

    Args:
        point: counted from 0; odd ones are after a write.
    """

    def __init__(self, point: int) -> None:
        self._left = point

    def watch(self, thing: Any) -> Any:
        """The thing, whose writes may be the last."""
        return _Watched(thing, self)

    def pass_point(self) -> None:
        self._left -= 1
        if self._left == -1:
            raise Killed


class _Watched:
    def __init__(self, thing: Any, killer: Killer) -> None:
        self._thing = thing
        self._killer = killer

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if name not in WRITES:
            return found

        def call(*args: Any, **values: Any) -> Any:
            self._killer.pass_point()
            result = found(*args, **values)
            self._killer.pass_point()
            return result

        return call


class Story:
    """A job that is conducted to its end by conductors of which the first is killed."""

    def __init__(self, world: World, point: int) -> None:
        self.world = world
        self.begun: Counter[Path] = Counter()
        self.was_killed = False
        killer = Killer(point)
        world.restart(store=killer.watch(world.store), executor=killer.watch(world.executor))

    def tell(self, job: Job, act: Callable[[], None], looks: int = 60) -> None:
        """Conduct until the job has ended; between any two looks the world goes on."""
        for _ in range(looks):
            try:
                self.world.conductor.tick()
            except Killed:
                self.was_killed = True
                self.world.restart()
            if self.world.status(job) in (JobStatus.SUCCEEDED, JobStatus.CANCELLED):
                return
            act()
        raise AssertionError(f"the job never ended: {self.world.store.job(job.id)}")

    def let_runners_work(self) -> None:
        """Each runner begins, and ends at its next turn."""
        executor = self.world.executor
        for attempt in sorted(executor.alive):
            if attempt not in self.begun:
                self.begun[attempt] += 1
                executor.begin(attempt)
                executor.say(attempt, journal.StepStarted, step="a")
            else:
                executor.finish(attempt, RunStatus.SUCCEEDED)


def points(tell: Callable[[World, int], bool], folder: Path) -> int:
    """Tell a story with a kill at each point there is; how many there are."""
    point = 0
    while True:
        place = folder / str(point)
        place.mkdir()
        if not tell(World(place), point):
            return point
        point += 1


def test_crash_at_any_point_loses_and_repeats_no_run(tmp_path: Path) -> None:
    def tell(world: World, point: int) -> bool:
        story = Story(world, point)
        job = world.job(runs=3)
        story.tell(job, story.let_runners_work)
        assert world.status(job) is JobStatus.SUCCEEDED
        assert world.statuses(job) == [RunStatus.SUCCEEDED] * 3
        assert [run.number for run in world.runs(job)] == [1, 2, 3]
        assert set(story.begun.values()) == {1}
        assert len(story.begun) == 3
        assert len(world.executor.launched) == 3
        return story.was_killed

    assert points(tell, tmp_path) > 20


def test_crash_at_any_point_of_a_cancel_leaves_nothing_going(tmp_path: Path) -> None:
    def tell(world: World, point: int) -> bool:
        story = Story(world, point)
        job = world.job(runs=3)
        looks = iter(range(60))

        def act() -> None:
            if next(looks) == 2:
                world.cancel(job)
            for attempt in sorted(world.executor.alive):
                if attempt not in story.begun:
                    story.begun[attempt] += 1
                    world.executor.begin(attempt)
                elif attempt in world.executor.asked:
                    world.executor.finish(attempt, RunStatus.CANCELLED, Cause.CANCELLED)

        story.tell(job, act)
        assert world.status(job) is JobStatus.CANCELLED
        assert set(world.statuses(job)) <= {RunStatus.CANCELLED}
        assert not world.executor.alive
        return story.was_killed

    assert points(tell, tmp_path) > 10


@pytest.mark.parametrize("overlap", list(Overlap))
def test_crash_at_any_point_of_a_schedule_loses_and_doubles_no_firing(
    tmp_path: Path, overlap: Overlap
) -> None:
    def tell(world: World, point: int) -> bool:
        story = Story(world, point)
        policies = Policies(
            overlap=overlap, catch_up=CatchUp.ALL, end_at=world.clock() + timedelta(minutes=6)
        )
        job = world.job(schedule=Schedule.recurring("* * * * *", "UTC"), policies=policies)
        first = world.clock().replace(second=0, microsecond=0) + MINUTE
        looks = iter(range(100))

        def act() -> None:
            # Three looks a minute, and once nobody is there for two minutes.
            look = next(looks)
            world.clock.advance(120 if look == 7 else 20)
            if look % 3:
                story.let_runners_work()

        story.tell(job, act, 100)
        assert world.status(job) is JobStatus.SUCCEEDED
        records = world.firings(job)
        assert [record.at for record in records] == [first + n * MINUTE for n in range(6)]
        assert {str(record.outcome) for record in records} <= {"fired", "skipped"}
        fired = [(record.batch, record.at) for record in records if record.batch is not None]
        batches = world.batches(job)
        assert fired == [(batch.number, batch.scheduled_at) for batch in batches]
        assert [run.batch for run in world.runs(job)] == [batch.number for batch in batches]
        assert set(story.begun.values()) == {1}
        assert len(world.executor.launched) == len(batches)
        return story.was_killed

    assert points(tell, tmp_path) > 40


def test_crash_at_any_point_of_deaths_and_resumes_ends_in_the_same_state(tmp_path: Path) -> None:
    def tell(world: World, point: int) -> bool:
        story = Story(world, point)
        job = world.job(policies=Policies(resume_interrupted=2))

        def act() -> None:
            for attempt in sorted(world.executor.alive):
                if attempt not in story.begun:
                    story.begun[attempt] += 1
                    world.executor.begin(attempt)
                elif attempt.name == "3":
                    world.executor.finish(attempt, RunStatus.SUCCEEDED)
                else:
                    world.executor.die(attempt)

        story.tell(job, act)
        run = world.run(job)
        assert (run.status, run.attempt) == (RunStatus.SUCCEEDED, 3)
        assert [record.cause for record in run.history] == [Cause.RUNNER_DIED] * 2
        assert len(world.executor.launched) == 3
        return story.was_killed

    assert points(tell, tmp_path) > 20


@pytest.mark.parametrize("kind", [AttemptKind.RETRY, AttemptKind.RESUME])
def test_crash_at_any_point_of_a_retry_executes_it_once(tmp_path: Path, kind: AttemptKind) -> None:
    def tell(world: World, point: int) -> bool:
        job = world.started()
        world.finish(RunStatus.FAILED, Cause.STEP_FAILED)
        assert world.status(job) is JobStatus.FAILED
        world.store.request_retry(world.run(job).id, kind)
        story = Story(world, point)
        story.tell(job, story.let_runners_work)
        run = world.run(job)
        assert (run.status, run.attempt, run.kind) == (RunStatus.SUCCEEDED, 2, kind)
        assert [record.number for record in run.history] == [1]
        assert world.status(job) is JobStatus.SUCCEEDED
        assert len(world.executor.launched) == 2
        return story.was_killed

    assert points(tell, tmp_path) > 8


@pytest.mark.parametrize("when", ["before", "after"])
def test_crash_while_a_run_ends_keeps_its_end(world: World, when: str) -> None:
    job = world.started()
    if when == "after":
        world.executor.finish(world.attempt(world.run(job)), RunStatus.SUCCEEDED)
    world.dispatch.follow()
    world.restart()
    if when == "before":
        world.executor.finish(world.attempt(world.run(job)), RunStatus.SUCCEEDED)
    world.tick()
    assert world.status(job) is JobStatus.SUCCEEDED
