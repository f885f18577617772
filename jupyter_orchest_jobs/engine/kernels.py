"""Starts, watches and ends the kernel of a notebook.

Waits end with what they wait for: a message, or the end of the process; none of them polls.
"""

import asyncio
import os
import secrets
import signal
import subprocess
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager

from jupyter_orchest_jobs.domain.inheriting import OURS
from jupyter_orchest_jobs.domain.run import StepEnvironment
from jupyter_orchest_jobs.engine import processes
from jupyter_orchest_jobs.engine.environment import sdk_first
from jupyter_orchest_jobs.engine.kernelspecs import installed_kernels, specs_of
from jupyter_orchest_jobs.engine.runtime import GUARD
from jupyter_orchest_jobs.engine.stop import HURRY_S, Stop
from jupyter_orchest_jobs.engine.warm.kernels import (
    ForkedKernel,
    WarmKernels,
    WarmProvisioner,
    may_be_forked,
)
from jupyter_orchest_jobs.errors import EngineError, EnvironmentInvalid
from jupyter_orchest_jobs.files.private import write_private

LIMITER = Path(__file__).with_name("limiter.py").read_text("utf-8")
"""Read when the runner starts: an upgrade during a run must not change it."""

_USUAL_LAUNCH = ["-m", "ipykernel_launcher"]
_LAUNCH = """import sys
if sys.path[:1] == [""]:
    del sys.path[0]
sys.modules["debugpy"] = None
from runpy import run_module
run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
"""
"""Starts ipykernel without the debugger, whose import takes a quarter of the kernel's start.

As `python -m` does it, nothing is imported from the current folder. The limiter lets the
notebook's own code import the debugger.
"""

_START_S = 120.0
_KILL_GRACE_S = 5.0
_RECONNECT_MS = 5
_TAIL_CHUNKS = 4
_POLL_S = 0.1


def warm_up() -> None:
    """Have ready what the first kernel would have to wait for."""
    installed_kernels()  # which looks for provisioners, among all packages


class Kernel:
    """A kernel process and the connection to it.

    Attributes:
        manager, client: of jupyter_client.
        language_info: as the kernel tells it, for the notebook's metadata.
        exit: ends with the exit code when the process ends.
        disconnected: ends when all that the kernel has published is here, and no more can come.
    """

    manager: AsyncKernelManager
    client: AsyncKernelClient
    exit: "asyncio.Task[int | None]"
    disconnected: "asyncio.Future[Any]"

    def __init__(self, name: str, environment: StepEnvironment | None = None) -> None:
        self.name = name
        self._environment = environment
        self.language_info: dict[str, Any] = {}
        self._tail: deque[bytes] = deque(maxlen=_TAIL_CHUNKS)
        self._progress: int | None = None
        self._close_tail: Callable[[], None] = lambda: None
        self._context = zmq.asyncio.Context()
        # The client must never drop output, and try again at once while the kernel is not there.
        self._context.rcvhwm = 0
        self._context.reconnect_ivl = _RECONNECT_MS
        self._context.linger = 0

    @property
    def pid(self) -> int | None:
        """The process, if it is one of this machine."""
        process = self._process
        return process.pid if process else None

    @property
    def not_preloaded(self) -> Mapping[str, str]:
        """Modules that should have been imported before the fork, and why they aren't."""
        return self._process.not_preloaded if isinstance(self._process, ForkedKernel) else {}

    @property
    def last_words(self) -> str:
        """The last of what the process wrote to its own stdout and stderr, past IOPub."""
        # ipykernel passes the marks on that `limiter` sends through its pipes.
        return b"".join(self._tail).replace(b"\0", b"").decode("utf-8", "replace")

    async def launch(
        self,
        cwd: Path,
        env: Mapping[str, str],
        runtime: Path,
        sdk_dir: str,
        job_variables: frozenset[str],
        warm: WarmKernels,
    ) -> None:
        """Start the process.

        Args:
            cwd: where it starts.
            env: all its environment variables; those of the kernelspec come on top.
            runtime: a private folder with a short path, for sockets.
            sdk_dir: folder that holds ``orchest/``.
            job_variables: names that the kernelspec must not override.
            warm: forks the kernel if it may be forked.

        Raises:
            EnvironmentInvalid: there is no such kernel, or its program is missing.
        """
        token = secrets.token_hex(4)
        # Sockets in a private folder: nobody else on the machine can listen.
        self.manager = AsyncKernelManager(
            context=self._context,
            kernel_spec_manager=specs_of(self._environment),
            kernel_name=self.name,
            transport="ipc",
            ip=str(runtime / token),
            connection_file=str(runtime / f"{token}.json"),
        )
        try:
            self._choose_provisioner(warm, job_variables, runtime / f"{token}{GUARD}")
            self._adjust_spec(sdk_dir, job_variables)
            arguments = self._limiter_arguments(runtime, token)
            sink = self._collect_tail()
            try:
                await self.manager.start_kernel(
                    extra_arguments=arguments,
                    cwd=str(cwd),
                    env=dict(env),
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=sink,
                )
            finally:
                os.close(sink)
        except NoSuchKernel:
            raise EnvironmentInvalid(f"There is no kernel “{self.name}” on this machine.") from None
        except (FileNotFoundError, PermissionError) as error:
            raise EnvironmentInvalid(
                f"The kernel “{self.name}” can't be started: {error}"
            ) from None
        self.exit = asyncio.ensure_future(self._wait_exit())

    async def connect(self) -> None:
        """Wait until the kernel answers and its output arrives.

        Raises:
            EngineError: it doesn't in time.
        """
        self.client = self.manager.client(context=self._context)
        self.client.allow_stdin = False
        # Threads of the connection end with it, so this comes after all that was received.
        monitor = self.client.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self.disconnected = asyncio.ensure_future(monitor.recv_multipart())
        self.client.start_channels(stdin=False, hb=False, control=False)
        try:
            async with asyncio.timeout(_START_S):
                await self._wait_ready()
        except TimeoutError:
            raise EngineError(
                f"The kernel “{self.name}” did not answer within {_START_S:.0f} s."
            ) from None
        if self.pid is not None:  # by now it leads its session
            processes.give_way(self.pid)

    async def interrupt(self) -> None:
        """Interrupt what the kernel executes."""
        if not self.exit.done():
            await self.manager.interrupt_kernel()

    async def shut_down(self, stop: Stop, grace_s: float, stopped_grace_s: float) -> None:
        """Let the kernel end as it wishes, but not for ever.

        Args:
            stop: of the step.
            grace_s: how long that may take, in seconds.
            stopped_grace_s: the same once the step shall end.
        """
        if not self.exit.done():
            await self.manager.request_shutdown()
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait(
                {self.exit, stopping}, timeout=grace_s, return_when=asyncio.FIRST_COMPLETED
            )
            stopping.cancel()
            if stop.is_set():
                await asyncio.wait({self.exit}, timeout=stopped_grace_s)
        await self.kill()

    async def kill(self, stop: Stop | None = None) -> None:
        """End the process and all that descends from it.

        Args:
            stop: how patiently; None for not at all.
        """
        for signum in (signal.SIGTERM, signal.SIGKILL):
            if self.exit.done():
                return
            if self.pid is None:
                await self.manager.shutdown_kernel(now=True)
            else:
                processes.signal_tree(self.pid, signum)
            if signum == signal.SIGTERM and stop is not None:
                await stop.have_patience(self.exit)
            else:
                wait_s = HURRY_S if signum == signal.SIGTERM else _KILL_GRACE_S
                await asyncio.wait({self.exit}, timeout=wait_s)

    async def close(self) -> None:
        """Release what the connection holds; the process must have ended."""
        self._close_tail()
        if isinstance(self._process, ForkedKernel):
            self._process.close()
        if self._progress is not None:
            os.close(self._progress)
            self._progress = None
        if hasattr(self, "exit"):
            self.exit.cancel()
        if hasattr(self, "disconnected"):
            self.disconnected.cancel()
        if hasattr(self, "client"):
            self.client.stop_channels()
        await self.manager.cleanup_resources()
        self._context.destroy(linger=0)

    def note_seen(self, characters: int) -> None:
        """Tell the kernel how much of what it printed has arrived in all."""
        if self._progress is not None:
            os.pwrite(self._progress, characters.to_bytes(8, "little"), 0)

    def _choose_provisioner(
        self, warm: WarmKernels, job_variables: frozenset[str], guard: Path
    ) -> None:
        spec = self.manager.kernel_spec
        if spec is not None and may_be_forked(spec, job_variables):
            provisioner = WarmProvisioner(
                kernel_id=str(uuid.uuid4()), kernel_spec=spec, parent=self.manager
            )
            provisioner.warm, provisioner.guard = warm, guard
            self.manager.provisioner = provisioner

    def _adjust_spec(self, sdk_dir: str, job_variables: frozenset[str]) -> None:
        """Let the kernelspec hide neither the SDK nor variables, nor start what nobody needs."""
        spec = self.manager.kernel_spec
        if spec is None:
            raise NoSuchKernel(self.name)
        kept = {
            name: value
            for name, value in spec.env.items()
            if name not in job_variables and not name.startswith(OURS)
        }
        if "PYTHONPATH" in spec.env:
            # Values of a kernelspec are templates.
            kept["PYTHONPATH"] = sdk_first(sdk_dir.replace("$", "$$"), spec.env["PYTHONPATH"])
        spec.env = kept
        for at in range(len(spec.argv) - 1):
            if spec.argv[at : at + 2] == _USUAL_LAUNCH:
                spec.argv = [*spec.argv[:at], "-c", _LAUNCH, *spec.argv[at + 2 :]]
                break

    def _limiter_arguments(self, runtime: Path, token: str) -> list[str]:
        """What makes a Python kernel run the limiter; nothing for other kernels."""
        spec = self.manager.kernel_spec
        if spec is None or not any("ipykernel" in argument for argument in spec.argv):
            return []
        progress = runtime / f"{token}.seen"
        self._progress = os.open(progress, os.O_RDWR | os.O_CREAT, 0o600)
        limiter = runtime / "limiter.py"
        if not limiter.exists():
            write_private(limiter, LIMITER.encode())
        return [
            # A job must neither read nor fill the user's history.
            "--HistoryManager.enabled=False",
            # Not exec_lines, which may be set in the user's profile and would be replaced.
            f"--IPKernelApp.code_to_run=exec(open({str(limiter)!r}).read(), "
            f"{{'PROGRESS': {str(progress)!r}}})",
        ]

    def _collect_tail(self) -> int:
        """A pipe for the process's own output, of which only the end is kept."""
        source, sink = os.pipe()
        os.set_blocking(source, False)
        loop = asyncio.get_running_loop()

        def collect() -> None:
            data = os.read(source, 4096)
            self._tail.append(data)
            if not data:
                loop.remove_reader(source)

        def close() -> None:
            loop.remove_reader(source)
            os.close(source)
            self._close_tail = lambda: None

        loop.add_reader(source, collect)
        self._close_tail = close
        return sink

    @property
    def _process(self) -> "subprocess.Popen[bytes] | ForkedKernel | None":
        # Provisioners of others may run kernels elsewhere, and have no such thing.
        process = getattr(self.manager.provisioner, "process", None)
        return process if isinstance(process, subprocess.Popen | ForkedKernel) else None

    async def _wait_exit(self) -> int | None:
        process = self._process
        if isinstance(process, ForkedKernel):
            return await process.wait_exit()
        if process is not None:
            return await processes.wait_exit(process)
        while await self.manager.is_alive():  # noqa: ASYNC110 - there is nothing else to wait for
            await asyncio.sleep(_POLL_S)
        return None

    async def _wait_ready(self) -> None:
        """Ready is: the answer to a request came, and so did its status on IOPub.

        Newer kernels say on IOPub when the subscription is live; then one request is enough.
        Others are asked again until its status arrives.
        """
        asked: set[str] = set()
        pause_s = 0.5
        while True:
            try:
                message = await self.client.iopub_channel.get_msg(timeout=pause_s)
            except Empty:
                answers = await self.client.shell_channel.msg_ready()
                asked.add(self.client.kernel_info())
                pause_s = 0.05 if answers else min(1.0, pause_s * 1.5)
                continue
            parent = message["parent_header"].get("msg_id")
            if message["msg_type"] == "iopub_welcome":
                asked.add(self.client.kernel_info())
            elif parent in asked and message["content"].get("execution_state") == "idle":
                break
        while True:
            reply = await self.client.shell_channel.get_msg(timeout=None)
            if reply["parent_header"].get("msg_id") == parent:
                break
        self.client._handle_kernel_info_reply(reply)
        self.language_info = reply["content"].get("language_info", {})
