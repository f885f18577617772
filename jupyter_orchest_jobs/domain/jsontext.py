"""Strict JSON, with the place of what is wrong.

The standard parser accepts duplicate keys, NaN, Infinity and 1e400 and forgets where things
stood. Files written by people need better: each refusal here names file and line.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from jupyter_orchest_jobs.errors import Problem

MAX_BYTES = 5 * 2**20
"""Largest pipeline or parameters file that is read."""
MAX_DEPTH = 64
"""Deepest nesting of a value."""

_Place = tuple[tuple[str | int, ...], int]
_BLANK = " \t\n\r"
_DECODER = json.JSONDecoder()


class JsonProblem(ValueError):
    """The text is not what we take for JSON; ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def decode(data: bytes, file: str) -> str:
    """The text of a JSON file: UTF-8, with or without byte order mark.

    Raises:
        JsonProblem: too large, or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise JsonProblem(Problem(f"is larger than {MAX_BYTES // 2**20} MB.", file))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise JsonProblem(
            Problem("is not UTF-8 text; save it with the encoding UTF-8.", file, line)
        ) from None


def parse(text: str, file: str) -> Any:
    """The value that the text means.

    Args:
        text: JSON.
        file: how to call the text in errors.

    Raises:
        JsonProblem: malformed, duplicate key, not a finite number, or nested too deeply.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        _check_depth(value)
    except json.JSONDecodeError as error:
        raise JsonProblem(
            Problem(f"is not valid JSON: {error.msg} (column {error.colno}).", file, error.lineno)
        ) from None
    except RecursionError:
        raise JsonProblem(Problem(f"is nested deeper than {MAX_DEPTH} levels.", file)) from None
    except _Refused as refused:
        raise JsonProblem(Problem(str(refused), file, _line_of(text, refused))) from None
    except ValueError as error:  # an integer of more than 4,300 digits
        raise JsonProblem(Problem(f"has a number that is too long: {error}.", file)) from None
    return value


def line_of(text: str, *path: str | int) -> int | None:
    """The 1-based line on which the value at ``path`` begins, or None where there is none.

    Args:
        text: valid JSON.
        path: keys and indices from the top down.
    """
    for at, position in positions(text):
        if at == path:
            return text.count("\n", 0, position) + 1
    return None


def positions(text: str) -> Iterator[_Place]:
    """Every value's path and the position of its first character, outermost first."""
    yield from _walk(text, _skip(text, 0), ())


def _walk(text: str, at: int, path: tuple[str | int, ...]) -> Iterator[_Place]:
    yield path, at
    if text[at] == "{":
        position = _skip(text, at + 1)
        while text[position] != "}":
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
            yield from _walk(text, position, (*path, str(key)))
            position = _next_item(text, position)
    elif text[at] == "[":
        position, index = _skip(text, at + 1), 0
        while text[position] != "]":
            yield from _walk(text, position, (*path, index))
            position, index = _next_item(text, position), index + 1


def _next_item(text: str, at: int) -> int:
    _, end = _DECODER.raw_decode(text, at)
    end = _skip(text, end)
    return _skip(text, end + 1) if text[end] == "," else end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


class _Refused(Exception):
    """Valid for the standard parser, but not for us; ``needle`` is the offending text."""

    def __init__(self, message: str, needle: str, nth: int = 1) -> None:
        super().__init__(message)
        self.needle = needle
        self.nth = nth


def _line_of(text: str, refused: _Refused) -> int | None:
    at = -1
    for _ in range(refused.nth):
        at = text.find(refused.needle, at + 1)
        if at < 0:
            return None
    return text.count("\n", 0, at) + 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused(f"has the key “{key}” twice in one object.", json.dumps(key), 2)
            seen.add(key)
    return result


def _no_constant(name: str) -> Any:
    raise _Refused(f"has {name}, which is not JSON; use a number or null.", name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused(f"has the number {digits}, which is too large.", digits)
    return number


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
