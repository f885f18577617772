"""Makes a clone of a Python environment that nothing but jobs use."""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.snapshot.environments.editable import copy_source
from jupyter_orchest_jobs.snapshot.environments.look import Sight
from jupyter_orchest_jobs.snapshot.environments.place import FILES, PREFIX, write_json
from jupyter_orchest_jobs.snapshot.environments.probe import Probe
from jupyter_orchest_jobs.snapshot.environments.rewrite import (
    Rewriter,
    named_by_conda,
    outside_paths,
    pip_shim,
    read_text,
)
from jupyter_orchest_jobs.snapshot.environments.tree import Cloner

_SITES = "_orchest_jobs_sites"
_SITES_PROGRAM = '''"""Lets the packages be found that were cloned from further folders."""

import site
import sys


def add(first, last):
    at = next((at for at, path in enumerate(sys.path) if path == {packages!r}), len(sys.path))
    for folders, before in ((first, True), (last, False)):
        for folder in folders:
            known = len(sys.path)
            site.addsitedir(folder)
            if before:
                new = sys.path[known:]
                del sys.path[known:]
                sys.path[at:at] = new
                at += len(new)


add({first!r}, {last!r})
'''
_CONDA_OWN = ("pkgs", "envs", "conda-bld")
"""What a base installation of conda has besides its own environment."""


@dataclass(frozen=True)
class Plan:
    """What is cloned, and where to.

    Attributes:
        place: absolute path that the clone will have.
        whole: whether the environment's own folder is cloned, and not only packages.
        packages: clone of the folder with the packages.
        first, last: clones of further ones, which are searched before and after it.
        trees: original and clone of each folder.
        replaced: what is written anew in files.
    """

    place: Path
    whole: bool
    packages: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    trees: tuple[tuple[str, str], ...]
    replaced: Mapping[str, str]


def plan_of(sight: Sight, probe: Probe, place: Path) -> Plan:
    """Decide what is cloned.

    Args:
        place: absolute path of the clone, in the end.
    """
    whole = not probe.is_plain
    packages = f"{place}/{probe.site_folder}"
    trees = [(probe.prefix, str(place))] if whole else []
    first: list[str] = []
    last: list[str] = []
    own = None
    for number, site in enumerate(probe.sites, 1):
        if whole and f"{site}/".startswith(f"{probe.prefix}/"):
            continue
        if not whole and own is None and site != probe.user:
            own = packages
            trees.append((site, packages))
            continue
        clone = f"{place}/sites/{number}"
        trees.append((site, clone))
        (first if site == probe.user else last).append(clone)
    replaced = dict(trees)
    if whole:
        replaced |= dict.fromkeys(probe.spelled, str(place))
    else:
        programs = {probe.program, probe.base, os.path.realpath(probe.base)}
        replaced |= dict.fromkeys(programs, f"{place}/bin/python")
    replaced |= {
        source.root: f"{place}/editable/{number}"
        for number, source in enumerate(sight.sources, 1)
        if not source.problem
    }
    # The deepest first, as that is where a path leads.
    trees.sort(key=lambda pair: len(pair[0]), reverse=True)
    return Plan(place, whole, packages, tuple(first), tuple(last), tuple(trees), replaced)


def clone(
    sight: Sight,
    probe: Probe,
    folder: Path,
    place: Path,
    *,
    copy: bool,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> tuple[int, tuple[str, ...]]:
    """Build a clone.

    Args:
        folder: where it is built, with the record of its files.
        place: what that folder will be called.
        copy: whether to copy files instead of linking them.

    Returns:
        The bytes of its files, and sentences about what is not frozen.

    Raises:
        Unlinkable: its files can't be linked.
        SnapshotFailed: cancelled.
        OSError: it can't be read, or the clone not be written.
    """
    plan = plan_of(sight, probe, place / PREFIX)
    rewriter = Rewriter(plan.replaced)
    named, binaries = named_by_conda(probe.prefix) if probe.is_conda else (frozenset[str](), 0)
    build = folder / PREFIX
    cloner = Cloner(
        build, plan.place, plan.trees, rewriter, named,
        copy=copy, progress=progress, cancelled=cancelled,
    )  # fmt: skip
    leave = _left_out(probe, place)
    for original, target in reversed(plan.trees):
        cloner.tree(original, os.path.relpath(target, plan.place).removeprefix("."), leave)
    if not plan.whole:
        _give_shape(cloner, probe, plan, rewriter)
    _complete(cloner, probe, plan, build)
    for number, source in enumerate(sight.sources, 1):
        if not source.problem:
            copy_source(source, build / "editable" / str(number))
            cloner.note(f"editable/{number}")
    cloner.close()
    write_json(folder / FILES, cloner.stamps)
    return cloner.bytes, tuple(_warnings(sight, probe, plan, binaries))


def _left_out(probe: Probe, place: Path) -> Callable[[str], bool]:
    state = place.parent.parent
    ours = {str(place.parent), str(state)} - {probe.prefix}
    if probe.is_conda:
        ours |= {f"{probe.prefix}/{name}" for name in _CONDA_OWN}
    inside = {path for path in ours if path.startswith(f"{probe.prefix}/")}
    return lambda path: path in inside


def _give_shape(cloner: Cloner, probe: Probe, plan: Plan, rewriter: Rewriter) -> None:
    """Let packages of a plain Python look like a virtual environment."""
    cloner.folder("bin")
    version = probe.version.partition(" ")[2]
    home = Path(probe.base).parent
    text = f"home = {home}\ninclude-system-site-packages = false\nversion = {version}\n"
    cloner.write("pyvenv.cfg", text.encode())
    minor = ".".join(version.split(".")[:2])
    for name in dict.fromkeys(("python", "python3", f"python{minor}", Path(probe.program).name)):
        cloner.link(f"bin/{name}", probe.base)
    folders = [probe.scripts, str(Path(probe.user).parents[2] / "bin") if probe.user else ""]
    for folder in filter(None, folders):
        _scripts(cloner, Path(folder), rewriter)
    for name in ("share/jupyter", "etc/jupyter"):
        if Path(probe.prefix, name).is_dir():
            cloner.tree(f"{probe.prefix}/{name}", name)


def _scripts(cloner: Cloner, folder: Path, rewriter: Rewriter) -> None:
    """Write anew the scripts that the interpreter executes."""
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return
    for file in files:
        try:
            status = file.stat()
            old = read_text(str(file), status.st_size) if stat.S_ISREG(status.st_mode) else None
            if old is None or not old.startswith(b"#!"):
                continue
            new = rewriter.script(old)
            if new.partition(b"\n")[0] != old.partition(b"\n")[0]:
                cloner.write(f"bin/{file.name}", new, status.st_mode)
        except OSError:
            continue


def _complete(cloner: Cloner, probe: Probe, plan: Plan, build: Path) -> None:
    if plan.first or plan.last:
        site = os.path.relpath(plan.packages, plan.place)
        program = _SITES_PROGRAM.format(
            packages=plan.packages, first=list(plan.first), last=list(plan.last)
        )
        cloner.write(f"{site}/{_SITES}.py", program.encode())
        cloner.write(f"{site}/{_SITES}.pth", f"import {_SITES}\n".encode())
    if plan.whole and (build / "pyvenv.cfg").exists():
        old = (build / "pyvenv.cfg").read_bytes()
        new = old.replace(
            b"include-system-site-packages = true", b"include-system-site-packages = false"
        )
        cloner.write("pyvenv.cfg", new)
    if not (build / "bin/pip").exists():
        cloner.write("bin/pip", pip_shim(f"{plan.place}/bin/python").encode(), 0o755)


def _warnings(sight: Sight, probe: Probe, plan: Plan, binaries: int) -> list[str]:
    said = [source.problem for source in sight.sources if source.problem]
    frozen = [old for old, _ in plan.trees]
    known = [*frozen, *(source.root for source in sight.sources)]
    said += [
        f"{path}, which a .pth file names, is not frozen."
        for path in outside_paths(probe.sites, known)
    ]
    if not probe.is_conda:
        said.append(f"Python itself and its own library, of {probe.base}, are not frozen.")
    if binaries:
        said.append(
            f"{binaries} programs and libraries have the folder of the original in them, and may "
            "look for files there."
        )
    return said
