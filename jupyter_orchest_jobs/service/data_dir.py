"""The folder that all runs and notebooks share: in the state directory, or wherever a link leads.

The link is the setting. So steps, kernels and programs of users have one path that stays, and a
new place holds for those that are running, too.
"""

import uuid
from pathlib import Path

from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.service.state import StateDir


def data_dir_of(state: StateDir) -> Path:
    """Where the shared data lie; it need not exist."""
    return state.data.readlink() if state.data.is_symlink() else state.data


def move_data_dir(state: StateDir, path: str) -> None:
    """Let the shared data lie elsewhere from now on. What is there already stays where it is.

    Args:
        path: absolute, made if only its last part is missing; "" for the state directory's own.

    Raises:
        InvalidInput: it can't be used; or there are data in the state directory, which would be
            hidden. Nothing was changed.
        OSError: the state directory can't be written.
    """
    own = state.data
    if path in ("", str(own)):
        if own.is_symlink():
            own.unlink()
        return
    try:
        goal = _usable(Path(path).expanduser(), state)
    except RuntimeError:  # ~name, and there is no such user
        raise InvalidInput(f"The data directory {path} is in a home that is not known.") from None
    state.create()
    if not own.is_symlink() and own.exists():
        if any(own.iterdir()):
            raise InvalidInput(
                f"There are data in {own}. Move them to {goal} and remove that folder first."
            )
        own.rmdir()
    link = own.with_name(f".{own.name}-{uuid.uuid4().hex}")
    link.symlink_to(goal)
    link.replace(own)


def _usable(goal: Path, state: StateDir) -> Path:
    if not goal.is_absolute():
        raise InvalidInput(f"The data directory must be an absolute path, not {goal}.")
    if _is_within(goal, state.root):
        raise InvalidInput(f"{goal} lies in the state directory; choose a folder outside of it.")
    try:
        goal.mkdir(exist_ok=True)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The data directory {goal} can't be made: {error}") from None
    return goal


def _is_within(goal: Path, folder: Path) -> bool:
    """Whether a folder that may not exist lies in another one, links and ``..`` followed."""
    try:
        return goal.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # no possible name, or links that go in circles
        return False
