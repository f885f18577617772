"""Strict JSON, with the place of what is wrong.

The standard parser accepts duplicate keys, NaN, Infinity, 1e400 and halves of characters, and
forgets where things stood. Files written by people need better: each refusal here names file,
line and column.
"""

import codecs
import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from jupyter_orchest_jobs.errors import Problem

MAX_BYTES = 5 * 2**20
"""Largest pipeline or parameters file that is read."""
MAX_DEPTH = 64
"""How many objects and lists may stand inside one another."""

_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins as that of UTF-16 does
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""How texts in other encodings begin, if they say so."""

_Path = tuple[str | int, ...]
_BLANK = " \t\n\r"
_DECODER = json.JSONDecoder()

# What may be a half of a character, or an integer beyond every float: worth a closer look.
# Only where digits begin is counted, or a row of long numbers would take for ever.
_SUSPECT = re.compile(r"\\u[dD][89a-fA-F]|(?<![0-9])[0-9]{300}")
_TOKEN = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|NaN|-?Infinity|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?',
    re.DOTALL,
)


class Place(NamedTuple):
    """Where something is in a text: its line and its column in characters, both from 1."""

    line: int | None
    column: int | None


NOWHERE = Place(None, None)


class JsonProblem(ValueError):
    """The text is not what we take for JSON; ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    def of(self, what: str) -> str:
        """The problem of a text that isn't a file.

        Args:
            what: the text is, with which the sentence begins.
        """
        message, line, column = self.problem.message, self.problem.line, self.problem.column
        where = f" (line {line}, column {column})" if line else ""
        return f"{what} {message.removesuffix('.')}{where}."


def decode(data: bytes, file: str) -> str:
    """The text of a JSON file: UTF-8, with or without byte order mark.

    Raises:
        JsonProblem: too large, or not UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise JsonProblem(Problem(f"is larger than {MAX_BYTES // 2**20} MB.", file))
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            raise _not_utf8(f"is {encoding} text", file, Place(1, 1))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Without the byte order mark, from which its positions don't count.
        before = error.object[: error.start].decode()
        bad = f"is not UTF-8 text (the byte 0x{error.object[error.start]:02X})"
        raise _not_utf8(bad, file, _place(before, len(before))) from None
    position = text.find("\0")
    if position >= 0:  # UTF-16 without its mark, as far as that is UTF-8, too
        raise _not_utf8("is not UTF-8 text (a NUL)", file, _place(text, position))
    return text


def _not_utf8(what: str, file: str, place: Place) -> JsonProblem:
    return JsonProblem(Problem(f"{what}; save it with the encoding UTF-8.", file, *place))


def _place(text: str, position: int) -> Place:
    return Place(text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def parse(text: str, file: str) -> Any:
    """The value that the text means.

    Args:
        text: JSON.
        file: how to call the text in errors.

    Raises:
        JsonProblem: malformed, a duplicate key, a number that is not finite, half of a character
            (a lone surrogate, which no file can hold), or nested too deeply.
    """
    value, refused = None, False
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        suspect = bool(_SUSPECT.search(text)) or not encodable(text) or _too_deep(value)
    except json.JSONDecodeError as error:
        raise JsonProblem(
            Problem(f"is not valid JSON: {error.msg}.", file, error.lineno, error.colno)
        ) from None
    except (ValueError, RecursionError):
        suspect = refused = True
    if suspect:
        for message, position in _refusals(text):
            raise JsonProblem(Problem(f"{message}.", file, *_place(text, position)))
    if refused:  # never, as far as we know
        raise JsonProblem(Problem("can't be read as JSON.", file))
    return value


def encodable(text: str) -> bool:
    """Whether the text can be written as UTF-8: whether it has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Places:
    """The places of the values in one text, found in one walk when the first is asked for.

    Args:
        text: valid JSON; empty when there is no text, and so no places.
        depth: length of the longest path that will be asked for.
    """

    def __init__(self, text: str, depth: int = 3) -> None:
        self._text = text
        self._depth = depth
        self._places: dict[_Path, Place] | None = None

    def of(self, *path: str | int) -> Place:
        """Where the value at ``path`` begins; ``NOWHERE`` if there is none.

        Args:
            path: keys and indices from the top down.
        """
        if self._places is None:
            self._places = dict(self._walk())
        return self._places.get(path, NOWHERE)

    def _walk(self) -> Iterator[tuple[_Path, Place]]:
        # Counted on from value to value: a long text may be one line, or have very many.
        text, line, start, last = self._text, 1, 0, 0
        for path, position in positions(text, self._depth) if text else ():
            if newlines := text.count("\n", last, position):
                line, start = line + newlines, text.rindex("\n", last, position) + 1
            last = position
            yield path, Place(line, position - start + 1)


def positions(text: str, depth: int = MAX_DEPTH) -> Iterator[tuple[_Path, int]]:
    """The path of every value and the position of its first character, outermost first.

    Args:
        text: valid JSON.
        depth: length of the longest path that is wanted.
    """
    yield from _walk(text, _skip(text, 0), (), depth)


def _walk(text: str, at: int, path: _Path, depth: int) -> Iterator[tuple[_Path, int]]:
    yield path, at
    if len(path) == depth:
        return
    if text[at] == "{":
        position = _skip(text, at + 1)
        while text[position] != "}":
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
            yield from _walk(text, position, (*path, str(key)), depth)
            position = _next_item(text, position)
    elif text[at] == "[":
        position, index = _skip(text, at + 1), 0
        while text[position] != "]":
            yield from _walk(text, position, (*path, index), depth)
            position, index = _next_item(text, position), index + 1


def _next_item(text: str, at: int) -> int:
    _, end = _DECODER.raw_decode(text, at)
    end = _skip(text, end)
    return _skip(text, end + 1) if text[end] == "," else end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


# The hooks only notice, at the parser's speed; what it was and where is looked up afterwards.


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("duplicate key")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def _too_deep(value: Any) -> bool:
    level, depth = [value], -1
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth >= MAX_DEPTH


def _refusals(text: str) -> Iterator[tuple[str, int]]:
    """What we refuse although the standard parser may not, and where; valid up to there."""
    open_keys: list[set[str]] = []  # of the objects and lists around, from the outside in
    for found in _TOKEN.finditer(text):
        piece, at = found.group(), found.start()
        if piece in "{[":
            open_keys.append(set())
            if len(open_keys) > MAX_DEPTH:
                yield f"is nested deeper than {MAX_DEPTH} levels", at
        elif piece in "}]":
            open_keys.pop()
        elif piece[0] == '"':
            string = str(_DECODER.decode(piece))
            if not encodable(string):
                yield "has half of a character (a lone surrogate) in a text", at
            end = _skip(text, found.end())
            if text[end : end + 1] == ":":
                if string in open_keys[-1]:
                    yield f"has the key “{short(string)}” twice in one object", at
                open_keys[-1].add(string)
        elif piece in ("NaN", "Infinity", "-Infinity"):
            yield f"has {piece}, which is not JSON; use a number or null", at
        elif not math.isfinite(float(piece)):
            yield f"has the number {short(piece)}, which is too large", at


def short(text: str, most: int = 40) -> str:
    """At most so many characters of the text, for messages and lists."""
    return text if len(text) <= most else text[: most - 1] + "…"
