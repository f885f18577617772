"""Hosts of warm processes: who outlives whom, and what happens when one is missing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine.local import LocalExecutor
from tests.engine.harness import Lab, RunOnDisk, lives, notebook, until

WAIT = """
import os, time
while not os.path.exists("go"):
    time.sleep(0.01)
"""
LEAVE = """
import multiprocessing, os, subprocess, sys, time
def write(name):
    with open(name + ".new", "w") as file:
        file.write(str(os.getpid()))
    os.rename(name + ".new", name)
def stay(name):
    write(name)
    time.sleep(600)
code = "import os, time; open('cleared', 'w').write(str(os.getpid())); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code], env={}, start_new_session=True)
multiprocessing.get_context("fork").Process(target=stay, args=["forked"]).start()
multiprocessing.process._children.clear()  # or the kernel would wait for its end
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        stay("doubly")
    os._exit(0)
"""
ASK = "import os\nwith open('parent', 'w') as file:\n    file.write(str(os.getppid()))\n"
PID = "import os\nwith open('pid', 'w') as file:\n    file.write(str(os.getpid()))\n"
NAMES = ("cleared", "forked", "doubly")

COLLECT = """
import gc, os, socket
from jupyter_orchest_jobs.engine.warm.fork_server import ForkServer
server = ForkServer(socket.socketpair()[0])
gc.disable()
before = gc.get_freeze_count()
pid = server.fork([])
if not pid:
    os._exit(gc.isenabled() and gc.get_freeze_count() > before)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), gc.isenabled())
"""


@pytest.fixture(scope="module")
def executor() -> Iterator[LocalExecutor]:
    executor = LocalExecutor(warm=lambda: True)
    yield executor
    executor.close()


@pytest.fixture
def shared(tmp_path: Path, executor: LocalExecutor) -> Iterator[Lab]:
    """With an executor whose host is ready, and stays so for other tests."""
    lab = Lab(tmp_path / "state", executor)
    until(lambda: is_ready(lab), "host to be ready")
    yield lab
    lab.end_all()


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[Lab]:
    """With an executor of its own, whose host is ready and may be done away with."""
    lab = Lab(tmp_path / "state", LocalExecutor(warm=lambda: True))
    until(lambda: is_ready(lab), "host to be ready")
    yield lab
    lab.end_all()
    lab.executor.close()


def host_of(runner: psutil.Process) -> psutil.Process | None:
    """The host that forked a runner, if one did."""
    parent = runner.parent()
    return parent if parent and "runner_host" in " ".join(parent.cmdline()) else None


def is_ready(lab: Lab) -> bool:
    """Whether the next runner is forked, if no package changes; starts a host if it isn't."""
    run, runner = begin(lab)
    forked = host_of(runner) is not None
    let_go(run)
    return forked


def kernels_of(host: psutil.Process) -> list[psutil.Process]:
    """The hosts of kernels that a host of runners has started."""
    return [
        child
        for child in host.children()
        if any("orchest-jobs-kernels" in word for word in child.cmdline())
    ]


def begin(lab: Lab, code: str = "") -> tuple[RunOnDisk, psutil.Process]:
    """A run whose notebook executes the code and waits for the file ``go``; its runner."""
    run = lab.run({"a.ipynb": notebook(PID + ASK + code + WAIT)})
    run.launch().wait_for_pid("parent")
    return run, runner_of(run)


def runner_of(run: RunOnDisk) -> psutil.Process:
    return psutil.Process(run.of_kind(journal.AttemptStarted)[0].pid)


def begin_forked(lab: Lab, code: str = "") -> tuple[RunOnDisk, psutil.Process, psutil.Process]:
    """The same, and the host of its runner."""
    for _ in range(9):
        run, runner = begin(lab, code)
        host = host_of(runner)
        if host is not None:
            return run, runner, host
        # Somebody works on the program, so that its host was outdated.
        let_go(run)
        until(lambda: is_ready(lab), "host to be ready")
    raise AssertionError("no runner was forked")


def let_go(run: RunOnDisk) -> journal.AttemptFinished:
    (run.folder.work / "go").touch()
    return run.finish()


def test_all_of_a_kernel_ends_with_a_killed_runner(shared: Lab) -> None:
    run, runner, _ = begin_forked(shared, LEAVE)
    pids = [run.wait_for_pid(name) for name in (*NAMES, "pid", "parent")]
    assert all(lives(pid) for pid in pids)
    runner.kill()
    for pid in pids:
        run.wait_process_gone(pid)
    run.wait_dead()
    # The guard is gone, too, so whoever sweeps up needn't wait.
    assert shared.executor.sweep(run.spec.run_id, run.folder.number) == 0


def test_what_a_kernel_leaves_behind_ends_with_it(shared: Lab) -> None:
    run, _, _ = begin_forked(shared, LEAVE)
    pids = [run.wait_for_pid(name) for name in NAMES]
    assert let_go(run).status is RunStatus.SUCCEEDED
    assert not [pid for pid in pids if lives(pid)]


def test_what_a_script_leaves_behind_ends_with_a_killed_runner(shared: Lab) -> None:
    wait = "import time\nwhile not os.path.exists('cleared'): time.sleep(0.01)\ntime.sleep(600)"
    run = shared.run({"a.py": f"{PID}{LEAVE}{wait}"})
    run.launch().wait_for_pid("pid")
    runner = runner_of(run)
    assert host_of(runner) is not None
    pids = [run.wait_for_pid(name) for name in (*NAMES, "pid")]
    runner.kill()
    for pid in pids:
        run.wait_process_gone(pid)


def test_kernel_ends_with_a_killed_guard(shared: Lab) -> None:
    run, _, _ = begin_forked(shared, LEAVE)
    pids = [run.wait_for_pid(name) for name in (*NAMES, "pid")]
    os.kill(run.wait_for_pid("parent"), signal.SIGKILL)
    assert run.finish().cause is Cause.KERNEL_DIED
    for pid in pids:
        run.wait_process_gone(pid)


def test_runs_go_on_without_the_host_of_kernels(warm: Lab) -> None:
    run, _, host = begin_forked(warm)
    [kernels] = kernels_of(host)
    kernels.kill()
    run.wait_process_gone(kernels.pid)
    after, _ = begin(warm)
    guards = [one.wait_for_pid("parent") for one in (run, after)]
    assert [one for one in kernels_of(host) if one.pid not in guards]
    for one in (run, after):
        assert let_go(one).status is RunStatus.SUCCEEDED


def test_runs_go_on_without_the_host_of_runners(warm: Lab) -> None:
    run, runner, host = begin_forked(warm)
    host.kill()
    run.wait_process_gone(host.pid)
    after, runner = begin(warm)
    assert host_of(runner) is None
    for one in (run, after):
        assert let_go(one).status is RunStatus.SUCCEEDED
    until(lambda: is_ready(warm), "another host")


def test_host_that_hangs_is_replaced_and_forks_nothing_later(
    warm: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_orchest_jobs.engine.warm.runners._ANSWER_S", 0.2)
    warm.executor.close()
    until(lambda: is_ready(warm), "host that is asked for less patiently")
    run, runner, host = begin_forked(warm)
    host.suspend()
    after, runner = begin(warm)
    assert host_of(runner) is None
    run.wait_process_gone(host.pid)
    for one in (run, after):
        assert let_go(one).status is RunStatus.SUCCEEDED


def test_hosts_leave_after_the_last_runner_of_an_executor_that_is_gone(warm: Lab) -> None:
    run, _, host = begin_forked(warm)
    [kernels] = kernels_of(host)
    warm.executor.close()
    assert lives(host.pid)
    assert lives(kernels.pid)
    assert let_go(run).status is RunStatus.SUCCEEDED
    for process in (host, kernels):
        run.wait_process_gone(process.pid)


def test_host_is_replaced_when_what_it_imported_has_changed(
    warm: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    (packages / "usercustomize.py").write_text("import imported_at_start\n")
    (packages / "imported_at_start.py").write_text("version = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(packages))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    warm.executor.close()

    def version() -> str:
        show = "import imported_at_start\nprint(imported_at_start.version)"
        run = warm.run({"a.ipynb": notebook(show, ASK)}).launch()
        run.finish()
        return run.log("a").splitlines()[1]

    until(lambda: is_ready(warm), "host with this path")
    assert version() == "1"
    # As installers do it.
    (packages / "new").write_text("version = 'two'\n")
    (packages / "new").rename(packages / "imported_at_start.py")
    assert version() == "two"


def test_kernel_that_is_started_in_another_way_is_not_forked(shared: Lab, tmp_path: Path) -> None:
    folder = tmp_path / "jupyter" / "kernels" / "other"
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Other", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    run = shared.run(
        {"a.ipynb": notebook(ASK, kernelspec={"name": "other", "display_name": "Other"})},
        kernel="other",
    )
    run.launch(JUPYTER_PATH=str(tmp_path / "jupyter")).finish()
    assert run.wait_for_pid("parent") == run.of_kind(journal.AttemptStarted)[0].pid


def test_no_descriptor_of_others_reaches_a_kernel(shared: Lab) -> None:
    show = "!ls -l /proc/$(python -c 'import os; print(os.getppid())')/fd /proc/$PPID/fd"
    run = shared.run({"a.ipynb": notebook(show)}).launch()
    run.finish()
    log = run.log("a")
    for part in ("owner.lock", ".guard", "slots", "journal", "runner.log", "UNIX-STREAM"):
        assert part not in log


def test_a_fork_collects_its_own_garbage_and_nothing_older() -> None:
    done = subprocess.run([sys.executable, "-c", COLLECT], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1 False\n", "")
