"""How steps use a clone."""

import os
from pathlib import Path

from jupyter_orchest_jobs.domain.environment import Environment, EnvironmentState
from jupyter_orchest_jobs.domain.run import StepEnvironment
from jupyter_orchest_jobs.snapshot.environments.place import PREFIX


def frozen_program(root: Path, environment: Environment) -> StepEnvironment | None:
    """What a step is given that runs in a frozen environment.

    Reads nothing: whether the clone is still there is seen when the step starts.

    Args:
        root: where clones are kept.

    Returns:
        None for an environment that isn't frozen: its steps use the original.
    """
    if environment.state is not EnvironmentState.FROZEN:
        return None
    clone = Path(os.path.abspath(root), environment.id, PREFIX)  # noqa: PTH100
    conda = (clone / "conda-meta").is_dir()
    return StepEnvironment(
        id=environment.id,
        name=environment.display_name,
        program=str(clone / "bin" / Path(environment.program).name),
        path=str(clone / "bin"),
        prefix=str(clone),
        originals=_originals(environment),
        variables={"CONDA_PREFIX": str(clone), "PYTHONNOUSERSITE": "1"}
        if conda
        else {"VIRTUAL_ENV": str(clone)},
        kernelspec=environment.kernelspec,
    )


def _originals(environment: Environment) -> tuple[str, ...]:
    """The paths of the original's folder, by which its kernelspec may call it."""
    program = Path(environment.program)
    above = str(program.parent.parent)
    same = os.path.realpath(above) == environment.prefix
    return tuple(dict.fromkeys((environment.prefix, *([above] if same else []))))
