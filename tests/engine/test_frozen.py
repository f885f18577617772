"""Steps in frozen environments: real kernels and scripts of clones, the originals being gone."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.run import StepEnvironment
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine.environment import for_step
from jupyter_orchest_jobs.engine.kernelspecs import find_kernel
from jupyter_orchest_jobs.engine.local import LocalExecutor
from jupyter_orchest_jobs.engine.warm.ending import end_hosts
from jupyter_orchest_jobs.engine.warm.runner_host import MARK
from jupyter_orchest_jobs.files.removal import remove_folder
from jupyter_orchest_jobs.snapshot.environments import freeze, look
from tests.engine.harness import Lab, notebook, until
from tests.environments import (
    install,
    kernel_of,
    make_wheel,
    run,
    step_of,
    uninstall,
    uv_venv,
    wheel,
)

TELL = """
import json, os, shutil, sys, zmq, apples, pears
maps = [line[line.index("/") :].strip() for line in open("/proc/self/maps") if ".so\\n" in line]
files = [m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)]
told = {
    "versions": [apples.__version__, pears.__version__],
    "prefix": sys.prefix,
    "modules": files + maps,
    "python": shutil.which("python"),
    "env": [os.environ.get(name) for name in ("VIRTUAL_ENV", "FOLDER", "MORE", "PYTHONHOME")],
}
with open("told.json", "w") as file:
    json.dump(told, file)
"""


@dataclass
class Frozen:
    """A frozen environment whose original was changed, and then deleted."""

    original: Path
    root: Path
    id: str
    step: StepEnvironment


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    home = tmp_path_factory.mktemp("frozen")
    for name, version in (("apples", "1.0"), ("apples", "2.0"), ("pears", "1.0")):
        make_wheel(home, name, version)
    python = uv_venv(home / "original", "ipykernel", wheel(home, "apples"), wheel(home, "pears"))
    root = home / "state dir/environments"
    found = freeze(
        look(str(python), kernel="analysis", display_name="Analysis", kernelspec=kernel_of(python)),
        root,
    )
    install(python, wheel(home, "apples", "2.0"))
    uninstall(python, "pears")
    shutil.rmtree(home / "original")
    step = step_of(root, found)
    # Compiles, as its first kernel does; with PYTHONDONTWRITEBYTECODE each kernel here would.
    run(step.program, "-c", "import ipykernel.kernelapp")
    return Frozen(home / "original", root, found.id, step)


def test_kernel_of_a_clone_has_what_the_original_had(lab: Lab, frozen: Frozen) -> None:
    # Nobody needs the kernelspec to be installed, or the kernel's name to be known.
    run = lab.run({"a.ipynb": notebook(TELL)}, kernel="analysis", environment=frozen.step)
    assert run.launch(VIRTUAL_ENV="/elsewhere").finish().status is RunStatus.SUCCEEDED
    told = json.loads((run.folder.work / "told.json").read_text())
    check(told, frozen)
    assert told["env"][1:] == [f"{frozen.step.prefix}/share", os.environ["HOME"], None]


def check(told: Mapping[str, object], frozen: Frozen) -> None:
    clone = frozen.step.prefix
    assert told["versions"] == ["1.0", "1.0"]
    assert told["prefix"] == clone
    modules = told["modules"]
    assert isinstance(modules, list)
    assert [file for file in modules if str(frozen.original) in file] == []
    packages = [file for file in modules if "/site-packages/" in file]
    assert any(file.endswith(".so") for file in packages)
    assert {file for file in packages if not file.startswith(clone)} == set()
    assert told["python"] == f"{clone}/bin/python"
    env = told["env"]
    assert isinstance(env, list)
    assert env[0] == clone


def test_warm_kernels_of_a_clone_end_before_it_is_removed(
    tmp_path: Path, frozen: Frozen, executors: dict[str, LocalExecutor]
) -> None:
    root = tmp_path / "environments"
    shutil.copytree(frozen.root / frozen.id, root / frozen.id, symlinks=True)
    clone = root / frozen.id / "prefix"
    # The kernelspec names the clone from which this one was copied.
    spec = dict(frozen.step.kernelspec or {})
    spec["argv"] = [str(clone / "bin/python"), *spec["argv"][1:]]
    step = replace(frozen.step, program=spec["argv"][0], prefix=str(clone), kernelspec=spec)
    lab = Lab(tmp_path / "state", executors["warm"])

    def parent() -> str:
        """The command of the process that started the kernel, once that was a host's."""
        ask = "open('parent', 'w').write(open(f'/proc/{os.getppid()}/cmdline').read())"
        run = lab.run({"a.ipynb": notebook(f"import os; {ask}")}, environment=step)
        assert run.launch().finish().status is RunStatus.SUCCEEDED
        command = (run.folder.work / "parent").read_text()
        return command if MARK in command else ""

    assert until(parent, "a forked kernel").startswith(f"{clone}/bin/python\0")
    assert end_hosts(clone) == 1
    assert end_hosts(clone) == 0
    remove_folder(root / frozen.id)
    assert list(root.iterdir()) == []
    run = lab.run({"a.ipynb": notebook("1")}, environment=step)
    run.launch().finish()
    assert run.step_ends()["a"].cause is Cause.ENVIRONMENT_MISSING


def test_scripts_use_the_clone(lab: Lab, frozen: Frozen) -> None:
    shell = "python -c 'import apples; print(apples.__version__, apples.__file__)'\napples\n"
    run = lab.run({"a.py": TELL, "b.sh": shell}, environment=frozen.step)
    assert run.launch(VIRTUAL_ENV="/elsewhere", CONDA_PREFIX="/x").finish().status is (
        RunStatus.SUCCEEDED
    )
    check(json.loads((run.folder.work / "told.json").read_text()), frozen)
    version, first, second = run.log("b").split(maxsplit=2)[0], *run.log("b").splitlines()
    assert version == "1.0"
    assert frozen.step.prefix in first
    assert frozen.step.prefix in second


def test_frozen_environment_that_is_gone_is_told(
    tmp_path: Path, frozen: Frozen, spawning: Lab
) -> None:
    gone = replace(frozen.step, program=str(tmp_path / "gone/bin/python"), prefix="/state/gone")
    run = spawning.run({"a.ipynb": notebook("1"), "b.py": "1"}, environment=gone)
    run.launch().finish()
    for step in ("a", "b"):
        end = run.step_ends()[step]
        assert end.cause is Cause.ENVIRONMENT_MISSING
        assert end.message is not None
        assert "“Analysis”, /state/gone, is gone. Take a new snapshot" in end.message
        assert end.message in run.log(step)


def test_frozen_environment_whose_python_is_gone_is_told(
    tmp_path: Path, frozen: Frozen, spawning: Lab
) -> None:
    python = tmp_path / "python"
    python.symlink_to("/no/such/python3.11")
    run = spawning.run({"b.py": "1"}, environment=replace(frozen.step, program=str(python)))
    run.launch().finish()
    assert "/no/such/python3.11, is gone" in (run.step_ends()["b"].message or "")


def test_find_kernel_tells_absolute_paths() -> None:
    kernel = find_kernel("python3")
    assert kernel is not None
    assert kernel.language == "python"
    assert Path(kernel.program).is_absolute()
    assert kernel.spec["argv"][0] == kernel.program
    assert kernel.spec["argv"][-1] == "{connection_file}"
    assert find_kernel("no-such-kernel") is None


def test_variables_of_other_environments_do_not_reach_a_clone(
    tmp_path: Path, frozen: Frozen, spawning: Lab
) -> None:
    run = spawning.run({"b.py": "1"}, environment=frozen.step, env_variables={"PATH": "/job/bin"})
    outside = {"CONDA_DEFAULT_ENV": "base", "PYTHONHOME": "/x", "PATH": "/usr/bin", "KEPT": "1"}
    files = dict.fromkeys(("work", "pipeline", "parameters", "metrics"), tmp_path)
    variables = for_step(outside, run.spec, run.spec.steps[0], **files, attempt=1)
    assert variables["PATH"] == f"{frozen.step.path}:/job/bin"
    assert variables["VIRTUAL_ENV"] == frozen.step.prefix
    assert variables["KEPT"] == "1"
    assert not {"CONDA_DEFAULT_ENV", "PYTHONHOME"} & variables.keys()
