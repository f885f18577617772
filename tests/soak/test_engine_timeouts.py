"""Limits and cancels, again and again, whatever a step does; about a quarter of an hour."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine.local import LocalExecutor
from tests.engine.harness import Lab, notebook, until
from tests.engine.test_timeouts import DEAF, FROZEN, HOLDS_THE_GIL, WITHIN, durations

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

READY = "open('ready', 'w').close()"
FLOODS = "while True: print('x' * 100, flush=True)"
KINDS = {
    "loop": "while True: pass",
    "floods": FLOODS,
    "deaf": DEAF,
    "frozen": FROZEN,
    "busy": HOLDS_THE_GIL,
}
ROUNDS = 20


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "state", LocalExecutor())
    yield lab
    lab.end_all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["ipynb", "py"])
def test_step_ends_within_its_limit_each_time(lab: Lab, kind: str, suffix: str) -> None:
    text = KINDS[kind] if suffix == "py" else notebook(KINDS[kind])
    for _ in range(ROUNDS // 5):
        run = lab.run({f"a.{suffix}": text}, step_timeout_s=3).launch()
        assert run.finish().cause is Cause.TIMEOUT
        assert durations(run)["a"] < timedelta(seconds=3) + WITHIN


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", ["ipynb", "py"])
def test_cancel_takes_seconds_each_time(lab: Lab, kind: str, suffix: str) -> None:
    code = f"{READY}\n{KINDS[kind]}"
    taken = []
    for _ in range(ROUNDS):
        run = lab.run({f"a.{suffix}": code if suffix == "py" else notebook(code)}).launch()
        until((run.folder.work / "ready").exists, "step")
        began = time.monotonic()
        run.executor.request_cancel(run.folder.path)
        assert run.finish().status is RunStatus.CANCELLED
        taken.append(time.monotonic() - began)
    assert max(taken) < 12, taken


def test_runner_that_is_frozen_again_and_again_ends_within_its_limit(lab: Lab) -> None:
    for _ in range(ROUNDS):
        run = lab.run({"a.ipynb": notebook("while True: pass")}, run_timeout_s=3)
        runner = run.executor.launch(run.folder.path)
        end = time.monotonic() + 6
        while time.monotonic() < end and run.executor.is_alive(run.folder.path):
            os.kill(runner, signal.SIGSTOP)
            time.sleep(0.05)
            os.kill(runner, signal.SIGCONT)
            time.sleep(0.05)
        assert run.finish().cause is Cause.TIMEOUT
