"""Cancelling runs, in whatever they are doing."""

import time

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.slots import FileLock
from tests.engine.harness import Lab, RunOnDisk, lives, notebook, read_json, until

SOON_S = 20.0
"""Within what a cancel must be over on a machine that is busy; normally it takes less than 2 s."""

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    time.sleep(1)
"""


def cancel(run: RunOnDisk) -> journal.AttemptFinished:
    began = time.monotonic()
    run.executor.request_cancel(run.folder.path)
    end = run.finish(SOON_S)
    print(f"cancelled in {time.monotonic() - began:.2f} s")  # noqa: T201  # shown with -s
    assert (end.status, end.cause) == (RunStatus.CANCELLED, Cause.CANCELLED)
    assert read_json(run.folder.control)["cancel"] is True
    return end


def test_running_notebook_is_interrupted(lab: Lab) -> None:
    cell = "print('ready', flush=True)\nimport time\ntime.sleep(600)"
    run = lab.run({"a.ipynb": notebook(cell, "print('after')"), "b.sh": "true"}, {"b": ["a"]})
    run.launch().wait_for_log("a", "ready")
    cancel(run)
    ends = run.step_ends()
    assert ends["a"].status is ends["b"].status is StepStatus.CANCELLED
    log = run.log("a")
    assert "KeyboardInterrupt" in log
    assert "after" not in log
    assert log.endswith("Cancelled.\n")
    assert run.notebook("a").cells[0].outputs[-1].ename == "KeyboardInterrupt"


def test_notebook_and_scripts_that_ignore_signals_are_killed(lab: Lab) -> None:
    run = lab.run(
        {
            "note.ipynb": notebook("import os; open('pid', 'w').write(str(os.getpid()))", STUBBORN),
            "script.py": STUBBORN,
            "plain.sh": "echo $$ >plain; sleep 600",
        }
    ).launch()
    pids = [run.wait_for_pid("pid"), run.wait_for_pid("plain")]
    for step in ("note", "script"):
        run.wait_for_log(step, "ready")
    cancel(run)
    assert {end.status for end in run.step_ends().values()} == {StepStatus.CANCELLED}
    assert not any(lives(pid) for pid in pids)


def test_run_that_waits_for_a_slot_is_cancelled(usual: Lab) -> None:
    run = usual.run({"a.sh": "true"}, step_slots=1)
    slots = usual.state / "slots"
    slots.mkdir()
    taken = FileLock.try_acquire(slots / "0.lock")
    assert taken is not None
    with taken:
        run.launch()
        until(lambda: (run.folder.work / "a.sh").exists(), "working copy")
        until(lambda: run.folder.info.exists(), "runner")
        cancel(run)
    assert run.of_kind(journal.StepStarted) == []
    assert run.step_ends()["a"].status is StepStatus.CANCELLED


def test_cancel_that_comes_before_the_runner_is_ready_counts(lab: Lab) -> None:
    run = lab.run({"a.ipynb": notebook("1")}).launch()
    cancel(run)


def test_control_file_alone_is_enough(usual: Lab) -> None:
    run = usual.run({"a.sh": "echo $$ >pid; sleep 600"}).launch()
    run.wait_for_pid("pid")
    run.folder.control.write_text('{"v": 1, "cancel": true}')
    assert run.finish(SOON_S).status is RunStatus.CANCELLED


def test_cancel_of_a_run_that_has_ended_changes_nothing(usual: Lab) -> None:
    run = usual.run({"a.sh": "true"}).launch()
    run.finish()
    run.executor.request_cancel(run.folder.path)
    assert run.finish().status is RunStatus.SUCCEEDED
