"""A grid as its editor shows it: how many runs, which of them a filter leaves, any page of them.

Nothing here goes through the combinations: see :mod:`.lattice`. Only a selection's exceptions are
looked at one by one.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any

from jupyter_orchest_jobs.domain.lattice import Lattice, Place, walk_but
from jupyter_orchest_jobs.domain.selection import Rule, Selection
from jupyter_orchest_jobs.domain.strategy import Combination, Strategy, canonical, json_text
from jupyter_orchest_jobs.errors import ParametersInvalid

RULED, TEXT, OUT, NEW = 1, 2, 4, 8
"""Bits of a combination's state: a rule of the selection matches it; the filter's text does; a rule
of the filter leaves it out; a rule that may become the selection's matches it."""
MOST_AXES = 100
"""More parameters with several values than this no grid has: counting takes longer with each."""
MOST_PLACES = 100_000
"""To more places than this a selection's exceptions may not lead: lists have values many times."""

Wanted = Callable[[int, bool], bool]
"""Whether combinations of a state are; and whether those of them that are exceptions are."""


@dataclass(frozen=True)
class Filter:
    """Some combinations: those for which everything here holds.

    Attributes:
        text: part of the name of a parameter with several values, or of the JSON text of one of
            these; upper and lower case are the same.
        rules: for each parameter that they name, one of the values that they name.
        included: only those that the selection has, or has not.
    """

    text: str = ""
    rules: tuple[Rule, ...] = ()
    included: bool | None = None


class Axis:
    """One list of values; values that are the same have one number.

    Args:
        scope: of the parameter.
        name: of the parameter.
        values: in their order.
    """

    def __init__(self, scope: str, name: str, values: Sequence[Any]) -> None:
        self.scope = scope
        self.name = name
        self.values = values

    @cached_property
    def keys(self) -> list[str]:
        """The canonical text of each value."""
        return list(map(canonical, self.values))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Canonical text → number, in the order of the list."""
        return {key: number for number, key in enumerate(dict.fromkeys(self.keys))}

    @cached_property
    def places(self) -> list[list[int]]:
        """Number → where the list has that value."""
        found: list[list[int]] = [[] for _ in self.numbers]
        for place, key in enumerate(self.keys):
            found[self.numbers[key]].append(place)
        return found

    def contains(self, text: str) -> list[bool]:
        """Whether a text is part of the name, or of the JSON text of each value."""
        wanted = text.casefold()
        if wanted in self.name.casefold():
            return [True] * len(self.values)
        # Values that are the same are searched as the first of them is written.
        texts = [json_text(self.values[places[0]]).casefold() for places in self.places]
        return [wanted in texts[self.numbers[key]] for key in self.keys]


@dataclass(frozen=True)
class Row:
    """One combination: its place in the whole grid, its texts on the varying axes, its choice."""

    index: int
    texts: list[str]
    included: bool


class Grid:
    """A grid, its selection, and a filter.

    Args:
        strategy: the lists.
        selection: which combinations are run.
        filter: which combinations are looked at.

    Raises:
        ParametersInvalid: more than ``MOST_AXES`` parameters have several values.
    """

    def __init__(
        self,
        strategy: Strategy,
        selection: Selection | None = None,
        filter: Filter | None = None,
    ) -> None:
        self.strategy = strategy
        self.selection = selection or Selection()
        self.filter = filter or Filter()
        self.axes = [Axis(*axis) for axis in strategy.axes]
        self.varying = [axis for axis in self.axes if len(axis.values) != 1]
        if len(self.varying) > MOST_AXES:
            raise ParametersInvalid(
                f"{len(self.varying):,} parameters have several values; at most {MOST_AXES} can. "
                "Give the others one value."
            )
        self._strides = _strides(self.varying)

    @property
    def total(self) -> int:
        """How many combinations there are."""
        return math.prod(len(axis.values) for axis in self.varying)

    @cached_property
    def included(self) -> int:
        """How many of them are run."""
        return self._count(self.is_included)

    @cached_property
    def matching(self) -> int:
        """How many the filter leaves."""
        return self._count(self.matches)

    def page(self, offset: int, limit: int) -> list[Row]:
        """Some of those that the filter leaves, in the order of the loops.

        Raises:
            ParametersInvalid: the selection's exceptions stand for too many places.
        """
        lattice = self.lattice(self.matches)
        if self.filter.included is None:
            places = lattice.walk(offset)
        else:
            places = walk_but(lattice, *self._turned(lattice, self.matches), offset)
        return [self._row(lattice, place) for place in islice(places, limit)]

    def picked(self) -> Iterator[Combination]:
        """The combinations that are run, in the order of the loops; found as they are asked for.

        Raises:
            ParametersInvalid: the selection's exceptions stand for too many places.
        """
        lattice = self.lattice(self.is_included)
        for place in walk_but(lattice, *self._turned(lattice, self.is_included), 0):
            yield self.combination(place)

    def is_included(self, state: int, excepted: bool) -> bool:
        """Whether combinations of a state are run."""
        return (self.selection.base == "all") ^ bool(state & RULED) ^ excepted

    def matches(self, state: int, excepted: bool) -> bool:
        """Whether the filter leaves combinations of a state."""
        wished = self.filter.included
        return (
            bool(state & TEXT)
            and not state & OUT
            and (wished is None or self.is_included(state, excepted) == wished)
        )

    def lattice(
        self, wanted: Wanted, rules: Sequence[Rule] = (), *, distinct: bool = False
    ) -> Lattice:
        """The lattice of those that are wanted and are no exceptions.

        Args:
            wanted: see :data:`Wanted`.
            rules: what matches the bit ``NEW``.
            distinct: whether values that are the same count once, as in a selection.
        """
        start, masks = self._masks(rules)
        if distinct:
            masks = [
                [axis_masks[places[0]] for places in axis.places]
                for axis, axis_masks in zip(self.varying, masks, strict=True)
            ]
        return Lattice(masks, lambda state: wanted(state, False), start)

    @cached_property
    def exceptions(self) -> dict[str, Place]:
        """The selection's exceptions that this grid has: text → numbers of their values."""
        found = {}
        for text in self.selection.exceptions:
            place = self._numbers_of(json.loads(text))
            if place is not None:
                found[text] = place
        return found

    def place(self, index: int) -> Place:
        """Which values a combination has, by its place in the whole grid.

        Raises:
            ParametersInvalid: there is no such combination.
        """
        if not 0 <= index < self.total:
            raise ParametersInvalid(
                f"There is no combination {index:,}: the grid has {self.total:,}. "
                "Its lists may have been changed; look at it again."
            )
        return tuple(
            index // stride % len(axis.values)
            for axis, stride in zip(self.varying, self._strides, strict=True)
        )

    def combination(self, place: Place) -> Combination:
        """The values at a place."""
        digits = iter(place)
        found: Combination = {scope: {} for scope in self.strategy.values}
        for axis in self.axes:
            digit = 0 if len(axis.values) == 1 else next(digits)
            found[axis.scope][axis.name] = axis.values[digit]
        return found

    def first_of(self, numbers: Place) -> Place:
        """The first place of values that are known by their numbers."""
        return tuple(
            axis.places[number][0] for axis, number in zip(self.varying, numbers, strict=True)
        )

    def _count(self, wanted: Wanted) -> int:
        lattice = self.lattice(wanted)
        count = lattice.count
        for numbers in self.exceptions.values():
            state = lattice.state(self.first_of(numbers))
            turned = wanted(state, True) - wanted(state, False)
            if turned:
                places = zip(self.varying, numbers, strict=True)
                count += turned * math.prod(len(axis.places[n]) for axis, n in places)
        return count

    def _turned(self, lattice: Lattice, wanted: Wanted) -> tuple[list[Place], list[Place]]:
        """The places that are not wanted, and those that are, since they are exceptions."""
        without: list[Place] = []
        besides: list[Place] = []
        for numbers in self.exceptions.values():
            state = lattice.state(self.first_of(numbers))
            before, after = wanted(state, False), wanted(state, True)
            if before != after:
                all_places = [axis.places[n] for axis, n in zip(self.varying, numbers, strict=True)]
                into = without if before else besides
                if math.prod(map(len, all_places)) + len(into) > MOST_PLACES:
                    raise ParametersInvalid(
                        f"The selection's exceptions stand for more than {MOST_PLACES:,} runs, "
                        "since some lists have the same value many times; leave one of each."
                    )
                into += product(*all_places)
        return without, besides

    def _masks(self, rules: Sequence[Rule]) -> tuple[int, list[list[int]]]:
        """The state with which all combinations begin, and the masks of the varying values."""
        ruled, new = keys_of(self.selection.rules), keys_of(rules)
        wished = keys_of(self.filter.rules)
        start = 0 if self.filter.text else TEXT
        masks = []
        for axis in self.axes:
            target = (axis.scope, axis.name)
            found = [0] * len(axis.values)
            for bit, keys, expected in (
                (RULED, ruled.get(target), True),
                (NEW, new.get(target), True),
                (OUT, wished.pop(target, None), False),
            ):
                if keys is not None:
                    for place, key in enumerate(axis.keys):
                        if (key in keys) is expected:
                            found[place] |= bit
            if len(found) == 1:
                start |= found[0]
                continue
            if self.filter.text:
                for place, contains in enumerate(axis.contains(self.filter.text)):
                    if contains:
                        found[place] |= TEXT
            masks.append(found)
        return (start | OUT if wished else start), masks

    def _numbers_of(self, combination: Any) -> Place | None:
        """The numbers of a combination's values, or None if the grid has it not."""
        values = self.strategy.values
        if not isinstance(combination, dict) or combination.keys() != values.keys():
            return None
        for scope, names in combination.items():
            if not isinstance(names, dict) or names.keys() != values[scope].keys():
                return None
        found = []
        for axis in self.axes:
            number = axis.numbers.get(canonical(combination[axis.scope][axis.name]))
            if number is None:
                return None
            if len(axis.values) != 1:
                found.append(number)
        return tuple(found)

    def _row(self, lattice: Lattice, place: Place) -> Row:
        digits = list(zip(self.varying, place, strict=True))
        excepted = bool(self._excepted) and self._numbers(place) in self._excepted
        return Row(
            index=sum(digit * stride for digit, stride in zip(place, self._strides, strict=True)),
            texts=[json_text(axis.values[digit]) for axis, digit in digits],
            included=self.is_included(lattice.state(place), excepted),
        )

    @cached_property
    def _excepted(self) -> frozenset[Place]:
        return frozenset(self.exceptions.values())

    def _numbers(self, place: Place) -> Place:
        digits = zip(self.varying, place, strict=True)
        return tuple(axis.numbers[axis.keys[digit]] for axis, digit in digits)


def keys_of(rules: Sequence[Rule]) -> dict[tuple[str, str], set[str]]:
    """The values that rules name: (scope, name) → canonical texts."""
    found: dict[tuple[str, str], set[str]] = {}
    for rule in rules:
        found.setdefault((rule.scope, rule.name), set()).add(canonical(rule.value))
    return found


def _strides(axes: Sequence[Axis]) -> list[int]:
    strides, stride = [], 1
    for axis in reversed(axes):
        strides.append(stride)
        stride *= len(axis.values)
    return strides[::-1]
