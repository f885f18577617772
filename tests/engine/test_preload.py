"""Modules that a job has imported before its kernels are forked."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine.local import LocalExecutor
from tests.engine.harness import Lab, until
from tests.engine.test_conformance import (
    DRAWS,
    execute,
    execute_all,
    execute_both,
    is_forked,
    plain,
)

MODULES = {
    "fine": "import os\nmine, own = (os.environ.get(name) for name in ('MINE', 'OWN'))\n",
    "raises": "raise ValueError('not today')",
    "exits": "import sys\nsys.exit('no more')",
    "ends": "import os\nos._exit(3)",
    "crashes": "import os\nos.abort()",
    "hangs": "import time\ntime.sleep(60)",
    "threads": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=[60], daemon=True).start()",
    "opens": "file = open(__file__)",
    "good": "value = 7\n",
}
REFUSED = {
    "no_such_module": "ModuleNotFoundError: No module named 'no_such_module'",
    "raises": "ValueError: not today",
    "exits": "SystemExit: no more",
    "ends": "its import ends the process (code 3)",
    "crashes": "its import ends the process (SIGABRT)",
    "hangs": "its import takes longer than 1 s",
    "threads": "its import starts threads",
    "opens": "its import keeps files open",
}
SCIENCE = tuple(
    name
    for name in ("numpy", "pandas", "sklearn.linear_model", "matplotlib.pyplot")
    if importlib.util.find_spec(name.partition(".")[0])
)
COMPUTE = """
import concurrent.futures, multiprocessing
import numpy, pandas
from sklearn.linear_model import LinearRegression
def product(size):
    a = numpy.arange(size * size, dtype=float).reshape(size, size) % 7
    return float((a @ a.T).sum())
print(product(300), multiprocessing.get_start_method())
for method in "fork", "spawn":
    with multiprocessing.get_context(method).Pool(2) as pool:
        print(method, pool.map(product if method == "fork" else abs, [200, 250]))
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    print(list(pool.map(product, [200, 250])))
frame = pandas.DataFrame({"x": range(9), "y": [2 * x + 1 for x in range(9)]})
print(LinearRegression(n_jobs=2).fit(frame[["x"]], frame.y).coef_.round(6))
frame.describe()
"""
PLOT = """
import matplotlib.pyplot as plot
plot.plot([1, 2])
print(plot.get_backend())
"""
LOADED = "import sys\nprint(sorted(name for name in %r if name in sys.modules))"


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modules")
    for name, code in MODULES.items():
        (folder / f"{name}.py").write_text(code)
    return folder


@pytest.fixture(scope="module")
def labs(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Lab]]:
    """Where the modules are found; in ``warm``, runners and kernels are forked."""
    state = tmp_path_factory.mktemp("state")
    executors = {"spawned": LocalExecutor(), "warm": LocalExecutor(warm=lambda: True)}
    labs = {name: Lab(state, executor) for name, executor in executors.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(modules), prepend=os.pathsep)
        until(lambda: is_forked(execute(labs["warm"], "pass")), "host to be ready")
        yield labs
        for lab in labs.values():
            lab.end_all()
            lab.executor.close()


def test_what_cannot_be_shared_is_left_out(modules: Path) -> None:
    program = (
        "import json, sys; from jupyter_orchest_jobs.engine.warm.preload import preload\n"
        "refused = preload(json.loads(sys.argv[1]), 1.0)\n"
        "print(json.dumps([refused, sorted(set(sys.modules) & set(json.loads(sys.argv[1])))]))"
    )
    names = [*MODULES, "no_such_module"]
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(names)],
        cwd=modules,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    refused, imported = json.loads(done.stdout)
    assert refused == REFUSED
    assert imported == ["fine", "good"]


def test_kernel_has_what_was_preloaded(labs: dict[str, Lab]) -> None:
    show = LOADED % ["fine", "good", "xml.dom.minidom"]
    named = ("good", "no_such_module", "xml.dom.minidom")
    run = execute(labs["warm"], show, preload=named)
    assert run.finish().status is RunStatus.SUCCEEDED
    assert is_forked(run)
    assert "['good', 'xml.dom.minidom']" in run.log("a")
    refused = REFUSED["no_such_module"]
    assert f"“no_such_module” is not preloaded: {refused}.\n" in run.log("a")
    plain_one = execute(labs["warm"], show)
    assert is_forked(plain_one)
    assert "[]" in plain_one.log("a")
    assert "preloaded" not in plain_one.log("a")


def test_kernel_that_is_not_forked_does_without(labs: dict[str, Lab]) -> None:
    run = execute(labs["spawned"], LOADED % ["good"], preload=("good", "no_such_module"))
    assert not is_forked(run)
    assert "[]" in run.log("a")
    assert run.finish().status is RunStatus.SUCCEEDED


def test_imports_heed_the_variables_of_the_job_but_never_see_secrets(
    labs: dict[str, Lab], tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets.json"
    secrets.write_text(json.dumps({"OWN": "hidden"}))
    show = "import os, fine\nprint(fine.mine, fine.own, os.environ['OWN'])"
    for value in "one", "two":
        run = execute(
            labs["warm"],
            show,
            preload=("fine",),
            env_variables={"MINE": value},
            secrets_file=str(secrets),
        )
        assert is_forked(run)
        assert f"{value} None hidden\n" in run.log("a")


@pytest.mark.skipif(len(SCIENCE) < 4, reason="needs numpy, pandas, scikit-learn, matplotlib")
def test_science_does_the_same_when_it_is_preloaded(labs: dict[str, Lab]) -> None:
    seen = {}
    cells = LOADED % (SCIENCE,), COMPUTE, PLOT
    for name, run in execute_both(labs, *cells, preload=SCIENCE).items():
        assert is_forked(run) == (name == "warm")
        first, *others = json.loads((run.folder.step("a") / "notebook.ipynb").read_text())["cells"]
        assert first["outputs"][0]["text"] == [f"{sorted(SCIENCE) if name == 'warm' else []}\n"]
        kept = [{**cell, "id": "", "metadata": {}} for cell in others[:2]]
        seen[name] = plain(json.dumps([run.step_ends()["a"].status, kept], indent=1), run)
    assert "image/png" in seen["warm"]
    assert "matplotlib_inline" in seen["warm"]
    assert seen["warm"] == seen["spawned"]


@pytest.mark.skipif("numpy" not in SCIENCE, reason="needs numpy")
def test_what_is_random_differs_though_numpy_is_shared(labs: dict[str, Lab]) -> None:
    runs = execute_all([labs["warm"]] * 2, DRAWS, preload=("numpy",))
    assert all(is_forked(run) for run in runs)
    drawn = [json.loads((run.folder.work / "sub" / "drawn.json").read_text()) for run in runs]
    for values in zip(*drawn, strict=True):
        assert len(set(values)) == len(values), values


def test_kernel_that_cannot_enter_the_namespaces_of_its_run_is_started_anew(
    labs: dict[str, Lab], modules: Path
) -> None:
    sleeper = "threading.Thread(target=time.sleep, args=[60], daemon=True)"
    begin = f"os.register_at_fork(after_in_child=lambda: {sleeper}.start())"
    (modules / "restless.py").write_text(f"import os, threading, time\n{begin}\n")
    run = execute(labs["warm"], "print(open('a.ipynb').name)", preload=("restless",), overlays=True)
    end = run.finish(quiet=False)
    assert end.status is RunStatus.SUCCEEDED, end.message
    assert "a.ipynb" in run.log("a")
