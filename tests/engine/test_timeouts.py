"""Steps and runs that take too long."""

import os
import signal
import time
from datetime import timedelta

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from tests.engine.harness import Lab, RunOnDisk, lives, notebook, until

WITHIN = timedelta(seconds=12)
"""How long after its limit everything must be over, whatever it does."""

PID = "import os; open(f'{os.environ[\"ORCHEST_STEP_UUID\"]}.pid', 'w').write(str(os.getpid()))"
DEAF = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    time.sleep(1)
"""
FROZEN = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
HOLDS_THE_GIL = "sum(range(10**13))"
"""One call of C code, which looks neither at signals nor at other threads."""


def durations(run: RunOnDisk) -> dict[str, timedelta]:
    ends = run.step_ends()
    return {entry.step: ends[entry.step].t - entry.t for entry in run.of_kind(journal.StepStarted)}


def test_steps_end_soon_after_their_limit_whatever_they_do(lab: Lab) -> None:
    limit_s = 8
    run = lab.run(
        {
            "loop.ipynb": notebook(PID, "while True: pass", "print('after')"),
            "deaf.ipynb": notebook(PID, DEAF),
            "frozen.ipynb": notebook(PID, FROZEN),
            "busy.ipynb": notebook(PID, HOLDS_THE_GIL),
            "stubborn.py": f"{PID}\n{DEAF}",
            "stopped.py": f"{PID}\n{FROZEN}",
            "sleeps.py": "import time; time.sleep(600)",
        },
        step_timeout_s=limit_s,
        step_slots=8,
    ).launch()
    end = run.finish()
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.TIMEOUT)
    assert "took longer than its limit of 8 s" in (end.message or "")
    ends = run.step_ends()
    assert {(end.status, end.cause) for end in ends.values()} == {
        (StepStatus.FAILED, Cause.TIMEOUT)
    }
    assert max(durations(run).values()) < timedelta(seconds=limit_s) + WITHIN
    pids = [int(file.read_text()) for file in run.folder.work.glob("*.pid")]
    assert len(pids) == 6
    assert not [pid for pid in pids if lives(pid)]
    message = "took longer than its limit of 8 s"
    for step in ("loop", "deaf", "frozen", "busy"):
        assert (ends[step].message, ends[step].cell) == (f"{message} (cell 2)", 2)
        assert run.notebook(step).cells[1].outputs[-1].evalue == f"{message} (cell 2)"
        assert run.log(step).endswith(f"Ended: {message} (cell 2)\n")
    assert "KeyboardInterrupt" in run.log("loop")
    assert "after" not in run.log("loop")
    for step in ("stubborn", "stopped", "sleeps"):
        assert ends[step].message == message
        assert run.log(step).endswith(f"Ended: {message}\n")
    assert "KeyboardInterrupt" in run.log("sleeps")


def test_run_that_takes_too_long_fails_and_tells_what_was_going_on(usual: Lab) -> None:
    run = usual.run(
        {"quick.sh": "true", "slow.sh": "sleep 600", "next.sh": "true"},
        {"next": ["slow"]},
        run_timeout_s=2,
    ).launch()
    end = run.finish()
    message = "The run took longer than its limit of 2 s"
    assert (end.status, end.cause, end.message) == (RunStatus.FAILED, Cause.TIMEOUT, message)
    ends = run.step_ends()
    assert ends["quick"].status is StepStatus.SUCCEEDED
    slow, after = ends["slow"], ends["next"]
    assert (slow.status, slow.cause, slow.message) == (StepStatus.FAILED, Cause.TIMEOUT, message)
    assert (after.status, after.cause) == (StepStatus.CANCELLED, Cause.TIMEOUT)
    assert [entry.step for entry in run.of_kind(journal.StepStarted)].count("next") == 0
    assert end.t - run.entries()[0].t < timedelta(seconds=2) + WITHIN


def test_cancel_shortens_the_patience_with_what_took_too_long(usual: Lab) -> None:
    code = f"import signal\nsignal.signal(signal.SIGINT, lambda *_: open('told', 'w'))\n{DEAF}"
    code = code.replace("signal.signal(signal.SIGINT, signal.SIG_IGN)\n", "")
    run = usual.run({"a.py": code}, step_timeout_s=2).launch()
    until(lambda: (run.folder.work / "told").exists(), "interrupt")
    began = time.monotonic()
    run.executor.request_cancel(run.folder.path)
    assert run.finish().status is RunStatus.CANCELLED
    assert time.monotonic() - began < 8
    end = run.step_ends()["a"]
    assert (end.status, end.cause) == (StepStatus.FAILED, Cause.TIMEOUT)


def test_runner_that_was_frozen_heeds_its_limits_when_it_wakes(usual: Lab) -> None:
    run = usual.run({"a.sh": "touch began; sleep 600"}, run_timeout_s=3)
    runner = run.executor.launch(run.folder.path)
    until(lambda: (run.folder.work / "began").exists(), "step")
    os.kill(runner, signal.SIGSTOP)
    until(lambda: time.time() > run.entries()[0].t.timestamp() + 3.5, "limit")
    os.kill(runner, signal.SIGCONT)
    assert run.finish().cause is Cause.TIMEOUT
