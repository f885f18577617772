"""Imports the modules that a job names, into the process that will fork kernels.

Like :mod:`.fork_server` it runs under interpreters of other environments, and uses nothing but the
standard library of Python 3.9.

A module is anybody's code: its import may fail, hang, crash, or leave what no fork survives. So it
is imported in a fork, which becomes the host once all went well. If it doesn't, that fork is
thrown away with all that is half imported, and another one tries without the culprit.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import threading
from collections.abc import Sequence

from jupyter_orchest_jobs.engine.warm.fork_server import close_all_but

LONGEST_S = 60.0
"""How long one module may take."""

_INLINE = "module://matplotlib_inline.backend_inline"
"""The backend that ipykernel sets at its start; matplotlib looks when it is imported."""
_CARRY_ON = (b"openblas", b"libmkl_", b"jemalloc")
"""Libraries whose threads begin again in a fork."""


def preload(names: Sequence[str], longest_s: float = LONGEST_S) -> dict[str, str]:
    """Import modules; it returns in a fork, whose parent ends when the fork does.

    Call it while the process has one thread, and nothing open that must be closed in time.

    Args:
        names: of the modules, in the order in which they are imported.
        longest_s: how long one may take; in seconds.

    Returns:
        The names of those that are not imported, and why.
    """
    refused: dict[str, str] = {}
    while True:
        told, tell = os.pipe()
        child = os.fork()
        if not child:
            os.close(told)
            os.environ.setdefault("MPLBACKEND", _INLINE)
            _import_all([name for name in names if name not in refused], tell)
            os.close(tell)
            return refused
        os.close(tell)
        culprit = _watch(told, child, longest_s)
        os.close(told)
        if culprit is None:
            _end_with(child)
        else:
            refused.update([culprit])


def _import_all(names: Sequence[str], tell: int) -> None:
    """Import modules, and say which comes next; ends the process after one that can't stay."""
    for name in names:
        os.write(tell, json.dumps([name, None]).encode() + b"\n")
        problem = _import(name)
        if problem is not None:
            os.write(tell, json.dumps([name, problem[:300]]).encode() + b"\n")
            os._exit(0)
    os.write(tell, b"null\n")


def _import(name: str) -> str | None:
    """Import a module, and say why it can't be shared."""
    files, threads = _open_files(), _threads()
    try:
        importlib.import_module(name)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    if threading.active_count() > 1:
        return "its import starts threads"
    if _threads() > threads and not _carry_on():
        return "its import starts threads that don't carry on in a fork"
    if _open_files() - files:
        return "its import keeps files open"
    return None


def _watch(told: int, child: int, longest_s: float) -> tuple[str, str] | None:
    """Wait until all is imported.

    Returns:
        The module for which the child has ended, and why; None if none is to blame.
    """
    name, text = "", b""
    while True:
        if not select.select([told], [], [], longest_s)[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return name, f"its import takes longer than {longest_s:.0f} s"
        data = os.read(told, 4096)
        if not data:
            _, status = os.waitpid(child, 0)
            if not name:
                # It was killed before it could say a word.
                os._exit(0)
            return name, f"its import ends the process ({_how(status)})"
        *lines, text = (text + data).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if said is None:
                return None
            name, problem = said
            if problem is not None:
                os.waitpid(child, 0)
                return name, problem


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def _end_with(child: int) -> None:
    """Hold nothing that others wait for, and end as the child does."""
    close_all_but([])
    _, status = os.waitpid(child, 0)
    os._exit(max(0, os.waitstatus_to_exitcode(status)))


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208


def _carry_on() -> bool:
    """Whether the threads may be those of a library that sees to forks."""
    with open("/proc/self/maps", "rb") as maps:  # noqa: PTH123
        mapped = maps.read()
    return any(name in mapped for name in _CARRY_ON)


def _open_files() -> set[str]:
    with contextlib.suppress(OSError):
        return {
            f"{name} {os.readlink(f'/proc/self/fd/{name}')}"  # noqa: PTH115
            for name in os.listdir("/proc/self/fd")  # noqa: PTH208
            if os.path.exists(f"/proc/self/fd/{name}")  # noqa: PTH110
        }
    return set()
