"""Some steps of a pipeline, run quickly to see how they go."""

import pytest

from tests.journeys.machine import Machine

pytestmark = pytest.mark.journey

LOAD = "import orchest; orchest.output([1, 2], 'rows'); print('loaded')"
COUNT = "import orchest; orchest.output(sum(orchest.get_inputs()['rows']), 'sum')"
SHOW = "import orchest; print('sum', orchest.get_inputs()['sum'])"


def test_chosen_steps_run_and_get_what_quick_runs_before_have_output(machine: Machine) -> None:
    pipeline = machine.project(
        {"load.py": LOAD, "count.py": COUNT, "show.py": SHOW},
        {"count": ["load"], "show": ["count"]},
    )
    # Alone, the last step has nothing to go by, and says what to do.
    failed = machine.ask("run", pipeline, "--quick", "--step", "show", "--wait", code=1)
    assert (failed["quick"], failed["steps_left_out"]) == (True, 2)
    assert "this run leaves that step out" in machine.cli("runs", "log", "1.1")

    up_to = machine.ask("run", pipeline, "--quick", "--up-to", "Count", "--wait")
    assert [step["title"] for step in up_to["steps"]] == ["Load", "Count"]
    (run,) = machine.runs("2")
    assert [step.status for step in run.steps] == ["succeeded", "succeeded"]

    machine.ask("run", pipeline, "--quick", "--step", "show", "--wait")
    assert machine.cli("runs", "log", "3.1", "--step", "show") == "sum 3\n"
    assert len(machine.runs("3")[0].steps) == 1

    # Lists have none of them, unless they are asked for.
    assert machine.ask("jobs", "list") == []
    assert [job["number"] for job in machine.ask("jobs", "list", "--quick")] == [3, 2, 1]
    assert "only Show" in machine.cli("jobs", "show", "3")


def test_job_with_some_steps_depends_on_no_quick_run(machine: Machine) -> None:
    pipeline = machine.project({"count.py": COUNT, "show.py": SHOW}, {"show": ["count"]})
    (pipeline.parent / "count.py").write_text("import orchest; orchest.output(1, 'sum')")
    machine.ask("run", pipeline, "--quick", "--wait")
    job = machine.ask("run", pipeline, "--step", "show", "--wait", code=1)
    assert job["status"] == "failed"
    assert [one["number"] for one in machine.ask("jobs", "list")] == [2]
