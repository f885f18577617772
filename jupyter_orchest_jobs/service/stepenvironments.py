"""Which environment each step of a pipeline has, when its job is created."""

import shutil
from collections.abc import Mapping

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME

from jupyter_orchest_jobs.domain import stepkinds
from jupyter_orchest_jobs.domain.environment import Environment
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.pipeline import Pipeline, Step
from jupyter_orchest_jobs.engine.kernelspecs import find_kernel, python_for_scripts
from jupyter_orchest_jobs.snapshot import environments


def environments_of(
    pipeline: Pipeline, kernels: Mapping[str, str], search_path: str | None
) -> JobEnvironments:
    """Look at the environments of all steps. Starts each interpreter that is new or has changed.

    Notebooks have that of their kernel, Python scripts that of the kernel that was chosen for
    them or of the default one, and so have bash scripts: what they start is found there. Other
    scripts have their language's interpreter.

    Args:
        kernels: step id → kernelspec's name.
        search_path: where the programs of scripts are looked for; None for our own ``PATH``.
    """
    found: dict[tuple[str, str], Environment | None] = {}
    steps: dict[str, Environment] = {}
    for step in pipeline.steps.values():
        wanted = _wanted(step, kernels)
        if wanted not in found:
            found[wanted] = _look(*wanted, search_path)
        environment = found[wanted]
        if environment is not None:
            steps[step.id] = environment
    items = {environment.id: environment for environment in steps.values()}
    return JobEnvironments(
        tuple(items.values()), {step: environment.id for step, environment in steps.items()}
    )


def _wanted(step: Step, kernels: Mapping[str, str]) -> tuple[str, str]:
    """The name of its kernel, or the name of its kind."""
    kernel = kernels.get(step.id, "")
    return (kernel, "") if kernel else ("", "python" if step.kind == "bash" else step.kind or "")


def _look(kernel: str, kind_name: str, search_path: str | None) -> Environment | None:
    if kernel:
        return _of_kernel(kernel)
    kind = stepkinds.BY_NAME[kind_name]
    if kind.name == "python":
        program = python_for_scripts()
        default = find_kernel(NATIVE_KERNEL_NAME)
        if default is not None and default.program == program:
            return _of_kernel(NATIVE_KERNEL_NAME)
        return environments.look(program)
    found = shutil.which(kind.program, path=search_path)
    if found is None:
        return None
    return environments.look(found, language=kind.name, display_name=kind.language)


def _of_kernel(name: str) -> Environment | None:
    kernel = find_kernel(name)
    if kernel is None:
        return None
    return environments.look(
        kernel.program or kernel.spec["argv"][0],
        kernel=kernel.name,
        language=kernel.language,
        display_name=kernel.display_name,
        kernelspec=kernel.spec,
    )
