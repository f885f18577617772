"""The cell that gives a notebook the values of its step, in the notebook's language.

Values travel as JSON text in a literal, which the language's own reader of JSON takes apart: no
value becomes code.
"""

import json
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True)
class _Language:
    """How a language reads JSON.

    Attributes:
        head: lines before the assignments.
        assign: one assignment, of ``{name}`` and ``{text}``, a literal in double quotes.
        names: tells whether a name may be assigned to.
        reserved: what may not, although it looks like it.
        escapes: what else must have a backslash in a literal.
    """

    head: str
    assign: str
    names: Callable[[str], Any] = _PLAIN
    reserved: frozenset[str] = frozenset()
    escapes: str = ""


_LANGUAGES = {
    "python": _Language(
        "import json as _json\n",
        "{name} = _json.loads({text})",
        names=str.isidentifier,
        reserved=frozenset(keyword.kwlist) | {"__debug__", "_json"},
    ),
    "r": _Language(
        "",
        "{name} <- jsonlite::fromJSON({text})",
        names=re.compile(r"[A-Za-z][A-Za-z0-9._]*").fullmatch,
        reserved=_words(
            "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA "
            "NA_integer_ NA_real_ NA_character_ NA_complex_ in"
        ),
    ),
    "julia": _Language(
        "import JSON\n",
        "{name} = JSON.parse({text})",
        reserved=_words(
            "baremodule begin break catch const continue do else elseif end export false "
            "finally for function global if import in isa let local macro module quote "
            "return struct true try using where while JSON"
        ),
        escapes="$",
    ),
    "javascript": _Language(
        "",
        "{name} = JSON.parse({text});",
        names=re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*").fullmatch,
        reserved=_words(
            "arguments await break case catch class const continue debugger default delete "
            "do else enum eval export extends false finally for function if implements "
            "import in instanceof interface let new null package private protected public "
            "return static super switch this throw true try typeof undefined NaN Infinity "
            "var void while with yield JSON"
        ),
    ),
}
LANGUAGES = tuple(_LANGUAGES)
"""Languages of kernels, in lower case, whose notebooks can be given values so."""


@dataclass(frozen=True)
class Injection:
    """What to put into a cell.

    Attributes:
        source: of the cell; "" if nothing can be given so.
        left_out: names that are no variables in this language.
    """

    source: str
    left_out: tuple[str, ...]


def injection(language: str, values: Mapping[str, Any]) -> Injection | None:
    """The cell for these values, or None in a language that isn't known.

    Args:
        language: of the kernel, whatever its case.
        values: name → JSON value.
    """
    how = _LANGUAGES.get(language.lower())
    if how is None:
        return None
    lines = []
    left_out = []
    for name, value in values.items():
        if how.names(name) and name not in how.reserved:
            lines.append(how.assign.format(name=name, text=_literal(value, how.escapes)))
        else:
            left_out.append(name)
    source = how.head + "\n".join(lines) if lines else ""
    return Injection(source, tuple(left_out))


def _literal(value: Any, escapes: str) -> str:
    """A value's JSON as a literal: in ASCII without control characters, twice."""
    text = json.dumps(json.dumps(value))
    for character in escapes:
        text = text.replace(character, f"\\{character}")
    return text
