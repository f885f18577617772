"""The program of the process that forks runners: ``python -m …warm.runner_host FD``.

It has imported all that a runner needs, so each runner has, before its first step. It also
starts the hosts of kernels, which must not descend from a runner: whoever ends takes with it all
that descends from it.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.engine.warm.fork_server import (
    ForkServer,
    close_all_but,
    replace_environment,
    send,
)

MOST_KERNEL_HOSTS = 4
"""So many environments are kept warm."""

MARK = "orchest-jobs-kernels"
"""Begins the word by which hosts of kernels are known among processes."""

_PACKAGE = "jupyter_orchest_jobs.engine.warm"
_LOADER = """import sys
if sys.path[:1] == [""]:
    del sys.path[0]
import json, socket, types
control = socket.socket(fileno=int(sys.argv[2]))
for name, text in json.loads(control.recv(1 << 20)).items():
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name, "exec"), vars(module))
module.main(control)
"""
"""Takes the program from a socket: its files may be those of another version by then."""


class RunnerHost(ForkServer):
    """Forks runners for an executor, and brings them together with hosts of kernels.

    Requests of the executor: ``{"do": "run", "folder", "env"}`` with the attempt's lock and the
    file for the runner's own output, answered with ``{"pid"}`` and a pidfd, or with ``{}`` when
    this host is outdated; ``{"do": "connect"}`` with the socket of a runner that was not forked
    here. Requests of runners: ``{"do": "kernels", "argv", "env", "preload"}`` with a socket that
    becomes one to the host of such kernels, or is closed.
    """

    def __init__(self, control: socket.socket) -> None:
        super().__init__(control)
        # Read now: an upgrade must not change it.
        texts = {
            f"{_PACKAGE}.{name}": files(_PACKAGE).joinpath(f"{name}.py").read_text("utf-8")
            for name in ("fork_server", "namespaces", "preload", "kernel_host")
        }
        self._program = json.dumps(texts).encode()
        self._mark = f"{MARK}-{secrets.token_hex(8)}"
        self._hosts: dict[str, tuple[int, socket.socket]] = {}
        self._hopeless: set[str] = set()

    def handle(
        self, peer: socket.socket, request: dict[str, Any], fds: list[int]
    ) -> Callable[[], None] | None:
        """See :class:`RunnerHost`."""
        match request["do"]:
            case "run":
                return self._run(peer, request, *fds)
            case "connect":
                self.add_peer(socket.socket(fileno=os.dup(fds[0])))
            case "kernels":
                self._connect(request["argv"], request["env"], request["preload"], fds[0])
        return None

    def ended(self, pid: int, status: int) -> None:
        """Forget the host of kernels that has ended; one that failed is not tried again."""
        for key, (process, control) in list(self._hosts.items()):
            if process == pid:
                control.close()
                del self._hosts[key]
                if os.WIFEXITED(status) and status:
                    self._hopeless.add(key)

    def may_stay(self, pid: int) -> bool:
        """Kernels' guards: their host has died, but they go on."""
        try:
            return self._mark.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return True

    def _run(
        self, peer: socket.socket, request: dict[str, Any], lock: int, log: int
    ) -> Callable[[], None] | None:
        if self.is_outdated():
            send(peer, {})
            self.retire()
            return None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = self.fork([lock, log, theirs.fileno()])
        if not pid:
            ours.detach()
            return lambda: _become_runner(request, lock, log, theirs.detach())
        theirs.close()
        self.work.add(pid)
        self.add_peer(ours)
        handle = os.pidfd_open(pid)
        try:
            send(peer, {"pid": pid}, [handle])
        finally:
            os.close(handle)
        return None

    def _connect(self, argv: list[str], env: dict[str, str], preload: list[str], fd: int) -> None:
        """Have a runner connected with the host of its kernels."""
        key = json.dumps([argv, env, preload], sort_keys=True)
        for _ in range(2):
            if key in self._hopeless:
                return
            host = self._hosts.get(key) or self._start(key, argv, env, preload)
            try:
                send(host[1], {"do": "connect"}, [fd])
                return
            except OSError:
                # It is leaving: it was idle, or its environment has changed.
                host[1].close()
                del self._hosts[key]

    def _start(
        self, key: str, argv: list[str], env: dict[str, str], preload: list[str]
    ) -> tuple[int, socket.socket]:
        if len(self._hosts) >= MOST_KERNEL_HOSTS:
            oldest = next(iter(self._hosts))
            self._hosts.pop(oldest)[1].close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(  # noqa: S603  # the interpreter of a kernel
                [*argv, "-c", _LOADER, self._mark, str(theirs.fileno())],
                env=env,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        # It is waited for with all other children.
        process.returncode = 0
        self.others.add(process.pid)
        ours.sendall(self._program)
        send(ours, {"preload": preload})
        self._hosts[key] = process.pid, ours
        return self._hosts[key]


def _become_runner(request: dict[str, Any], lock: int, log: int, host: int) -> None:
    os.setsid()
    for fd in (1, 2):
        os.dup2(log, fd)
    close_all_but([lock, host])
    os.chdir("/")
    replace_environment(request["env"])
    from jupyter_orchest_jobs.engine import runner

    runner.exit_with(runner.execute(Path(request["folder"]), lock, host))


def main(control: socket.socket) -> None:
    """Import, say so, and serve."""
    from jupyter_orchest_jobs.engine import processes, runner

    processes.give_way()
    runner.import_everything()
    from jupyter_orchest_jobs.engine import notebook

    notebook.warm_up()
    host = RunnerHost(control)
    send(control, {"ready": True})
    host.run()()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
