"""What of a kernel's output goes into the notebook: coalesced, and within limits."""

import json
import re
from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode, v4

MIB = 2**20
STREAM_LIMIT = MIB
"""Most characters of printed text in the notebook, per cell."""
OUTPUT_LIMIT = 10 * MIB
"""Largest single output of another kind: an image, a table."""
NOTEBOOK_LIMIT = 50 * MIB
"""Largest sum of all outputs of a notebook."""

_ANSI = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])")


def strip_ansi(text: str) -> str:
    """The text without what colours it on a terminal."""
    return _ANSI.sub("", text)


class Outputs:
    """The outputs of a notebook's cells, one cell at a time.

    Printed text that follows text of the same stream becomes one output, whose pieces are joined
    when somebody looks: :meth:`settle`.

    Args:
        on_limit: called with a sentence when something is left out.
    """

    def __init__(self, on_limit: Callable[[str], None]) -> None:
        self._on_limit = on_limit
        self._cell = 0
        self._noticed = False
        self._other_cells = 0
        self._cell_size = 0
        self._open: NotebookNode | None = None
        self._parts: list[str] = []
        self._stream_size = 0
        self._stream_full = False

    def begin(self, cell: int) -> None:
        """Turn to another cell, without outputs as yet; counted from 1."""
        self._other_cells += self._cell_size
        self._cell = cell
        self._noticed = False
        self.clear()

    def clear(self) -> None:
        """The cell's outputs were cleared."""
        self._open = None
        self._parts.clear()
        self._cell_size = 0
        self._stream_size = 0
        self._stream_full = False

    def stream(self, outputs: list[NotebookNode], name: str, text: str) -> None:
        """Take in printed text of ``stdout`` or ``stderr``."""
        if self._stream_full or not text:
            return
        if self._open is None or self._open["name"] != name:
            self.settle()
            self._open = _new_output("stream", name=name, text="")
            outputs.append(self._open)
        self._parts.append(text)
        self._grow(len(text), stream=True)
        if self._stream_size > STREAM_LIMIT or self._total > NOTEBOOK_LIMIT:
            self.settle()
            if self._stream_size > STREAM_LIMIT or self._total > NOTEBOOK_LIMIT:
                self._cut_stream(self._open)

    def other(self, output: NotebookNode) -> NotebookNode:
        """The output that shall stand in the notebook for one of another kind.

        Errors are kept whatever their size, since they say why the step failed.
        """
        self.settle()
        self._open = None
        size = size_of(output)
        if output["output_type"] != "error" and not self.fits(size):
            output = _new_output(
                "display_data",
                data={"text/plain": f"[An output of {size / MIB:.1f} MiB was left out.]"},
            )
            size = size_of(output)
        self._grow(size)
        return output

    def fits(self, size: int) -> bool:
        """Whether one more output may stand in the notebook; tells of it if not."""
        if size > OUTPUT_LIMIT:
            self._tell(f"an output of more than {OUTPUT_LIMIT // MIB} MiB is not in the notebook")
        elif self._total + size > NOTEBOOK_LIMIT:
            self._tell(
                f"output is not in the notebook, which has {NOTEBOOK_LIMIT // MIB} MiB of it"
            )
        else:
            return True
        return False

    def settle(self) -> None:
        """Join the text that has come so far, so that the notebook can be saved."""
        if self._open is None or not self._parts:
            return
        before = len(self._open["text"]) + sum(map(len, self._parts))
        # A progress bar overwrites its line; only what a terminal would show is kept.
        self._open["text"] = _overwrite("".join([self._open["text"], *self._parts]))
        self._parts.clear()
        self._grow(len(self._open["text"]) - before, stream=True)

    @property
    def _total(self) -> int:
        return self._other_cells + self._cell_size

    def _grow(self, size: int, *, stream: bool = False) -> None:
        self._cell_size += size
        if stream:
            self._stream_size += size

    def _cut_stream(self, output: NotebookNode) -> None:
        over = max(self._stream_size - STREAM_LIMIT, self._total - NOTEBOOK_LIMIT)
        kept = output["text"][: max(0, len(output["text"]) - over)]
        output["text"] = f"{kept}\n[The rest of this cell's text is left out; the log has it.]\n"
        self._stream_full = True
        self._tell("not all of its text is in the notebook; the log has it")

    def _tell(self, what: str) -> None:
        if not self._noticed:
            self._noticed = True
            self._on_limit(f"Cell {self._cell}: {what}.")


def _overwrite(text: str) -> str:
    """What a terminal shows of text with carriage returns; the last one may still act."""
    if "\r" not in text:
        return text
    lines = []
    for line in text.split("\n"):
        shown = line.rstrip("\r")
        lines.append(shown.rpartition("\r")[2] + line[len(shown) :])
    return "\n".join(lines)


def _new_output(output_type: str, **values: Any) -> NotebookNode:
    output: NotebookNode = v4.new_output(output_type, **values)
    return output


def size_of(output: NotebookNode) -> int:
    """About how many bytes an output takes in the file."""
    data: Any = output.get("data")
    if data is None:
        return sum(len(str(value)) for value in output.values())
    return sum(
        len(value) if isinstance(value, str) else len(json.dumps(value, default=str))
        for value in data.values()
    )


def plain_text(output: NotebookNode) -> str | None:
    """What of an output belongs into a text log; None for nothing."""
    if output["output_type"] == "error":
        return strip_ansi("\n".join(output["traceback"]))
    text = output.get("data", {}).get("text/plain")
    return "".join(text) if text else None
