"""Steps that are tried again after a failure."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.policies import MAX_RETRY_DELAY_S
from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.outcome import CANCELLED, SUCCEEDED, Outcome, failed
from jupyter_orchest_jobs.engine.slots import Slots
from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.engine.tries import run_tries, wait_before_retry
from tests.engine.harness import Lab, notebook, until


@pytest.fixture
def lab(usual: Lab) -> Lab:
    return usual


@pytest.fixture
def spec(lab: Lab) -> RunSpec:
    return replace(lab.run({"a.sh": "true"}).spec, step_retries=3, retry_delay_s=0.0)


def test_waits_grow_up_to_an_hour(spec: RunSpec) -> None:
    spec = replace(spec, step_retries=5000, retry_delay_s=10.0, retry_backoff=3.0)
    waits = [wait_before_retry(spec, tries, failed("bad")) for tries in (1, 2, 3, 9, 4000)]
    assert waits == [10.0, 30.0, 90.0, MAX_RETRY_DELAY_S, MAX_RETRY_DELAY_S]


@pytest.mark.parametrize("cause", sorted(Cause))
def test_only_what_may_go_well_is_tried_again(spec: RunSpec, cause: Cause) -> None:
    hopeless = cause in (Cause.CANCELLED, Cause.DISK_FULL, Cause.ENVIRONMENT_MISSING)
    assert (wait_before_retry(spec, 1, failed("bad", cause)) is None) == hopeless
    assert wait_before_retry(spec, 4, failed("bad", cause)) is None


def test_what_did_not_fail_is_not_tried_again(spec: RunSpec) -> None:
    assert wait_before_retry(spec, 1, SUCCEEDED) is None
    assert wait_before_retry(spec, 1, CANCELLED) is None


class Story:
    """What a step does in its tries, and what is told of it."""

    def __init__(self, folder: Path, *outcomes: Outcome) -> None:
        self.slots = Slots(folder, 1)
        self.stop = Stop()
        self.outcomes = list(outcomes)
        self.told: list[dict[str, Any]] = []

    async def run(self, spec: RunSpec) -> Outcome:
        async def execute(tries: int) -> Outcome:
            return self.outcomes[tries - 1]

        def report(kind: type[journal.Entry], **values: Any) -> None:
            assert kind is journal.StepTryFailed
            self.told.append(values)

        return await run_tries(spec, self.slots, self.stop, execute, report)


def test_last_try_counts_and_each_earlier_one_is_told(spec: RunSpec, tmp_path: Path) -> None:
    story = Story(tmp_path, failed("one"), failed("two", Cause.KERNEL_DIED, 3), SUCCEEDED)
    assert asyncio.run(story.run(spec)) is SUCCEEDED
    assert story.told == [
        {
            "tries": 1,
            "retry_in_s": 0.0,
            "cause": Cause.STEP_FAILED,
            "message": "one",
            "cell": None,
        },
        {"tries": 2, "retry_in_s": 0.0, "cause": Cause.KERNEL_DIED, "message": "two", "cell": 3},
    ]


def test_end_of_the_run_cuts_the_wait_short(spec: RunSpec, tmp_path: Path) -> None:
    story = Story(tmp_path, failed("one"))

    async def wait_and_end(outcome: Outcome) -> Outcome:
        running = asyncio.ensure_future(story.run(replace(spec, retry_delay_s=3600.0)))
        while not story.told:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)
        story.stop.end(outcome)
        return await asyncio.wait_for(running, 60)

    outcome = asyncio.run(wait_and_end(CANCELLED))
    assert (outcome.status, outcome.message) == (StepStatus.CANCELLED, "try 1 failed: one")


def test_each_try_has_a_log_a_notebook_and_a_journal_entry(lab: Lab) -> None:
    code = """
import os, orchest
tries = len([name for name in os.listdir() if name.startswith("note-")]) + 1
open(f"note-{tries}", "w").close()
orchest.log_metric("tries", tries)
print("try", tries)
if tries < 3:
    raise ValueError(tries)
"""
    run = lab.run(
        {"note.ipynb": notebook("1", code), "script.py": code.replace("note-", "script-")},
        step_retries=2,
        retry_delay_s=0.01,
        retry_backoff=3,
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    for step in ("note", "script"):
        started = [entry for entry in run.of_kind(journal.StepStarted) if entry.step == step]
        assert [entry.tries for entry in started] == [1, 2, 3]
        retried = [entry for entry in run.of_kind(journal.StepTryFailed) if entry.step == step]
        assert [(entry.tries, entry.retry_in_s) for entry in retried] == [(1, 0.01), (2, 0.03)]
        assert [str(entry.message).split(" (")[0] for entry in retried] == [
            "ValueError: 1",
            "ValueError: 2",
        ]
        assert {entry.cause for entry in retried} == {Cause.STEP_FAILED}
        metrics = [entry.value for entry in run.of_kind(journal.Metric) if entry.step == step]
        assert metrics == [3.0]
        home = run.folder.step(step)
        for tries, name in enumerate(("try-1.log.txt", "try-2.log.txt", "log.txt"), 1):
            assert f"try {tries}" in (home / name).read_text()
            assert f"try {tries % 3 + 1}" not in (home / name).read_text()
    home = run.folder.step("note")
    for name in ("try-1.notebook.ipynb", "try-2.notebook.ipynb"):
        assert "ValueError" in (home / name).read_text()
    assert run.notebook("note").cells[1].outputs[-1].text == "try 3\n"
    assert len(run.notebook("note").cells[1].outputs) == 1


def test_try_that_took_too_long_is_repeated(lab: Lab) -> None:
    code = "if [ -e once ]; then exit 4; fi; touch once; sleep 600"
    run = lab.run({"a.sh": code}, step_timeout_s=2, step_retries=1, retry_delay_s=0).launch()
    assert run.finish().cause is Cause.STEP_FAILED
    assert [entry.cause for entry in run.of_kind(journal.StepTryFailed)] == [Cause.TIMEOUT]
    assert run.step_ends()["a"].message == "exit code 4"


def test_wait_for_another_try_holds_no_slot_and_is_cut_short_by_a_cancel(lab: Lab) -> None:
    run = lab.run(
        {"fails.sh": "exit 3", "other.sh": "true"},
        step_slots=1,
        step_retries=1,
        retry_delay_s=3600,
    ).launch()
    until(lambda: run.of_kind(journal.StepTryFailed), "failed try")
    until(lambda: "other" in run.step_ends(), "other step")
    run.executor.request_cancel(run.folder.path)
    assert run.finish().status is RunStatus.CANCELLED
    end = run.step_ends()["fails"]
    assert (end.status, end.message) == (StepStatus.CANCELLED, "try 1 failed: exit code 3")


def test_missing_kernel_is_not_tried_again(lab: Lab) -> None:
    run = lab.run({"a.ipynb": notebook("1")}, kernel="nowhere", step_retries=5).launch()
    assert run.finish().cause is Cause.ENVIRONMENT_MISSING
    assert run.of_kind(journal.StepTryFailed) == []


def test_run_stops_at_the_first_failure_if_told_to(lab: Lab) -> None:
    run = lab.run(
        {
            "fails.sh": "until [ -e began ]; do sleep 0.01; done; exit 3",
            "child.sh": "true",
            "long.sh": "touch began; sleep 600",
            "last.sh": "true",
        },
        {"child": ["fails"], "last": ["long"]},
        stop_on_failure=True,
    ).launch()
    end = run.finish()
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.STEP_FAILED)
    assert end.message == "Step “fails”: exit code 3"
    ends = run.step_ends()
    assert ends["fails"].status is StepStatus.FAILED
    for step in ("long", "last"):
        assert (ends[step].status, ends[step].cause) == (StepStatus.CANCELLED, Cause.STEP_FAILED)
        assert "“fails” failed" in (ends[step].message or "")
    assert [entry.step for entry in run.of_kind(journal.StepSkipped)] == ["child"]
