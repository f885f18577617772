"""Runs a notebook as a step."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from jupyter_orchest_jobs.domain import notebookcells
from jupyter_orchest_jobs.domain.injection import LANGUAGES, injection
from jupyter_orchest_jobs.domain.journal import (
    CellFinished,
    CellStarted,
    StepOutputLimit,
)
from jupyter_orchest_jobs.domain.notebookcells import is_skipped
from jupyter_orchest_jobs.domain.status import Cause, StepStatus
from jupyter_orchest_jobs.engine import kernels, processes
from jupyter_orchest_jobs.engine.context import StepContext
from jupyter_orchest_jobs.engine.kernels import Kernel
from jupyter_orchest_jobs.engine.notebook_client import Client
from jupyter_orchest_jobs.engine.notebook_file import NotebookFile
from jupyter_orchest_jobs.engine.outcome import SUCCEEDED, Outcome, failed
from jupyter_orchest_jobs.engine.outputs import Outputs, strip_ansi
from jupyter_orchest_jobs.errors import EngineError, EnvironmentInvalid

_CELLS_HAVE_IDS = 5
"""The minor version of the format from which on they do."""
_EXIT_S = 10.0
"""What exit handlers may take, such as those that send the last results to some service."""
_STOPPED_EXIT_S = 1.0
_MESSAGE_LENGTH = 2000


async def run_notebook(context: StepContext) -> Outcome:
    """Execute the notebook to its end, or until it is told to stop."""
    try:
        notebook = nbformat.read(context.file, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        context.report_start()
        return failed(f"The notebook can't be read: {error}")
    # What an earlier run was given, the try before or papermill, are not this run's values.
    notebook.cells = notebookcells.without_injected(notebook.cells)
    context.report_start(cells=sum(cell.cell_type == "code" for cell in notebook.cells))
    run = _NotebookRun(context, notebook)
    try:
        return await run.execute()
    finally:
        run.file.save_last()


def warm_up() -> None:
    """Have ready what the first notebook would have to wait for."""
    for minor in range(nbformat.v4.nbformat_minor + 1):
        # Compiled from a schema, for each version of the format.
        nbformat.validator.get_validator(4, minor)
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
            if cell.cell_type == "code" and not is_skipped(cell):
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
        self._inject(str(self.kernel.language_info.get("name") or ""))
        client = Client(self.notebook, self.kernel, self.context.log, self.outputs)
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

    async def _execute_cells(self, client: Client) -> None:
        numbers = notebookcells.numbers(self.notebook.cells)
        for index, (cell, number) in enumerate(zip(self.notebook.cells, numbers, strict=True)):
            if number is None:
                continue
            if self.context.stop.is_set():
                return
            await self._execute_cell(client, cell, index, number)

    async def _execute_cell(
        self, client: Client, cell: NotebookNode, index: int, number: int
    ) -> None:
        counts = number != self.number
        self.number = number
        try:
            if is_skipped(cell):
                self.context.log.line(f"[cell {number} is skipped]")
            elif cell.source.strip():
                if counts:
                    self.context.report(CellStarted, cell=number)
                self.context.log.line(f"[cell {number}]" if counts else "[parameters of the run]")
                self.cell = cell
                try:
                    await client.execute_one(cell, index, number)
                finally:
                    self.outputs.settle()
                self.cell = None
                self.file.save_soon()
        finally:
            if counts:
                self.context.report(CellFinished, cell=number)

    def _inject(self, language: str) -> None:
        """Put the step's values after the cell with their defaults, if there is one."""
        place = notebookcells.parameters_place(self.notebook.cells)
        values = self.context.parameters
        if place is None or not values:
            return
        found = injection(language, values)
        if found is None:
            self.context.log.line(
                f"Parameters can't be injected into a notebook in {language or 'this language'}, "
                f"only in {', '.join(LANGUAGES)}. The cell with the tag “parameters” stays as it "
                "is; the file named by ORCHEST_PARAMETERS_PATH has the values."
            )
            return
        if found.left_out:
            self.context.log.line(
                f"Not injected, since {language} has no variables of such names: "
                f"{', '.join(found.left_out)}. orchest.get_step_param has them."
            )
        if found.source:
            tags = {"tags": [notebookcells.INJECTED_TAG]}
            cell = new_code_cell(found.source, id="injected-parameters", metadata=tags)
            if self.notebook.nbformat_minor < _CELLS_HAVE_IDS:
                del cell["id"]
            self.notebook.cells.insert(place + 1, cell)

    async def _result(self, cells: "asyncio.Task[None]") -> Outcome:
        try:
            await cells
        except CellExecutionError as error:
            if self.context.stop.is_set():
                return self._stopped()
            text = strip_ansi(f"{error.ename}: {error.evalue}" if error.evalue else error.ename)
            return failed(text.strip()[:_MESSAGE_LENGTH], cell=self.number)
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
                new_output("error", ename=name, evalue=message, traceback=[message])
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

    async def _stop(self, cells: "asyncio.Task[None]", client: Client) -> None:
        """Interrupt; what takes no notice of that is ended by force."""
        await self.kernel.interrupt()
        await self.context.stop.have_patience(cells, self.kernel.exit)
        if not cells.done():
            await self.kernel.kill(self.context.stop)
            await client.drain()
            client.abandon()

    async def _shut_down(self, client: Client) -> None:
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
