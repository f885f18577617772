"""The process of one attempt: ``python -m jupyter_orchest_jobs.engine.runner FOLDER --lock-fd N``.

It belongs to itself: it survives the conductor and the Jupyter server, holds the attempt's lock
for as long as it lives, and speaks only through the journal.
"""

import argparse
import asyncio
import importlib
import json
import logging
import os
import platform
import shutil
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.domain.run import AttemptKind, AttemptOrder, RunSpec
from jupyter_orchest_jobs.domain.status import Cause, RunStatus
from jupyter_orchest_jobs.engine import claims, leash, processes, runtime
from jupyter_orchest_jobs.engine.environment import read_secrets
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.journal import JournalWriter
from jupyter_orchest_jobs.engine.life import Life
from jupyter_orchest_jobs.engine.overlay import Overlays, enter_new
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.hosts import boot_id, host_id
from jupyter_orchest_jobs.files.locks import FileLock

if TYPE_CHECKING:
    from jupyter_orchest_jobs.engine.attempt import Attempt

_log = logging.getLogger(__name__)

_early_signals: list[int] = []
"""Requests to end that came before anybody could act on them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute the attempt that the command line names.

    Returns:
        As :func:`execute`.
    """
    parser = argparse.ArgumentParser(description="Executes one attempt of a run.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lock-fd", type=int, required=True)
    parser.add_argument("--host-fd", type=int, help="a socket to the host that has kernels forked")
    options = parser.parse_args(arguments)
    return execute(options.folder, options.lock_fd, options.host_fd)


def execute(path: Path, lock_fd: int, host_fd: int | None) -> int:
    """Execute the attempt, in a process that does nothing else.

    Args:
        path: of the attempt's folder.
        lock_fd: the attempt's lock, which is held.
        host_fd: a socket to the host that has kernels forked.

    Returns:
        0 when the journal says how it ended, whatever the end; 1 when it could not be said.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Held until the process is gone: nothing here releases it, and no child inherits it.
    FileLock.adopt(lock_fd)
    host = None if host_fd is None else socket.socket(fileno=host_fd)
    folder = AttemptFolder(path)
    _detach()
    # Read now: a worker's memory, in which secrets are, can't be read from other namespaces.
    told = _read(folder)
    overlays = _enter(told)  # before there is a second thread
    leash.heed(folder)
    claim = claims.read(folder)
    if claim is not None and claim.host != host_id():
        _log.error("This attempt was given to another host meanwhile.")
        return 1
    life = None if claim is None else Life(folder.beat, claim)
    check = (lambda: None) if life is None else life.check
    try:
        writer = JournalWriter(folder.journal, folder.reserve, check)
    except FileExistsError:
        _log.error("This attempt has been begun already; it is never executed twice.")
        return 1
    try:
        return _run(folder, writer, host, told, overlays)
    finally:
        writer.close()
        if life is not None:
            life.end()


def import_everything() -> None:
    """Import what any step needs: an upgrade during the run must not mix two versions."""
    # Imported by a validator for formats that nobody uses here; they take long.
    for name in ("rfc3987_syntax", "isoduration", "rfc3986_validator"):
        sys.modules[name] = None  # type: ignore[assignment]
    importlib.import_module("jupyter_orchest_jobs.engine.attempt")


def exit_with(code: int) -> NoReturn:
    """End this process, now that nothing is left to be done; exit handlers can hang."""
    sys.stderr.flush()
    os._exit(code)


@dataclass(frozen=True)
class _Told:
    """What a runner is told.

    Attributes:
        spec: without the job's secrets.
        secrets: as they are now; only ever in this process's memory.
    """

    spec: RunSpec
    secrets: Mapping[str, str]


def _read(folder: AttemptFolder) -> _Told | Exception:
    """What the runner is told, or why it can't be read: there is no journal yet to say so."""
    try:
        file = folder.told if folder.told.exists() else folder.spec
        spec = RunSpec.from_json(file.read_text("utf-8"))
        return _Told(spec, _secrets_of(spec))
    except Exception as error:
        return error


def _secrets_of(spec: RunSpec) -> Mapping[str, str]:
    """The job's secrets.

    Raises:
        EngineError: they can't be read; without them, steps must not run.
    """
    if not spec.secrets_file:
        return {}
    try:
        return read_secrets(Path(spec.secrets_file))
    except (OSError, ValueError):
        raise EngineError(
            f"The job's secrets can't be read from {spec.secrets_file}; set them again."
        ) from None


def _enter(told: _Told | Exception) -> Overlays | None:
    """Get ready for an overlay, if the run is to have one; without it, files are copied."""
    if isinstance(told, _Told) and told.spec.overlays:
        try:
            return enter_new()
        except OSError as error:
            _log.warning("The working copy is a copy, no overlay: %s.", error.strerror or error)
    return None


def _run(
    folder: AttemptFolder,
    writer: JournalWriter,
    host: socket.socket | None,
    told: _Told | Exception,
    overlays: Overlays | None,
) -> int:
    sockets: Path | None = None
    try:
        nonce = new_id()
        writer.write(journal.AttemptStarted, nonce=nonce, pid=os.getpid())
        order = _read_order(folder)
        _introduce(folder, nonce, order.kind)
        import_everything()
        from jupyter_orchest_jobs.engine.attempt import Attempt
        from jupyter_orchest_jobs.engine.warm.kernels import WarmKernels

        if isinstance(told, Exception):
            raise told
        visible = told.spec.env_variables
        spec = replace(told.spec, env_variables={**visible, **told.secrets})
        own = _own_variables(spec, visible)
        warm = WarmKernels(host, own, spec.preload, overlays.namespaces if overlays else ())
        sockets = runtime.make(spec.run_id, folder.number)
        attempt = Attempt(folder, spec, order, writer, sockets, os.environ, warm, overlays)
        asyncio.run(_execute(attempt))
    except Exception as error:
        _log.exception("The attempt can't go on")
        processes.kill_descendants()
        writer.write(
            journal.AttemptFinished,
            sync=True,
            status=RunStatus.FAILED,
            cause=Cause.INTERNAL_ERROR,
            message=f"{type(error).__name__}: {error}",
        )
    finally:
        if sockets is not None:
            shutil.rmtree(sockets, ignore_errors=True)
    return 0


def _own_variables(spec: RunSpec, visible: Mapping[str, str]) -> frozenset[str]:
    """The job's variables that only its kernels get, not the host that forks them.

    What is imported before the fork may heed all of them but the secrets.
    """
    if not spec.preload:
        return frozenset(spec.env_variables)
    return frozenset(
        name for name, value in spec.env_variables.items() if visible.get(name) != value
    )


async def _execute(attempt: "Attempt") -> None:
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, attempt.cancel)
    if _early_signals:
        attempt.cancel()
    await attempt.run()


def _detach() -> None:
    """Be independent of whoever started this process, and responsible for what it starts."""
    if os.getpid() != os.getsid(0):
        os.setsid()
    # `nohup` and the like hand down ignored signals, and steps would inherit them from here.
    for signum in (signal.SIGHUP, signal.SIGQUIT, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(signum, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda number, _frame: _early_signals.append(number))
    processes.become_subreaper()
    processes.give_way()


def _read_order(folder: AttemptFolder) -> AttemptOrder:
    try:
        return AttemptOrder.from_json(folder.order.read_text("utf-8"))
    except FileNotFoundError:
        return AttemptOrder(AttemptKind.FIRST)


def _introduce(folder: AttemptFolder, nonce: str, kind: AttemptKind) -> None:
    """Say who we are, for those who want to know whether we live, or to signal us."""
    pid = os.getpid()
    info = {
        "v": 1,
        "kind": kind,
        "nonce": nonce,
        "host": platform.node(),
        "boot_id": boot_id(),
        "pid": pid,
        "process_started": processes.started_at(pid),
    }
    # After a loss of power this process is gone anyway.
    write_atomic(folder.info, json.dumps(info, indent=1).encode(), durable=False)


if __name__ == "__main__":
    exit_with(main())
