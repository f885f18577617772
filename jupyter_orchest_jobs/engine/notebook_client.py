"""Executes cells in a kernel, one by one."""

import asyncio
import time
from queue import Empty
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from jupyter_orchest_jobs.domain.notebookcells import SKIP_TAG
from jupyter_orchest_jobs.engine.kernels import Kernel
from jupyter_orchest_jobs.engine.outputs import Outputs, plain_text, size_of
from jupyter_orchest_jobs.engine.step_log import StepLog

_FOREVER_S = 10**9
_LOST_IDLE_S = 30.0
"""How long IOPub may be silent after a cell's reply before its end is taken for lost."""
_QUIET_S = 0.05
_DRAIN_S = 2.0


class Client(NotebookClient):
    """nbclient with our way of taking in output and of noticing that a kernel is dead.

    Args:
        notebook: whose cells are executed.
        kernel: which is connected.
        log: of the step.
        outputs: limits of what the notebook keeps.
    """

    def __init__(
        self, notebook: NotebookNode, kernel: Kernel, log: StepLog, outputs: Outputs
    ) -> None:
        super().__init__(
            notebook,
            km=kernel.manager,
            timeout=None,
            iopub_timeout=_FOREVER_S,
            skip_cells_with_tag=SKIP_TAG,
        )
        self.kc = kernel.client
        self._iopub = kernel.client.iopub_channel
        self._kernel = kernel
        self._log = log
        self._outputs = outputs
        self._heard_at = time.monotonic()
        self._seen = 0
        self._abandoned = asyncio.Event()

    async def execute_one(self, cell: NotebookNode, index: int, number: int) -> None:
        """Execute one cell.

        Args:
            index: its place in the notebook.
            number: what it is called.

        Raises:
            CellExecutionError: it raised an exception.
            DeadKernelError: :meth:`abandon` was called.
        """
        cell.outputs = []
        self._outputs.begin(number)
        await self.async_execute_cell(cell, index)

    def abandon(self) -> None:
        """Give up on the cell that is being executed: the kernel is dead."""
        self._abandoned.set()
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    async def drain(self) -> None:
        """Wait until nothing more comes from a kernel that has ended."""
        silence = asyncio.ensure_future(self._silence())
        gone = self._kernel.disconnected
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
            out = output_from_msg(msg)
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
            self._kernel.note_seen(self._seen)
        return message

    def _log_stray(self, message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            self._log.write(message["content"]["text"])
