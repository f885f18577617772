"""Asks an interpreter what it is."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from jupyter_orchest_jobs.domain.inheriting import inheritable

_PYTHON = re.compile(r"(python|pypy)[\d.]*t?")
_TIMEOUT_S = 60.0
_VERSION_TIMEOUT_S = 10.0

_QUESTIONS = """
import json, os, site, sys, sysconfig
version = ".".join(str(part) for part in sys.version_info[:3])
user = getattr(site, "ENABLE_USER_SITE", False) and site.getusersitepackages()
answer = {
    "program": sys.executable,
    "version": sys.implementation.name.replace("cpython", "python").capitalize() + " " + version,
    "prefix": sys.prefix,
    "base_prefix": sys.base_prefix,
    "base": getattr(sys, "_base_executable", None) or sys.executable,
    "sites": site.getsitepackages(),
    "user": user or "",
    "purelib": sysconfig.get_path("purelib"),
    "scripts": sysconfig.get_path("scripts"),
    "stdlib": sysconfig.get_path("stdlib"),
    "site_folder": "lib/python%d.%d/site-packages" % sys.version_info[:2],
}
sys.stdout.write("\\n" + json.dumps(answer))
"""
"""For Python 3.6 and later. What a ``.pth`` file prints comes before the last line."""


@dataclass(frozen=True)
class Probe:
    """What a Python interpreter says of itself.

    Attributes:
        program: its absolute path.
        version: ``Python 3.11.9``.
        prefix: the folder that it takes for its own, by its real path.
        spelled: other absolute paths of it, by which its scripts may call it.
        base_prefix: the same of the Python that it builds on.
        base: absolute path of that Python.
        sites: real paths of the folders that hold its packages, in the order of the search: the
            user's own, if it is searched, then those of the interpreter.
        user: which of them is the user's own; "" if that isn't searched.
        scripts: the folder for console scripts.
        site_folder: where packages are in an environment of this version, relative to its prefix.
    """

    program: str
    version: str
    prefix: str
    spelled: tuple[str, ...]
    base_prefix: str
    base: str
    sites: tuple[str, ...]
    user: str
    scripts: str
    site_folder: str

    @property
    def is_conda(self) -> bool:
        """Whether it is that of a conda environment."""
        return Path(self.prefix, "conda-meta").is_dir()

    @property
    def is_plain(self) -> bool:
        """Whether it belongs to no environment: only its packages can be cloned, not itself."""
        return self.prefix == self.base_prefix and not self.is_conda


def is_python(program: str) -> bool:
    """Whether a program is a Python interpreter, going by its name."""
    return _PYTHON.fullmatch(Path(program).name) is not None


def probe(program: str) -> Probe | None:
    """Ask a Python interpreter; the answer is remembered until its files change.

    Args:
        program: its absolute path.

    Returns:
        None if there is none, or it doesn't answer; then it is asked again the next time.
    """
    marks = tuple(mark(path) for path in (program, *_configurations(program)))
    try:
        known = _probe(program, marks) if marks[0] else None
    except ValueError:
        return None
    if known is None:
        return None
    # The first package that somebody installs for himself makes a folder, and changes no program.
    sites = tuple(site for site in known.sites if Path(site).is_dir())
    return replace(known, sites=sites, user=known.user if known.user in sites else "")


def mark(path: str) -> tuple[int, int] | None:
    """Size and time of a file, by which a change is noticed; None if there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116  # a text, as it was given
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _configurations(program: str) -> tuple[str, str]:
    folder = os.path.dirname(program)  # noqa: PTH120  # a text, as it was given
    return f"{folder}/pyvenv.cfg", f"{os.path.dirname(folder)}/pyvenv.cfg"  # noqa: PTH120  # a text, as it was given


@lru_cache(maxsize=64)
def _probe(program: str, marks: object) -> Probe:
    """Its answer, with all folders that could hold packages.

    Raises:
        ValueError: there is none.
    """
    said = _said([program, "-c", _QUESTIONS], _TIMEOUT_S)
    answer = json.loads((said or "").rpartition("\n")[2])
    real = os.path.realpath
    user = real(answer["user"]) if answer["user"] else ""
    sites = [user, real(answer["purelib"]), *(real(site) for site in answer["sites"])]
    return Probe(
        program=answer["program"],
        version=answer["version"],
        prefix=real(answer["prefix"]),
        spelled=_spelled(answer["program"], answer["prefix"]),
        base_prefix=real(answer["base_prefix"]),
        base=answer["base"],
        sites=tuple(dict.fromkeys(filter(None, sites))),
        user=user,
        scripts=real(answer["scripts"]),
        site_folder=answer["site_folder"],
    )


def _spelled(program: str, prefix: str) -> tuple[str, ...]:
    real = os.path.realpath(prefix)
    above = str(Path(program).parent.parent)
    names = dict.fromkeys((prefix, above if os.path.realpath(above) == real else prefix))
    return tuple(name for name in names if name != real)


def version_of(program: str) -> str:
    """What a program that isn't Python says of its version; "" if it says nothing."""
    return _version(program, mark(program))


@lru_cache(maxsize=64)
def _version(program: str, marks: object) -> str:
    said = _said([program, "--version"], _VERSION_TIMEOUT_S) or ""
    return next((line.strip() for line in said.splitlines() if line.strip()), "")[:200]


def absolute(program: str) -> str:
    """The absolute path of a program; "" if it isn't found. Links are not followed."""
    found = shutil.which(program)
    return os.path.abspath(found) if found else ""  # noqa: PTH100  # a text, as it was given


def _said(command: list[str], timeout_s: float) -> str | None:
    """What a command prints; None if it fails."""
    env = {name: value for name, value in inheritable(os.environ).items() if name[:6] != "PYTHON"}
    try:
        done = subprocess.run(  # noqa: S603 - the user's own interpreter
            command,
            env=env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
