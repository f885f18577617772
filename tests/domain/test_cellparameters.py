import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.cellparameters import read_parameters
from tests.domain.generated import JSON

CELL = '''\
# The defaults
"""A docstring."""
%matplotlib inline
!ls
import math
from pathlib import Path

alpha = 0.1
name: str = "Ä"
low = high = -1
sizes = (1, [2, None])
options = {"deep": {"a": True}}
later: int
'''


def test_plain_assignments_are_the_parameters() -> None:
    found = read_parameters(CELL)
    assert found.values == {
        "alpha": 0.1,
        "name": "Ä",
        "low": -1,
        "high": -1,
        "sizes": [1, [2, None]],
        "options": {"deep": {"a": True}},
    }
    assert list(found.values) == ["alpha", "name", "low", "high", "sizes", "options"]
    assert found.notes == []


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("a = date.today()", "line 2 gives a a value that must be computed."),
        ("a = 2 * 3", "line 2 gives a a value that must be computed."),
        ("a = f'{b}'", "line 2 gives a a value that must be computed."),
        ("a = {1, 2}", "line 2 gives a a value that JSON does not have."),
        ("a = b'x'", "line 2 gives a a value that JSON does not have."),
        ("a = 1e999", "line 2 gives a a value that JSON does not have."),
        ("a = 1j", "line 2 gives a a value that JSON does not have."),
        ("a = '\\ud800'", "line 2 gives a a value that JSON does not have."),
        ("a = [{1: 2}]", "line 2 gives a a dictionary whose keys are no texts."),
        ("a, b = 1, 2", "line 2 assigns to more than a name."),
        ("a.b = 1", "line 2 assigns to more than a name."),
        ("a += 1", "line 2 is more than an assignment."),
        ("if True:\n    a = 1", "line 2 is more than an assignment."),
        ("print(1)", "line 2 is more than an assignment."),
    ],
)
def test_what_is_not_read_is_said(line: str, note: str) -> None:
    found = read_parameters(f"kept = 1\n{line}")
    assert found.values == {"kept": 1}
    assert found.notes == [note]


def test_name_that_is_assigned_again_has_its_last_value_or_none() -> None:
    assert read_parameters("a = 1\na = 2").values == {"a": 2}
    assert read_parameters("a = 1\na = f()").values == {}
    assert read_parameters("a = 1\nfor a in b: pass").values == {}
    assert read_parameters("a = 1\ndel a").values == {}


@pytest.mark.parametrize("source", ["a = ", "a = 1\n b = 2", "\0", "a = " + "[" * 5000, "x" * 10])
def test_cell_that_is_no_python_is_said_and_gives_nothing(source: str) -> None:
    found = read_parameters(source)
    assert found.values == {}
    assert len(found.notes) == 1


@given(st.dictionaries(st.from_regex(r"p_[a-z]{0,5}", fullmatch=True), JSON))
def test_every_json_value_is_read_back(values: dict[str, Any]) -> None:
    source = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    found = read_parameters(source)
    assert json.dumps(found.values) == json.dumps(values)
    assert found.notes == []


@given(st.text() | st.lists(st.sampled_from("a=1 '\"\n[](){}:,%!#\\\0")).map("".join))
def test_any_text_is_read_without_failing(source: str) -> None:
    found = read_parameters(source)
    json.dumps(found.values, allow_nan=False)
