"""Has runners forked: the executor's side of :mod:`.runner_host`."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_orchest_jobs.engine.warm.fork_server import LARGEST, decode, send

_ANSWER_S = 5.0
"""How long a host may take to fork; then it is killed, so that it doesn't do so later."""


@dataclass(frozen=True)
class Forked:
    """A process that is not a child of this one.

    Attributes:
        pid: its process id.
        handle: a descriptor that can be read when it has ended; to be closed.
    """

    pid: int
    handle: int

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return not select.select([self.handle], [], [], 0)[0]


class WarmRunners:
    """The host of runners that belongs to this process.

    It is started when a runner is first wanted, and again when it has left, was killed, or when
    packages were changed. While it is not ready, runners have to be started in the usual way.
    """

    def __init__(self) -> None:
        self._control: socket.socket | None = None
        self._environ: Mapping[str, str] = {}
        self._ready = False
        self._processes: list[subprocess.Popen[bytes]] = []

    def fork(self, folder: Path, lock: int, log: int, environ: Mapping[str, str]) -> Forked | None:
        """Fork a runner.

        Args:
            folder: of its attempt.
            lock: descriptor of the attempt's lock.
            log: descriptor of the file for its own output.
            environ: its environment variables.

        Returns:
            None if that can't be done now.
        """
        if not self.is_ready(environ) or self._control is None:
            return None
        try:
            request = {"do": "run", "folder": str(folder), "env": dict(environ)}
            send(self._control, request, [lock, log])
            data, handles, _, _ = socket.recv_fds(self._control, LARGEST, 1)
        except OSError:
            self._discard(kill=True)
            return None
        if not handles:
            # It is outdated, or has just left.
            self._discard()
            self.start(environ)
            return None
        os.set_inheritable(handles[0], False)
        return Forked(decode(data)["pid"], handles[0])

    def connect(self) -> socket.socket | None:
        """A socket, for a runner that is started in the usual way, with which it gets kernels."""
        if self._control is None:
            return None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                send(self._control, {"do": "connect"}, [theirs.fileno()])
            except OSError:
                ours.close()
                return None
        return ours

    def start(self, environ: Mapping[str, str]) -> None:
        """Start a host, unless there is one.

        Args:
            environ: its environment variables, and those of its runners.
        """
        if self._control is not None:
            return
        self.reap()
        try:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except (OSError, AttributeError):
            return
        self._control.settimeout(_ANSWER_S)
        self._environ, self._ready = dict(environ), False
        with theirs:
            command = ["-P", "-m", "jupyter_orchest_jobs.engine.warm.runner_host"]
            try:
                process = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, *command, str(theirs.fileno())],
                    env=self._environ,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            except OSError:
                self._discard()
                return
        self._processes.append(process)

    def is_ready(self, environ: Mapping[str, str]) -> bool:
        """Whether there is a host that can fork a runner with these variables at once."""
        if self._control is not None and select.select([self._control], [], [], 0)[0]:
            # Unasked, it says only that it is ready, and that by its end it no longer is.
            try:
                self._ready = bool(self._control.recv(LARGEST))
            except OSError:
                self._ready = False
            if not self._ready:
                self._discard()
        return self._ready and self._control is not None and self._environ == environ

    def reap(self) -> None:
        """Collect hosts that have ended."""
        self._processes = [one for one in self._processes if one.poll() is None]

    def close(self, *, wait: bool) -> None:
        """Let the host leave.

        Args:
            wait: until it has; it doesn't before its runners have ended.
        """
        self._discard()
        processes, self._processes = self._processes, []
        for process in processes:
            if wait:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_ANSWER_S)
            if process.poll() is None:
                # Collected whenever it ends; nobody else knows of it any more.
                threading.Thread(target=process.wait, daemon=True).start()

    def _discard(self, *, kill: bool = False) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
            self._ready = False
            if kill and self._processes:
                with contextlib.suppress(OSError):
                    self._processes[-1].send_signal(signal.SIGKILL)
