"""What of a kernel's output goes into the notebook."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_output

from jupyter_orchest_jobs.engine import outputs as module
from jupyter_orchest_jobs.engine.outputs import Outputs, plain_text, strip_ansi


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STREAM_LIMIT", 100)
    monkeypatch.setattr(module, "OUTPUT_LIMIT", 200)
    monkeypatch.setattr(module, "NOTEBOOK_LIMIT", 500)


class Cell:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.outputs = Outputs(self.told.append)
        self.next()

    def next(self, number: int = 1) -> None:
        self.list: list[NotebookNode] = []
        self.outputs.begin(number)

    def write(self, text: str, name: str = "stdout") -> None:
        self.outputs.stream(self.list, name, text)

    def show(self, text: str, kind: str = "display_data", **values: Any) -> None:
        data = {"data": {"text/plain": text}} if kind == "display_data" else values
        self.list.append(self.outputs.other(new_output(kind, **data)))

    def texts(self) -> list[str]:
        self.outputs.settle()
        return [item.get("text") or item.data["text/plain"] for item in self.list]


@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text("ab\n", max_size=3))))
def test_text_is_coalesced_without_loss_and_in_order(pieces: list[tuple[str, str]]) -> None:
    cell = Cell()
    pieces = pieces[:30]
    for name, text in pieces:
        cell.write(text, name)
    assert "".join(cell.texts()) == "".join(text for _, text in pieces)
    names = [item.name for item in cell.list]
    assert all(one != other for one, other in pairwise(names))


def test_text_beyond_the_limit_is_cut_and_told_once() -> None:
    cell = Cell()
    for _ in range(50):
        cell.write("123456789\n")
    (text,) = cell.texts()
    assert text.startswith("123456789\n" * 10 + "\n[The rest")
    assert cell.told == ["Cell 1: not all of its text is in the notebook; the log has it."]
    cell.next(2)
    cell.write("again")
    assert cell.texts() == ["again"]


def test_progress_bar_stays_within_the_limit() -> None:
    cell = Cell()
    for number in range(1000):
        cell.write(f"\r{number:>20}")
    cell.write("\ndone\r\n")
    assert cell.texts() == [f"{999:>20}\ndone\r\n"]
    assert cell.told == []


def test_large_output_is_replaced_and_errors_are_kept() -> None:
    cell = Cell()
    cell.show("x" * 201)
    cell.show("", "error", ename="E", evalue="y" * 300, traceback=[])
    assert cell.list[0].data == {"text/plain": "[An output of 0.0 MiB was left out.]"}
    assert cell.list[1].evalue == "y" * 300
    assert len(cell.told) == 1


def test_notebook_as_a_whole_is_limited() -> None:
    cell = Cell()
    for number in range(1, 4):
        cell.next(number)
        cell.show("x" * 190)
    assert cell.list[0].data["text/plain"].startswith("[An output")
    cell.next(4)
    cell.write("y" * 90)
    assert "[The rest" in cell.texts()[0]
    assert [text.split(":")[0] for text in cell.told] == ["Cell 3", "Cell 4"]


def test_cleared_output_gives_its_room_back() -> None:
    cell = Cell()
    for _ in range(20):
        cell.outputs.clear()
        cell.list.clear()
        cell.write("z" * 90)
    assert cell.texts() == ["z" * 90]
    assert cell.told == []


def test_log_gets_plain_text() -> None:
    error = new_output("error", ename="E", evalue="v", traceback=["\x1b[31mred\x1b[0m", "two"])
    assert plain_text(error) == "red\ntwo"
    assert plain_text(new_output("display_data", data={"text/plain": "a"})) == "a"
    assert plain_text(new_output("display_data", data={"image/png": "a"})) is None
    assert strip_ansi("\x1b]8;;http://x\x07link\x1b]8;;\x07") == "link"
