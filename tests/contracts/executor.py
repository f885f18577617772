"""The contract of an executor, as tests: whatever it starts runners on, runs are the same."""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.errors import EngineError
from tests.engine.harness import Lab, notebook, until

HOLD = "echo begun\nexec sleep 600\n"
"""A shell step that goes on until it is ended."""


class ExecutorContract:
    """Every promise of :mod:`jupyter_orchest_jobs.service.executor`.

    Subclasses have the fixtures ``lab``, with the executor, and ``another``, which makes one more
    executor for the same state directory.
    """

    def test_executes_a_run_and_brings_back_its_files(self, lab: Lab) -> None:
        files = {
            "first.sh": "echo made > made.txt; chmod 751 made.txt; ln -s made.txt link\n"
            'rm gone.txt; mkdir -p deep/er; echo "${PWD##*/}" > deep/er/where.txt\n'
            'printf \'{"score": 0.5}\\n\' >> "$ORCHEST_METRICS_PATH"\n',
            "second.ipynb": notebook("print(open('made.txt').read())"),
            "gone.txt": "of the project",
            "kept.txt": "of the project",
        }
        run = lab.run(files, {"second": ["first"]}, env_variables={"GREETING": "hello"}).launch()
        end = run.finish()
        assert (end.status, end.message) == (RunStatus.SUCCEEDED, None)
        work = run.folder.work
        assert (work / "made.txt").read_text() == "made\n"
        assert stat.S_IMODE((work / "made.txt").stat().st_mode) == 0o751
        assert (work / "link").readlink() == Path("made.txt")
        assert (work / "deep/er/where.txt").read_text() == "work\n"
        # What the run didn't change is in the snapshot.
        assert not (work / "kept.txt").exists()
        assert "gone.txt" in (work / "deleted.json").read_text()
        assert run.notebook("second").cells[-1].outputs[0].text == "made\n\n"
        assert {step.status for step in run.step_ends().values()} == {StepStatus.SUCCEEDED}
        assert [entry.seq for entry in run.entries()] == list(range(1, len(run.entries()) + 1))

    def test_tells_how_a_run_goes_while_it_goes_on(self, lab: Lab) -> None:
        run = lab.run({"first.sh": "echo one\n", "then.sh": HOLD}, {"then": ["first"]}).launch()
        run.wait_for_log("then", "begun")
        assert run.executor.is_alive(run.folder.path)
        until(lambda: "first" in run.step_ends(), "end of the first step")
        assert run.log("first") == "one\n"

    def test_says_how_a_run_failed(self, lab: Lab) -> None:
        end = lab.run({"a.sh": "echo so bad >&2; exit 3\n"}).launch().finish()
        assert (end.status, end.cause) == (RunStatus.FAILED, Cause.STEP_FAILED)
        assert "exit code 3" in (end.message or "")

    def test_cancels_a_running_run(self, lab: Lab) -> None:
        run = lab.run({"a.sh": HOLD}).launch()
        run.wait_for_log("a", "begun")
        for _ in range(2):
            run.executor.request_cancel(run.folder.path)
        end = run.finish(20)
        assert (end.status, end.cause) == (RunStatus.CANCELLED, Cause.CANCELLED)
        assert run.log("a").startswith("begun\n")

    def test_kills_a_runner_and_all_that_it_started(self, lab: Lab) -> None:
        run = lab.run({"a.sh": "echo $$\nsleep 600 & wait\n"}).launch()
        run.wait_for_log("a", "\n")
        step = int(run.log("a"))
        for _ in range(2):
            run.executor.kill(run.folder.path)
        run.wait_dead()
        run.executor.sweep(run.spec.run_id, run.folder.number)
        run.wait_process_gone(step)
        # Nothing says that it has ended: so nobody takes it for what it is not.
        assert run.step_ends() == {}
        assert run.entries()

    def test_never_executes_an_attempt_twice(self, lab: Lab) -> None:
        run = lab.run({"a.sh": "echo once\n"}).launch()
        run.finish()
        before = run.folder.journal.read_bytes()
        with suppress(EngineError):
            run.launch()
        run.wait_dead()
        assert run.folder.journal.read_bytes() == before
        assert run.log("a") == "once\n"

    def test_refuses_a_second_runner(self, lab: Lab) -> None:
        run = lab.run({"a.sh": HOLD}).launch()
        run.wait_begun()
        with pytest.raises(EngineError, match="has a runner already"):
            run.launch()

    def test_knows_nothing_of_what_was_not_launched(self, lab: Lab) -> None:
        run = lab.run({"a.sh": "echo\n"})
        run.folder.path.mkdir(parents=True)
        assert not run.executor.is_alive(run.folder.path)
        run.executor.request_cancel(run.folder.path)
        run.executor.kill(run.folder.path)
        assert run.executor.sweep(run.spec.run_id, run.folder.number) == 0

    def test_another_executor_goes_on_with_what_it_finds(
        self, lab: Lab, another: Callable[[], Any]
    ) -> None:
        run = lab.run({"a.sh": HOLD}).launch()
        run.wait_for_log("a", "begun")
        other = another()
        assert other.is_alive(run.folder.path)
        # It may be connecting: what is asked of it then is heeded all the same.
        other.request_cancel(run.folder.path)
        until(lambda: not other.is_alive(run.folder.path), "end of the run")
        end = run.finish()
        assert end.status is RunStatus.CANCELLED

    def test_resumes_with_the_files_of_the_attempt_before(self, lab: Lab) -> None:
        files = {
            "first.sh": "echo first >> made.txt\n",
            "then.sh": "cat made.txt; [ -e again ] || { touch again; exit 1; }\n",
        }
        run = lab.run(files, {"then": ["first"]}).launch()
        assert run.finish().status is RunStatus.FAILED
        resumed = lab.again(run, AttemptKind.RESUME, ["first"]).launch()
        assert resumed.finish().status is RunStatus.SUCCEEDED
        assert resumed.log("then") == "first\n"
        assert list(resumed.step_ends()) == ["then"]
        retried = lab.again(resumed, AttemptKind.RETRY).launch()
        assert retried.finish().status is RunStatus.FAILED
        assert not (retried.folder.work / "deleted.json").read_text().count("made")

    def test_gives_steps_their_secrets_and_keeps_them_nowhere(self, lab: Lab) -> None:
        lab.state.mkdir(exist_ok=True)
        secrets = lab.state / "secrets.json"
        secrets.write_text('{"TOKEN": "much-guarded"}')
        step = 'printf %s "$TOKEN" | wc -c\n'
        run = lab.run({"a.sh": step}, secrets_file=str(secrets)).launch()
        assert run.finish().status is RunStatus.SUCCEEDED
        assert run.log("a").strip() == str(len("much-guarded"))
        for folder in self.folders_of(lab):
            for parent, _, names in os.walk(folder):
                for file in (Path(parent, name) for name in names):
                    # What belongs to the run alone may be removed meanwhile.
                    with suppress(FileNotFoundError):
                        if file.is_file() and not file.is_symlink() and file != secrets:
                            assert b"much-guarded" not in file.read_bytes(), file

    def folders_of(self, lab: Lab) -> list[Any]:
        """Where the executor writes."""
        return [lab.state]
