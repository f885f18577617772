"""The grid of a job: lists of values, and every combination of them, in Orchest's order.

Nested loops: the first name varies slowest, the last one fastest. Nothing is expanded until
it is asked for, so a grid of a million runs costs what its lists cost.
"""

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Combination = dict[str, dict[str, Any]]
"""The values of one run: scope → name → value."""


def canonical(value: Any) -> str:
    """One text for one JSON value: sorted keys, no blanks.

    Values are the same when their texts are: 1, 1.0 and true are three values, as 1 and 1.0 are
    for a step that reads them. 1e2 and 100.0 are one, and so are 1.50 and 1.5.
    """
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def json_text(value: Any) -> str:
    """A value as exact JSON text for people, keys in their order."""
    # Most values are numbers, of which the encoder would make the same, ten times slower.
    is_plain = type(value) is int or (type(value) is float and math.isfinite(value))
    return repr(value) if is_plain else _EXACT.encode(value)


_EXACT = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True)
class Strategy:
    """The lists of values of a job.

    Attributes:
        values: scope → name → list of values; the order of scopes and names is the order of
            the loops. A scope is ``pipeline_parameters`` or a step's id.
    """

    values: Mapping[str, Mapping[str, Sequence[Any]]]

    @property
    def axes(self) -> list[tuple[str, str, Sequence[Any]]]:
        """The loops from the outermost to the innermost: (scope, name, values)."""
        return [
            (scope, name, choices)
            for scope, names in self.values.items()
            for name, choices in names.items()
        ]

    def without(self, scopes: Collection[str]) -> "Strategy":
        """The same without the lists of some scopes."""
        return Strategy(
            {scope: names for scope, names in self.values.items() if scope not in scopes}
        )

    def varying(self) -> list[tuple[str, str]]:
        """The (scope, name) pairs with more than one value, in the order of the loops."""
        return [(scope, name) for scope, name, choices in self.axes if len(choices) > 1]

    def size(self) -> int:
        """How many combinations there are; 1 without parameters, 0 with an empty list."""
        return math.prod(len(choices) for _, _, choices in self.axes)

    def nth(self, index: int) -> Combination:
        """The combination at a place in the order of the loops.

        Args:
            index: 0 ≤ index < size().

        Raises:
            IndexError: there is no such combination.
        """
        if not 0 <= index < self.size():
            raise IndexError(f"no combination {index} in a grid of {self.size()}")
        picked: list[tuple[str, str, Any]] = []
        for scope, name, choices in reversed(self.axes):
            index, place = divmod(index, len(choices))
            picked.append((scope, name, choices[place]))
        combination: Combination = {scope: {} for scope in self.values}
        for scope, name, value in reversed(picked):
            combination[scope][name] = value
        return combination

    def __iter__(self) -> Iterator[Combination]:
        return (self.nth(index) for index in range(self.size()))
