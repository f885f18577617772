"""Which logs a step has, and what becomes of them while it is tried again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.service.logs import AttemptLogs, LogPiece, StepLogs
from jupyter_orchest_jobs.service.runs import Runs, StepView
from jupyter_orchest_jobs.service.session import Session
from tests.service.world import World


class Reader:
    """Somebody who reads the logs of step a, whose tries and attempts fail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.job = world.started(policies=Policies(step_retries=2))
        self.session = Session(world.state, lambda _: world.store, conduct=False)
        self.runs = Runs(self.session, world.clock)

    @property
    def folder(self) -> AttemptFolder:
        return AttemptFolder(self.world.attempt(self.world.run(self.job)))

    @property
    def logs(self) -> StepLogs:
        run = self.world.run(self.job)
        return self.runs.logs(asyncio.run(self.runs.get(run.id)), "a")

    @property
    def step(self) -> StepView:
        run = self.world.run(self.job)
        return self.runs.steps(asyncio.run(self.runs.get(run.id)))[0]

    def try_step(self, number: int) -> Path:
        """Begin a try as a runner does: what is there is put aside, then there is a new log."""
        home = self.folder.step("a")
        home.mkdir(parents=True, exist_ok=True)
        if number > 1:
            put_aside(home, number - 1)
        log = home / "log.txt"
        log.write_text(f"attempt {self.folder.number}, try {number}\n")
        self.world.executor.say(
            self.folder.path, journal.StepStarted, step="a", cells=None, tries=number
        )
        self.world.tick(1)
        return log

    def fail(self) -> None:
        self.world.executor.say(
            self.folder.path, journal.StepFinished, step="a", status=StepStatus.FAILED
        )
        self.world.executor.finish(self.folder.path, RunStatus.FAILED, Cause.STEP_FAILED)
        self.world.tick()

    def again(self, kind: AttemptKind) -> None:
        asyncio.run(self.runs.again(self.world.run(self.job).id, kind))
        self.world.tick()
        self.world.executor.begin(self.folder.path)
        self.world.tick(1)

    def read(self, attempt: int | None = None, tries: int | None = None) -> LogPiece:
        return self.logs.read(0, 1000, attempt, tries)


def put_aside(home: Path, tries: int) -> None:
    (home / "log.txt").rename(home / f"try-{tries}.log.txt")


@pytest.fixture
def reader(world: World) -> Iterator[Reader]:
    reader = Reader(world)
    yield reader
    asyncio.run(reader.session.close())


def test_each_try_of_each_attempt_has_its_log(reader: Reader) -> None:
    for number in (1, 2, 3):
        reader.try_step(number)
    reader.fail()
    reader.again(AttemptKind.RETRY)
    reader.try_step(1)
    assert reader.logs.all() == [AttemptLogs(1, (1, 2, 3)), AttemptLogs(2, (1,))]
    assert list(reader.step.logs) == reader.logs.all()
    for attempt, tries in ((1, 1), (1, 2), (1, 3), (2, 1)):
        piece = reader.read(attempt, tries)
        assert piece.text == f"attempt {attempt}, try {tries}\n"
        assert (piece.attempt, piece.tries) == (attempt, tries)
    assert reader.read(1).text == "attempt 1, try 3\n"
    assert reader.read().text == reader.read(None, 1).text == "attempt 2, try 1\n"


def test_earlier_logs_are_finished_and_the_last_one_is_not(reader: Reader) -> None:
    for number in (1, 2):
        reader.try_step(number)
    assert [reader.read(1, number).finished for number in (1, 2)] == [True, False]
    reader.fail()
    reader.again(AttemptKind.RETRY)
    reader.try_step(1)
    assert reader.read(1, 2).finished
    assert not reader.read(2, 1).finished


def test_log_of_a_step_that_was_carried_over_is_that_of_its_attempt(reader: Reader) -> None:
    reader.try_step(1)
    reader.world.executor.say(
        reader.folder.path, journal.StepFinished, step="a", status=StepStatus.SUCCEEDED
    )
    reader.world.executor.finish(reader.folder.path, RunStatus.FAILED, Cause.STEP_FAILED)
    reader.world.tick()
    reader.again(AttemptKind.RESUME)
    assert reader.read().attempt == 1
    with pytest.raises(
        NotFound, match=r"no log of attempt 2; there are logs of attempt 1 \(try 1\)"
    ):
        reader.read(2)


@pytest.mark.parametrize(
    ("attempt", "tries", "said"),
    [
        (2, None, "Run 1 has no attempt 2; it has had one."),
        (2**40, 1, "has no attempt"),
        (None, 3, r"no log of try 3 in attempt 1; there are logs of attempt 1 \(tries 1, 2\)"),
        (1, 3, "no log of try 3 in attempt 1"),
    ],
)
def test_attempts_and_tries_that_never_were_are_not_found(
    reader: Reader, attempt: int | None, tries: int | None, said: str
) -> None:
    for number in (1, 2):
        reader.try_step(number)
    with pytest.raises(NotFound, match=said):
        reader.read(attempt, tries)


def test_step_without_a_log_has_none_of_any_try(reader: Reader) -> None:
    piece = reader.read()
    assert (piece.text, piece.attempt, piece.tries) == ("", None, None)
    assert reader.read(1).text == ""
    with pytest.raises(NotFound, match="it has none"):
        reader.read(None, 1)


def test_between_two_tries_the_next_log_is_waited_for(reader: Reader) -> None:
    log = reader.try_step(1)
    put_aside(log.parent, 1)
    assert reader.logs.all() == [AttemptLogs(1, (1,))]
    assert reader.read(1, 1).text == "attempt 1, try 1\n"


def test_log_that_is_put_aside_while_it_is_opened_is_the_one_that_was_meant(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = reader.try_step(1)
    logs, opened = reader.logs, Path.open

    def open_late(path: Path, *how: str) -> object:
        if path.name == "log.txt" and not (log.parent / "try-1.log.txt").exists():
            put_aside(log.parent, 1)
            log.touch()
        return opened(path, *how)

    monkeypatch.setattr(Path, "open", open_late)
    found = logs.open(1, 1)
    assert found is not None
    with found.file as file:
        assert file.read() == b"attempt 1, try 1\n"


def test_try_that_left_no_log_is_not_counted_as_another(reader: Reader) -> None:
    log = reader.try_step(1)
    log.unlink()
    reader.world.executor.say(
        reader.folder.path, journal.StepStarted, step="a", cells=None, tries=2
    )
    reader.world.tick(1)
    log.write_text("of the second\n")
    assert reader.logs.all() == [AttemptLogs(1, (2,))]
    assert reader.read().tries == 2


def test_step_may_be_tried_as_often_as_its_batch_says(reader: Reader) -> None:
    run = reader.world.run(reader.job)
    reader.world.store.update_job(reader.job.id, {"policies": Policies(step_retries=9)})
    assert asyncio.run(reader.runs.get(run.id)).max_tries == 3
