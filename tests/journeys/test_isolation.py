"""A job is what it was when it was created, whatever happens to its project or in its runs."""

import shutil
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.files.manifest import verify
from tests.journeys.machine import HOLD, TICK, Machine
from tests.service.preflight_project import notebook

pytestmark = pytest.mark.journey

NAMES = (
    "keep.txt",
    "append.txt",
    "overwrite.txt",
    "closed.txt",
    "moved.txt",
    "gone/x",
    "folder/x",
)
# Everything that a careless step may do to its files.
DAMAGE = """
test "$(cat data/keep.txt)" = original || exit 9
echo more >> data/append.txt
echo other > data/overwrite.txt
rm -r data/gone
chmod 0 data/closed.txt
chmod 0500 data/folder
ln -sf /etc/passwd data/keep.txt
mv data/moved.txt elsewhere.txt
"""


def project(machine: Machine) -> Path:
    pipeline = machine.project(
        {
            "a.sh": TICK + HOLD + DAMAGE,
            "b.sh": TICK,
            "d.ipynb": notebook("print(open('data/append.txt').read(), end='')", "1/1"),
        },
        {"d": ["a"]},
    )
    data = pipeline.parent / "data"
    for name in NAMES:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text("original\n")
    return pipeline


def test_changes_of_the_project_change_no_run_and_runs_change_no_snapshot(
    machine: Machine,
) -> None:
    pipeline = project(machine)
    machine.set_limits(max_runs=2, max_step_processes=4)
    number = machine.run(pipeline, runs=3)
    machine.wait_for_steps(4)  # two runs hold, the third has not begun
    job, _ = machine.job(number)
    snapshot = machine.state.snapshots / str(job.snapshot.id)
    assert verify(snapshot) == []

    (pipeline.parent / "b.sh").write_text("exit 1\n")
    (pipeline.parent / "data" / "keep.txt").write_text("changed\n")
    shutil.rmtree(pipeline.parent / "data" / "folder")
    pipeline.write_text("{}")
    (pipeline.parent / "d.ipynb").unlink()
    machine.open_gate()

    job, counts = machine.wait_for(number)
    assert (job.status, counts.succeeded) == (JobStatus.SUCCEEDED, 3)
    assert verify(snapshot) == []
    for run in machine.runs(number):
        log = machine.attempt(run.id).step("d") / "log.txt"
        assert "original\nmore\n" in log.read_text()
        assert (machine.attempt(run.id).step("d") / "notebook.ipynb").exists()
    shutil.rmtree(pipeline.parent)
    assert "original\nmore\n" in machine.cli("runs", "log", f"{number}.3", "--step", "D")
    assert verify(snapshot) == []
