import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.jsontext import (
    MAX_BYTES,
    MAX_DEPTH,
    NOWHERE,
    JsonProblem,
    Places,
    decode,
    parse,
    positions,
)
from jupyter_orchest_jobs.errors import Problem
from tests.domain.generated import JSON


def refusal(text: str) -> Problem:
    with pytest.raises(JsonProblem) as caught:
        parse(text, "f.json")
    return caught.value.problem


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"a": 1,\n "b": 2,\n "a": 3}', 3, "key “a” twice"),
        ('{"x": "a",\n "a": 1, "y": {"a": 1},\n "a": 2}', 3, "key “a” twice"),
        ('{"é": 1,\n "\\u00e9": 2}', 2, "key “é” twice"),
        ('[{"a": 1},\n {"a": {\n"b": 0, "b": 0}}]', 3, "key “b” twice"),
        ('{"a": "NaN",\n "b": NaN}', 2, "has NaN, which is not JSON"),
        ('{"a": "Infinity",\n "b": [\nInfinity]}', 3, "has Infinity"),
        ("[\n\n-Infinity]", 3, "has -Infinity"),
        ('{"a": "1e400",\n "b": 1e400}', 2, "number 1e400, which is too large"),
        ("[\n-1E999]", 2, "too large"),
        ("[1,\n" + "9" * 400 + "]", 2, "too large"),
        ("[1,\n-" + "9" * 10_000 + "]", 2, "too large"),
        ('["\\\\ud800",\n"\\ud800"]', 2, "half of a character"),
        ('{"a": 1,\n"\\uDC00x": 1}', 2, "half of a character"),
        ('["ok",\n"\ud800"]', 2, "half of a character"),
        ('{"a":\n' * 200 + "1" + "}" * 200, 65, "deeper than 64"),
        ("[" * 100_000, 1, "deeper than 64"),
        ("[" * 65 + "]" * 65, 1, "deeper than 64"),
        ('{"a": 1,\n "b": 2,}', 2, "not valid JSON"),
        ("", 1, "not valid JSON"),
        ("{}\n{}", 2, "not valid JSON"),
        ("'a'", 1, "not valid JSON"),
        ('["a\nb"]', 1, "not valid JSON"),
        ("\ufeff{}", 1, "not valid JSON"),
        ("[1,\n01]", 2, "not valid JSON"),
    ],
)
def test_parse_refuses_with_the_line(text: str, line: int, words: str) -> None:
    problem = refusal(text)
    assert (problem.file, problem.line) == ("f.json", line)
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{"a": 1,\n "a": 3}', 2),
        ('{"é": [1,\n"x",NaN]}', 5),
        ("[1e400]", 2),
        ('{"a": 1,\n "b" 2}', 6),
        ('["ok",\n  "\\ud800"]', 3),
        ("", 1),
    ],
)
def test_parse_refuses_with_the_column(text: str, column: int) -> None:
    assert refusal(text).column == column


def test_a_problem_of_what_is_no_file_says_where_in_words() -> None:
    with pytest.raises(JsonProblem) as caught:
        parse("[1,\n NaN]", "x")
    words = "The body has NaN, which is not JSON; use a number or null (line 2, column 2)."
    assert caught.value.of("The body") == words
    with pytest.raises(JsonProblem) as caught:
        decode(b" " * (MAX_BYTES + 1), "x")
    assert caught.value.of("The body") == "The body is larger than 5 MB."


def test_parse_reports_the_first_of_several_refusals() -> None:
    assert refusal('{"a": 1,\n"a": NaN,\n"b": 1e400}').line == 2


def test_parse_keeps_messages_short() -> None:
    assert len(refusal("9" * 100_000).message) < 200
    assert len(refusal(f'{{"{"k" * 9999}": 1, "{"k" * 9999}": 1}}').message) < 200


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\\\ud800"', "\\ud800"),
        ("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH, None),
        ("1" + "0" * 300, 10**300),
        ("9007199254740993", 2**53 + 1),
        ("1e-400", 0.0),
        ('"\\u0000"', "\0"),
        (' \r\n\t{"a": [1.0, 1, true]}\n', {"a": [1.0, 1, True]}),
    ],
)
def test_parse_takes_what_is_unusual_but_right(text: str, value: Any) -> None:
    result = parse(text, "f.json")
    if value is not None:
        assert repr(result) == repr(value)


@given(JSON)
def test_parse_is_the_standard_parser_for_good_json(value: Any) -> None:
    for escaped in (True, False):
        assert repr(parse(json.dumps(value, ensure_ascii=escaped), "f")) == repr(value)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ('{"a": 1}'.encode("utf-16"), 1),
        ('{"a": 1}'.encode("utf-16-le"), 1),
        ('{"a": 1}'.encode("utf-32-be"), 1),
        (b'{"a":\n"caf\xe9"}', 2),
        (b'\xef\xbb\xbf\n\n"\xff"', 3),
        (b"{}\n\0\0\0\0", 2),
        (b'"\xed\xa0\x80"', 1),
    ],
)
def test_decode_refuses_what_is_not_utf8(data: bytes, line: int) -> None:
    with pytest.raises(JsonProblem, match="save it with the encoding UTF-8") as caught:
        decode(data, "f.json")
    assert caught.value.problem.line == line


@pytest.mark.parametrize(
    ("data", "column", "words"),
    [
        (b'{"a":\n"caf\xe9"}', 5, "is not UTF-8 text (the byte 0xE9);"),
        ('["é",'.encode() + b"\xff]", 6, "is not UTF-8 text (the byte 0xFF);"),
        (b"\xef\xbb\xbf[\xff]", 2, "is not UTF-8 text (the byte 0xFF);"),
        (b"{}\n \0", 2, "is not UTF-8 text (a NUL);"),
        ("{}".encode("utf-16-be"), 1, "is not UTF-8 text (a NUL);"),
        ("{}".encode("utf-16"), 1, "is UTF-16 text;"),
        (b"\xfe\xff\0{\0}", 1, "is UTF-16 text;"),
        ("{}".encode("utf-32"), 1, "is UTF-32 text;"),
    ],
)
def test_decode_says_which_encoding_or_where_it_ends(data: bytes, column: int, words: str) -> None:
    with pytest.raises(JsonProblem) as caught:
        decode(data, "f.json")
    problem = caught.value.problem
    assert problem.message == f"{words} save it with the encoding UTF-8."
    assert problem.column == column


def test_decode_drops_a_byte_order_mark() -> None:
    assert decode(b"\xef\xbb\xbf{}", "f.json") == "{}"


def test_decode_refuses_a_file_that_is_too_large() -> None:
    decode(b" " * MAX_BYTES, "f.json")
    with pytest.raises(JsonProblem, match="larger than 5 MB"):
        decode(b" " * (MAX_BYTES + 1), "f.json")


# fmt: off
PIECES = [
    "{", "}", "[", "]", ",", ":", '"', '"a"', '"a":', "1", "-", "e400", "NaN", "Infinity", "true",
    "\\", "\\u", "\\ud800", "\ud800", "²", "\ufeff", "\u2028", "\n", "\0", "9" * 310,
]
# fmt: on
SCRAPS = st.lists(st.sampled_from(PIECES)).map(
    lambda scraps: "".join(scraps).encode("utf-8", "surrogatepass")
)


@settings(max_examples=400)
@given(st.binary(max_size=40) | SCRAPS)
@example(b'{"a":NaN"')
def test_no_bytes_raise_anything_but_a_json_problem(data: bytes) -> None:
    try:
        value = parse(decode(data, "f"), "f")
    except JsonProblem as error:
        assert error.problem.file == "f"
        assert error.problem.line is not None
    else:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@settings(max_examples=200)
@given(st.text() | SCRAPS.map(lambda data: data.decode("utf-8", "surrogatepass")))
def test_no_text_raises_anything_but_a_json_problem(text: str) -> None:
    try:
        value = parse(text, "f")
    except JsonProblem:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


def render(value: Any, path: tuple[str | int, ...], random: Random) -> Iterator[Any]:
    """The text of a value in pieces, with its path as a mark before each value."""

    def blank() -> str:
        return "".join(random.choices([" ", "\n", "\t", "\r\n", ""], k=random.randint(0, 3)))

    def text_of(scalar: Any) -> str:
        return json.dumps(scalar, ensure_ascii=random.random() < 0.5)

    yield path
    if isinstance(value, dict):
        yield "{"
        for index, (key, inner) in enumerate(value.items()):
            yield ("," if index else "") + blank() + text_of(key) + blank() + ":" + blank()
            yield from render(inner, (*path, key), random)
            yield blank()
        yield "}" if value else blank() + "}"
    elif isinstance(value, list):
        yield "["
        for index, inner in enumerate(value):
            yield ("," if index else "") + blank()
            yield from render(inner, (*path, index), random)
            yield blank()
        yield "]" if value else blank() + "]"
    else:
        yield text_of(value)


@settings(max_examples=200)
@given(JSON, st.randoms(use_true_random=False))
def test_positions_and_places_are_where_values_begin(value: Any, random: Random) -> None:
    text, starts = random.choice(["", " ", "\n\n"]), {}
    for piece in render(value, (), random):
        if isinstance(piece, tuple):
            starts[piece] = len(text)
        else:
            text += piece
    assert repr(parse(text, "f")) == repr(value)
    assert dict(positions(text)) == starts
    places, shallow = Places(text, MAX_DEPTH), Places(text)
    for path, start in starts.items():
        before = text[:start].split("\n")
        place = (len(before), len(before[-1]) + 1)
        assert places.of(*path) == place
        if len(path) <= 3:
            assert shallow.of(*path) == place


def test_what_is_not_there_is_nowhere() -> None:
    places = Places('{"a": [1]}')
    assert places.of("b") == NOWHERE
    assert places.of("a", 1) == NOWHERE
    assert places.of("a", 0, "c") == NOWHERE
    assert Places("").of() == NOWHERE
