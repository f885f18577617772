"""The program of the process that forks Python kernels, one for each environment.

Like :mod:`.fork_server` it runs under other interpreters, and uses nothing but their standard
library and their ipykernel.

For each kernel it forks a guard, and the guard the kernel. The guard lives as long as the kernel.
It gets all that the kernel leaves behind; when the kernel ends, or whoever asked for it is gone,
it kills what is left and tells how the kernel ended.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import os
import random
import re
import select
import signal
import socket
import sys
import time
import types
from collections.abc import Callable
from typing import Any

from jupyter_orchest_jobs.engine.warm.fork_server import (
    ForkServer,
    become_subreaper,
    children,
    close_all_but,
    die_with_parent,
    exit_like_python,
    receive,
    replace_environment,
    send,
)
from jupyter_orchest_jobs.engine.warm.namespaces import enter, give_up_rights
from jupyter_orchest_jobs.engine.warm.preload import preload

_MODULES = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "asyncio",
    "concurrent.futures.thread",
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "multiprocessing",
    "pdb",
    "psutil",
    "runpy",
    "sqlite3",
    "stack_data",
    "tornado.platform.asyncio",
    "tornado.queues",
    "unicodedata",
)
"""What a kernel imports until it has executed a cell and shown an error."""

_EXPRESSIONS = (
    (r"^\w(\-?\w)*$", 0),
    (r"^-\d+$|^-\d*\.\d+$", 0),
    (r"\s+", 0),
    (r"\s+", re.ASCII),
    (r"\n\n\n+", 0),
    (r"(A)", 0),
    (r"(-*[A-]*)", 0),
    (r"([^\\] )", 0),
    (r"(?s:.*\.py)\Z", 0),
    (r"(?s:.*\.ipy)\Z", 0),
    (r"[\s|\[]*(\w+)(?:\s*=\s*.*)", 0),
    (r"^[\w|\s.]+\(([^)]*)\).*", 0),
    (".*Trio's signal handling code might have collided.*", re.IGNORECASE),
)
"""Those that traitlets, argparse and IPython compile when a kernel starts, in their functions."""

_SWEEP_S = 5.0
"""How long the guard goes on killing what doesn't die; processes in a system call may hang."""
_NOT_WATCHED = "1"
"""Tells ipykernel that it has a parent, but needn't watch it: the guard and the system do that."""


class KernelHost(ForkServer):
    """Forks kernels for runners.

    Requests, on the control socket, ``{"do": "connect"}`` with a runner's socket; on that,
    ``{"do": "kernel", "argv", "env", "cwd"}`` with a socket to the guard, a file that the guard
    keeps open, stdin, stdout and stderr, and, where a run has its own, the namespaces of users and
    of mounts that the kernel enters. The guard then says ``{"pid", "refused"}`` and, in the
    end, ``{"exit"}``; it takes ``{"signal"}``. A socket that closes without a word means: not here.

    Args:
        control: of the peer that started it.
        refused: which modules it should have imported and has not, and why.
    """

    def __init__(self, control: socket.socket, refused: dict[str, str]) -> None:
        super().__init__(control)
        self._refused = refused

    def handle(
        self, peer: socket.socket, request: dict[str, Any], fds: list[int]
    ) -> Callable[[], None] | None:
        """See :class:`KernelHost`."""
        if request["do"] == "connect":
            self.add_peer(socket.socket(fileno=os.dup(fds[0])))
            return None
        if self.is_outdated():
            self.retire()
            return None
        life, keep, *given = fds
        if select.select([life], [], [], 0)[0]:
            # Who asked did not wait so long, and starts the kernel without us.
            return None
        host = os.getpid()
        pid = self.fork(fds)
        if pid:
            self.work.add(pid)
            return None
        guard = os.getpid()
        if os.getppid() != host:
            os._exit(1)
        become_subreaper()
        hear, say = os.pipe()
        kernel = os.fork()
        if kernel:
            for fd in (say, *given):
                os.close(fd)
            if not os.read(hear, 1):
                os._exit(0)  # without a word
            os.close(hear)
            _guard(socket.socket(fileno=life), kernel, self._refused)
        die_with_parent(guard)
        os.close(life)
        os.close(keep)
        _enter(given[3:])
        os.write(say, b"1")
        return lambda: _become_kernel(request, given[:3])


def _guard(life: socket.socket, kernel: int, refused: dict[str, str]) -> None:
    """Watch over a kernel and exit after it."""
    handle = os.pidfd_open(kernel)
    with contextlib.suppress(OSError):
        send(life, {"pid": kernel, "refused": refused})
    while True:
        ready, _, _ = select.select([life.fileno(), handle], [], [])
        if handle in ready:
            break
        try:
            message = receive(life)
        except OSError:
            message = None
        # Nobody else waits for this child, so its process id is its own until we have.
        os.kill(kernel, signal.SIGKILL) if message is None else _signal(kernel, message["signal"])
        if message is None:
            break
    _, status = os.waitpid(kernel, 0)
    _kill_the_rest()
    with contextlib.suppress(OSError):
        send(life, {"exit": os.waitstatus_to_exitcode(status)})
    os._exit(0)


def _enter(namespaces: list[int]) -> None:
    """Enter namespaces, if any are given; where that is impossible, there will be no kernel."""
    if namespaces:
        try:
            enter(*namespaces)
            give_up_rights()
        except OSError:
            # Something that was imported has started a thread in the fork.
            os._exit(1)


def _signal(kernel: int, number: int) -> None:
    """Signal a kernel and what it has started in its group, as jupyter_client does."""
    try:
        os.killpg(kernel, number)
    except ProcessLookupError:
        # It has not come so far as to have a group of its own.
        os.kill(kernel, number)


def _kill_the_rest() -> None:
    end = time.monotonic() + _SWEEP_S
    while time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        left = children()
        if not left:
            return
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)


def _become_kernel(request: dict[str, Any], stdio: list[int]) -> None:
    """Be what ``python -c CODE ARGUMENT…`` would be; doesn't return."""
    os.setsid()
    for target, fd in enumerate(stdio):
        os.dup2(fd, target)
    close_all_but([])
    os.chdir(request["cwd"])
    replace_environment(request["env"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    argv = request["argv"]
    code = argv[argv.index("-c") + 1]
    sys.orig_argv = argv
    sys.argv = ["-c", *argv[argv.index("-c") + 2 :]]
    sys.path.insert(0, "")
    for name in ("fork_server", "namespaces", "preload", "kernel_host"):
        del sys.modules[f"jupyter_orchest_jobs.engine.warm.{name}"]
    _forget_what_was_drawn()
    main = types.ModuleType("__main__")
    vars(main)["__builtins__"] = builtins
    sys.modules["__main__"] = main
    program = compile(code, "<string>", "exec")
    exit_like_python(lambda: exec(program, vars(main)))  # noqa: S102  # as python -c does


def _forget_what_was_drawn() -> None:
    """Let what is random differ between kernels; Python sees to its own generator itself."""
    tempfile, numpy = sys.modules.get("tempfile"), sys.modules.get("numpy.random")
    random.seed()
    if tempfile is not None:
        vars(tempfile)["tempdir"] = None
    if numpy is not None:
        numpy.seed()


def _fill_caches() -> None:
    """Do once what each kernel would do again: compile the expressions with which code is read.

    Nothing but caches is changed; what isn't there in some version, each kernel does for itself.
    """
    with contextlib.suppress(Exception):
        manager = importlib.import_module("IPython.core.inputtransformer2").TransformerManager
        manager().transform_cell("%magic\nf'{x}'\n!command\n")
    with contextlib.suppress(Exception):
        importlib.import_module("IPython.core.completer").CompletionSplitter()
    for pattern, flags in _EXPRESSIONS:
        re.compile(pattern, flags)


def main(control: socket.socket) -> None:
    """Import, then serve."""
    os.close(os.pidfd_open(os.getpid()))  # if that isn't to be had: no warm kernels
    # Its import takes long, and hardly anybody needs it; the kernel's own start sees to it.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    os.environ["JPY_PARENT_PID"] = _NOT_WATCHED
    importlib.import_module("ipykernel.kernelapp")
    for name in _MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _fill_caches()
    order = receive(control)
    refused = preload(order["preload"]) if order and order["preload"] else {}
    become = KernelHost(control, refused).run()
    become()
