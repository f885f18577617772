"""What steps pass to each other, and what each of them is told in a file.

The SDK reads and writes the outputs; their layout is Orchest's.
"""

import json
import shutil
from pathlib import Path

from jupyter_orchest_jobs.domain.run import RunSpec, StepSpec
from jupyter_orchest_jobs.engine.notebook_file import is_inside
from jupyter_orchest_jobs.files.paths import outputs_in
from jupyter_orchest_jobs.files.private import write_private


def outputs_folder(work: Path, spec: RunSpec, step: str) -> Path:
    """Where a step's outputs lie in the working copy."""
    return outputs_in(work, spec.pipeline_uuid, step)


def forget_outputs(work: Path, spec: RunSpec, step: str) -> None:
    """Remove what earlier tries of a step have output.

    So nobody gets the data of a try that failed for that of one that has output nothing.

    Raises:
        OSError: something can't be removed.
    """
    folder = outputs_folder(work, spec, step)
    # Steps can put links anywhere; what these lead to is not ours.
    if not is_inside(folder, work):
        return
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def write_parameters(
    path: Path, spec: RunSpec, step: StepSpec, *, work: Path, metrics: Path
) -> None:
    """Write what a step in any language may want to know, as JSON.

    Args:
        path: of the file; replaced if it is there.
        work: the working copy.
        metrics: the file to which the step's metrics are appended.

    Raises:
        OSError: it can't be written.
    """
    steps = spec.document.get("steps") or {}
    titles = {id: str(other.get("title") or "") for id, other in steps.items()}
    # As the SDK has it: also from steps that this run leaves out.
    parents = (steps.get(step.id) or {}).get("incoming_connections") or step.incoming
    told = {
        "step_parameters": spec.parameters_of(step.id),
        "pipeline_parameters": spec.document.get("parameters") or {},
        "paths": {
            "project": str(work),
            "data": spec.data_dir,
            "metrics": str(metrics),
            "output": str(outputs_folder(work, spec, step.id)),
            "inputs": [
                {
                    "step": parent,
                    "title": titles.get(parent, ""),
                    "folder": str(outputs_folder(work, spec, parent)),
                }
                for parent in dict.fromkeys(parents)
            ],
        },
    }
    write_private(path, json.dumps(told, ensure_ascii=False, indent=1).encode())
