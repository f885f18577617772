"""The main job on the command line, from its start to its results."""

import signal
from collections import Counter

import pytest

from jupyter_orchest_jobs.domain.status import JobStatus
from tests.journeys.machine import HOLD, TICK, Machine, until

pytestmark = pytest.mark.journey


def test_grid_runs_from_the_command_line_to_its_results(machine: Machine) -> None:
    pipeline = machine.project(
        {
            "load.py": "import orchest\nprint('n is', orchest.get_pipeline_param('n'))\n",
            "fit.sh": TICK + "echo fitting >&2\n",
        },
        {"fit": ["load"]},
    )
    text = machine.cli(
        *("run", pipeline, "--name", "My grid", "--wait", "--env", "WHO=me"),
        *("--set", "pipeline.n=[1, 2]", "--set", "Fit.rate=[0.5]"),
    )
    assert "Job 1 “My grid”: succeeded" in text
    assert "2 of 2 runs" in text
    assert [line.split()[:3] for line in text.splitlines() if line.startswith(" 1.")] == [
        ["1.1", "1", "succeeded"],
        ["1.2", "2", "succeeded"],
    ]

    assert "My grid" in machine.cli("jobs", "list")
    (listed,) = machine.ask("jobs", "list")
    shown = machine.ask("jobs", "show", "1")
    assert listed["id"] == shown["id"]
    assert (shown["status"], shown["runs"]["succeeded"]) == ("succeeded", 2)
    assert shown["env_variables"] == {"WHO": "me"}
    assert machine.ask("jobs", "show", shown["id"][:8])["id"] == shown["id"]

    runs = machine.ask("runs", "list", "1")
    values = [run["parameters"]["pipeline_parameters"]["n"] for run in runs]
    assert values == [1, 2]
    assert machine.ledger() == Counter((run["id"], "fit") for run in runs)
    run = machine.ask("runs", "show", "1.2")
    assert [step["status"] for step in run["steps"]] == ["succeeded", "succeeded"]
    log = machine.cli("runs", "log", "1.2")
    assert "==> Load (succeeded) <==\nn is 2\n" in log
    assert machine.cli("runs", "log", "1.2", "--step", "Fit") == "fitting\n"


def test_failing_run_makes_the_command_fail(machine: Machine) -> None:
    pipeline = machine.project(
        {"a.sh": TICK + "echo before; echo wrong >&2; exit 3\n", "b.sh": TICK, "c.sh": TICK},
        {"b": ["a"]},
    )
    job = machine.ask("run", pipeline, "--wait", code=1)
    assert (job["status"], job["runs"]["failed"]) == ("failed", 1)
    run = machine.ask("runs", "show", "1.1")
    assert {step["step"]: step["status"] for step in run["steps"]} == {
        "a": "failed",
        "b": "skipped",
        "c": "succeeded",
    }
    assert (run["cause"], run["failed_step"]) == ("step_failed", "A")
    assert "wrong" in machine.cli("runs", "log", "1.1", "--step", "A")
    assert set(step for _, step in machine.ledger()) == {"a", "c"}
    # What has ended can't be cancelled.
    assert "has ended (failed)" in machine.cli("jobs", "cancel", "1", code=2)
    assert "has ended (failed)" in machine.cli("runs", "cancel", "1.1", code=2)


def test_refusal_leaves_nothing(machine: Machine) -> None:
    pipeline = machine.diamond()
    (pipeline.parent / "b.sh").unlink()
    text = machine.cli("run", pipeline, "--wait", code=2)
    assert text.startswith("main.orchest:")
    assert "step “B”: there is no file b.sh" in text
    assert "names no step" in machine.cli("run", pipeline, "--set", "gone.n=[1]", code=2)
    assert not machine.state.root.exists()
    assert machine.processes() == []


def test_ctrl_c_only_stops_waiting(machine: Machine) -> None:
    waiting = machine.start("run", machine.diamond(hold=True), "--wait")
    machine.wait_for_steps(1)
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert b"Job 1 goes on." in err
    assert b"jobs cancel 1" in err
    assert machine.job("1")[0].status is JobStatus.RUNNING
    machine.open_gate()
    assert machine.wait_for("1")[0].status is JobStatus.SUCCEEDED
    assert machine.ledger().total() == 3
    # Nobody is attached any more, and there is nothing to do.
    until(lambda: not machine.processes(), "conductor's end")


def test_cancelled_job_ends_with_all_of_its_processes(machine: Machine) -> None:
    # A step that does not listen, with a child that is on its own.
    deaf = "trap '' TERM INT\nsetsid sleep 600 &\n" + TICK + HOLD
    machine.set_limits(max_runs=2, max_step_processes=4)
    number = machine.run(machine.project({"a.sh": deaf, "b.sh": TICK}, {"b": ["a"]}), runs=3)
    machine.wait_for_steps(2)
    runs = machine.runs(number)
    assert all(machine.tagged(run.id) for run in runs[:2])
    machine.cli("jobs", "cancel", number)
    job, counts = machine.wait_for(number)
    assert (job.status, counts.cancelled) == (JobStatus.CANCELLED, 3)
    assert not any(machine.tagged(run.id) for run in runs)
    assert machine.ledger().total() == 2


def test_cancelled_run_leaves_the_others(machine: Machine) -> None:
    machine.set_limits(max_runs=2, max_step_processes=4)
    number = machine.run(machine.diamond(hold=True), runs=3)
    machine.wait_for_steps(2)
    machine.cli("runs", "cancel", f"{number}.1")
    machine.cli("runs", "cancel", f"{number}.3")
    machine.wait_for(number, lambda _, counts: counts.cancelled == 2)
    machine.open_gate()
    # Cancelled runs alone don't fail a job.
    assert machine.wait_for(number)[0].status is JobStatus.SUCCEEDED
    assert [run.status for run in machine.runs(number)] == ["cancelled", "succeeded", "cancelled"]
