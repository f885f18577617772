"""Two hosts on one state directory: what one was doing when it vanished, the other goes on with."""

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import psutil
import pytest

from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from tests.journeys.machine import HOLD, TICK, Machine, grid, until

LEASE_S = 6.0
RUNS = 6

ENTER = ["unshare", "--uts", "--", "sh", "-c", 'hostname "$0" && exec "$@"']
"""Gives the programs after it another name of the host."""


def can_be_another_host() -> bool:
    try:
        done = subprocess.run([*ENTER, "elsewhere", "true"], capture_output=True, timeout=60)
    except OSError:
        return False
    return done.returncode == 0


pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not can_be_another_host(), reason="no other host name is allowed here"),
]


@pytest.fixture
def machine(machine: Machine) -> Machine:
    """One whose state directory several hosts share, and don't wait for each other for long."""
    machine.state.root.mkdir(mode=0o700)
    word = {"v": 1, "by_hosts": True, "lease_s": LEASE_S}
    (machine.state.root / "sharing.json").write_text(json.dumps(word))
    return machine


def on_host(machine: Machine, name: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start the command line on one of the hosts."""
    command = [sys.executable, "-m", "jupyter_orchest_jobs.cli.main", *map(str, arguments)]
    program = subprocess.Popen(
        [*ENTER, name, *command, f"--state-dir={machine.state.root}"],
        env=machine.environ,
        cwd=machine.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    machine.programs.append(program)
    return program


def serve(machine: Machine, name: str) -> subprocess.Popen[bytes]:
    """A service of one of the hosts, as soon as it conducts or stands by."""
    service = on_host(machine, name, "serve")
    until(lambda: locks(machine, name), f"the conductor of {name}")
    return service


def locks(machine: Machine, name: str) -> list[Path]:
    return list(machine.state.hosts.glob(f"{name}-*/conductor.lock"))


def run(machine: Machine, name: str, pipeline: Path, *arguments: str) -> None:
    program = on_host(machine, name, "run", pipeline, *arguments)
    out, err = program.communicate(timeout=60)
    assert program.returncode == 0, (out, err)


def holder(machine: Machine) -> str:
    """The host that conducts."""
    terms = list(machine.state.hosts.glob("conductor.lease.*"))
    newest = max(terms, key=lambda path: int(path.suffix[1:]), default=None)
    try:
        return "" if newest is None else str(json.loads(newest.read_text())["host"])
    except (FileNotFoundError, ValueError):
        return ""


def conducts(machine: Machine, name: str) -> bool:
    return holder(machine).startswith(f"{name}-")


def test_runs_go_on_once_when_the_conductor_of_another_host_was_killed(machine: Machine) -> None:
    first = serve(machine, "first")
    until(lambda: conducts(machine, "first"), "the first host to conduct")
    second = serve(machine, "second")
    machine.set_limits(max_runs=2, max_step_processes=2)
    pipeline = machine.project({"a.sh": TICK + HOLD, "b.sh": TICK}, {"b": ["a"]})
    run(machine, "second", pipeline, *grid(RUNS))
    machine.wait_for_steps(2)
    assert conducts(machine, "first")

    # Its runners live, and are none of the other host's business.
    first.kill()
    until(lambda: conducts(machine, "second"), "the second host to conduct", 6 * LEASE_S)
    machine.open_gate()
    job, counts = machine.wait_for("1")
    assert (job.status, counts.succeeded, counts.total) == (JobStatus.SUCCEEDED, RUNS, RUNS)
    expected = Counter((one.id, step) for one in machine.runs("1") for step in ("a", "b"))
    assert machine.ledger() == expected
    claims = [json.loads(machine.attempt(one.id).claim.read_text()) for one in machine.runs("1")]
    hosts = Counter(claim["host"].rpartition("-")[0] for claim in claims)
    assert hosts == {"first": 2, "second": RUNS - 2}

    # A service that was told to end hands over; that none waits for the lease then, its own tests
    # tell with a clock of theirs.
    third = serve(machine, "first")
    second.send_signal(signal.SIGTERM)
    until(lambda: conducts(machine, "first"), "the first host to conduct again")
    assert second.wait(60) == 0
    third.send_signal(signal.SIGTERM)
    assert third.wait(60) == 0


def test_a_host_that_vanishes_leaves_interrupted_runs(machine: Machine) -> None:
    first = serve(machine, "first")
    until(lambda: conducts(machine, "first"), "the first host to conduct")
    pipeline = machine.project({"a.sh": TICK + HOLD, "b.sh": TICK}, {"b": ["a"]})
    run(machine, "first", pipeline)
    machine.wait_for_steps(1)
    (begun,) = machine.runs("1")
    service = serve(machine, "second")

    # All of it at once, as with a cut cable: nothing of it is seen any more, but it may come back.
    cut_off = [psutil.Process(first.pid), psutil.Process(machine.runner_pid(begun.id))]
    for process in cut_off:
        process.suspend()
    machine.wait_for("1", lambda _, counts: counts.interrupted == 1, 60)
    assert conducts(machine, "second")
    (ended,) = machine.runs("1")
    assert (ended.status, ended.cause) == (RunStatus.INTERRUPTED, Cause.RUNNER_DIED)
    before = machine.attempt(begun.id).journal.read_bytes()

    # It comes back, and finds out: the runner ends with its step, the conductor stands by.
    for process in cut_off:
        process.resume()
    until(lambda: not machine.tagged(begun.id), "end of what was cut off")
    assert machine.attempt(begun.id).journal.read_bytes() == before
    assert machine.ledger().total() == 1
    service.send_signal(signal.SIGTERM)
    until(lambda: conducts(machine, "first"), "the first host to conduct again")


def test_runs_are_executed_once_whoever_is_killed(machine: Machine) -> None:
    assert_once_with_kills(machine, seed=0, runs=4, kills=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(3))
def test_runs_are_executed_once_however_many_are_killed(machine: Machine, seed: int) -> None:
    assert_once_with_kills(machine, seed, runs=150, kills=40)


def assert_once_with_kills(machine: Machine, seed: int, runs: int, kills: int) -> None:
    """Conductors of three hosts are killed, or stopped beyond the lease, while runs go on."""
    random = Random(seed)
    services = {name: serve(machine, name) for name in ("first", "second", "third")}
    machine.set_limits(max_runs=2, max_step_processes=2)
    step = TICK + f"sleep {2 * kills * LEASE_S / runs:.1f}\n"
    pipeline = machine.project({"a.sh": step, "b.sh": TICK}, {"b": ["a"]})
    run(machine, "first", pipeline, *grid(runs))
    stopped: list[str] = []
    for _ in range(kills):
        name = until(lambda: next((one for one in services if conducts(machine, one)), ""), "one")
        if random.random() < 0.5:
            services[name].kill()
            services[name].wait()
        else:
            services[name].send_signal(signal.SIGSTOP)
            stopped.append(name)
        until(lambda: not conducts(machine, name), "another host to conduct", 6 * LEASE_S)  # noqa: B023  # called at once
        if name in stopped:
            services[name].send_signal(signal.SIGCONT)
            stopped.remove(name)
        else:
            services[name] = serve(machine, name)
        machine.wait_for_steps(machine.ledger().total() + random.randrange(1, 4))
    job, counts = machine.wait_for("1", deadline_s=600)
    assert (job.status, counts.succeeded, counts.total) == (JobStatus.SUCCEEDED, runs, runs)
    executed = machine.ledger()
    assert (set(executed.values()), len(executed)) == ({1}, 2 * runs)
    assert all(service.poll() is None for service in services.values())
    for service in services.values():
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
