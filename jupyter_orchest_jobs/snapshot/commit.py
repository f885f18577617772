"""Which git commit a project is at."""

import subprocess
from pathlib import Path

from jupyter_orchest_jobs.files.ignore import find_git, git_environment, is_repository

_TIMEOUT_S = 30.0


def commit_of(project: Path) -> tuple[str | None, int | None]:
    """The commit that is checked out, and how many files differ from it.

    Returns:
        The commit's hash, None without a repository or a first commit; and the number of changed
        and untracked files and folders of the project that aren't ignored, None without a
        repository or when git can't tell.
    """
    if not any(is_repository(str(folder)) for folder in (project, *project.parents)):
        return None, None  # git would say so, too, but has to be started for that
    head = _git(project, "rev-parse", "--verify", "--quiet", "HEAD")
    status = _git(
        project,
        "status",
        *("--porcelain", "-z", "--no-renames", "--untracked-files=normal"),
        *("--", "."),
    )
    return (
        head.decode().strip() if head else None,
        None if status is None else status.count(b"\0"),
    )


def _git(project: Path, *arguments: str) -> bytes | None:
    """What git says; None if there is no git or it fails."""
    git = find_git()
    if git is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # git, by its path
            # A file system monitor is a program that the repository names: never start it.
            [git, "-c", "core.fsmonitor=false", *arguments],
            cwd=project,
            env=git_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
