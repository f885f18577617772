"""Scripts as steps."""

import shutil
import sys
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.engine.script import said
from tests.engine.harness import Lab


@pytest.fixture
def lab(usual: Lab) -> Lab:
    return usual


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


def test_names_of_files_are_neither_options_nor_commands(lab: Lab) -> None:
    names = [
        "--help.sh",
        "-m.py",
        "-c",
        "$(touch pwned).sh",
        "a;touch pwned;.sh",
        "`touch pwned`.py",
    ]
    texts = {name: "print('run')" if name.endswith(".py") else "echo run" for name in names}
    run = lab.run(texts).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    logs = [path.read_text() for path in run.folder.path.rglob("log.txt")]
    assert logs == ["run\n"] * len(names)
    assert not (run.folder.work / "pwned").exists()


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


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_javascript_runs_by_node(lab: Lab) -> None:
    code = """
const fs = require('fs');
const spec = JSON.parse(fs.readFileSync(process.env.ORCHEST_PIPELINE_PATH));
const step = spec.steps[process.env.ORCHEST_STEP_UUID];
console.log(process.cwd(), step.parameters.alpha, fs.readFileSync(0).length);
"""
    files = {"sub/a.js": code, "b.js": "throw new RangeError('alpha too large')"}
    run = lab.run(files, step_parameters={"a": {"alpha": 0.1}}).launch()
    run.finish()
    assert run.log("a") == f"{run.folder.work / 'sub'} 0.1 0\n"
    assert run.step_ends()["b"].message == "RangeError: alpha too large (exit code 1)"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_runs_by_rscript(lab: Lab) -> None:
    files = {"a.R": "cat(Sys.getenv('ORCHEST_STEP_UUID'))", "b.r": "stop('alpha too large')"}
    run = lab.run(files).launch()
    run.finish()
    assert run.log("a") == "a"
    assert run.step_ends()["b"].message == "Error: alpha too large (exit code 1)"


def test_program_that_is_gone_when_the_step_starts_fails_clearly(lab: Lab, tmp_path: Path) -> None:
    run = lab.run({"a.jl": ""}, env_variables={"PATH": str(tmp_path)}).launch()
    run.finish()
    end = run.step_ends()["a"]
    assert (end.status, end.cause) == (StepStatus.FAILED, Cause.ENVIRONMENT_MISSING)
    assert end.message is not None
    assert end.message.startswith("a.jl needs julia, which is not on PATH; install Julia")
    assert end.message in run.log("a")


@pytest.mark.parametrize(
    ("kind", "log", "error"),
    [
        ("r", "x\nError in f() : no\nCalls: f\nExecution halted\n", "Error in f() : no"),
        ("julia", "ERROR: LoadError: no\nStacktrace:\n [1] top\n", "ERROR: LoadError: no"),
        (
            "javascript",
            "TypeError [E_X]: no\n    at f\n\nNode.js v20\n",
            "TypeError [E_X]: no",
        ),
        ("javascript", "note: nothing of that sort\n", None),
        ("bash", "Error: no\n", None),
        ("python", "Error: no\n", None),
    ],
)
def test_errors_are_told_in_the_words_of_the_language(
    kind: str, log: str, error: str | None
) -> None:
    assert said(kind, log) == error


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
    assert run.finish().status is RunStatus.SUCCEEDED
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
