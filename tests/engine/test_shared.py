"""Runners on a state directory that several hosts share."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine import claims, processes
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.life import Life
from jupyter_orchest_jobs.engine.local import LocalExecutor
from jupyter_orchest_jobs.engine.shared import SharedExecutor
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.beats import Watch
from jupyter_orchest_jobs.files.hosts import Sharing
from tests.engine.harness import Lab, RunOnDisk, lives, read_json, until
from tests.fakes import FakeExecutor
from tests.records import NOW

LEASE = 60.0
HERE = Sharing(lease_s=LEASE)
THERE = Sharing("there", LEASE)


class Clock:
    """A steady clock that the test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def lab(usual: Lab) -> Lab:
    return usual


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def own() -> FakeExecutor:
    return FakeExecutor(lambda: NOW)


@pytest.fixture
def executor(own: FakeExecutor, clock: Clock) -> SharedExecutor:
    return SharedExecutor(own, HERE, Watch(LEASE, clock))


@pytest.fixture
def folder(tmp_path: Path) -> AttemptFolder:
    """Of an attempt whose runner is on another host."""
    folder = AttemptFolder(tmp_path / "runs" / "1" / "attempts" / "1")
    folder.path.mkdir(parents=True)
    claims.write(folder, THERE)
    return folder


def test_runner_of_another_host_lives_while_it_beats(
    executor: SharedExecutor, folder: AttemptFolder, clock: Clock
) -> None:
    for moment in range(20):
        assert executor.is_alive(folder.path)
        clock.time += LEASE / 2
        os.utime(folder.beat, (moment, moment))


def test_runner_of_another_host_that_is_not_heard_of_is_given_up_for_good(
    executor: SharedExecutor, folder: AttemptFolder, clock: Clock
) -> None:
    assert executor.is_alive(folder.path)
    clock.time += LEASE
    assert not executor.is_alive(folder.path)
    # It wakes, and finds out.
    assert not folder.beat.exists()
    assert not executor.is_alive(folder.path)


def test_boot_and_process_of_another_host_say_nothing(
    executor: SharedExecutor, own: FakeExecutor, folder: AttemptFolder
) -> None:
    # Neither that its boot is none of ours, nor that there is such a process here, nor the lock.
    pid = os.getpid()
    for boot in ("another", processes_boot()):
        info = {"pid": pid, "process_started": processes.started_at(pid), "boot_id": boot}
        folder.info.write_text(json.dumps(info))
        assert executor.is_alive(folder.path)
        executor.request_cancel(folder.path)
    assert (own.asked, own.killed) == ([], [])
    assert read_json(folder.control)["cancel"] is True


def processes_boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def test_runner_of_another_host_is_killed_by_its_beat(
    executor: SharedExecutor, own: FakeExecutor, folder: AttemptFolder
) -> None:
    assert executor.is_alive(folder.path)
    executor.kill(folder.path)
    assert own.killed == []
    assert not folder.beat.exists()
    assert not executor.is_alive(folder.path)


def test_attempt_of_another_host_is_not_launched_before_that_was_given_up(
    executor: SharedExecutor, own: FakeExecutor, folder: AttemptFolder, clock: Clock
) -> None:
    with pytest.raises(EngineError, match="runner already"):
        executor.launch(folder.path)
    clock.time += LEASE
    assert not executor.is_alive(folder.path)
    executor.launch(folder.path)
    assert own.launched == [folder.path]
    claim = claims.read(folder)
    assert claim is not None
    assert claim.host == HERE.host
    assert executor.is_alive(folder.path)


def test_attempts_of_this_host_are_left_to_its_locks(
    executor: SharedExecutor, own: FakeExecutor, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "runs" / "2" / "attempts" / "1"
    executor.launch(folder)
    clock.time += 10 * LEASE
    assert executor.is_alive(folder)
    executor.request_cancel(folder)
    executor.kill(folder)
    assert (own.asked, own.killed) == ([folder], [folder])
    assert not executor.is_alive(folder)


# --- with runners ---

WAITS = "echo x >>executed; until [ -e go ]; do sleep 0.05; done"


def launched(lab: Lab, files: dict[str, str], lease_s: float = LEASE) -> RunOnDisk:
    """A run of this host on a shared state directory, as soon as its first step goes on."""
    run = lab.run(files, {"b": ["a"]} if "b.sh" in files else None)
    SharedExecutor(lab.executor, Sharing(lease_s=lease_s)).launch(run.folder.path)
    until((run.folder.work / "executed").exists, "its first step")
    return run


def test_runner_beats_until_its_end(lab: Lab) -> None:
    run = launched(lab, {"a.sh": WAITS}, lease_s=1.2)
    before = run.folder.beat.stat().st_mtime_ns
    until(lambda: run.folder.beat.stat().st_mtime_ns != before, "another beat")
    (run.folder.work / "go").touch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert not run.folder.beat.exists()
    # For other hosts it is dead at once.
    elsewhere = SharedExecutor(LocalExecutor(), Sharing("elsewhere", LEASE))
    assert not elsewhere.is_alive(run.folder.path)


def test_on_a_local_disk_nobody_beats(lab: Lab) -> None:
    run = lab.run({"a.sh": "true"}).launch()
    run.finish()
    names = {path.name for path in run.folder.path.iterdir()}
    assert names.isdisjoint({"beat", "host.json"})


@pytest.mark.parametrize("stopped", [True, False])
def test_runner_that_was_given_up_ends_with_its_steps_and_says_no_more(
    lab: Lab, stopped: bool
) -> None:
    run = launched(lab, {"a.sh": "echo $$ >pid; " + WAITS, "b.sh": "echo x >>second"}, lease_s=3)
    runner, step = int(read_json(run.folder.info)["pid"]), run.wait_for_pid("pid")
    if stopped:
        os.kill(runner, signal.SIGSTOP)
    journal = run.folder.journal.read_bytes()
    elsewhere = SharedExecutor(LocalExecutor(), Sharing("elsewhere", 3))
    if stopped:
        until(lambda: not elsewhere.is_alive(run.folder.path), "others to give it up")
    else:
        elsewhere.kill(run.folder.path)
    (run.folder.work / "go").touch()
    if stopped:
        os.kill(runner, signal.SIGCONT)
    run.wait_dead()
    run.wait_process_gone(step)
    assert run.folder.journal.read_bytes() == journal
    assert not (run.folder.work / "second").exists()
    assert "given this runner up" in run.folder.runner_log.read_text()


def test_runner_that_cannot_beat_ends_before_others_give_it_up(lab: Lab) -> None:
    run = launched(lab, {"a.sh": WAITS}, lease_s=4)
    runner = int(read_json(run.folder.info)["pid"])
    watch = Watch(4)
    assert watch.is_alive(run.folder.beat)
    os.kill(runner, signal.SIGSTOP)
    time.sleep(2.5)  # more than half of it
    assert watch.is_alive(run.folder.beat)
    os.kill(runner, signal.SIGCONT)
    run.wait_dead()
    assert not lives(runner)


def test_runner_of_an_attempt_that_another_host_took_executes_nothing(lab: Lab) -> None:
    run = lab.run({"a.sh": "true"})
    run.folder.path.mkdir(parents=True)
    claims.write(run.folder, THERE)
    run.launch()
    run.wait_dead()
    assert not run.folder.journal.exists()
    assert "another host" in run.folder.runner_log.read_text()


@pytest.mark.parametrize("host", ["there", HERE.host])
def test_resume_leaves_the_working_copy_to_a_host_that_may_still_use_it(
    lab: Lab, host: str
) -> None:
    run = lab.run({"a.sh": "echo x >>ledger", "b.sh": "cp ledger seen"}, {"b": ["a"]})
    SharedExecutor(lab.executor, HERE).launch(run.folder.path)
    run.finish()
    claims.write(run.folder, Sharing(host, LEASE))
    # As that runner left it, which was killed before it could cut it down.
    for path in run.folder.work.iterdir():
        path.unlink()
    (run.folder.work / "ledger").write_text("left\n")
    (run.folder.work / "b.sh").write_text("cp ledger seen")
    used = os.open(run.folder.work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        again = lab.again(run, AttemptKind.RESUME, ["a"])
        SharedExecutor(lab.executor, HERE).launch(again.folder.path)
        assert again.finish().status is RunStatus.SUCCEEDED
        same = os.path.samestat(os.fstat(used), run.folder.work.stat())
    finally:
        os.close(used)
    assert same is (host == HERE.host)
    assert (run.folder.work / "seen").read_text() == "left\n"


def test_life_gives_up_when_its_beat_is_gone(tmp_path: Path) -> None:
    beat, given_up = tmp_path / "beat", []
    beat.touch()
    life = Life(beat, Sharing("a", LEASE), lambda: given_up.append(1))
    life.check()
    assert given_up == []
    beat.unlink()
    life.check()
    assert given_up == [1]
    life.end()


def test_life_that_ends_takes_its_beat_along(tmp_path: Path) -> None:
    (tmp_path / "beat").touch()
    Life(tmp_path / "beat", Sharing("a", LEASE), sys.exit).end()
    assert not (tmp_path / "beat").exists()
