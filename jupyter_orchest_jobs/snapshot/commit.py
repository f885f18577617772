"""Which git commit a project is at."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from jupyter_orchest_jobs.files.ignore import find_git, git_environment, is_repository

_TIMEOUT_S = 30.0
_FILTERS = r"^filter\..*\.(clean|process)$"
_NO_MONITOR = {"core.fsmonitor": "false"}
"""A file system monitor is a program that the repository names: it is never started."""


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
        # Submodules have settings of their own.
        *("--ignore-submodules=dirty", "--", "."),
        settings=_without_filters(project),
    )
    return (
        head.decode().strip() if head else None,
        None if status is None else status.count(b"\0"),
    )


def _without_filters(project: Path) -> dict[str, str]:
    """Settings by which git starts no program to look at a file, though the repository names one.

    Those that the user has set up for all repositories are left as they are.
    """
    names = ("--show-scope", "--name-only", "-z")
    listed = _git(project, "config", "--includes", *names, "--get-regexp", _FILTERS)
    fields = os.fsdecode(listed or b"").split("\0")
    drivers = {
        name.rpartition(".")[0]
        for scope, name in zip(fields[0::2], fields[1::2], strict=False)
        if scope in ("local", "worktree")
    }
    values = {"clean": "", "process": "", "required": "false"}
    return {f"{name}.{key}": value for name in drivers for key, value in values.items()}


def _git(project: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> bytes | None:
    """What git says; None if there is no git or it fails.

    Args:
        settings: that hold whatever the repository says.
    """
    git = find_git()
    if git is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603  # git, by its path
            [git, *arguments],
            cwd=project,
            env=git_environment() | _as_variables({**_NO_MONITOR, **(settings or {})}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _as_variables(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings as environment variables, in which names may have any character."""
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables
