"""Freezes an environment: a clone if that is possible, a record of what it has in any case."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from jupyter_orchest_jobs.domain.environment import (
    Environment,
    EnvironmentManifest,
    EnvironmentState,
)
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.atomic import fsync_folder, sync_tree
from jupyter_orchest_jobs.files.building import temporary
from jupyter_orchest_jobs.files.private import make_private
from jupyter_orchest_jobs.snapshot.environments.clone import clone, plan_of
from jupyter_orchest_jobs.snapshot.environments.later import check
from jupyter_orchest_jobs.snapshot.environments.look import (
    Sight,
    another_id,
    have_same_packages,
    see,
)
from jupyter_orchest_jobs.snapshot.environments.place import (
    MANIFEST,
    PREFIX,
    find_manifest,
    put,
    write_json,
)
from jupyter_orchest_jobs.snapshot.environments.probe import is_python
from jupyter_orchest_jobs.snapshot.environments.tree import Unlinkable

_CHANGED = "It was changed while it was being frozen; take a new snapshot to freeze it."
_ROUNDS = 2
_MARGIN = 64 * 2**20


def freeze(
    environment: Environment,
    root: Path,
    *,
    copy: bool = False,
    progress: Callable[[int, int], None] = lambda files, size: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Environment:
    """Clone an environment to ``root/<id>``, or use the clone that is there.

    A clone is made of hard links, and becomes visible when all of it is on the disk. In any case
    there is a manifest afterwards. A clone that was damaged stays with those who have it; from
    then on the environment has another id.

    Args:
        environment: as `look` gave it.
        root: where clones are kept; made if it is missing.
        copy: whether to copy files if they can't be linked.
        progress: called with the files and bytes so far, from the calling thread.
        cancelled: asked several times a second whether to give up.

    Returns:
        The environment, ``frozen`` or, with the reason, ``recorded``.

    Raises:
        SnapshotFailed: cancelled.
        OSError: not even a record can be written.
    """
    place = _place(root, environment)
    while (known := _frozen(place)) is not None:
        if _is_whole(place):
            return _as(environment, known.environment)
        environment = replace(environment, id=another_id(environment.id))
        place = place.with_name(environment.id)
    reason = _CHANGED
    for _ in range(_ROUNDS):
        sight = _see(environment)
        # Somebody may be editing the sources: they are frozen as they are now.
        if not have_same_packages(sight.environment, environment):
            break
        if sight.probe is None:
            reason = _no_python(sight)
            break
        try:
            found = _clone(environment, sight, place, copy, progress, cancelled)
        except Unlinkable as error:
            reason = str(error)
            break
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            reason = f"It can't be cloned: {error.strerror}{where}."
            break
        if found is not None:
            return found
    return _record(environment, sight, place, reason)


def record(environment: Environment, root: Path, reason: str) -> Environment:
    """Write down what an environment has, without a clone; one that is there stays.

    Raises:
        OSError: it can't be written.
    """
    place = _place(root, environment)
    if find_manifest(place.parent, place.name) is not None:
        return replace(environment, state=EnvironmentState.RECORDED, reason=reason)
    return _record(environment, _see(environment), place, reason)


def _place(root: Path, environment: Environment) -> Path:
    make_private(root)
    return Path(os.path.abspath(root), environment.id)  # noqa: PTH100  # takes away “..”


def _see(environment: Environment) -> Sight:
    return see(
        environment.program,
        environment.kernel,
        environment.language,
        environment.display_name,
        environment.kernelspec,
    )


def _frozen(place: Path) -> EnvironmentManifest | None:
    known = find_manifest(place.parent, place.name)
    if known is None or known.environment.state is not EnvironmentState.FROZEN:
        return None
    return known if (place / PREFIX).is_dir() else None


def _is_whole(place: Path) -> bool:
    try:
        return not check(place.parent, place.name)
    except NotFound:
        return False


def _clone(
    environment: Environment,
    sight: Sight,
    place: Path,
    copy: bool,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Environment | None:
    """The frozen environment; None if it was changed meanwhile."""
    probe = sight.probe
    if probe is None:
        raise ValueError(f"{environment.program} is no Python that answers")
    if copy:
        _check_space(sight, place)
    with temporary(place.parent) as folder:
        size, warnings = clone(
            sight, probe, folder, place, copy=copy, progress=progress, cancelled=cancelled
        )
        if not have_same_packages(_see(environment).environment, environment):
            return None
        found = replace(
            environment,
            state=EnvironmentState.FROZEN,
            reason="",
            bytes=size,
            copy_bytes=0,
            packages=len(sight.packages),
            warnings=warnings,
        )
        write_json(folder / MANIFEST, _manifest(found, sight, place).as_json())
        sync_tree(folder)
        # A record gives way to a clone. If somebody else made one meanwhile, that is as good.
        if not put(folder, place, instead=_frozen(place) is None):
            known = _frozen(place)
            return None if known is None else _as(environment, known.environment)
    fsync_folder(place.parent)
    return found


def _record(environment: Environment, sight: Sight, place: Path, reason: str) -> Environment:
    size = _size(sight)
    found = replace(
        environment,
        state=EnvironmentState.RECORDED,
        reason=reason,
        bytes=size,
        copy_bytes=size,
        packages=len(sight.packages),
        warnings=(),
    )
    with temporary(place.parent) as folder:
        write_json(folder / MANIFEST, _manifest(found, sight, place).as_json())
        put(folder, place, instead=_frozen(place) is None)
    return found


def _manifest(environment: Environment, sight: Sight, place: Path) -> EnvironmentManifest:
    replaced: Mapping[str, str] = {}
    if sight.probe is not None and environment.state is EnvironmentState.FROZEN:
        replaced = plan_of(sight, sight.probe, place / PREFIX).replaced
    return EnvironmentManifest(
        environment=environment,
        packages=sight.packages,
        base=sight.probe.base if sight.probe else environment.program,
        marks=sight.marks,
        folders=sight.folders,
        replaced=replaced,
    )


def _as(environment: Environment, known: Environment) -> Environment:
    """The environment as this job calls it, in the state of the one that is there."""
    return replace(
        known,
        kernel=environment.kernel,
        display_name=environment.display_name,
        program=environment.program,
        language=environment.language,
    )


def _no_python(sight: Sight) -> str:
    environment = sight.environment
    if not Path(environment.program).exists():
        return f"There is no program {environment.program}."
    if is_python(environment.program):
        return f"{environment.program} did not tell what it is."
    return f"{environment.program} is not Python; only environments of Python can be frozen."


def _size(sight: Sight) -> int:
    """What the files of an environment come to, in bytes."""
    if sight.probe is None:
        return 0
    plan = plan_of(sight, sight.probe, Path("/"))
    inside: set[tuple[int, int]] = set()
    size = 0
    for original, _ in plan.trees:
        for folder, _, names in os.walk(original):
            for name in names:
                try:
                    status = os.lstat(f"{folder}/{name}")
                except OSError:
                    continue
                if (status.st_dev, status.st_ino) not in inside:
                    inside.add((status.st_dev, status.st_ino))
                    size += status.st_size
    return size


def _check_space(sight: Sight, place: Path) -> None:
    needed = _size(sight) + _MARGIN
    status = os.statvfs(place.parent)
    free = status.f_bavail * status.f_frsize
    if needed > free:
        raise Unlinkable(
            f"A copy needs {needed // 10**6:,} MB of disk space, but {free // 10**6:,} MB are free."
        )
