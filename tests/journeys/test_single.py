"""A notebook or script as a job of its own, on the command line."""

import json

import pytest

from jupyter_orchest_jobs.domain.single import single_document
from tests.journeys.machine import Machine
from tests.service.test_source import tagged

pytestmark = pytest.mark.journey

SHOW = "import orchest; print(alpha, orchest.get_step_param('alpha'), name)"


def notebook_of(source: str) -> str:
    """A notebook with defaults, a cell that shows what holds in a run, and no outputs."""
    content = json.loads(tagged(source))
    content["cells"].append({**content["cells"][0], "id": "show", "source": SHOW})
    return json.dumps(content)


def test_notebook_runs_for_each_value_of_its_parameters(machine: Machine) -> None:
    text = notebook_of("alpha = 0.1\nname = 'x'")
    file = machine.project({"train.ipynb": text}).parent / "train.ipynb"
    job = machine.ask("run", file, "--set", "train.alpha=[1, null, 2.5]", "--wait")
    assert (job["name"], job["pipeline_path"]) == ("train", "train.ipynb")
    assert (job["status"], job["runs"]["succeeded"]) == ("succeeded", 3)
    shown = [machine.cli("runs", "log", f"1.{number}").splitlines()[-1] for number in (1, 2, 3)]
    assert shown == ["1 1 x", "None None x", "2.5 2.5 x"]
    # The notebook is what it was, but for its outputs: no pipeline file was written over it.
    (first, *_) = machine.runs("1")
    work = json.loads((machine.attempt(first.id).work / "train.ipynb").read_text())
    sources = ["".join(cell["source"]) for cell in work["cells"]]
    assert [source.splitlines()[-1] for source in sources] == [
        "1",
        "name = 'x'",
        'name = _json.loads("\\"x\\"")',
        SHOW,
    ]
    assert file.read_text() == text


def test_new_snapshot_and_duplicate_are_made_from_the_notebook_as_it_is(machine: Machine) -> None:
    file = machine.project({"train.ipynb": notebook_of("alpha = 1\nname = 'x'")}).parent / (
        "train.ipynb"
    )
    (step,) = single_document("train.ipynb", {})["steps"]
    job = machine.ask("run", file, "--set", "train.alpha=[7, 8]", "--cron", "0 0 1 1 *")
    number = str(job["number"])
    machine.wait_for(number, lambda job, _: job.snapshot.id is not None)
    file.write_text(notebook_of("alpha = 2\nname = 'y'\nmore = [3]"))
    expected = {step: {"alpha": [7, 8], "name": ["x"], "more": [[3]]}}
    copy, _ = machine.job(str(machine.ask("jobs", "duplicate", number)["number"]))
    assert copy.strategy.values == expected
    before, _ = machine.job(number)
    machine.ask("jobs", "snapshot", number)
    after, _ = machine.wait_for(number, lambda job, _: job.snapshot.id != before.snapshot.id)
    assert after.strategy.values == expected
    assert after.document["steps"][step]["parameters"]["name"] == "y"


def test_script_runs_by_itself(machine: Machine) -> None:
    machine.project({"hello.sh": "echo hello from $PWD\n"})
    machine.cli("run", machine.folder / "project" / "hello.sh", "--wait")
    (run,) = machine.runs("1")
    work = machine.attempt(run.id).work
    assert machine.cli("runs", "log", "1.1", "--step", "hello") == f"hello from {work}\n"
