"""A forked kernel is as good as one that was started anew: the same notebook in both."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.engine.local import LocalExecutor
from tests.engine.harness import Lab, RunOnDisk, notebook, until

FACTS = """
import asyncio, faulthandler, gc, json, locale, logging, os, resource, signal, sys, tempfile
import threading, time, warnings
before = os.umask(0); os.umask(before)
kernel = get_ipython().kernel
facts = {
    "argv": sys.argv, "orig_argv": sys.orig_argv, "executable": sys.executable,
    "prefix": sys.prefix, "path": sys.path, "flags": str(sys.flags),
    "xoptions": sys._xoptions, "warnoptions": sys.warnoptions,
    "recursion": sys.getrecursionlimit(), "switch": sys.getswitchinterval(),
    "bytecode": sys.dont_write_bytecode, "encodings": [
        sys.getdefaultencoding(), sys.getfilesystemencoding(), locale.getpreferredencoding(),
        sys.__stdout__.encoding, sys.__stderr__.errors,
    ],
    "streams": [type(one).__name__ for one in (
        sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__,
    )],
    "numbers": [one.fileno() for one in (sys.__stdin__, sys.__stdout__, sys.__stderr__)],
    "buffering": [sys.__stdout__.line_buffering, sys.__stderr__.line_buffering],
    "main": [__name__, sys.modules["__main__"].__dict__ is globals(), __spec__, __doc__],
    "cwd": os.getcwd(), "environ": dict(os.environ),
    "own session and group": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
    "umask": before, "nice": os.nice(0),
    "limits": [resource.getrlimit(getattr(resource, one)) for one in dir(resource)
               if one.startswith("RLIMIT_")],
    "signals": {int(one): str(getattr(signal.getsignal(one), "__name__", signal.getsignal(one)))
                for one in signal.valid_signals()},
    "masked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "in main thread": threading.current_thread() is threading.main_thread(),
    "main thread": threading.main_thread().name,
    "daemons": sorted({one.daemon for one in threading.enumerate()}),
    "threads": sorted({one.name.rsplit("-", 1)[0] for one in threading.enumerate()}
                      - {"Thread"}),
    "garbage": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
    "warnings": [str(one) for one in warnings.filters],
    "handlers": [str(one) for one in logging.getLogger().handlers],
    "level": logging.getLogger().level, "loop": type(asyncio.get_running_loop()).__name__,
    "faulthandler": faulthandler.is_enabled(), "temporary": tempfile.gettempdir(),
    "zone": time.tzname, "stdin": os.readlink("/proc/self/fd/0"),
    "files": sorted({os.readlink(f"/proc/self/fd/{one}").split(":")[0]
                     for one in os.listdir("/proc/self/fd")
                     if os.path.exists(f"/proc/self/fd/{one}")}),
    "kernel": [type(kernel).__name__, kernel.implementation_version],
    "excepthook": sys.excepthook.__qualname__, "displayhook": type(sys.displayhook).__name__,
    "breakpoint": sys.breakpointhook.__qualname__,
    "ours": [one for one in sys.modules if one.startswith("jupyter_orchest_jobs")],
    "history": get_ipython().history_manager.enabled,
}
with open("facts.json", "w") as file:
    json.dump(facts, file, default=str)
"""
DRAWS = """
import json, os, random, secrets, tempfile, uuid
drawn = [random.random(), uuid.uuid4().hex, secrets.token_hex(4), tempfile.mktemp()]
try:
    import numpy
    drawn += [numpy.random.rand(), numpy.random.default_rng().random()]
except ImportError:
    pass
json.dump(drawn, open("drawn.json", "w"))
"""
THINGS = {
    "processes": """
import multiprocessing, subprocess, sys
print(subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True).stdout)
for method in "fork", "spawn":
    with multiprocessing.get_context(method).Pool(2) as pool:
        print(method, pool.map(abs, [-1, -2]))
!echo shell
""",
    "threads": """
import asyncio, concurrent.futures, sqlite3, threading
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    print(list(pool.map(abs, [-3, -4])))
print(await asyncio.sleep(0.01, "awaited"), await asyncio.to_thread(abs, -5))
print(sqlite3.connect(":memory:").execute("select 6 * 7").fetchone())
late = threading.Thread(target=lambda: (__import__("time").sleep(0.05), open("late", "w").close()))
late.start()
""",
    "exit": """
import atexit, logging
atexit.register(lambda: open("at exit", "w").close())
logging.warning("a warning")
print("last", end="")
""",
    "input": "input('name? ')",
    "error": "def f(x):\n    return 1 / x\nf(0)",
    "exits": "import sys\nsys.exit(3)",
    "segfault": """
import ctypes, faulthandler, time
faulthandler.disable()
time.sleep(0.2)
ctypes.string_at(0)
""",
    "debugger": "import debugpy, pdb\nprint(debugpy.__name__, pdb.__name__)",
    "magics": "%matplotlib --list\n%who\n1 + 1",
    "plot": """
try:
    import matplotlib.pyplot
except ImportError:
    print("no matplotlib")
else:
    matplotlib.pyplot.plot([1, 2])
    print(matplotlib.get_backend())
""",
    "display": "from IPython.display import HTML, display\ndisplay(HTML('<b>b</b>'))\n{'a': [1]}",
}


@pytest.fixture(scope="module")
def ready(
    tmp_path_factory: pytest.TempPathFactory, executors: dict[str, LocalExecutor]
) -> dict[str, LocalExecutor]:
    """Executors of which one forks: from the first kernel on that was, every other one is."""
    lab = Lab(tmp_path_factory.mktemp("ready") / "state", executors["warm"])
    until(lambda: is_forked(execute(lab, "pass")), "host to be ready")
    lab.end_all()
    return executors


@pytest.fixture
def labs(tmp_path: Path, ready: dict[str, LocalExecutor]) -> Iterator[dict[str, Lab]]:
    labs = {name: Lab(tmp_path / "state", executor) for name, executor in ready.items()}
    yield labs
    for lab in labs.values():
        lab.end_all()


PARENT = """
import os, psutil
parent = psutil.Process(os.getppid()).cmdline()
with open("forked", "w") as file:
    print("orchest-jobs-kernels" in " ".join(parent), file=file)
"""


def is_forked(run: RunOnDisk) -> bool:
    """Whether a step's kernel was forked."""
    return (run.folder.work / "forked").read_text().startswith("True")


def execute(lab: Lab, *cells: str, **spec: Any) -> RunOnDisk:
    """Execute a notebook of these cells."""
    (run,) = execute_all([lab], *cells, **spec)
    return run


def execute_both(labs: Mapping[str, Lab], *cells: str, **spec: Any) -> dict[str, RunOnDisk]:
    """Execute the same in all labs at once."""
    return dict(zip(labs, execute_all(labs.values(), *cells, **spec), strict=True))


def execute_all(labs: Iterable[Lab], *cells: str, **spec: Any) -> list[RunOnDisk]:
    """Execute the same in each of these, at once."""
    files = {"sub/a.ipynb": notebook(*cells, PARENT)}
    runs = [lab.run(files, **spec).launch() for lab in labs]
    for run in runs:
        run.finish()
        forked = run.folder.work / "sub" / "forked"
        if forked.exists():
            forked.rename(run.folder.work / "forked")
    return runs


def plain(text: str, run: RunOnDisk) -> str:
    """Without what differs between any two runs."""
    text = text.replace(run.spec.run_id, "RUN").replace(str(run.spec.snapshot), "SNAPSHOT")
    text = re.sub(r"oj-[0-9a-f]{8}-\d+-\w+", "SOCKETS", text)
    text = re.sub(r"SOCKETS/[0-9a-f]{8}", "SOCKETS/KERNEL", text)
    return re.sub(r"ipykernel_\d+", "ipykernel_PID", text)


def test_notebook_finds_the_same_process(labs: dict[str, Lab]) -> None:
    found = {}
    for name, run in execute_both(labs, FACTS, env_variables={"MINE": "ü"}).items():
        assert is_forked(run) == (name == "warm")
        facts = json.loads(plain((run.folder.work / "sub" / "facts.json").read_text(), run))
        for gone in ("JPY_PARENT_PID", "ORCHEST_PROJECT_UUID"):
            del facts["environ"][gone]
        found[name] = facts
    assert found["warm"] == found["spawned"]


def test_what_is_random_differs(labs: dict[str, Lab]) -> None:
    runs = execute_all([labs["warm"]] * 3, DRAWS)
    drawn = [json.loads((run.folder.work / "sub" / "drawn.json").read_text()) for run in runs]
    for values in zip(*drawn, strict=True):
        assert len(set(values)) == len(values), values


@pytest.mark.parametrize("thing", THINGS)
def test_notebook_does_the_same(labs: dict[str, Lab], thing: str) -> None:
    seen = {}
    for name, run in execute_both(labs, THINGS[thing]).items():
        ends = run.step_ends()["a"]
        made = sorted(path.name for path in (run.folder.work / "sub").iterdir())
        cells = [
            {**cell, "id": "", "metadata": {}}
            for cell in json.loads((run.folder.step("a") / "notebook.ipynb").read_text())["cells"]
        ]
        outcome = (ends.status, ends.cause, ends.message, ends.cell)
        seen[name] = plain(json.dumps([outcome, made, cells, run.log("a")], indent=1), run)
    assert seen["warm"] == seen["spawned"]


@pytest.mark.parametrize(
    ("variables", "forked"),
    [({"MINE": "x"}, True), ({"PYTHONHASHSEED": "7"}, False), ({"LC_ALL": "C"}, False)],
)
def test_job_that_changes_the_interpreter_gets_a_new_one(
    labs: dict[str, Lab], variables: dict[str, str], forked: bool
) -> None:
    show = "import os\nprint({name: os.environ.get(name) for name in %r})\nprint(hash('x'))"
    both = [labs["warm"]] * 2
    run, again = execute_all(both, show % list(variables), env_variables=variables)
    assert is_forked(run) == forked
    assert str(variables) in run.log("a")
    if "PYTHONHASHSEED" in variables:
        assert again.log("a") == run.log("a")
