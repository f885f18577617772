"""Runs that take too long, whatever they do: each ends soon after its limit, and says so."""

import os
import signal
from collections.abc import Mapping

import pytest

from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from tests.engine.harness import notebook
from tests.journeys.cancelling import (
    BUSY,
    DEAF,
    DEAF_SCRIPT,
    FROZEN,
    HOLDS_THE_GIL,
    READY,
    SLEEP,
    Canceller,
)
from tests.journeys.machine import Machine

pytestmark = pytest.mark.journey

LIMIT_S = 5.0
WITHIN_S = 12.0
PATIENT = {"script": {"a.py": READY + DEAF_SCRIPT}}
"""Runners that end their steps themselves; what else steps may do is tested with runners alone."""
KINDS = {
    **PATIENT,
    "loop": {"a.ipynb": notebook(READY + BUSY)},
    "deaf": {"a.ipynb": notebook(READY + DEAF)},
    "frozen": {"a.ipynb": notebook(READY + FROZEN)},
    "busy": {"a.ipynb": notebook(READY + HOLDS_THE_GIL)},
}
"""All that steps may do."""
WHOLE, STEP = Policies(run_timeout_s=LIMIT_S), Policies(step_timeout_s=LIMIT_S)
STOPPED = {"stopped runner": WHOLE, "stopped runner, limit of its step": STEP}


def assert_ended(machine: Machine, kinds: Mapping[str, dict[str, str]]) -> None:
    """Runs of stopped runners, and of some others, end soon after their limit."""
    machine.set_limits(max_runs=9, max_step_processes=9)
    user = Canceller(machine)
    try:
        jobs = {}
        for name, policies in STOPPED.items():
            files = {"a.ipynb": notebook(READY + SLEEP)}
            jobs[name], run = user.step("stopped", files, policies=policies)
            os.kill(machine.runner_pid(run.id), signal.SIGSTOP)
        for name, files in kinds.items():
            jobs[name] = user.create(name, files, policies=WHOLE)
        for name, job in jobs.items():
            machine.wait_for(str(job.number))
            (run,) = user.runs(job)
            assert (run.status, run.cause) == (RunStatus.FAILED, Cause.TIMEOUT), name
            # A runner that ends its steps itself is left in peace.
            killed = "had to be killed" in str(run.message)
            assert killed is (name in STOPPED), (name, run.message)
            # The time of a step begins when it does.
            of_step = STOPPED.get(name) is STEP
            began = run.steps[0].started_at if of_step else run.started_at
            assert began is not None
            assert run.finished_at is not None
            late_s = (run.finished_at - began).total_seconds() - LIMIT_S
            print(f"{name}: {late_s:.2f} s after its limit")  # noqa: T201  # shown with -s
            assert late_s < WITHIN_S, name
            user.wait_gone(run)
    finally:
        user.close()


def test_runs_end_soon_after_their_limit_though_their_runners_are_stopped(
    machine: Machine,
) -> None:
    assert_ended(machine, PATIENT)
