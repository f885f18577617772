"""Programs that are killed in the middle of a job, and nothing that is lost or done twice."""

import os
import signal
from collections import Counter

import pytest

from jupyter_orchest_jobs.domain.status import Cause, JobStatus, RunStatus
from tests.journeys.machine import HOLD, TICK, Machine, grid, until

pytestmark = pytest.mark.journey

RUNS = 24
STEPS = ("a", "b")


def assert_all_once(machine: Machine, number: str) -> None:
    """Every run succeeded, and each of its steps was executed once."""
    job, counts = machine.wait_for(number)
    assert (job.status, counts.succeeded, counts.total) == (JobStatus.SUCCEEDED, RUNS, RUNS)
    expected = Counter((run.id, step) for run in machine.runs(number) for step in STEPS)
    assert machine.ledger() == expected


def test_killed_conductor_is_replaced_by_who_waits(machine: Machine) -> None:
    pipeline = machine.project({"a.sh": TICK, "b.sh": TICK}, {"b": ["a"]})
    waiting = machine.start("run", pipeline, *grid(RUNS), "--wait")
    for steps in (3, 15):
        machine.wait_for_steps(steps)
        killed = machine.conductor()
        killed.kill()
        until(lambda: machine.conductors() not in ([], [killed]), "another conductor")  # noqa: B023  # called at once
    out, err = waiting.communicate(timeout=120)
    assert (waiting.returncode, err) == (0, b"")
    assert f"{RUNS} of {RUNS} runs".encode() in out
    assert_all_once(machine, "1")


def test_killed_servers_and_conductors_lose_no_run(machine: Machine) -> None:
    # Long enough that servers come back while it goes on.
    pipeline = machine.project({"a.sh": TICK, "b.sh": TICK + "sleep 1\n"}, {"b": ["a"]})
    server = machine.serve().wait()
    values = {"pipeline_parameters": {"n": list(range(RUNS))}}
    path = str(pipeline.relative_to(machine.folder))
    wish = {"pipeline_path": path, "parameters": values, "start": True}
    number = str(server.post("jobs", wish)["number"])

    machine.wait_for_steps(4)
    server.kill()  # the conductor goes on
    machine.wait_for_steps(12)
    server = machine.serve().wait()
    assert server.get(f"jobs/{machine.job(number)[0].id}")["status"] == "running"

    killed = machine.conductor()
    killed.kill()  # the server starts another one
    until(lambda: machine.conductors() not in ([], [killed]), "another conductor")

    machine.wait_for_steps(24)
    server.kill()
    machine.conductor().kill()  # nobody is left but runners
    machine.serve().wait()
    machine.conductor()
    assert_all_once(machine, number)


def test_killed_runner_interrupts_its_run_only(machine: Machine) -> None:
    # The first run waits, with children of all sorts; the others are quick.
    first = (
        TICK
        + "n=$(python -c \"import orchest; print(orchest.get_pipeline_param('n'))\")\n"
        + f'if [ "$n" = 0 ]; then setsid sleep 600 & (sleep 600 &) ; {HOLD.strip()}; fi\n'
    )
    pipeline = machine.project({"a.sh": first, "b.sh": TICK}, {"b": ["a"]})
    number = machine.run(pipeline, runs=RUNS)
    machine.wait_for(number, lambda _, counts: counts.succeeded >= 2)
    victim = machine.runs(number)[0]
    until(lambda: len(machine.tagged(victim.id)) >= 3, "children of the step")
    os.kill(machine.runner_pid(victim.id), signal.SIGKILL)
    machine.wait_for(number, lambda _, counts: counts.interrupted == 1)
    until(lambda: not machine.tagged(victim.id), "end of its processes", 2)

    job, counts = machine.wait_for(number)
    assert (job.status, counts.succeeded, counts.total) == (JobStatus.FAILED, RUNS - 1, RUNS)
    victim = machine.runs(number)[0]
    assert (victim.status, victim.cause) == (RunStatus.INTERRUPTED, Cause.RUNNER_DIED)
    assert [step.status for step in victim.steps] == ["interrupted", "skipped"]
    executed = {(run.id, step) for run in machine.runs(number) for step in STEPS}
    assert machine.ledger() == Counter(executed - {(victim.id, "b")})
