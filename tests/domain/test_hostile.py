"""Whatever stands in a file or a field, it is read, or refused in words that say where."""

import ast
import json
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jupyter_orchest_jobs
from jupyter_orchest_jobs.domain import cron, jsontext
from jupyter_orchest_jobs.domain.cellparameters import read_parameters
from jupyter_orchest_jobs.domain.grid import Filter, Grid
from jupyter_orchest_jobs.domain.parameters import read_parameters_file, read_setting
from jupyter_orchest_jobs.domain.pipeline import read_pipeline
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.domain.strategy import Strategy
from jupyter_orchest_jobs.errors import InvalidInput, Problem
from tests.domain.generated import JSON, grids
from tests.factories import pipeline, pipeline_text

PIPELINE = pipeline_text({"a": {"parameters": {"lr": 0.1}}, "b": {"incoming_connections": ["a"]}})
PARAMETERS = json.dumps({"pipeline_parameters": {"n": [1, 2]}, "a": {"lr": [0.1, 1]}}, indent=1)
PIECES = [
    *("NaN", "-Infinity", "1e400", "-1e400", "9" * 400, "9" * 5000, "0" * 9, "\\ud800", "\\u0000"),
    *("[" * 70, '{"a":' * 70, "[" * 100_000, '"a": 1, "a": 2', "\ufeff", "\0", "\x1f", "\u2028"),
    *(
        "null",
        "true",
        "[]",
        "{}",
        '""',
        "-",
        "..",
        "/etc",
        "\\",
        '"',
        ",",
        ":",
        "}",
        "]",
        "\U0001f600",
    ),
]
BYTES = [b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x00"]


@st.composite
def damaged(draw: st.DrawFn, text: str) -> bytes:
    """A file in which something was taken away, or put in, or that has another encoding."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        until = at + draw(st.integers(0, 40))
        text = text[:at] + draw(st.sampled_from(["", *PIECES])) + text[until:]
    encoding = draw(st.sampled_from(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"]))
    data = text.encode(encoding)
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.sampled_from([b"", b"", *BYTES])) + data[at:]


def assert_said(problem: Problem, data: bytes) -> None:
    """What is wrong with JSON has its file, its line and its column."""
    assert problem.file == "f.json"
    assert problem.line is not None
    assert 1 <= problem.line <= data.count(b"\n") + 1
    assert problem.column is not None
    assert problem.column >= 1


@settings(max_examples=300)
@given(damaged(PIPELINE))
def test_damaged_pipelines_are_read_or_refused(data: bytes) -> None:
    try:
        text = jsontext.decode(data, "f.json")
        jsontext.parse(text, "f.json")
    except jsontext.JsonProblem as error:
        assert_said(error.problem, data)
        return
    try:
        read_pipeline(text, "f.json")
    except InvalidInput as error:
        assert error.problems
        for problem in error.problems:
            assert_said(problem, data)


@settings(max_examples=300)
@given(damaged(PARAMETERS))
def test_damaged_parameters_files_are_read_or_refused(data: bytes) -> None:
    try:
        text = jsontext.decode(data, "f.json")
        read_parameters_file(text, "f.json", pipeline({"a": {}}))
    except jsontext.JsonProblem as error:
        assert_said(error.problem, data)
    except InvalidInput as error:
        assert error.problems
        for problem in error.problems:
            assert_said(problem, data)


@given(JSON)
def test_any_json_is_no_parameters_file_or_one(value: Any) -> None:
    try:
        read_parameters_file(json.dumps(value), "f.json", pipeline({"a": {}}))
    except InvalidInput as error:
        assert error.problems


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(jsontext.JsonProblem, match="larger than 5 MB"):
        jsontext.decode(b" " * (jsontext.MAX_BYTES + 1), "f.json")


ESCAPED = {
    "snapshot/environments/rewrite.py",  # puts names together that it has escaped
    "engine/warm/kernel_host.py",  # goes through a list of its own
}

_CRON = st.text(st.sampled_from("0123456789*/-,?LW#@ \t\nMONjan\u0661\x00"), max_size=40)


@settings(max_examples=300)
@given(_CRON | st.text(max_size=40) | st.sampled_from(["9" * 5000 + " * * * *", "*," * 50_000]))
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    try:
        cron.parse(text)
    except InvalidInput as error:
        assert str(error)


_PIECES_OF_PYTHON = st.lists(
    st.sampled_from(
        ["x = ", "(" * 300, "{", "}", "1e400", "10**9**9", "-" * 5000, "f'{", "\0", "\n"]
    )
    | st.text(max_size=8)
).map("".join)


@settings(max_examples=300, deadline=None)
@given(_PIECES_OF_PYTHON)
def test_any_cell_has_parameters_or_notes(source: str) -> None:
    found = read_parameters(source)
    json.dumps(found.values, allow_nan=False)
    assert all(isinstance(note, str) for note in found.notes)


@given(st.text(max_size=40))
def test_any_setting_is_read_or_refused(text: str) -> None:
    try:
        read_setting(text, pipeline({"a": {}}))
    except InvalidInput as error:
        assert str(error)


@given(grids(), st.text(max_size=12), st.lists(st.builds(Rule, st.text(), st.text(), JSON)))
def test_any_filter_finds_combinations_or_none(
    values: dict[str, dict[str, list[Any]]], text: str, rules: list[Rule]
) -> None:
    grid = Grid(Strategy(values), Selection(), Filter(text, tuple(rules), None))
    assert 0 <= grid.matching <= grid.total


_LARGE = 2**20
"""Bytes: a fifth of the largest file."""


@pytest.mark.parametrize(
    "text",
    [
        "[" + ("9" * 299 + ",") * (_LARGE // 300) + "1]",
        "[" + "0," * (_LARGE // 2) + "NaN]",
        "{" + ",".join(f'"{n}":0' for n in range(90_000)) + ',"1":0}',
        "[0." + "1" * _LARGE + "]",
        '["' + "\\" * _LARGE + '"]',
        "[" + "1" + "0" * _LARGE + "]",
        '"' + "a" * _LARGE,
        "[" * 64 + "[]," * (_LARGE // 4) + "[]" + "]" * 64,
    ],
    ids=["long numbers", "NaN", "keys", "fraction", "escapes", "integer", "open", "lists"],
)
def test_time_grows_with_the_text_alone(text: str) -> None:
    begin = process_time()
    with suppress(jsontext.JsonProblem):
        jsontext.parse(text, "f.json")
    assert process_time() - begin < 5


def test_nothing_that_users_write_becomes_a_regular_expression() -> None:
    """So no search can take longer than reading what is searched."""
    package = Path(jupyter_orchest_jobs.__file__).parent
    found = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in package.rglob("*.py")
        if path.relative_to(package).as_posix() not in ESCAPED
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr != "escape"
        and not _is_ours(node.args[0])
    ]
    assert found == []


def _is_ours(pattern: ast.expr) -> bool:
    """Whether a pattern is made of literals, names of constants, and texts that are escaped."""
    if isinstance(pattern, ast.JoinedStr):
        return all(_is_ours(part) for part in pattern.values)
    if isinstance(pattern, ast.FormattedValue):
        return _is_ours(pattern.value)
    if isinstance(pattern, ast.BinOp):
        return _is_ours(pattern.left) and _is_ours(pattern.right)
    if isinstance(pattern, ast.Call):
        return ast.unparse(pattern.func) == "re.escape"
    return isinstance(pattern, ast.Constant) or (
        isinstance(pattern, ast.Name) and pattern.id.isupper()
    )
