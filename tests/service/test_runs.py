import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import RunStatus, StepStatus
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.runs import Runs, RunView
from jupyter_orchest_jobs.service.session import Session
from jupyter_orchest_jobs.store.contract import RunQuery
from tests.service.world import World


class Desk:
    """A user's view of one run of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.job = world.started()
        self.session = Session(world.state, lambda _: world.store, conduct=False)
        self.runs = Runs(self.session, world.clock)
        self.folder = AttemptFolder(world.attempt(world.run(self.job)))
        self.log = self.folder.step("a") / "log.txt"
        self.log.parent.mkdir(parents=True)

    @property
    def view(self) -> RunView:
        return asyncio.run(self.runs.get(self.world.run(self.job).id))

    def end_step(self) -> None:
        self.world.executor.say(self.folder.path, journal.StepStarted, step="a", cells=None)
        self.world.executor.say(
            self.folder.path, journal.StepFinished, step="a", status=StepStatus.SUCCEEDED
        )
        self.world.tick(1)

    def read_all(self, limit: int) -> str:
        """The log, piece by piece as a browser reads it."""
        view, text, offset = self.view, "", 0
        while True:
            piece = self.runs.logs(view, "a").read(offset, limit)
            assert piece.offset == offset
            text += piece.text
            if piece.finished:
                return text
            assert piece.next_offset > offset
            offset = piece.next_offset


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    desk = Desk(world)
    yield desk
    asyncio.run(desk.session.close())


def test_log_that_is_not_there_is_empty(desk: Desk) -> None:
    piece = desk.runs.logs(desk.view, "a").read(0, 100)
    assert (piece.text, piece.next_offset, piece.size, piece.finished) == ("", 0, 0, False)


def test_log_of_a_step_that_never_started_is_finished(desk: Desk) -> None:
    desk.world.executor.finish(desk.folder.path, RunStatus.FAILED)
    desk.world.tick()
    assert desk.runs.logs(desk.view, "b").read(0, 100).finished


def test_log_of_an_unknown_step_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.runs.logs(desk.view, "z").read(0, 100)


def test_log_that_grows_is_read_piece_by_piece(desk: Desk) -> None:
    desk.log.write_bytes(b"one\n")
    first = desk.runs.logs(desk.view, "a").read(0, 100)
    assert (first.text, first.next_offset, first.finished) == ("one\n", 4, False)
    assert desk.runs.logs(desk.view, "a").read(4, 100).text == ""
    desk.log.write_bytes(b"one\ntwo\n")
    desk.end_step()
    second = desk.runs.logs(desk.view, "a").read(first.next_offset, 100)
    assert (second.text, second.next_offset, second.finished) == ("two\n", 8, True)


def test_log_with_half_a_character_at_its_end_waits_for_the_rest(desk: Desk) -> None:
    desk.log.write_bytes("aä".encode()[:-1])
    piece = desk.runs.logs(desk.view, "a").read(0, 100)
    assert (piece.text, piece.next_offset) == ("a", 1)
    desk.end_step()
    piece = desk.runs.logs(desk.view, "a").read(0, 100)
    assert (piece.text, piece.finished) == ("a\ufffd", True)


@pytest.mark.parametrize(
    ("offset", "text", "start"),
    [(-1, "", 8), (-4, "🦊", 4), (-5, "🦊", 4), (-6, "ä🦊", 2), (-7, "bä🦊", 1), (-99, "abä🦊", 0)],
)
def test_end_of_a_log_begins_with_a_whole_character(
    desk: Desk, offset: int, text: str, start: int
) -> None:
    desk.log.write_bytes("abä🦊".encode())
    desk.end_step()
    piece = desk.runs.logs(desk.view, "a").read(offset, 100)
    assert (piece.text, piece.offset, piece.next_offset) == (text, start, 8)


def test_log_beyond_its_end_is_empty(desk: Desk) -> None:
    desk.log.write_bytes(b"one")
    piece = desk.runs.logs(desk.view, "a").read(99, 100)
    assert (piece.text, piece.offset, piece.next_offset) == ("", 3, 3)


@given(text=st.text(min_size=1), limit=st.integers(1, 9))
@settings(deadline=None, max_examples=60)
def test_log_in_pieces_of_any_size_is_whole(
    tmp_path_factory: pytest.TempPathFactory, text: str, limit: int
) -> None:
    desk = Desk(World(tmp_path_factory.mktemp("world")))
    desk.log.write_bytes(text.encode())
    desk.end_step()
    assert desk.read_all(limit) == text
    asyncio.run(desk.session.close())


@pytest.mark.parametrize("data", [b"\x80" * 9, b"\xff" * 9, b"\xf0\x9f" * 5, b"a\xe2\x82b"])
def test_log_that_is_no_text_is_read_to_its_end(desk: Desk, data: bytes) -> None:
    desk.log.write_bytes(data)
    desk.end_step()
    assert "\ufffd" in desk.read_all(4)


def test_steps_of_a_run_show_what_they_left(desk: Desk) -> None:
    desk.log.write_bytes(b"one")
    first, second = desk.runs.steps(desk.view)
    assert (first.log, first.notebook) == (desk.log, None)
    assert (second.log, second.run.status) == (None, StepStatus.PENDING)


def test_steps_of_a_run_without_a_runner_are_as_the_run(world: World) -> None:
    world.store.change_settings({"max_runs": 1})
    desk = Desk(world)
    waiting = world.job()
    world.tick()
    run = world.run(waiting)
    view = asyncio.run(desk.runs.get(run.id))
    assert {found.run.status for found in desk.runs.steps(view)} == {StepStatus.PENDING}
    asyncio.run(desk.runs.cancel(run.id))
    world.tick()
    view = asyncio.run(desk.runs.get(run.id))
    assert {found.run.status for found in desk.runs.steps(view)} == {StepStatus.CANCELLED}
    assert {found.log for found in desk.runs.steps(view)} == {None}
    asyncio.run(desk.session.close())


def test_cancelling_a_run_that_has_ended_is_refused(desk: Desk) -> None:
    desk.world.executor.finish(desk.folder.path, RunStatus.SUCCEEDED)
    desk.world.tick()
    with pytest.raises(WrongState, match="has ended"):
        asyncio.run(desk.runs.cancel(desk.world.run(desk.job).id))


def test_runs_are_listed_with_their_pipelines(desk: Desk) -> None:
    query = RunQuery(job_id=desk.job.id)
    (view,) = asyncio.run(desk.runs.page(query)).items
    assert (view.job.id, list(view.pipeline.steps)) == (desk.job.id, ["a", "b"])
    assert (view.run.steps_done, view.failed_title) == (0, None)
    (line,) = asyncio.run(desk.runs.lines(query)).items
    assert (line.run, line.job, line.pipeline) == (view.run.line, view.job, view.pipeline)


def test_lists_name_the_step_that_failed_first(desk: Desk) -> None:
    desk.world.executor.say(desk.folder.path, journal.StepStarted, step="a", cells=None)
    desk.world.executor.say(
        desk.folder.path, journal.StepFinished, step="a", status=StepStatus.FAILED
    )
    desk.world.tick(1)
    for listed in (desk.runs.page, desk.runs.lines):
        (view,) = asyncio.run(listed(RunQuery())).items
        assert (view.run.steps_done, view.failed_title) == (1, desk.view.pipeline.steps["a"].name)


def test_run_is_found_by_its_label(desk: Desk) -> None:
    assert asyncio.run(desk.runs.find("1.1")).run.job_id == desk.job.id
