"""The local executor: starts runners as processes of this machine, and looks after them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from jupyter_orchest_jobs.engine import processes, runtime
from jupyter_orchest_jobs.engine.environment import RUN_TAG, inheritable
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.hosts import boot_id
from jupyter_orchest_jobs.files.locks import FileLock, is_locked


class LocalExecutor:
    """Runners as detached processes, which outlive the executor.

    All that it knows of them stands in their attempts' folders, so another executor can go on
    with them.
    """

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []

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
            attempt_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock.try_acquire(folder.lock)
            if lock is None:
                raise EngineError("This attempt has a runner already.")
            try:
                # The child gets the lock as it is: there is no moment without a holder.
                return self._spawn(folder, lock.fd)
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

    def sweep(self, run_id: str) -> int:
        """Kill what a dead runner left of a run; no runner of the run may be alive.

        A process that has cleared its environment is found only below one that has not.

        Returns:
            How many processes were killed.
        """
        killed = processes.kill_tagged(RUN_TAG, run_id)
        for leftover in runtime.folders_of(run_id):
            shutil.rmtree(leftover, ignore_errors=True)
        return killed

    def reap(self) -> int:
        """Collect runners that have ended, or they would look alive to others.

        Returns:
            How many that this executor launched are still there.
        """
        self._children = [child for child in self._children if child.poll() is None]
        return len(self._children)

    def _spawn(self, folder: AttemptFolder, lock_fd: int) -> int:
        with folder.runner_log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own program
                [
                    sys.executable,
                    # The current folder, here the root of the file system, is no place of modules.
                    "-P",
                    "-m",
                    "jupyter_orchest_jobs.engine.runner",
                    str(folder.path),
                    "--lock-fd",
                    str(lock_fd),
                ],
                env=inheritable(os.environ),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                close_fds=True,
                pass_fds=(lock_fd,),
                start_new_session=True,
            )
        self._children.append(child)
        return child.pid

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
