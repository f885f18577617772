"""Beats: who lives on another host, and who was given up."""

import os
import threading
from pathlib import Path

import pytest

from jupyter_orchest_jobs.files.beats import Beat, Heart, Watch
from jupyter_orchest_jobs.files.hosts import BEATS, LEASE_S, Sharing, host_id

LEASE = 60.0


class Clock:
    """A steady clock that the test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "beat"
    path.touch()
    # In whatever year its file server lives.
    os.utime(path, (0, 0))
    return path


@pytest.fixture
def beat(path: Path, clock: Clock) -> Beat:
    return Beat(path, LEASE, clock)


@pytest.fixture
def other() -> Clock:
    """The clock of another host, which shows something else and goes on its own."""
    clock = Clock()
    clock.time = 5.0
    return clock


@pytest.fixture
def watch(other: Clock) -> Watch:
    return Watch(LEASE, other)


def test_a_host_has_one_name_that_a_folder_can_have() -> None:
    assert host_id() == host_id()
    assert Path(host_id()).name == host_id()
    assert Sharing().host == host_id()
    assert Sharing().beat_s == LEASE_S / BEATS == 5


def test_who_beats_is_alive_for_ever(beat: Beat, watch: Watch, clock: Clock, other: Clock) -> None:
    for _ in range(100):
        assert watch.is_alive(beat.path)
        clock.time += 5
        other.time += 5
        assert beat.renew()
    assert beat.is_ours()


def test_who_does_not_beat_is_dead_after_the_lease(beat: Beat, watch: Watch, other: Clock) -> None:
    other.time += 500  # nobody has watched: nothing is known
    assert watch.is_alive(beat.path)
    other.time += LEASE - 1
    assert watch.is_alive(beat.path)
    other.time += 1
    assert not watch.is_alive(beat.path)
    assert not watch.is_alive(beat.path)


def test_the_times_of_files_are_compared_with_no_clock(
    beat: Beat, watch: Watch, other: Clock
) -> None:
    # The file server's clock was put back: all the same, it is another time.
    assert watch.is_alive(beat.path)
    other.time += LEASE - 1
    os.utime(beat.path, (-5000, -5000))
    other.time += LEASE - 1
    assert watch.is_alive(beat.path)


def test_what_was_taken_away_is_dead_at_once(beat: Beat, watch: Watch, other: Clock) -> None:
    assert watch.is_alive(beat.path)
    beat.path.unlink()
    other.time += 2
    assert not watch.is_alive(beat.path)


def test_owner_learns_that_it_was_given_up(beat: Beat, clock: Clock) -> None:
    clock.time += 1
    beat.path.unlink()
    assert not beat.is_ours()
    # Somebody makes one of that name again: that is not ours.
    beat.path.touch()
    assert not beat.is_ours()
    assert not beat.renew()


def test_owner_that_renews_what_is_gone_has_lost_it(beat: Beat) -> None:
    beat.path.unlink()
    assert not beat.renew()
    assert beat.is_overdue()
    assert not beat.path.exists()


def test_owner_that_was_stopped_gives_itself_up_before_others_do(beat: Beat, clock: Clock) -> None:
    clock.time += LEASE / 2
    assert beat.is_ours()
    clock.time += 0.1
    before = beat.path.stat().st_mtime_ns
    assert not beat.is_ours()
    assert not beat.renew()
    assert beat.path.stat().st_mtime_ns == before


def test_a_file_server_that_is_away_for_a_moment_is_no_loss(path: Path, clock: Clock) -> None:
    folder = path.parent / "mount"
    folder.mkdir()
    (folder / "beat").touch()
    beat = Beat(folder / "beat", LEASE, clock)
    folder.rename(path.parent / "away")
    (path.parent / "mount").write_text("what is no folder can't be looked into")
    clock.time += 20
    assert beat.renew()  # NotADirectoryError
    (path.parent / "mount").unlink()
    (path.parent / "away").rename(folder)
    clock.time += 5
    assert beat.renew()
    clock.time += 20
    assert beat.is_ours()


def test_heart_beats_while_others_work_and_tells_of_the_loss(path: Path) -> None:
    lost = threading.Event()
    before = path.stat().st_mtime_ns
    heart = Heart(Beat(path, LEASE), 0.001, lost.set)
    deadline = threading.Event()
    while path.stat().st_mtime_ns == before:
        deadline.wait(0.001)
    path.unlink()
    assert lost.wait(60)
    heart.stop()


def test_heart_that_was_stopped_is_still(path: Path) -> None:
    heart = Heart(Beat(path, LEASE), 0.001)
    heart.stop()
    before = path.stat().st_mtime_ns
    threading.Event().wait(0.02)
    assert path.stat().st_mtime_ns == before
