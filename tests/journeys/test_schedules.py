"""Jobs that start later, again and again, and once more where they failed."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_orchest_jobs.domain.firing import FiringOutcome, FiringRecord
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from tests.journeys.killing import Killer
from tests.journeys.machine import TICK, Machine, until

pytestmark = pytest.mark.journey

MINUTE = timedelta(minutes=1)


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def firings(machine: Machine, number: str) -> list[FiringRecord]:
    job, _ = machine.job(number)
    return list(reversed(machine.read(lambda store: store.firings(job.id)).items))


def test_job_starts_at_its_time_though_conductors_race_and_die(machine: Machine) -> None:
    pipeline = machine.diamond()
    at = in_seconds(4)
    number = machine.run(pipeline, "--at", at)
    machine.wait_for(number, lambda job, _: job.status is JobStatus.SCHEDULED)
    for killed in machine.conductors():
        killed.kill()
    programs = [machine.start("serve") for _ in range(3)]
    machine.wait_for(number)
    (record,) = firings(machine, number)
    assert (record.outcome, record.at) == (FiringOutcome.FIRED, datetime.fromisoformat(at))
    batch = machine.read(lambda store: store.batch(record.job_id, 1))
    assert timedelta(0) <= batch.created_at - record.at < timedelta(seconds=60)
    assert machine.job(number)[0].status is JobStatus.SUCCEEDED
    (run,) = machine.runs(number)
    assert machine.ledger() == Counter((run.id, step) for step in "abc")
    # One of them conducts, and the others wait for their turn.
    for program in programs:
        assert program.poll() is None
        program.terminate()
    waited = [b"waiting for its end" in program.communicate(timeout=60)[1] for program in programs]
    assert sorted(waited) == [False, True, True]
    assert [program.returncode for program in programs] == [0, 0, 0]


def test_recurring_job_makes_up_for_what_came_while_nobody_was_there(machine: Machine) -> None:
    pipeline = machine.project({"a.sh": TICK})
    policies = ["catch_up=all", "overlap=queue"]
    number = machine.run(
        pipeline, "--cron", "* * * * *", *(f"--policy={policy}" for policy in policies)
    )
    job, _ = machine.wait_for(number, lambda job, _: job.status is JobStatus.SCHEDULED)
    machine.conductor().kill()
    until(lambda: not machine.conductors(), "the conductor's end")
    # As if it had been killed ten minutes ago.
    then = datetime.now(UTC) - 10 * MINUTE
    changes = {"planned_until": then, "next_firing_at": then}
    machine.read(lambda store: store.update_job(job.id, changes))
    serving = machine.start("serve")
    # Killed again between two of its batches.
    machine.wait_for_steps(1)
    serving.kill()
    machine.start("serve")
    machine.wait_for(number, lambda job, counts: counts.ended == counts.total == job.runs_made >= 2)
    found = firings(machine, number)
    times = [record.at for record in found]
    assert times == [times[0] + n * MINUTE for n in range(len(times))]
    assert times[0] - then <= MINUTE
    assert len(times) >= 10
    fired = [record.batch for record in found if record.outcome is FiringOutcome.FIRED]
    assert fired == list(range(1, len(fired) + 1))
    runs = machine.runs(number)
    assert [run.batch for run in runs] == fired
    assert machine.ledger() == Counter((run.id, "a") for run in runs)
    machine.cli("jobs", "cancel", number)
    assert machine.wait_for(number)[0].status is JobStatus.CANCELLED


def test_run_goes_on_where_it_failed(machine: Machine) -> None:
    pipeline = machine.project(
        {
            "a.sh": TICK + "echo made > made-by-a\n",
            "b.sh": TICK + 'cat made-by-a && [ -e "$GATE" ]\n',
            "c.sh": TICK,
        },
        {"b": ["a"], "c": ["b"]},
    )
    number = machine.run(pipeline)
    assert machine.wait_for(number)[0].status is JobStatus.FAILED
    machine.open_gate()
    machine.cli("runs", "resume", f"{number}.1")
    machine.wait_for(number, lambda job, _: job.status is JobStatus.SUCCEEDED)
    (run,) = machine.runs(number)
    assert machine.ledger() == {(run.id, "a"): 1, (run.id, "b"): 2, (run.id, "c"): 1}
    assert (run.attempt, run.kind) == (2, AttemptKind.RESUME)
    assert [(step.step, step.attempt) for step in run.steps] == [("a", 1), ("b", 2), ("c", 2)]
    assert [record.status for record in run.history] == [RunStatus.FAILED]
    assert "made" in machine.cli("runs", "log", f"{number}.1", "--step", "b")


def test_kills_at_random_moments_lose_and_repeat_nothing(machine: Machine) -> None:
    killer = Killer(machine, 12, ("conductor", "runner", "runner"), seed=1)
    killer.kill(10)
    killer.check()
