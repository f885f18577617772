"""Runs a script as a step, in whichever language."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_orchest_jobs.domain import stepkinds
from jupyter_orchest_jobs.domain.status import Cause
from jupyter_orchest_jobs.engine import processes
from jupyter_orchest_jobs.engine.context import StepContext
from jupyter_orchest_jobs.engine.outcome import SUCCEEDED, Outcome, failed
from jupyter_orchest_jobs.engine.step_log import StepLog
from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.errors import EnvironmentInvalid

_CHUNK = 256 * 1024
_PIPE_CHUNKS = 8
_TAIL = 16 * 1024
_MESSAGE_LENGTH = 2000
_LAST_LINES = 50
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(: .*)?")
_ERRORS = {
    "r": re.compile(r"Error( in .+ )?: "),
    "julia": re.compile(r"ERROR: "),
    "javascript": re.compile(r"[A-Za-z_$][\w$.]*Error( \[\w+\])?: "),
}
"""How the line begins with which these end when nobody catches an error."""


async def run_script(context: StepContext) -> Outcome:
    """Execute the script to its end, or until it is told to stop."""
    context.report_start()
    try:
        command = _command(context)
        with _logged(context.log) as sink:
            try:
                process = subprocess.Popen(  # noqa: ASYNC220, S603 - takes less than a millisecond
                    command,
                    cwd=context.cwd,
                    env=dict(context.env),
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=sink,
                    start_new_session=True,
                )
                processes.give_way(process.pid)
            finally:
                os.close(sink)
            stopped = await _wait(process, context.stop)
    except EnvironmentInvalid as error:
        context.log.line(error.message)
        return failed(error.message, Cause.ENVIRONMENT_MISSING)
    except OSError as error:
        return failed(f"The script can't be started: {error}", Cause.ENVIRONMENT_MISSING)
    if stopped:
        return context.stop.outcome
    if process.returncode == 0:
        return SUCCEEDED
    return failed(_explain(process.returncode, context))


def _command(context: StepContext) -> list[str]:
    """The command line of the step.

    Raises:
        EnvironmentInvalid: its program is not there.
    """
    kind = stepkinds.BY_NAME[context.step.kind]
    program: str | None = context.python
    if kind.program:
        program = shutil.which(kind.program, path=context.env.get("PATH"))
    lacking = stepkinds.missing(kind, program)
    if program is None or lacking is not None:
        raise EnvironmentInvalid(f"{context.step.path} {lacking}.")
    name = context.file.name
    # A name with a leading dash would be read as an option.
    return [program, *kind.options, f"./{name}" if name.startswith("-") else name]


@contextmanager
def _logged(log: StepLog) -> Iterator[int]:
    """The writing end of a pipe whose other end goes to the log.

    One pipe for stdout and stderr keeps their order. It is read without waiting for its end:
    a process that was left behind may hold it open for ever.
    """
    source, sink = os.pipe()
    os.set_blocking(source, False)

    def forward() -> bool:
        try:
            data = os.read(source, _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            loop.remove_reader(source)
        log.write_bytes(data)
        return bool(data)

    loop = asyncio.get_running_loop()
    loop.add_reader(source, forward)
    try:
        yield sink
        # What the process left in the pipe, but not what others go on to write.
        for _ in range(_PIPE_CHUNKS):
            if not forward():
                break
    finally:
        loop.remove_reader(source)
        os.close(source)


async def _wait(process: "subprocess.Popen[bytes]", stop: Stop) -> bool:
    """Wait for the end; returns whether the script was told to stop."""
    ended = asyncio.ensure_future(processes.wait_exit(process))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            return False
        # An interrupt lets a Python script say where it was; who cancels does not wait for that.
        signals = (signal.SIGTERM,) if stop.is_hurried else (signal.SIGINT, signal.SIGTERM)
        for signum in signals:
            processes.signal_tree(process.pid, signum)
            await stop.have_patience(ended)
            if ended.done():
                return True
        processes.signal_tree(process.pid, signal.SIGKILL)
        await ended
        return True
    finally:
        stopping.cancel()


def _explain(code: int, context: StepContext) -> str:
    if code < 0:
        return f"killed by {processes.describe_exit(code)}"
    exit_code = processes.describe_exit(code)
    error = said(context.step.kind, context.log.tail(_TAIL))
    return f"{error} ({exit_code})" if error else exit_code


def said(kind: str, log: str) -> str | None:
    """The error with which a script ended, as its language words it at the end of the log."""
    lines = log.rstrip().splitlines()
    if kind == "python":
        found = any(line.startswith("Traceback (most recent call last)") for line in lines)
        return lines[-1] if found and _EXCEPTION.fullmatch(lines[-1]) else None
    pattern = _ERRORS.get(kind)
    errors = [line for line in lines[-_LAST_LINES:] if pattern and pattern.match(line)]
    return errors[-1][:_MESSAGE_LENGTH] if errors else None
