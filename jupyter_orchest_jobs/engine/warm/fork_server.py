"""A process that has imported what others need, and forks them: the base of both hosts.

It also runs under interpreters of other environments, so it uses nothing but the standard library
of Python 3.9, and nothing of this package.

It has one thread, no event loop and no sockets but its own, so a fork of it is as good as a new
process. What it forks belongs to itself and outlives it. It owns no work: whoever finds it gone
starts the process in the usual way.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

IDLE_S = 120.0
"""After so long without work it leaves."""
LARGEST = 4 * 2**20
"""Of a request, in bytes."""
MOST_FDS = 8

_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_PDEATHSIG = 1


class ForkServer:
    """Answers requests of its peers, who have a socket to it each, until nobody needs it.

    Args:
        control: of the peer that started it.
        idle_s: after so long without work it leaves.
    """

    def __init__(self, control: socket.socket, idle_s: float = IDLE_S) -> None:
        self.control: socket.socket | None = control
        self.work: set[int] = set()
        """Children for which it stays."""
        self.others: set[int] = set()
        """Further children that it started."""
        self._idle_s = idle_s
        self._peers = {control.fileno(): control}
        self._worked_at = time.monotonic()
        self._imported = imported_folders()

    def handle(
        self, peer: socket.socket, request: dict[str, Any], fds: list[int]
    ) -> Callable[[], None] | None:
        """Do what a peer wants.

        Args:
            fds: descriptors that came with the request; they are closed afterwards.

        Returns:
            In a forked child, what it shall become; None otherwise.
        """
        raise NotImplementedError

    def ended(self, pid: int, status: int) -> None:
        """Take note of the end of a child, given as ``waitpid`` tells it."""

    def may_stay(self, pid: int) -> bool:
        """Whether a process that became a child since its parent died is left in peace."""
        return False

    def run(self) -> Callable[[], None]:
        """Serve.

        Returns:
            In a forked child, what it shall become. In the server itself: nothing, it exits.
        """
        become_subreaper()
        for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM, signal.SIGUSR1):
            # `nohup` and the like hand down ignored signals.
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        woken, wake = os.pipe()
        os.set_blocking(woken, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake)
        # What is there now is shared with the children for good: they need not look at it.
        gc.collect()
        gc.disable()
        gc.freeze()
        while True:
            left_s = self._patience_s()
            if left_s <= 0.0:
                os._exit(0)
            ready, _, _ = select.select([woken, *self._peers], [], [], min(left_s, 3600.0))
            if woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(woken, 4096)
                self._reap()
            for fd in ready:
                if fd in self._peers:
                    become = self._receive(self._peers[fd])
                    if become is not None:
                        return become

    def add_peer(self, peer: socket.socket) -> None:
        """Serve this socket, too."""
        self._peers[peer.fileno()] = peer

    def is_outdated(self) -> bool:
        """Whether something was installed or removed where its modules come from."""
        return any(_changed_at(folder) != at for folder, at in self._imported.items())

    def retire(self) -> None:
        """Serve nobody any more, and leave when the work is done."""
        for peer in list(self._peers.values()):
            self._forget(peer)

    def fork(self, keep: list[int]) -> int:
        """Fork.

        Args:
            keep: the descriptors that the child keeps, besides 0, 1 and 2.

        Returns:
            As ``os.fork`` does.
        """
        self._worked_at = time.monotonic()
        pid = os.fork()
        if pid:
            return pid
        # It may live for days: what it makes itself, unlike all that is there, is collected.
        gc.freeze()
        gc.enable()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for peer in self._peers.values():
            # Else it would close somebody else's descriptor when it is collected.
            peer.detach()
        self._peers.clear()
        self.control = None
        close_all_but(keep)
        return 0

    def _patience_s(self) -> float:
        if self.work:
            return float("inf")
        if not self._peers:
            return 0.0
        return self._worked_at + self._idle_s - time.monotonic()

    def _receive(self, peer: socket.socket) -> Callable[[], None] | None:
        fds: list[int] = []
        try:
            data, extra, _, _ = peer.recvmsg(LARGEST, socket.CMSG_LEN(4 * MOST_FDS))
            for level, kind, content in extra:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    fds += array.array("i", content[: len(content) // 4 * 4])
            become = self.handle(peer, decode(data), fds) if data else None
        except OSError:
            data, become = b"", None
        if become is None:
            if not data:
                self._forget(peer)
            for fd in fds:
                os.close(fd)
        return become

    def _forget(self, peer: socket.socket) -> None:
        self._peers.pop(peer.fileno(), None)
        if peer is self.control:
            self.control = None
        peer.close()

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                break
            if pid in self.work:
                self._worked_at = time.monotonic()
            self.work.discard(pid)
            self.others.discard(pid)
            self.ended(pid, status)
        # The kernel gives a subreaper the children of whoever died below it.
        for pid in children():
            if pid not in self.work and pid not in self.others and not self.may_stay(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def send(peer: socket.socket, message: dict[str, Any], fds: list[int] | None = None) -> None:
    """Send one message, with descriptors.

    Raises:
        OSError: the peer is gone, or the message too large.
    """
    extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    peer.sendmsg([json.dumps(message).encode()], extra, socket.MSG_NOSIGNAL)


def receive(peer: socket.socket) -> dict[str, Any] | None:
    """The next message, without descriptors; None if the peer is gone.

    Raises:
        OSError: it can't be read.
    """
    data = peer.recv(LARGEST)
    return decode(data) if data else None


def decode(data: bytes) -> dict[str, Any]:
    """The message in these bytes."""
    message: dict[str, Any] = json.loads(data)
    return message


def become_subreaper() -> None:
    """Become the parent of all orphans below this process."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Have the system kill this process when its parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def close_all_but(keep: list[int]) -> None:
    """Close all descriptors but these, and 0, 1 and 2."""
    kept = {0, 1, 2, *keep}
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        if int(name) not in kept:
            # The one that read this list is closed already.
            with contextlib.suppress(OSError):
                os.close(int(name))


def children() -> list[int]:
    """The children of this process, which has one thread."""
    pid = os.getpid()
    try:
        return [int(word) for word in Path(f"/proc/self/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        # Not all Linuxes have that.
        names = os.listdir("/proc")  # noqa: PTH208
        return [int(name) for name in names if name.isdigit() and _parent(name) == pid]


def _parent(pid: str) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return 0
    return int(stat[stat.rindex(b")") + 2 :].split()[1])


def replace_environment(env: dict[str, Any]) -> None:
    """Let this process have exactly these variables."""
    os.environ.clear()
    os.environ.update(env)
    time.tzset()


def exit_like_python(program: Callable[[], object]) -> None:
    """Run a program and end the process with what Python does at the end of one.

    The interpreter itself is not taken down: that would copy all that is shared.
    """
    code = 0
    try:
        program()
    except SystemExit as error:
        code = _exit_code(error.code)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def _exit_code(code: object) -> int:
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    print(code, file=sys.stderr)  # noqa: T201
    return 1


def imported_folders() -> dict[str, int]:
    """Where modules were imported from and packages are installed, and when that last changed."""
    folders = {folder for folder in sys.path if folder.endswith("-packages")}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            folders.add(os.path.dirname(file))  # noqa: PTH120
    return {folder: _changed_at(folder) for folder in folders}


def _changed_at(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0
