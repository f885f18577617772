"""Who outlives whom: runners, their steps, and what steps leave behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine import processes, runtime
from jupyter_orchest_jobs.errors import EngineError
from tests.engine.harness import Lab, lives, notebook, read_json

LEAVE_BEHIND = """
import subprocess, sys
for name, more in (
    ("plain", {}),
    ("session", {"start_new_session": True}),
    ("cleared", {"start_new_session": True, "env": {}}),
):
    code = f"import os, time; open({name!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    subprocess.Popen([sys.executable, "-c", code], **more)
"""
WAIT = """
import os, time
names = "plain", "session", "cleared"
while not all(os.path.exists(name) and os.path.getsize(name) for name in names):
    time.sleep(0.01)
"""


def test_what_steps_leave_behind_is_gone_at_the_end(lab: Lab) -> None:
    run = lab.run({"a.ipynb": notebook(LEAVE_BEHIND, WAIT), "sub/b.py": LEAVE_BEHIND + WAIT})
    assert run.launch().finish().status is RunStatus.SUCCEEDED
    pids = [
        int((run.folder.work / folder / name).read_text())
        for folder in ("", "sub")
        for name in ("plain", "session", "cleared")
    ]
    assert not [pid for pid in pids if lives(pid)]


def test_killed_runner_frees_its_lock_and_the_sweep_ends_its_processes(lab: Lab) -> None:
    note = notebook(
        "import os; open('pid', 'w').write(str(os.getpid()))", "import time; time.sleep(600)"
    )
    run = lab.run(
        {"a.ipynb": note, "b.sh": "setsid sleep 600 & echo $! >child; echo $$ >shell; wait"}
    )
    runner = run.executor.launch(run.folder.path)
    pids = [run.wait_for_pid(name) for name in ("pid", "child", "shell")]
    os.kill(runner, signal.SIGKILL)
    run.wait_dead()
    assert run.executor.sweep(run.spec.run_id, run.folder.number) >= 2
    for pid in pids:
        run.wait_process_gone(pid)
    assert run.of_kind(journal.AttemptFinished) == []
    assert run.executor.sweep(run.spec.run_id, run.folder.number) == 0


def test_sweep_spares_other_runs(lab: Lab) -> None:
    run = lab.run({"a.sh": "echo $$ >pid; sleep 600"}).launch()
    pid = run.wait_for_pid("pid")
    assert run.executor.sweep("another-run", 1) == 0
    assert lives(pid)


def test_sweep_spares_later_attempts_of_the_run(lab: Lab) -> None:
    # As two workers of a cluster on one host: one left the first attempt, the other has this one.
    script = '[ "$ORCHEST_ATTEMPT" = 1 ] && exit 1; echo $$ >pid; sleep 600\n'
    first = lab.run({"a.sh": script})
    first.launch().finish()
    second = lab.again(first, AttemptKind.RETRY)
    second.launch()
    pid = second.wait_for_pid("pid")
    sockets = runtime.folders_of(second.spec.run_id, 2)
    assert sockets
    assert second.executor.sweep(second.spec.run_id, 1) == 0
    assert lives(pid)
    assert runtime.folders_of(second.spec.run_id, 1) == []
    assert all(folder.exists() for folder in sockets)
    assert second.executor.sweep(second.spec.run_id, 2) >= 1


def test_attempt_has_one_runner_at_a_time(lab: Lab) -> None:
    run = lab.run({"a.sh": "echo $$ >pid; sleep 600"}).launch()
    run.wait_for_pid("pid")
    assert run.executor.is_alive(run.folder.path)
    with pytest.raises(EngineError, match="already"):
        run.launch()
    assert run.executor.is_alive(run.folder.path)


def test_runner_outlives_its_launcher(lab: Lab, tmp_path: Path) -> None:
    run = lab.run({"a.sh": f'until [ -e "{tmp_path}/go" ]; do sleep 0.01; done'})
    code = (
        "import sys; from pathlib import Path; "
        "from jupyter_orchest_jobs.engine.local import LocalExecutor; "
        "LocalExecutor().launch(Path(sys.argv[1]))"
    )
    subprocess.run(
        ["nohup", sys.executable, "-c", code, str(run.folder.path)], check=True, capture_output=True
    )
    assert run.executor.is_alive(run.folder.path)
    (tmp_path / "go").touch()
    assert run.finish().status is RunStatus.SUCCEEDED


def test_steps_give_way_to_what_people_do(lab: Lab) -> None:
    ask = "import os; print('nice', os.nice(0))"
    run = lab.run({"a.sh": "echo nice $(nice)", "b.py": ask, "c.ipynb": notebook(ask)})
    run.launch().finish()
    for step in "abc":
        assert f"nice {max(os.nice(0), 5)}" in run.log(step).splitlines(), step


def test_no_step_holds_the_runners_lock(lab: Lab) -> None:
    run = lab.run({"a.sh": "ls -l /proc/self/fd >fds; echo $$ >pid; sleep 600"}).launch()
    run.wait_for_pid("pid")
    assert "owner.lock" not in (run.folder.work / "fds").read_text()
    assert "slots" not in (run.folder.work / "fds").read_text()


def test_signal_reaches_only_the_process_that_was_meant() -> None:
    child = subprocess.Popen(["sleep", "600"])
    try:
        start = processes.started_at(child.pid)
        assert start is not None
        assert not processes.signal_process(child.pid, start + 1, signal.SIGKILL)
        assert child.poll() is None
        assert processes.signal_process(child.pid, start, signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    assert not processes.signal_process(child.pid, start, signal.SIGKILL)


def test_tokens_do_not_reach_steps_and_variables_of_the_job_do(lab: Lab) -> None:
    show = "import os\nfor pair in sorted(os.environ.items()): print(*pair)"
    run = lab.run(
        {"note.ipynb": notebook(show), "script.py": show},
        env_variables={"MINE": "a b=ü", "ORCHEST_STEP_UUID": "forged", "PYTHONPATH": "/theirs"},
    ).launch(
        JUPYTER_TOKEN="secret-1",
        JUPYTERHUB_API_TOKEN="secret-2",
        JPY_API_TOKEN="secret-3",
        JPY_SESSION_NAME="secret-4",
        ORCHEST_METRICS_PATH="secret-5",
        KEPT="kept",
    )
    run.finish()
    for step in ("note", "script"):
        log = run.log(step)
        assert "secret" not in log
        assert "forged" not in log
        shown = dict(line.split(" ", 1) for line in log.splitlines() if " " in line)
        assert shown["MINE"] == "a b=ü"
        assert shown["KEPT"] == "kept"
        assert shown["ORCHEST_STEP_UUID"] == step
        assert shown["ORCHEST_PIPELINE_PATH"] == str(run.folder.pipeline)
        assert shown["ORCHEST_PIPELINE_UUID"] == "pipeline-uuid"
        assert shown["ORCHEST_SESSION_UUID"] == shown["ORCHEST_RUN_ID"] == run.spec.run_id
        assert shown["ORCHEST_SESSION_TYPE"] == "noninteractive"
        assert shown["ORCHEST_JOB_ID"] == "job-id"
        assert len(shown["ORCHEST_PROJECT_UUID"]) == 36
        assert shown["PYTHONPATH"] == f"{run.spec.sdk_dir}:/theirs"


def test_runner_is_the_process_that_its_attempt_names(lab: Lab) -> None:
    run = lab.run({"a.sh": "echo $PPID >pid; sleep 600"}).launch()
    pid = run.wait_for_pid("pid")
    info = read_json(run.folder.info)
    assert info["pid"] == pid
    assert info["process_started"] == processes.started_at(pid)
    assert os.getsid(pid) == pid
    assert psutil.Process(pid).cwd() == "/"
