"""Jobs whose environments are changed, deleted and shared, with real ones."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.harness import notebook
from tests.environments import (
    install,
    make_wheel,
    plain_venv,
    run,
    uninstall,
    uv,
    uv_venv,
)
from tests.factories import pipeline_text
from tests.journeys.machine import Machine, until

pytestmark = pytest.mark.journey

SCRIPT = "import sys, thing; print(thing.__version__, thing.__file__)"


def kernel(machine: Machine, program: Path, name: str = "mine") -> None:
    """Make an environment known as a kernel."""
    folder = machine.folder / "jupyter/kernels" / name
    folder.mkdir(parents=True)
    argv = [str(program), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Mine", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    machine.environ["JUPYTER_PATH"] = str(machine.folder / "jupyter")


def project(machine: Machine) -> Path:
    """A pipeline of one script, for which the kernel was chosen."""
    file = machine.project({"a.py": SCRIPT})
    file.write_text(pipeline_text({"a": {"meta_data": {"kernelspec": "mine"}}}))
    return file


def venv_with_thing(machine: Machine, folder: Path) -> Path:
    program = plain_venv(folder)
    install(program, make_wheel(machine.folder / "wheels", "thing", "1.0"))
    return program


def environment_of(job: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = job["environments"]
    return found


def test_later_runs_work_with_what_the_environment_had(machine: Machine) -> None:
    folder = machine.folder / "venv"
    program = venv_with_thing(machine, folder)
    kernel(machine, program)
    file = project(machine)
    first = machine.ask("run", file, "--cron", "0 0 1 1 *")
    number = str(first["number"])
    machine.wait_for(number, lambda job, _: job.status == "scheduled")
    (environment,) = machine.job(number)[0].environments.items
    assert environment.state == "frozen", environment.reason
    clone = machine.state.environments / environment.id

    # Another job with the same environment has the same clone.
    second = machine.ask("run", file, "--wait")
    assert environment_of(machine.ask("jobs", "show", str(second["number"])))["id"] == (
        environment.id
    )
    assert [path.name for path in machine.state.environments.iterdir()] == [environment.id]

    install(program, make_wheel(machine.folder / "wheels", "thing", "2.0"))
    shown = machine.cli("environments", "show", number)
    assert "thing" in shown
    assert "2.0" in shown
    shutil.rmtree(folder)
    machine.ask("jobs", "run", number)
    machine.wait_for(number, lambda job, counts: counts.succeeded + counts.failed == 1)
    log = machine.cli("runs", "log", f"{number}.1")
    assert f"1.0 {clone}/prefix/lib" in log
    assert "thing==1.0" in machine.cli("environments", "lock", number)

    # It goes with the last job that has it.
    machine.cli("jobs", "delete", str(second["number"]), "--yes")
    machine.ask("jobs", "cancel", number)
    machine.wait_for(number, lambda job, _: job.status == "cancelled")
    assert clone.exists()
    machine.cli("jobs", "delete", number, "--yes")
    until(lambda: not any(machine.state.environments.iterdir()), "end of the clone")


CELL = """
import sys, apples, pears
told = [apples.__version__, pears.__version__, sys.prefix]
print(*told, {"/".join(m.__file__.split("/")[:-2]) for m in (apples, pears)})
"""


@pytest.mark.parametrize("made", [uv_venv, pytest.param(plain_venv, marks=pytest.mark.soak)])
def test_later_runs_of_a_notebook_have_the_kernel_and_packages_of_before(
    machine: Machine, made: Callable[[Path], Path]
) -> None:
    folder, wheels = machine.folder / "venv", machine.folder / "wheels"
    program = made(folder)
    run(uv(), "pip", "install", "-q", "-p", program, "ipykernel")
    install(program, make_wheel(wheels, "apples", "1.0"), make_wheel(wheels, "pears", "1.0"))
    kernel(machine, program)
    file = machine.project(
        {"a.ipynb": notebook(CELL, kernelspec={"name": "mine", "display_name": "Mine"})}
    )
    first, second = (
        str(machine.ask("run", file, "--cron", "0 0 1 1 *")["number"]) for _ in range(2)
    )
    for number in (first, second):
        machine.wait_for(number, lambda job, _: job.status == "scheduled")
    (environment,) = machine.job(first)[0].environments.items
    assert environment.state == "frozen", environment.reason
    assert machine.job(second)[0].environments.items == (environment,)
    clone = machine.state.environments / environment.id / "prefix"

    def log_of_next(number: str, runs: int) -> str:
        machine.ask("jobs", "run", number)
        _, counts = machine.wait_for(
            number, lambda job, counts: counts.succeeded + counts.failed == runs
        )
        log = machine.cli("runs", "log", f"{number}.{runs}")
        assert counts.failed == 0, log
        return log

    had = f"1.0 1.0 {clone} {{'{clone}/lib/"
    assert had in log_of_next(first, 1)
    install(program, make_wheel(wheels, "apples", "2.0"))
    uninstall(program, "pears")
    shutil.rmtree(folder)
    assert had in log_of_next(first, 2)
    assert had in log_of_next(second, 1)
    assert [path.name for path in machine.state.environments.iterdir()] == [environment.id]


def test_environment_of_another_user_is_recorded_and_everything_works(machine: Machine) -> None:
    program = venv_with_thing(machine, machine.folder / "venv")
    kernel(machine, program)
    file = project(machine)
    machine.become_nobody()
    job = machine.ask("run", file, "--wait")
    number = str(job["number"])
    assert (job["status"], environment_of(job)["state"]) == ("succeeded", "recorded")
    assert "belong" in environment_of(job)["reason"]
    assert f"1.0 {machine.folder}/venv/lib" in machine.cli("runs", "log", f"{number}.1")
    assert "recorded, not frozen: " in machine.cli("jobs", "show", number)
    assert "thing==1.0" in machine.cli("environments", "lock", number)


def test_what_cannot_be_linked_is_recorded_and_copied_on_request(machine: Machine) -> None:
    shared = Path("/dev/shm")  # another file system
    if not shared.is_dir() or shared.stat().st_dev == machine.folder.stat().st_dev:
        pytest.skip("there is no other file system here")
    with tempfile.TemporaryDirectory(dir=shared) as elsewhere:
        program = venv_with_thing(machine, Path(elsewhere, "venv"))
        kernel(machine, program)
        job = machine.ask("run", project(machine), "--cron", "0 0 1 1 *")
        number = str(job["number"])
        machine.wait_for(number, lambda job, _: job.status == "scheduled")
        (environment,) = machine.job(number)[0].environments.items
        assert (environment.state, bool(environment.copy_bytes)) == ("recorded", True)
        assert "recorded, not frozen: " in machine.cli("jobs", "show", number)

        # Its steps use the original, and what has changed there is noticed.
        install(program, make_wheel(machine.folder / "wheels", "thing", "2.0"))
        machine.ask("jobs", "run", number)
        machine.wait_for(number, lambda job, counts: counts.succeeded + counts.failed == 1)
        assert f"2.0 {elsewhere}" in machine.cli("runs", "log", f"{number}.1")
        until(
            lambda: "thing 1.0 → 2.0" in machine.cli("jobs", "show", number),
            "warning of the change",
        )

        machine.cli("environments", "freeze", number)
        machine.wait_for(
            number, lambda job, _: [one.state for one in job.environments.items] == ["frozen"]
        )
    machine.ask("jobs", "run", number)
    machine.wait_for(number, lambda job, counts: counts.succeeded + counts.failed == 2)
    assert f"2.0 {machine.state.environments}" in machine.cli("runs", "log", f"{number}.2")


def test_job_that_does_not_want_it_runs_in_the_original(machine: Machine) -> None:
    program = venv_with_thing(machine, machine.folder / "venv")
    kernel(machine, program)
    job = machine.ask("run", project(machine), "--policy", "freeze_environments=false", "--wait")
    number = str(job["number"])
    assert f"1.0 {machine.folder}/venv/lib" in machine.cli("runs", "log", f"{number}.1")
    assert environment_of(machine.ask("jobs", "show", number))["state"] == "live"
