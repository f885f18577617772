"""The local executor: starts runners as processes of this machine, and looks after them."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from jupyter_orchest_jobs.domain.inheriting import inheritable
from jupyter_orchest_jobs.engine import processes, runtime
from jupyter_orchest_jobs.engine.environment import ATTEMPT_TAG, RUN_TAG
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.warm.runners import Forked, WarmRunners
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.hosts import boot_id
from jupyter_orchest_jobs.files.locks import FileLock, is_locked
from jupyter_orchest_jobs.files.private import make_private, private_opener


class LocalExecutor:
    """Runners as detached processes, which outlive the executor.

    All that it knows of them stands in their attempts' folders, so another executor can go on
    with them.

    Args:
        warm: asked at each launch whether runners and kernels are forked, where that is possible,
            from processes that have imported what they need.
        on_end: called in the event loop when a forked runner has ended.
    """

    def __init__(
        self,
        *,
        warm: Callable[[], bool] = lambda: False,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._warm = warm
        self._on_end = on_end
        self._hosts = WarmRunners()
        self._children: list[subprocess.Popen[bytes]] = []
        self._forked: list[Forked] = []

    def close(self) -> None:
        """Let go of what keeps runners warm; those that run go on."""
        self._hosts.close(wait=not self.reap())

    def launch(self, attempt_dir: Path) -> int:
        """Start the runner of an attempt.

        Args:
            attempt_dir: ``<state>/runs/<run_id>/attempts/<n>``, absolute; made if it is missing.

        Returns:
            The runner's process id.

        Raises:
            EngineError: a runner of this attempt lives, or no process can be started.
        """
        self.reap()
        folder = AttemptFolder(attempt_dir)
        try:
            make_private(attempt_dir)
            lock = FileLock.try_acquire(folder.lock)
            if lock is None:
                raise EngineError("This attempt has a runner already.")
            try:
                # The child gets the lock as it is: there is no moment without a holder.
                return self._start(folder, lock.fd)
            finally:
                lock.forget()
        except OSError as error:
            raise EngineError(f"The run's process can't be started: {error}") from error

    def request_cancel(self, attempt_dir: Path) -> None:
        """Ask a runner to end its run; it does so within seconds.

        A runner that has ended, or never began, takes no notice.

        Raises:
            EngineError: the request can't be written.
        """
        folder = AttemptFolder(attempt_dir)
        write_cancel(folder)
        # The file would do, within a second; the signal makes it quick.
        self._signal(folder, signal.SIGTERM)

    def kill(self, attempt_dir: Path) -> None:
        """Kill a runner that doesn't respond; :meth:`sweep` ends what it leaves."""
        self._signal(AttemptFolder(attempt_dir), signal.SIGKILL)

    def is_alive(self, attempt_dir: Path) -> bool:
        """Whether a runner holds the attempt."""
        self.reap()
        return is_locked(AttemptFolder(attempt_dir).lock)

    def sweep(self, run_id: str, attempt: int) -> int:
        """Kill what a dead runner left of an attempt, or of those before it.

        A later one may go on: where workers of a cluster share this host, beside its leftovers. A
        process that has cleared its environment is found only below one that has not.

        Returns:
            How many processes were killed.
        """
        killed = processes.kill_tagged(
            RUN_TAG,
            run_id,
            lambda environ: _attempt_of(environ) <= attempt,
        )
        for leftover in runtime.folders_of(run_id, attempt):
            # Guards have noticed the runner's death, and kill its kernels right now.
            runtime.wait_for_guards(leftover)
            shutil.rmtree(leftover, ignore_errors=True)
        return killed

    def reap(self) -> int:
        """Collect runners that have ended, or they would look alive to others.

        Returns:
            How many that this executor launched are still there.
        """
        self._children = [child for child in self._children if child.poll() is None]
        for forked in [one for one in self._forked if not one.is_alive]:
            self._forked.remove(forked)
            self._unwatch(forked)
            os.close(forked.handle)
        self._hosts.reap()
        return len(self._children) + len(self._forked)

    def _start(self, folder: AttemptFolder, lock_fd: int) -> int:
        environ = inheritable(os.environ)
        with open(folder.runner_log, "ab", opener=private_opener) as log:
            if not self._warm():
                return self._spawn(folder, lock_fd, log, None, environ)
            forked = self._hosts.fork(folder.path, lock_fd, log.fileno(), environ)
            if forked is not None:
                self._forked.append(forked)
                self._watch(forked)
                return forked.pid
            # It will be ready for the next one, and have kernels for this one.
            self._hosts.start(environ)
            host = self._hosts.connect()
            try:
                return self._spawn(folder, lock_fd, log, host, environ)
            finally:
                if host is not None:
                    host.close()

    def _spawn(
        self,
        folder: AttemptFolder,
        lock_fd: int,
        log: BinaryIO,
        host: socket.socket | None,
        environ: Mapping[str, str],
    ) -> int:
        # The current folder, here the root of the file system, is no place of modules.
        command = [sys.executable, "-P", "-m", "jupyter_orchest_jobs.engine.runner"]
        command += [str(folder.path), "--lock-fd", str(lock_fd)]
        passed = [lock_fd]
        if host is not None:
            command += ["--host-fd", str(host.fileno())]
            passed.append(host.fileno())
        child = subprocess.Popen(  # noqa: S603 - our own program
            command,
            env=environ,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            close_fds=True,
            pass_fds=passed,
            start_new_session=True,
        )
        self._children.append(child)
        return child.pid

    def _watch(self, forked: Forked) -> None:
        # Without a loop, as in tests and scripts, nobody waits to be told.
        with suppress(RuntimeError):
            asyncio.get_running_loop().add_reader(forked.handle, self._tell_end, forked)

    def _unwatch(self, forked: Forked) -> None:
        with suppress(RuntimeError):
            asyncio.get_running_loop().remove_reader(forked.handle)

    def _tell_end(self, forked: Forked) -> None:
        self._unwatch(forked)
        self._on_end()

    def _signal(self, folder: AttemptFolder, signum: signal.Signals) -> None:
        try:
            info = json.loads(folder.info.read_bytes())
            pid, started, boot = int(info["pid"]), info["process_started"], info["boot_id"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        if boot == boot_id() and started is not None:
            with suppress(OSError):
                processes.signal_process(pid, float(started), signum)
        self.reap()


def write_cancel(folder: AttemptFolder) -> None:
    """Ask a runner to end its run, wherever it is; it looks every second.

    Raises:
        EngineError: the request can't be written.
    """
    request = {"v": 1, "cancel": True, "at": datetime.now(UTC).isoformat()}
    try:
        write_atomic(folder.control, json.dumps(request).encode())
    except OSError as error:
        raise EngineError(f"The run can't be asked to end: {error}") from error


def _attempt_of(environ: Mapping[str, str]) -> int:
    """The attempt to which a process belongs; 0 if it doesn't say, as with earlier versions."""
    text = environ.get(ATTEMPT_TAG, "")
    return int(text) if text.isdecimal() else 0
