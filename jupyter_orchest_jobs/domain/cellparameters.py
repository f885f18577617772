"""The parameters of a notebook, read from its tagged cell without executing anything.

What is read are assignments of plain values to plain names, as papermill has them: ``alpha = 0.1``,
``name: str = "x"``. Anything else stays the notebook's own business, and is said.
"""

import ast
import json
import re
import warnings
from dataclasses import dataclass, field
from typing import Any

from jupyter_orchest_jobs.domain import jsontext

_MAGIC = re.compile(r"^\s*[%!?]")
_QUIET = (ast.Import, ast.ImportFrom, ast.Pass)


@dataclass
class CellParameters:
    """What a cell says.

    Attributes:
        values: name → default, in the order of the cell.
        notes: what was not read, each a sentence that begins with its line in the cell.
    """

    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class _NotPlain(Exception):
    """The value can't be read without executing something, or is none that JSON has."""


def read_parameters(source: str) -> CellParameters:
    """Read the defaults in a cell of Python. Never fails.

    Args:
        source: the cell's text; magics and shell commands are passed over.
    """
    found = CellParameters()
    try:
        body = _parsed(source)
    except SyntaxError as error:
        found.notes.append(f"line {error.lineno or 1} is not Python: {error.msg}.")
        return found
    except (ValueError, RecursionError, MemoryError):
        found.notes.append("it is not Python that can be read.")
        return found
    for statement in body:
        _read(statement, found)
    return found


def _parsed(source: str) -> list[ast.stmt]:
    with warnings.catch_warnings():
        # Of escapes in strings: the cell is not ours.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source).body
        except SyntaxError:
            lines = source.split("\n")
            return ast.parse("\n".join("" if _MAGIC.match(line) else line for line in lines)).body


def _read(statement: ast.stmt, found: CellParameters) -> None:
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign):
        if statement.value is None:
            return  # a name and its type: nothing is assigned
        targets, value = [statement.target], statement.value
    elif isinstance(statement, _QUIET) or _is_text(statement):
        return
    else:
        _not_read(statement, "is more than an assignment", found)
        return
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    if len(names) < len(targets):
        _not_read(statement, "assigns to more than a name", found)
        return
    try:
        plain = _plain(value)
    except _NotPlain as reason:
        _not_read(statement, f"gives {' = '.join(names)} {reason}", found)
    else:
        found.values |= dict.fromkeys(names, plain)


def _not_read(statement: ast.stmt, what: str, found: CellParameters) -> None:
    """Say that a statement isn't read; what it assigns to has no value that we know."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.values.pop(node.id, None)
    found.notes.append(f"line {statement.lineno} {what}.")


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _plain(node: ast.expr) -> Any:
    """The value of a literal, as JSON gives it back.

    Raises:
        _NotPlain: there is none.
    """
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise _NotPlain("a value that must be computed") from None
    try:
        # As from any other file: JSON has neither sets nor bytes nor keys that are numbers.
        if not _has_text_keys(value):
            raise _NotPlain("a dictionary whose keys are no texts")
        return jsontext.parse(json.dumps(value, allow_nan=False), "value")
    except (TypeError, ValueError, RecursionError, jsontext.JsonProblem):
        raise _NotPlain("a value that JSON does not have") from None


def _has_text_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(
            map(_has_text_keys, value.values())
        )
    return not isinstance(value, list | tuple) or all(map(_has_text_keys, value))
