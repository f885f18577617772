"""Has kernels forked: the runner's side of :mod:`.kernel_host`."""

import asyncio
import json
import os
import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from jupyter_orchest_jobs.domain.inheriting import OURS
from jupyter_orchest_jobs.engine.warm.fork_server import LARGEST, decode, send
from jupyter_orchest_jobs.files.locks import FileLock

_PLAIN = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
_PYTHON = re.compile(r"python[\d.]*")
_AT_START = ("PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_")
"""Variables that an interpreter heeds only when it starts."""
_ANSWER_S = 30.0
"""How long a host may take; if it is only being started it imports first."""


def may_be_forked(spec: KernelSpec, job_variables: frozenset[str]) -> bool:
    """Whether a fork is as good as a new process for this kernel.

    Args:
        spec: as it is installed.
        job_variables: names of environment variables that the job sets.
    """
    python, *options = spec.argv[: -len(_PLAIN)] or [""]
    return (
        tuple(spec.argv[-len(_PLAIN) :]) == _PLAIN
        and _PYTHON.fullmatch(Path(python).name) is not None
        and all(re.fullmatch(r"-[IsEBPOvbdu]+|-[XW].+", option) for option in options)
        and spec.interrupt_mode == "signal"
        and "kernel_provisioner" not in spec.metadata
        and not any(name.startswith(_AT_START) for name in job_variables)
    )


class WarmKernels:
    """Forks kernels for one runner.

    Args:
        host: a socket to the host of runners; None if there is none, and no kernel is forked.
        own_variables: names of environment variables that only the kernels get.
        preload: names of modules that are imported before the fork.
        namespaces: descriptors of those that each kernel enters.
    """

    def __init__(
        self,
        host: socket.socket | None,
        own_variables: frozenset[str],
        preload: Sequence[str] = (),
        namespaces: Sequence[int] = (),
    ) -> None:
        self._host = host
        self._own_variables = own_variables
        self._preload = list(preload)
        self._namespaces = namespaces
        self._kernel_hosts: dict[str, socket.socket] = {}

    async def fork(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str,
        stdio: tuple[int, int, int],
        guard: Path,
    ) -> "ForkedKernel | None":
        """Fork a kernel.

        Args:
            argv: what would be started: interpreter and options, ``-c``, code, arguments.
            stdio: descriptors for stdin, stdout and stderr.
            guard: a file whose lock tells whether something of the kernel is left.

        Returns:
            None if that can't be done.
        """
        common = {
            name: value
            for name, value in env.items()
            if name not in self._own_variables and not name.startswith(OURS)
        }
        start = {"argv": argv[: argv.index("-c")], "env": common, "preload": self._preload}
        # As it is for a kernel that is started in the usual way.
        own = {**env, "JPY_PARENT_PID": str(os.getpid())}
        request = {"do": "kernel", "argv": argv, "env": own, "cwd": cwd}
        for _ in range(2):
            host = self._kernel_host(start)
            if host is None:
                return None
            try:
                kernel = await self._ask(host, request, stdio, guard)
            except TimeoutError:
                return None
            if kernel is not None:
                return kernel
            # It has left: it was idle, or its environment has changed. Another one comes.
            host.close()
            self._kernel_hosts.clear()
        return None

    def _kernel_host(self, start: dict[str, Any]) -> socket.socket | None:
        key = json.dumps(start)
        if key not in self._kernel_hosts:
            if self._host is None:
                return None
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                try:
                    send(self._host, {"do": "kernels", **start}, [theirs.fileno()])
                except OSError:
                    ours.close()
                    return None
            self._kernel_hosts[key] = ours
        return self._kernel_hosts[key]

    async def _ask(
        self,
        host: socket.socket,
        request: dict[str, Any],
        stdio: tuple[int, int, int],
        guard: Path,
    ) -> "ForkedKernel | None":
        lock = FileLock.try_acquire(guard)
        if lock is None:
            return None
        life, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        life.setblocking(False)
        try:
            with theirs:
                send(host, request, [theirs.fileno(), lock.fd, *stdio, *self._namespaces])
            async with asyncio.timeout(_ANSWER_S):
                answer = await asyncio.get_running_loop().sock_recv(life, LARGEST)
            if answer:
                said = decode(answer)
                return ForkedKernel(said["pid"], life, said["refused"])
        except TimeoutError:
            # Should there be a kernel yet, its guard takes this for the order to end it.
            life.close()
            raise
        except OSError:
            pass
        except BaseException:
            life.close()
            raise
        finally:
            lock.forget()
        life.close()
        return None


class ForkedKernel:
    """A kernel that was forked, in the place of a ``Popen``.

    Attributes:
        pid: its process id.
        not_preloaded: modules that should have been imported before the fork, and why they aren't.
        returncode: None while it runs; afterwards its exit code.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, life: socket.socket, not_preloaded: Mapping[str, str]) -> None:
        self.pid = pid
        self.not_preloaded = not_preloaded
        self.returncode: int | None = None
        self._life = life
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(life, self._read)

    async def wait_exit(self) -> int | None:
        """Wait until it has ended, and nothing of it is left.

        Returns:
            Its exit code; None if its guard was killed.
        """
        await self._ended.wait()
        return self.returncode

    def poll(self) -> int | None:
        """Its exit code if it has ended; -1 if that is unknown."""
        if not self._ended.is_set():
            return None
        return -1 if self.returncode is None else self.returncode

    def wait(self) -> int | None:
        """As :meth:`poll`; it must have ended."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Signal it and the processes of its group, if it still runs."""
        if not self._ended.is_set():
            with suppress(OSError):
                send(self._life, {"signal": int(number)})

    def close(self) -> None:
        """End it if it still runs."""
        self._end()

    def _read(self) -> None:
        try:
            data = self._life.recv(LARGEST)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.returncode = decode(data)["exit"]
        self._end()

    def _end(self) -> None:
        if not self._ended.is_set():
            self._ended.set()
            self._loop.remove_reader(self._life)
            self._life.close()


class WarmProvisioner(LocalProvisioner):
    """Provides forked kernels where that is possible, else new processes."""

    warm: WarmKernels
    guard: Path
    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork the kernel, or start it in the usual way."""
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        try:
            forked = await self.warm.fork(
                cmd,
                kwargs["env"],
                str(kwargs["cwd"]),
                (null, kwargs["stdout"], kwargs["stderr"]),
                self.guard,
            )
        finally:
            os.close(null)
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = forked
        self.pid = self.pgid = forked.pid
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and the processes of its group."""
        if isinstance(self.process, ForkedKernel):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)
