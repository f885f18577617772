"""Further attempts of a run: from the beginning, or where the one before failed."""

import os
import signal
from functools import partial
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine import processes
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.working_copy import Stopped, WorkingCopy
from tests.engine.harness import Lab, RunOnDisk, notebook, read_json, until

FILES = {
    "first.sh": "echo first >>ledger; echo more >>changed.txt; rm gone.txt; echo {} >*.orchest",
    "second.sh": "echo second >>ledger; cat ledger changed.txt; ls; [ $(wc -l <ledger) -gt 2 ]",
    "changed.txt": "old\n",
    "gone.txt": "",
    "same.txt": "",
}


@pytest.fixture
def lab(usual: Lab) -> Lab:
    return usual


def attempt(run: RunOnDisk, number: int) -> AttemptFolder:
    return AttemptFolder(run.folder.path.parent / str(number))


def copy(run: RunOnDisk, number: int, kind: AttemptKind) -> None:
    folder = attempt(run, number)
    folder.path.mkdir(parents=True, exist_ok=True)
    WorkingCopy(folder, run.spec).make(kind, lambda: False)


def test_resume_goes_on_where_the_attempt_before_failed(lab: Lab) -> None:
    run = lab.run(FILES, {"second": ["first"]}).launch()
    assert run.finish().status is RunStatus.FAILED
    assert (run.folder.work / "deleted.json").exists()
    again = lab.again(run, AttemptKind.RESUME, ["first"]).launch()
    assert again.finish().status is RunStatus.SUCCEEDED
    ledger, changed = ["first", "second", "second"], ["old", "more"]
    listed = sorted({*FILES, "example.orchest", "ledger"} - {"gone.txt"})
    assert again.log("second").split() == [*ledger, *changed, *listed]
    assert [entry.step for entry in again.of_kind(journal.StepStarted)] == ["second"]
    assert list(again.step_ends()) == ["second"]
    assert read_json(again.folder.info)["kind"] == "resume"
    assert [entry.seq for entry in again.entries()] == [*range(1, len(again.entries()) + 1)]
    left = {path.name for path in run.folder.work.iterdir()}
    assert left == {"ledger", "changed.txt", "example.orchest", "deleted.json"}
    text = (run.folder.work / "example.orchest").read_text()
    assert text == again.folder.pipeline.read_text() != "{}\n"
    assert {path.name for path in run.folder.run.iterdir()} == {"attempts", "spec.json", "work"}


def test_a_notebook_is_kept_once_and_resume_changes_a_copy(lab: Lab) -> None:
    files = {
        "a.ipynb": notebook("1"),
        "b.sh": "printf x >>a.ipynb; printf x >>example.orchest; false",
    }
    run = lab.run(files, {"b": ["a"]}).launch()
    run.finish()
    inside, beside = run.folder.work / "a.ipynb", run.folder.step("a") / "notebook.ipynb"
    # The second step has changed both files.
    assert inside.read_bytes() == beside.read_bytes() + b"x"
    run = lab.run({**files, "b.sh": "false"}, {"b": ["a"]}).launch()
    run.finish()
    inside, beside = run.folder.work / "a.ipynb", run.folder.step("a") / "notebook.ipynb"
    pipeline = run.folder.work / "example.orchest"
    assert inside.samefile(beside)
    assert pipeline.samefile(run.folder.pipeline)
    before = {path: path.read_bytes() for path in (beside, run.folder.pipeline)}
    copy(run, 2, AttemptKind.RESUME)
    for path in (inside, pipeline):
        with path.open("a") as file:
            file.write("more")
    assert {path: path.read_bytes() for path in before} == before


def test_retry_begins_afresh(lab: Lab) -> None:
    run = lab.run(FILES, {"second": ["first"]}).launch()
    run.finish()
    again = lab.again(run, AttemptKind.RETRY).launch()
    assert again.finish().status is RunStatus.FAILED
    assert again.log("second").splitlines()[:2] == ["first", "second"]
    assert read_json(again.folder.info)["kind"] == "retry"
    assert {path.name for path in run.folder.run.iterdir()} == {"attempts", "spec.json", "work"}


def test_resume_after_a_killed_runner_uses_what_it_left_as_it_is(lab: Lab) -> None:
    files = {
        "first.sh": FILES["first.sh"],
        "note.ipynb": notebook("print(open('half').read())"),
        "second.sh": "cat half && exit; echo half >half; echo $$ >pid; sleep 600",
        "gone.txt": "",
    }
    run = lab.run(files, {"second": ["first"], "note": ["second"]})
    runner = run.executor.launch(run.folder.path)
    run.wait_for_pid("pid")
    os.kill(runner, signal.SIGKILL)
    run.wait_dead()
    run.executor.sweep(run.spec.run_id, run.folder.number)
    assert not (run.folder.work / "deleted.json").exists()
    identity = run.folder.work.stat().st_ino
    again = lab.again(run, AttemptKind.RESUME, ["first"]).launch()
    assert again.finish().status is RunStatus.SUCCEEDED
    assert run.folder.work.stat().st_ino == identity
    assert again.log("second") == "half\n"
    assert again.log("note").split() == ["[cell", "1]", "half"]
    # What `first` deleted in the attempt before is still told.
    assert read_json(run.folder.work / "deleted.json")["deleted"] == ["gone.txt"]


def test_resume_with_nothing_left_to_do_succeeds(lab: Lab) -> None:
    run = lab.run({"a.sh": "true"}).launch()
    run.finish()
    again = lab.again(run, AttemptKind.RESUME, ["a"]).launch()
    assert again.finish().status is RunStatus.SUCCEEDED
    assert [entry.kind for entry in again.entries()] == ["attempt_started", "attempt_finished"]


@pytest.mark.parametrize("kind", sorted(AttemptKind))
def test_attempt_makes_its_copy_whatever_a_killed_one_left(lab: Lab, kind: AttemptKind) -> None:
    run = lab.run({"a.txt": "1"})
    for name in (".work-new-1", ".work-removed-1"):
        forbidden = run.folder.run / name / "forbidden"
        forbidden.mkdir(parents=True)
        (forbidden / "file").touch()
        forbidden.chmod(0)
    copy(run, 2, kind)
    assert {path.name for path in run.folder.work.iterdir()} == {"a.txt", "example.orchest"}
    assert {path.name for path in run.folder.run.iterdir()} == {"attempts", "spec.json", "work"}


def test_resume_takes_back_what_was_about_to_be_replaced(lab: Lab) -> None:
    run = lab.run({"a.txt": "1"})
    copy(run, 1, AttemptKind.FIRST)
    (run.folder.work / "new").touch()
    run.folder.work.rename(run.folder.run / ".work-replaced")
    copy(run, 2, AttemptKind.RESUME)
    assert {path.name for path in run.folder.work.iterdir()} == {"a.txt", "new", "example.orchest"}


def test_copy_that_was_stopped_leaves_what_there_was(lab: Lab) -> None:
    run = lab.run({"a.txt": "1"})
    copy(run, 1, AttemptKind.FIRST)
    (run.folder.work / "new").touch()
    with pytest.raises(Stopped):
        WorkingCopy(run.folder, run.spec).make(AttemptKind.RESUME, lambda: True)
    attempt(run, 3).path.mkdir(parents=True)
    with pytest.raises(Stopped):
        copy(run, 2, AttemptKind.RETRY)
    assert (run.folder.work / "new").exists()


def test_copy_that_was_stopped_leaves_nothing_of_its_own(spawning: Lab) -> None:
    run = spawning.run({"a.txt": "1", "b.txt": "2"})
    copy(run, 1, AttemptKind.FIRST)
    (run.folder.work / "new").touch()
    WorkingCopy(run.folder, run.spec).trim()
    attempt(run, 2).path.mkdir()
    for number in count(1):
        answers = chain(repeat(False, number), repeat(True))
        try:
            made = WorkingCopy(attempt(run, 2), run.spec)
            made.make(AttemptKind.RESUME, partial(next, answers))
        except Stopped:
            left = {path.name for path in run.folder.run.iterdir()}
            assert left == {"attempts", "spec.json", "work"}
        else:
            break
    assert number > 3
    assert (run.folder.work / "b.txt").exists()


def test_order_that_cannot_be_read_fails_the_attempt(lab: Lab) -> None:
    run = lab.run({"a.sh": "true"})
    run.folder.path.mkdir(parents=True)
    run.folder.order.write_text('{"kind": "dance"}')
    end = run.launch().finish(quiet=False)
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.INTERNAL_ERROR)
    assert run.of_kind(journal.StepStarted) == []


@pytest.mark.parametrize("kind", [AttemptKind.RETRY, AttemptKind.RESUME])
def test_superseded_runner_that_wakes_touches_nothing_of_its_successor(
    lab: Lab, tmp_path: Path, kind: AttemptKind
) -> None:
    run = lab.run(
        {
            "first.sh": "echo $$ >pid; until [ -e go ]; do sleep 0.01; done",
            "note.ipynb": notebook("while True: pass"),
            "second.sh": f'echo second >>"{tmp_path}/ledger"',
        },
        {"second": ["first"]},
    )
    runner = run.executor.launch(run.folder.path)
    until(lambda: run.of_kind(journal.CellStarted), "cell")
    first = run.wait_for_pid("pid")
    start = processes.started_at(runner)
    assert start is not None
    os.kill(runner, signal.SIGSTOP)
    (run.folder.work / "go").touch()
    run.wait_process_gone(first)
    # Its successor has the working copy, and has finished its notebook in it.
    successor = lab.again(run, kind)
    copy(run, 2, kind)
    (successor.folder.work / "note.ipynb").write_text("the successor's")
    before = {path: path.read_bytes() for path in successor.folder.work.iterdir()}
    os.kill(runner, signal.SIGCONT)
    end = run.finish()
    assert (end.status, end.message) == (RunStatus.FAILED, "Another attempt was begun.")
    assert not (tmp_path / "ledger").exists()
    assert [entry.step for entry in run.of_kind(journal.StepStarted)] == ["first", "note"]
    assert {path: path.read_bytes() for path in successor.folder.work.iterdir()} == before
    assert [path.name for path in successor.folder.path.iterdir()] == [
        "order.json",
        "pipeline.json",
    ]
