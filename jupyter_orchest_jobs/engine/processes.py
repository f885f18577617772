"""Processes: who is who, waiting for an end, and leaving nothing behind."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

_LINUX = sys.platform.startswith("linux")
_PR_SET_CHILD_SUBREAPER = 36
_EXIT_POLL_S = 0.05
_NICENESS = 5
_SWEEP_S = 5.0
"""How long to go on killing what does not die; processes in a system call may hang."""


def become_subreaper() -> None:
    """Make orphaned descendants ours, so that none escapes by detaching itself. Linux only."""
    if _LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def give_way(pid: int = 0) -> None:
    """Let what people do go first: a process, and what it starts, gets less of a busy machine.

    Linux may share the processor among sessions (autogroups) and let niceness count within each
    of them only. So a session's own niceness is set, too, if that may be done as often as this.

    Args:
        pid: of the process, which should lead its session; 0 for this one.
    """
    with suppress(OSError):
        niceness = max(os.getpriority(os.PRIO_PROCESS, pid), _NICENESS)
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    with suppress(OSError):
        Path(f"/proc/{pid or 'self'}/autogroup").write_text(str(_NICENESS))


def started_at(pid: int) -> float | None:
    """When the process started, in a unit of its own; None if there is no such process.

    Together with the pid it names a process for good within one boot. On Linux these are clock
    ticks since boot, which no change of the clock moves.
    """
    if _LINUX:
        try:
            stat = Path(f"/proc/{pid}/stat").read_bytes()
        except OSError:
            return None
        # The command, in parentheses, may contain anything, spaces and parentheses included.
        return float(stat[stat.rindex(b")") + 2 :].split()[19])
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def signal_process(pid: int, start: float, signum: signal.Signals) -> bool:
    """Signal exactly the process that had this pid and start, if it still lives."""
    if _LINUX:
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            return False
        try:
            if started_at(pid) != start:
                return False
            signal.pidfd_send_signal(handle, signum)
        except ProcessLookupError:
            return False
        finally:
            os.close(handle)
        return True
    if started_at(pid) != start:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signum)
        return True
    return False


async def wait_exit(process: "subprocess.Popen[bytes]") -> int:
    """Wait until a child ends, without polling where the system allows.

    Returns:
        Its exit code; the negative number of the signal that killed it.
    """
    try:
        handle = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        while process.poll() is None:  # noqa: ASYNC110 - there is nothing else to wait for
            await asyncio.sleep(_EXIT_POLL_S)
        return process.wait()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
    return process.wait()


def describe_exit(code: int | None) -> str:
    """An exit code for people: “exit code 3”, “signal 9, SIGKILL”."""
    if code is None:
        return "reason unknown"
    if code >= 0:
        return f"exit code {code}"
    name = ""
    with suppress(ValueError):
        name = f", {signal.Signals(-code).name}"
    return f"signal {-code}{name}"


def signal_tree(pid: int, signum: signal.Signals) -> None:
    """Signal a process and all its descendants."""
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        # Children first: a dead parent no longer leads to them.
        _signal([*root.children(recursive=True), root], signum)


def kill_descendants(only: Callable[[psutil.Process], bool] | None = None) -> int:
    """Kill what descends from this process until nothing of it is left.

    Args:
        only: which descendants. Without it all are killed and reaped: then no Popen object may
            be waiting for its process, since its exit code would be taken away.

    Returns:
        How many processes were killed.
    """
    if not _has_children():
        return 0
    killed: set[int] = set()
    this = psutil.Process()
    for _ in _rounds():
        if only is None:
            _reap()
        found = [
            child
            for child in this.children(recursive=True)
            if not _is_zombie(child) and (only is None or only(child))
        ]
        if not found:
            break
        _signal(found, signal.SIGKILL)
        killed.update(child.pid for child in found)
    return len(killed)


def _has_children() -> bool:
    """Whether there is a child, be it dead; this takes much less than to look for it."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    except (AttributeError, OSError):
        pass
    return True


def kill_tagged(name: str, value: str, only: Callable[[Mapping[str, str]], bool]) -> int:
    """Kill all processes of this user with a variable in their environment, and their descendants.

    This process and its ancestors are spared.

    Args:
        name: of the variable.
        value: its value.
        only: whether those are meant that have these variables besides.

    Returns:
        How many processes were killed.
    """
    killed: set[int] = set()
    for _ in _rounds():
        spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
        found = {
            process.pid: process
            for tagged in psutil.process_iter()
            if tagged.pid not in spared and has_tag(tagged, name, value, only)
            for process in _with_descendants(tagged)
            if process.pid not in spared and not _is_zombie(process)
        }
        if not found:
            break
        _signal(found.values(), signal.SIGKILL)
        killed.update(found)
    return len(killed)


def has_tag(
    process: psutil.Process,
    name: str,
    value: str,
    only: Callable[[Mapping[str, str]], bool] = lambda _: True,
) -> bool:
    """Whether the process is this user's and was started with this variable, and fitting others."""
    try:
        if process.uids().real != os.getuid():
            return False
        environ = process.environ()
        return environ.get(name) == value and only(environ)
    except (psutil.Error, OSError):
        return False


def _with_descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return [process]


def _rounds() -> Iterable[int]:
    end = time.monotonic() + _SWEEP_S
    number = 0
    while time.monotonic() < end:
        yield number
        number += 1
        time.sleep(0.002 * number)


def _signal(processes: Iterable[psutil.Process], signum: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(signum)


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
