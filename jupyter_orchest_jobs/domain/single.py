"""A notebook or script as a pipeline of one step."""

import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from jupyter_orchest_jobs.domain.stepkinds import kind_of

_NAMESPACE = uuid.UUID("9d0a6b5e-0f0c-5d55-9f0b-5f2f6a0c1d11")


def is_single(path: str) -> bool:
    """Whether this is the path of a notebook or script, and not of a pipeline file.

    Files without a suffix are scripts only where a pipeline says so.
    """
    return PurePosixPath(path).suffix != "" and kind_of(path) is not None


def single_document(path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The pipeline whose only step is this file, as a pipeline file would have it.

    Args:
        path: POSIX, relative to the project. The ids come from it, and are the same each time.
        parameters: of the step, name to JSON value.
    """
    file = PurePosixPath(path)
    # Of the name alone: a parameters file that moves with its notebook stays true.
    step = str(uuid.uuid5(_NAMESPACE, f"step {file.name}"))
    return {
        "name": file.stem,
        "uuid": str(uuid.uuid5(_NAMESPACE, path)),
        "version": "1.2.3",
        "settings": {},
        "parameters": {},
        "services": {},
        "steps": {
            step: {
                "uuid": step,
                "title": file.stem,
                "file_path": file.name,
                "incoming_connections": [],
                "parameters": dict(parameters),
            }
        },
    }
