"""Scripts as steps."""

import sys
from pathlib import Path

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from tests.engine.harness import Lab


def test_scripts_of_all_kinds_run_in_their_folder(lab: Lab) -> None:
    run = lab.run(
        {
            "sub dir/python ü.py": "import os, sys; print(os.getcwd(), sys.argv, sys.stdin.read())",
            "shell.sh": "pwd; [[ a == a ]] && echo bash",
            "plain": "echo $BASH_VERSION >version; pwd",
            "-dash.py": "print('dash')",
        }
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    work = run.folder.work
    assert run.log("python-ü") == f"{work / 'sub dir'} ['python ü.py'] \n"
    assert run.log("shell") == f"{work}\nbash\n"
    assert run.log("plain") == f"{work}\n"
    assert (work / "version").read_text().strip()
    assert run.log("-dash") == "dash\n"


def test_stdout_and_stderr_stay_in_order(lab: Lab) -> None:
    code = """
import sys
for n in range(5000):
    print(n, file=sys.stderr if n % 2 else sys.stdout)
"""
    run = lab.run({"a.py": code}).launch()
    run.finish()
    assert run.log("a").split() == [str(n) for n in range(5000)]


def test_failures_name_exit_code_signal_or_exception(lab: Lab) -> None:
    run = lab.run(
        {
            "code.sh": "exit 3",
            "exits.py": "raise SystemExit(4)",
            "raises.py": "raise ValueError('alpha too large')",
            "signal.sh": "kill -SEGV $$",
            "deleted.sh": "true",
            "deletes.sh": "rm deleted.sh",
        },
        {"deleted": ["deletes"]},
    ).launch()
    run.finish()
    messages = {step: end.message for step, end in run.step_ends().items()}
    assert messages == {
        "code": "exit code 3",
        "exits": "exit code 4",
        "raises": "ValueError: alpha too large (exit code 1)",
        "signal": "killed by signal 11, SIGSEGV",
        "deletes": None,
        "deleted": "There is no file deleted.sh in the working copy.",
    }


def test_interpreter_with_spaces_in_its_path_is_used(lab: Lab, tmp_path: Path) -> None:
    python = tmp_path / "my python" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\necho wrapped\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    run = lab.run({"a.py": "print('run')"}, python=str(python)).launch()
    run.finish()
    assert run.log("a") == "wrapped\nrun\n"


def test_missing_interpreter_fails_clearly(lab: Lab) -> None:
    run = lab.run({"a.py": "1"}, python="/nowhere/python").launch()
    run.finish()
    end = run.step_ends()["a"]
    assert (end.status, end.cause) == (StepStatus.FAILED, Cause.ENVIRONMENT_MISSING)
    assert "/nowhere/python" in (end.message or "")


def test_process_left_in_the_background_does_not_delay_the_end(lab: Lab) -> None:
    run = lab.run({"a.sh": "sleep 600 & echo done"}).launch()
    assert run.finish(20).status is RunStatus.SUCCEEDED
    assert run.log("a") == "done\n"


def test_metrics_reach_the_journal_also_of_failing_steps(lab: Lab) -> None:
    code = """
import orchest
orchest.log_metric("accuracy", 0.25)
orchest.log_metrics({"loss": 3, "bad": float("nan")})
raise SystemExit(1)
"""
    run = lab.run({"a.py": code}).launch()
    run.finish()
    metrics = [(entry.step, entry.name, entry.value) for entry in run.of_kind(journal.Metric)]
    assert metrics == [("a", "accuracy", 0.25), ("a", "loss", 3.0)]
    assert "The metric “bad” is nan" in run.log("a")


def test_flood_of_output_needs_little_memory(lab: Lab) -> None:
    line = "x" * 1023
    flood = f"import sys\nfor _ in range(64 * 1024): sys.stdout.write('{line}\\n')"
    run = lab.run({"a.py": flood, "b.sh": "grep VmHWM /proc/$PPID/status || true"}, {"b": ["a"]})
    assert run.launch().finish().status is RunStatus.SUCCEEDED
    assert (run.folder.step("a") / "log.txt").stat().st_size == 64 * 2**20
    if sys.platform == "linux":
        _, kib, _ = run.log("b").split()
        assert int(kib) < 200 * 1024
