"""Steps whose children escape in every way there is, and runners that are killed."""

import time
from pathlib import Path

import psutil

from jupyter_orchest_jobs.domain.run import Run
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from tests.engine.harness import lives, notebook
from tests.journeys.machine import Machine, until

ESCAPES = """
import multiprocessing, os, subprocess, sys, time

def note(name):
    with open(f"{name}.new", "w") as file:
        file.write(str(os.getpid()))
    os.rename(f"{name}.new", f"{name}.pid")

def sleep(name):
    note(name)
    time.sleep(600)

def daemon(name):
    # Fork twice, with a session of its own between.
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            sleep(name)
        os._exit(0)

code = "import os, time; open('{0}.new', 'w').write(str(os.getpid())); "
code += "os.rename('{0}.new', '{0}.pid'); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code.format("popen")])
subprocess.Popen([sys.executable, "-c", code.format("setsid")], start_new_session=True)
subprocess.Popen(["bash", "-c", "(setsid bash -c 'trap \"\" TERM INT HUP; echo $$ > shell.new; "
                  "mv shell.new shell.pid; while :; do sleep 1; done' &)"])
daemon("daemon")
multiprocessing.get_context("fork").Process(target=sleep, args=("forked",), daemon=True).start()
note("step")
time.sleep(600)
"""
NAMES = {"popen", "setsid", "shell", "daemon", "forked", "step"}
GONE_S = 2.0
"""How long after a living conductor has noticed the death of a runner its processes live."""


def escaped(machine: Machine, run: Run) -> list[int]:
    """The processes of a run, as soon as all of them are there."""
    folders = [machine.attempt(run.id).work / name for name in ("note", "script")]

    def all_there() -> bool:
        return all({file.stem for file in folder.glob("*.pid")} == NAMES for folder in folders)

    until(all_there, "processes of the steps")
    return [int(file.read_text()) for folder in folders for file in folder.glob("*.pid")]


def kill_runner(machine: Machine, pipeline: Path, *, conductor: bool) -> tuple[float, float]:
    """Kill the runner of a run with such steps.

    Args:
        conductor: whether the conductor is killed, too, and another one started.

    Returns:
        When the run was settled, from the kill or the restart on; and when its processes were
        gone: from then on, or from the restart on. In seconds.
    """
    number = machine.run(pipeline)
    machine.wait_for(number, lambda _, counts: counts.running == 1)
    (run,) = machine.runs(number)
    pids = escaped(machine, run)
    if conductor:
        for process in machine.conductors():
            process.kill()
    psutil.Process(machine.runner_pid(run.id)).kill()
    if conductor:
        until(lambda: not machine.conductors(), "the conductor's end")
        machine.start("serve", "--background")
    began = time.monotonic()
    machine.wait_for(number, lambda _, counts: counts.interrupted == 1)
    settled = time.monotonic()
    until(lambda: not [pid for pid in pids if lives(pid)], "end of all processes")
    gone = time.monotonic()
    (run,) = machine.runs(number)
    assert (run.status, run.cause) == (RunStatus.INTERRUPTED, Cause.RUNNER_DIED)
    return settled - began, gone - (began if conductor else settled)


def a_pipeline(machine: Machine) -> Path:
    """A project of a notebook and a script that let processes escape."""
    files = {"note/n.ipynb": notebook(ESCAPES), "script/s.py": ESCAPES}
    return machine.project(files)
