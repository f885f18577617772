"""Which folder is the project of a pipeline."""

import os
from pathlib import Path


def find_project(pipeline: Path, stop_at: Path) -> Path:
    """The root of the project that a pipeline file belongs to.

    It is the nearest folder above the file that is a git repository or worktree, or that Orchest
    made a project of (it has ``.orchest/environments`` or ``.orchest/pipelines/*.json``); if
    there is none, the file's own folder.

    Args:
        pipeline: the pipeline file, or a notebook; it need not exist.
        stop_at: folders above this one are never taken, so that a project can't be larger than
            what the user has before them. Also where ``pipeline`` is not below it.

    Returns:
        The real path, which identifies the project.
    """
    own = Path(os.path.realpath(pipeline.parent))
    beyond = Path(os.path.realpath(stop_at)).parents
    for folder in (own, *own.parents):
        if folder in beyond:
            break
        if _is_project(folder):
            return folder
    return own


def _is_project(folder: Path) -> bool:
    orchest = folder / ".orchest"
    return (
        (folder / ".git").exists()
        or (orchest / "environments").is_dir()
        or any((orchest / "pipelines").glob("*.json"))
    )
