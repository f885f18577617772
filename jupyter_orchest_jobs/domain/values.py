"""Values of parameters and metrics in lists of runs: their order, their texts, which are wanted."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_orchest_jobs.domain.selection import Rule
from jupyter_orchest_jobs.domain.strategy import Combination, canonical

MISSING = object()
"""Stands for the value that a run does not have."""

Place = tuple[int, float | str | bool]
"""A value's place in the order of all values: to be compared with others, nothing else."""


def place_of(value: Any) -> Place:
    """Where a JSON value stands in the order of all.

    What is missing comes first, then numbers by size, strings by code points, false and true,
    null, and everything else by its canonical text.
    """
    match value:
        case bool():
            return 3, value
        case int() | float():
            return 1, value
        case str():
            return 2, value
        case None:
            return 4, 0
        case _ if value is MISSING:
            return 0, 0
    return 5, canonical(value)


def searchable(text: str) -> str:
    """A text without regard to case, and without what databases can't hold: NUL, surrogates."""
    return text.casefold().replace("\0", "").encode("utf-8", "backslashreplace").decode()


def search_text(combination: Combination, message: str | None) -> str:
    """What of a run is searched besides its number and status, as :func:`searchable` makes it.

    A line with the JSON text of each value, and the message.
    """
    values = (value for names in combination.values() for value in names.values())
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    return searchable("\n".join([*lines, message or ""]))


class Wanted:
    """The values that runs shall have: of each parameter that is named, one of those named for it.

    Sameness is that of :func:`.strategy.canonical`.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._texts: dict[tuple[str, str], set[str]] = {}
        for rule in rules:
            self._texts.setdefault((rule.scope, rule.name), set()).add(canonical(rule.value))

    def matches(self, combination: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether a combination has them; one without such a parameter has not."""
        for (scope, name), texts in self._texts.items():
            value = combination.get(scope, {}).get(name, MISSING)
            if value is MISSING or canonical(value) not in texts:
                return False
        return True
