"""The run that this code is part of, and what all runs share."""

from __future__ import annotations

import os

from .error import DataDirNotFoundError


def run_id() -> str | None:
    """The id of this run; None if this code does not run in a job."""
    return os.environ.get("ORCHEST_RUN_ID")


def job_id() -> str | None:
    """The id of the job of this run; None if this code does not run in a job."""
    return os.environ.get("ORCHEST_JOB_ID")


def data_dir() -> str:
    """The absolute path of a directory that all runs and all notebooks share.

    It is made when there is none. It is in no snapshot and in no working copy, so what runs write
    there meets what other runs write there.

    Raises:
        DataDirNotFoundError: this process was not told where it is, or it can't be made.
    """
    path = os.environ.get("ORCHEST_DATA_DIR")
    if not path:
        raise DataDirNotFoundError(
            "ORCHEST_DATA_DIR is not set. It is in jobs, and in kernels and terminals of "
            "JupyterLab; elsewhere, set it to a folder of yours."
        )
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        raise DataDirNotFoundError(
            f"The data directory {path} is no folder"
            + (f", but leads to {os.path.realpath(path)}" if os.path.islink(path) else "")
            + ": is what it lies on mounted?"
        ) from None
    except OSError as error:
        raise DataDirNotFoundError(f"The data directory {path} can't be made: {error}") from None
    return path
