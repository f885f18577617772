"""How steps use a clone."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.environment import Environment, EnvironmentState
from jupyter_orchest_jobs.domain.run import StepEnvironment
from jupyter_orchest_jobs.snapshot.environments.place import PREFIX, find_manifest
from jupyter_orchest_jobs.snapshot.environments.rewrite import Rewriter


def frozen_program(root: Path, environment: Environment) -> StepEnvironment | None:
    """What a step is given that runs in a frozen environment.

    Whether the clone is still there is seen when the step starts.

    Args:
        root: where clones are kept.

    Returns:
        None for an environment that isn't frozen: its steps use the original.
    """
    if environment.state is not EnvironmentState.FROZEN:
        return None
    clone = Path(os.path.abspath(root), environment.id, PREFIX)  # noqa: PTH100  # takes away “..”
    program = str(clone / "bin" / Path(environment.program).name)
    variables = {"VIRTUAL_ENV": str(clone)}
    if (clone / "conda-meta").is_dir():
        # Unlike a virtual environment, it would look at the user's own packages.
        variables = {"CONDA_PREFIX": str(clone), "PYTHONNOUSERSITE": "1"}
    return StepEnvironment(
        id=environment.id,
        name=environment.display_name,
        program=program,
        path=str(clone / "bin"),
        prefix=str(clone),
        variables=variables,
        kernelspec=environment.kernelspec
        and _of_clone(environment.kernelspec, program, clone.parent),
    )


def _of_clone(kernelspec: Mapping[str, Any], program: str, place: Path) -> dict[str, Any]:
    known = find_manifest(place.parent, place.name)
    rewriter = Rewriter(known.replaced if known else {})
    return {
        **kernelspec,
        "argv": [program, *(rewriter.text(word) for word in kernelspec["argv"][1:])],
        "env": {name: rewriter.text(value) for name, value in kernelspec["env"].items()},
    }
