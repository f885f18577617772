"""Runs a notebook as a step. The only file that knows nbclient."""

import asyncio
import signal
import time
from collections.abc import Coroutine
from queue import Empty
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg

from jupyter_orchest_jobs.domain.journal import (
    CellFinished,
    CellStarted,
    StepOutputLimit,
)
from jupyter_orchest_jobs.domain.status import Cause, StepStatus
from jupyter_orchest_jobs.engine import kernels, processes
from jupyter_orchest_jobs.engine.context import StepContext
from jupyter_orchest_jobs.engine.kernels import Kernel
from jupyter_orchest_jobs.engine.notebook_file import NotebookFile
from jupyter_orchest_jobs.engine.outcome import SUCCEEDED, Outcome, failed
from jupyter_orchest_jobs.engine.outputs import Outputs, plain_text, size_of, strip_ansi
from jupyter_orchest_jobs.errors import EngineError, EnvironmentInvalid

SKIP_TAG = "skip"
"""Cells with this tag are not executed, as in Orchest."""

_EXIT_S = 10.0
"""What exit handlers may take, such as those that send the last results to some service."""
_STOPPED_EXIT_S = 1.0
_FOREVER_S = 10**9
_LOST_IDLE_S = 30.0
"""How long IOPub may be silent after a cell's reply before its end is taken for lost."""
_QUIET_S = 0.05
_DRAIN_S = 2.0
_MESSAGE_LENGTH = 2000


async def run_notebook(context: StepContext) -> Outcome:
    """Execute the notebook to its end, or until it is told to stop."""
    try:
        notebook = nbformat.read(context.file, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, nbformat.ValidationError) as error:
        context.report_start()
        return failed(f"The notebook can't be read: {error}")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    context.report_start(cells=len(code))
    run = _NotebookRun(context, notebook)
    try:
        return await run.execute()
    finally:
        run.file.save_last()


def warm_up() -> None:
    """Have ready what the first notebook would have to wait for."""
    for minor in range(nbformat.v4.nbformat_minor + 1):
        # Compiled from a schema, for each version of the format.
        nbformat.validator.get_validator(4, minor)  # type: ignore[no-untyped-call]
    kernels.warm_up()


class _NotebookRun:
    """One execution of a notebook: its kernel, its cells, and what may happen to them."""

    def __init__(self, context: StepContext, notebook: NotebookNode) -> None:
        self.context = context
        self.notebook = notebook
        self.outputs = Outputs(self._tell_limit)
        self.file = NotebookFile(context, notebook, self.outputs)
        self.kernel = Kernel(context.step.kernel or "python3", context.step.environment)
        self.number = 0
        self.cell: NotebookNode | None = None
        for cell in notebook.cells:
            if cell.cell_type == "code" and not _is_skipped(cell):
                # What isn't executed must not look as if it had been.
                cell.outputs, cell.execution_count = [], None

    async def execute(self) -> Outcome:
        """Start the kernel, execute the cells, end the kernel."""
        self.file.save()
        try:
            try:
                await self.kernel.launch(
                    self.context.cwd,
                    self.context.env,
                    self.context.runtime,
                    self.context.sdk_dir,
                    self.context.job_variables,
                    self.context.warm,
                )
            except EnvironmentInvalid as error:
                return failed(error.message, Cause.ENVIRONMENT_MISSING)
            for name, why in self.kernel.not_preloaded.items():
                self.context.log.line(f"“{name}” is not preloaded: {why}.")
            return await self._with_kernel()
        finally:
            await self.kernel.close()

    async def _with_kernel(self) -> Outcome:
        try:
            connecting = await self._race(self.kernel.connect())
        except EngineError as error:
            await self.kernel.kill()
            return self._not_started(error.message)
        if connecting is None:
            if self.context.stop.is_set():
                await self.kernel.kill(self.context.stop)
                return self.context.stop.outcome
            code = processes.describe_exit(self.kernel.exit.result())
            return self._not_started(f"The kernel “{self.kernel.name}” did not start ({code}).")
        self.notebook.metadata["language_info"] = self.kernel.language_info
        client = _Client(self)
        cells = asyncio.ensure_future(self._execute_cells(client))
        await self._first(cells)
        if not cells.done() and self.kernel.exit.done():
            await client.drain()
            client.abandon()
        elif not cells.done():
            await self._stop(cells, client)
        outcome = await self._result(cells)
        await self._shut_down(client)
        if outcome is SUCCEEDED and self.context.stop.is_set():
            return self.context.stop.outcome
        return outcome

    async def _execute_cells(self, client: "_Client") -> None:
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type != "code":
                continue
            if self.context.stop.is_set():
                return
            self.number += 1
            if cell.source.strip() and not _is_skipped(cell):
                self.context.report(CellStarted, cell=self.number)
                self.context.log.line(f"[cell {self.number}]")
                self.cell = cell
                try:
                    await client.execute_one(cell, index)
                finally:
                    self.outputs.settle()
                    self.context.report(CellFinished, cell=self.number)
                self.cell = None
                self.file.save_soon()
            else:
                self.context.report(CellFinished, cell=self.number)

    async def _result(self, cells: "asyncio.Task[None]") -> Outcome:
        try:
            await cells
        except CellExecutionError as error:
            if self.context.stop.is_set():
                return self._stopped()
            text = strip_ansi(f"{error.ename}: {error.evalue}" if error.evalue else error.ename)
            return failed(text[:_MESSAGE_LENGTH], cell=self.number)
        except DeadKernelError:
            if self.context.stop.is_set():
                return self._stopped()
            return self._died()
        return self._stopped() if self.context.stop.is_set() else SUCCEEDED

    def _stopped(self) -> Outcome:
        """As what the step ends when it was told to, with the cell in which that was."""
        outcome = self.context.stop.outcome
        if outcome.status is not StepStatus.FAILED or self.cell is None:
            return outcome
        message = f"{outcome.message} (cell {self.number})"
        self._show_error("Timeout", message)
        return failed(message, outcome.cause or Cause.STEP_FAILED, self.number)

    def _show_error(self, name: str, message: str) -> None:
        if self.cell is not None:
            self.cell.outputs.append(
                new_output("error", ename=name, evalue=message, traceback=[message])  # type: ignore[no-untyped-call]
            )

    def _died(self) -> Outcome:
        code = self.kernel.exit.result() if self.kernel.exit.done() else None
        message = f"The kernel died ({processes.describe_exit(code)}) in cell {self.number}."
        if code == -signal.SIGKILL:
            message += " The system may have run out of memory."
        self._show_error("KernelDied", message)
        last_words = self.kernel.last_words.strip()
        self.context.log.line(f"{message}\n{last_words}".strip())
        return failed(message, Cause.KERNEL_DIED, self.number)

    def _not_started(self, message: str) -> Outcome:
        last_words = self.kernel.last_words.strip()
        self.context.log.line(f"{message}\n{last_words}".strip())
        if last_words:
            message += f" {last_words.splitlines()[-1]}"
        return failed(message, Cause.KERNEL_DIED)

    async def _stop(self, cells: "asyncio.Task[None]", client: "_Client") -> None:
        """Interrupt; what takes no notice of that is ended by force."""
        await self.kernel.interrupt()
        await self.context.stop.have_patience(cells, self.kernel.exit)
        if not cells.done():
            await self.kernel.kill(self.context.stop)
            await client.drain()
            client.abandon()

    async def _shut_down(self, client: "_Client") -> None:
        """End the kernel; what it prints while it ends belongs into the log."""
        reading = asyncio.ensure_future(client.read_rest())
        await self.kernel.shut_down(self.context.stop, _EXIT_S, _STOPPED_EXIT_S)
        await client.drain()
        reading.cancel()
        await asyncio.wait({reading})

    async def _race(self, what: Coroutine[Any, Any, None]) -> bool | None:
        """Whether it was done before the kernel ended or the step was told to stop."""
        task = asyncio.ensure_future(what)
        await self._first(task)
        if task.done():
            await task
            return True
        task.cancel()
        await asyncio.wait({task})
        return None

    async def _first(self, task: "asyncio.Task[None]") -> None:
        stopping = asyncio.ensure_future(self.context.stop.wait())
        try:
            await asyncio.wait(
                {task, self.kernel.exit, stopping}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            stopping.cancel()

    def _tell_limit(self, message: str) -> None:
        self.context.report(StepOutputLimit, message=message)


def _is_skipped(cell: NotebookNode) -> bool:
    return SKIP_TAG in cell.metadata.get("tags", [])


class _Client(NotebookClient):
    """nbclient with our way of taking in output and of noticing that a kernel is dead."""

    def __init__(self, run: _NotebookRun) -> None:
        super().__init__(
            run.notebook,
            km=run.kernel.manager,
            timeout=None,
            iopub_timeout=_FOREVER_S,
            skip_cells_with_tag=SKIP_TAG,
        )
        self.kc = run.kernel.client
        self._iopub = run.kernel.client.iopub_channel
        self._run = run
        self._log = run.context.log
        self._outputs = run.outputs
        self._heard_at = time.monotonic()
        self._seen = 0
        self._abandoned = asyncio.Event()

    async def execute_one(self, cell: NotebookNode, index: int) -> None:
        """Execute one cell.

        Raises:
            CellExecutionError: it raised an exception.
            DeadKernelError: :meth:`abandon` was called.
        """
        cell.outputs = []
        self._outputs.begin(self._run.number)
        await self.async_execute_cell(cell, index)

    def abandon(self) -> None:
        """Give up on the cell that is being executed: the kernel is dead."""
        self._abandoned.set()
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    async def drain(self) -> None:
        """Wait until nothing more comes from a kernel that has ended."""
        silence = asyncio.ensure_future(self._silence())
        gone = self._run.kernel.disconnected
        await asyncio.wait({silence, gone}, return_when=asyncio.FIRST_COMPLETED)
        silence.cancel()
        end = time.monotonic() + _DRAIN_S
        # All has arrived; what reads it may not have come to the end.
        while await self._iopub.socket.poll(0) and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def _silence(self) -> None:
        """Wait until it looks as if nothing more came: a child of the kernel may hold the line."""
        end = time.monotonic() + _DRAIN_S
        self._heard_at = max(self._heard_at, time.monotonic() - _QUIET_S / 2)
        while (now := time.monotonic()) < end and now - self._heard_at < _QUIET_S:  # noqa: ASYNC110
            await asyncio.sleep(_QUIET_S / 4)

    async def read_rest(self) -> None:
        """Log what is printed after the last cell."""
        while True:
            self._log_stray(await self._next_message(None))

    def output(
        self,
        outs: list[NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> NotebookNode | None:
        """Take in an output: into the log, and into the notebook as far as limits allow."""
        if self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            self._log_stray(msg)
            return super().output(outs, msg, display_id, cell_index)
        try:
            out = output_from_msg(msg)  # type: ignore[no-untyped-call]
        except ValueError:
            return None
        if self.clear_before_next_output:
            self.clear_output(outs, {**msg, "content": {"wait": False}}, cell_index)
            self.clear_before_next_output = False
        if out["output_type"] == "stream":
            self._log.write(out["text"])
            self._outputs.stream(outs, out["name"], out["text"])
            return None
        text = plain_text(out)
        if text is not None:
            self._log.line(text)
        kept = self._outputs.other(out)
        if display_id:
            self._display_id_map.setdefault(display_id, {}).setdefault(cell_index, []).append(
                len(outs)
            )
        outs.append(kept)
        return kept

    def clear_output(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        """Forget the cell's outputs, now or before the next one."""
        super().clear_output(outs, msg, cell_index)
        if not outs:
            self._outputs.clear()

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        if self._outputs.fits(size_of(msg["content"])):
            super()._update_display_id(display_id, msg)

    async def _async_poll_kernel_alive(self) -> None:
        # The end of the kernel's process is waited for elsewhere, and noticed at once.
        await self._abandoned.wait()

    async def _async_poll_output_msg(
        self, parent_msg_id: str, cell: NotebookNode, cell_index: int
    ) -> None:
        while True:
            try:
                message = await self._next_message(_LOST_IDLE_S / 3)
            except Empty:
                replied = "shell.execute_reply" in cell.metadata.get("execution", {})
                if replied and time.monotonic() - self._heard_at > _LOST_IDLE_S:
                    self._log.line("The kernel did not say that the cell's output is complete.")
                    return
                continue
            if message["parent_header"].get("msg_id") != parent_msg_id:
                # Threads and background processes of earlier cells.
                self._log_stray(message)
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                return

    async def _next_message(self, timeout_s: float | None) -> dict[str, Any]:
        message: dict[str, Any] = await self._iopub.get_msg(timeout=timeout_s)
        self._heard_at = time.monotonic()
        if message["msg_type"] == "stream":
            self._seen += len(message["content"]["text"])
            self._run.kernel.note_seen(self._seen)
        return message

    def _log_stray(self, message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            self._log.write(message["content"]["text"])
