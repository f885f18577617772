"""Whole runs: parameters, the graph, the journal, the working copy."""

import json
import platform
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.files.hosts import boot_id
from tests.engine.harness import Lab, notebook, read_json

ASK = """
import orchest
print(orchest.get_step_param("fruit"), orchest.get_pipeline_param("vegetable"))
print(orchest.get_step_param("vegetable"), orchest.get_step_param("nothing", "default"))
print(sorted(orchest.get_params()[0]), sorted(orchest.get_params()[1]))
"""
TOLD = "apple carrot\nNone default\n['candy', 'fruit'] ['fruit', 'vegetable']\n"


@pytest.fixture
def lab(usual: Lab) -> Lab:
    return usual


def test_parameters_reach_notebooks_and_scripts(lab: Lab) -> None:
    step = {"candy": "chocolate", "fruit": "apple"}
    run = lab.run(
        {"note.ipynb": notebook(ASK), "script.py": ASK},
        parameters={"vegetable": "carrot", "fruit": "banana"},
        step_parameters={"note": step, "script": step},
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert run.log("note") == f"[cell 1]\n{TOLD}"
    assert run.log("script") == TOLD
    assert read_json(run.folder.pipeline) == run.spec.document
    text = run.folder.pipeline.read_text()
    assert text == json.dumps(run.spec.document, indent=4, sort_keys=True) + "\n"
    assert (run.folder.work / "example.orchest").read_text() == text


def test_failing_step_skips_its_descendants_and_nothing_else(lab: Lab) -> None:
    run = lab.run(
        {
            "fails.sh": "exit 3",
            "child.sh": "touch child",
            "grandchild.sh": "touch grandchild",
            "other.sh": "touch other",
            "last.sh": "touch last",
        },
        {"child": ["fails", "other"], "grandchild": ["child"], "last": ["other"]},
    ).launch()
    end = run.finish()
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.STEP_FAILED)
    assert end.message == "Step “fails”: exit code 3"
    assert {step: entry.status for step, entry in run.step_ends().items()} == {
        "fails": StepStatus.FAILED,
        "other": StepStatus.SUCCEEDED,
        "last": StepStatus.SUCCEEDED,
    }
    assert [(entry.step, entry.failed) for entry in run.of_kind(journal.StepSkipped)] == [
        ("child", "fails"),
        ("grandchild", "fails"),
    ]
    assert (run.folder.work / "last").exists()
    assert not (run.folder.work / "child").exists()


def test_steps_of_different_branches_run_at_the_same_time(lab: Lab) -> None:
    # Each waits for the other: one after the other, they would wait for ever.
    meet = "touch {0}; until [ -e {1} ]; do sleep 0.01; done"
    run = lab.run({"a.sh": meet.format("a", "b"), "b.sh": meet.format("b", "a")}).launch()
    assert run.finish().status is RunStatus.SUCCEEDED


def test_runs_that_share_one_slot_execute_one_step_at_a_time(lab: Lab, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    script = f'echo + >>"{ledger}"; sleep 0.05; echo - >>"{ledger}"'
    files = {f"{name}.sh": script for name in "abc"}
    runs = [lab.run(files, step_slots=1).launch() for _ in range(2)]
    for run in runs:
        assert run.finish().status is RunStatus.SUCCEEDED
    assert ledger.read_text().split() == ["+", "-"] * 6


def test_journal_and_attempt_tell_who_the_runner_is(lab: Lab) -> None:
    run = lab.run({"a.sh": "true"})
    pid = run.executor.launch(run.folder.path)
    run.finish()
    entries = run.entries()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    started = entries[0]
    assert isinstance(started, journal.AttemptStarted)
    info = read_json(run.folder.info)
    assert info.pop("process_started") > 0
    assert info == {
        "v": 1,
        "kind": "first",
        "nonce": started.nonce,
        "host": platform.node(),
        "boot_id": boot_id(),
        "pid": pid,
    }
    assert started.pid == pid
    assert run.folder.runner_log.read_text() == ""
    assert not run.folder.reserve.exists()


def test_attempt_that_was_begun_is_never_executed_again(lab: Lab, tmp_path: Path) -> None:
    run = lab.run({"a.sh": f'echo x >>"{tmp_path}/ledger"'}).launch()
    run.finish()
    before = run.folder.journal.read_bytes()
    run.launch()
    run.wait_dead()
    assert run.folder.journal.read_bytes() == before
    assert (tmp_path / "ledger").read_text() == "x\n"


def test_working_copy_is_cut_down_to_what_the_run_changed(lab: Lab) -> None:
    run = lab.run(
        {
            "a.sh": "echo new >new; echo more >>changed; rm gone",
            "same": "1",
            "changed": "2",
            "gone": "3",
        }
    ).launch()
    run.finish()
    left = {path.name for path in run.folder.work.iterdir()}
    assert left == {"new", "changed", "example.orchest", "deleted.json"}
    project = Path(run.spec.snapshot) / "project"
    assert (project / "changed").read_text() == "2"
    assert (project / "gone").exists()


def test_run_without_its_snapshot_fails_and_says_so(lab: Lab) -> None:
    run = lab.run({"a.sh": "true"}, snapshot=str(lab.state / "nowhere")).launch()
    end = run.finish()
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.INTERNAL_ERROR)
    assert "The working copy can't be made" in (end.message or "")
    assert run.step_ends()["a"].status is StepStatus.CANCELLED


def test_runner_that_cannot_read_its_orders_says_so(lab: Lab) -> None:
    run = lab.run({"a.sh": "true"})
    run.folder.spec.write_text("{}")
    run.launch()
    end = run.finish(quiet=False)
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.INTERNAL_ERROR)
    assert "KeyError" in (end.message or "")
    assert "Traceback" in run.folder.runner_log.read_text()


def test_pipeline_without_steps_succeeds(lab: Lab) -> None:
    assert lab.run({"readme": "nothing to do"}, steps=()).launch().finish().status is (
        RunStatus.SUCCEEDED
    )


def test_runner_ends_when_its_state_dir_is_gone(lab: Lab) -> None:
    run = lab.run({"a.sh": "echo $$ >pid; sleep 600"}).launch()
    pid = run.wait_for_pid("pid")
    run.folder.run.rename(lab.state / "moved")
    run.wait_process_gone(pid)


def test_superseded_attempt_ends(lab: Lab) -> None:
    run = lab.run({"a.sh": "echo $$ >pid; sleep 600"}).launch()
    run.wait_for_pid("pid")
    run.folder.next.mkdir()
    assert run.finish().status is RunStatus.FAILED


def test_links_do_not_lead_writes_out_of_the_working_copy(lab: Lab, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "example.orchest").write_text("mine")
    (outside / "note.ipynb").write_text(notebook("1"))
    run = lab.run({"link/note.ipynb": notebook("1")}, pipeline_path="link/example.orchest")
    project = Path(run.spec.snapshot) / "project"
    (project / "link/note.ipynb").unlink()
    (project / "link").rmdir()
    (project / "link").symlink_to(outside)
    before = (outside / "note.ipynb").read_bytes()
    assert run.launch().finish().status is RunStatus.SUCCEEDED
    assert (outside / "example.orchest").read_text() == "mine"
    assert (outside / "note.ipynb").read_bytes() == before
    assert len(list(outside.iterdir())) == 2
