"""Including combinations in a selection, or leaving them out, so that exactly those change.

What is chosen by its values becomes rules, which hold for values that are added later, too; what
can't be said with rules becomes exceptions.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from jupyter_orchest_jobs.domain.grid import NEW, Axis, Filter, Grid, keys_of
from jupyter_orchest_jobs.domain.selection import MAX_EXCEPTIONS, Rule, Selection
from jupyter_orchest_jobs.domain.strategy import Strategy, canonical
from jupyter_orchest_jobs.errors import ParametersInvalid

_Base = Literal["all", "none"]
_Form = tuple[_Base, tuple[Rule, ...]]

MOST_VALUES = 1_000_000
"""The exceptions that are made at once have no more values than this, all together."""
MOST_NAMED = 100
"""A text that stands in more values than this is not taken for their names."""


def choose_places(
    strategy: Strategy, selection: Selection, indexes: Sequence[int], *, include: bool
) -> Selection:
    """The selection with some combinations included, or left out, by their places in the grid.

    Combinations that are equal, since a list has a value twice, go together.

    Raises:
        ParametersInvalid: there is no such combination, or there would be too many exceptions.
    """
    grid = Grid(strategy, selection)
    _check_size(grid, len(indexes))
    exceptions = set(grid.exceptions)
    lattice = grid.lattice(grid.is_included)
    for index in indexes:
        place = grid.place(index)
        key = canonical(grid.combination(place))
        if grid.is_included(lattice.state(place), key in exceptions) != include:
            exceptions ^= {key}
    if len(exceptions) > MAX_EXCEPTIONS:
        raise _too_many(len(exceptions))
    return Selection(selection.base, selection.rules, frozenset(exceptions))


def choose_filtered(
    strategy: Strategy, selection: Selection, filter: Filter, *, include: bool
) -> Selection:
    """The selection with what a filter leaves included, or left out.

    Raises:
        ParametersInvalid: it would take too many exceptions.
    """
    grid = Grid(strategy, selection, filter)
    if filter.included is None and grid.matching == grid.total:
        return Selection("all" if include else "none")
    fewest = None
    for base, rules in _candidates(grid, include):
        found = _exceptions(grid, base, rules, include)
        if not isinstance(found, int):
            return Selection(base, rules, found)
        fewest = found if fewest is None else min(found, fewest)
    raise _too_many(fewest or 0)


def _candidates(grid: Grid, include: bool) -> Iterator[_Form]:
    """What the selection may be but for exceptions, the best first."""
    forms: list[_Form] = [(grid.selection.base, grid.selection.rules)]
    turned = _turned(grid)
    if turned is not None:
        forms.append(turned)
    named = _named(grid)
    if named is not None:
        keys = keys_of(named)
        for base, rules in forms:
            others = tuple(
                rule
                for rule in rules
                if canonical(rule.value) not in keys.get((rule.scope, rule.name), ())
            )
            yield base, others if (base == "all") == include else (*others, *named)
    yield from forms
    yield "all", ()
    yield "none", ()


def _turned(grid: Grid) -> _Form | None:
    """The other base with rules that mean the same, if they are all of one parameter."""
    keys = keys_of(grid.selection.rules)
    for axis in grid.axes:
        own = keys.get((axis.scope, axis.name))
        if own is not None and len(keys) == 1:
            rules = [_rule(axis, number) for key, number in axis.numbers.items() if key not in own]
            return ("none" if grid.selection.base == "all" else "all"), tuple(rules)
    return None


def _named(grid: Grid) -> list[Rule] | None:
    """The rules that match just what the filter leaves, if there are such."""
    wished, text = keys_of(grid.filter.rules), grid.filter.text
    if grid.filter.included is not None or (wished and text) or len(wished) > 1:
        return None
    found = []
    for axis in grid.axes:
        keys = wished.get((axis.scope, axis.name), set())
        contains = axis.contains(text) if text and axis in grid.varying else ()
        for key, number in axis.numbers.items():
            if key in keys or (contains and contains[axis.places[number][0]]):
                found.append(_rule(axis, number))
    return None if text and len(found) > MOST_NAMED else found


def _exceptions(
    grid: Grid, base: _Base, rules: tuple[Rule, ...], include: bool
) -> frozenset[str] | int:
    """The exceptions with which base and rules give what is wanted; if too many: how many."""

    def differs(state: int, excepted: bool) -> bool:
        was = grid.is_included(state, excepted)
        chosen = grid.matches(state, excepted)
        wanted = was or chosen if include else was and not chosen
        return ((base == "all") ^ bool(state & NEW)) != wanted

    lattice = grid.lattice(differs, rules, distinct=True)
    turned = {
        place: differs(state, True)
        for place in grid.exceptions.values()
        if differs(state := lattice.state(place), True) != differs(state, False)
    }
    count = lattice.count + sum(1 if now else -1 for now in turned.values())
    if count > MAX_EXCEPTIONS:
        return count
    _check_size(grid, count)
    places = {place for place, now in turned.items() if now}
    places.update(place for place in lattice.walk() if place not in turned)
    return frozenset(canonical(grid.combination(grid.first_of(place))) for place in places)


def _rule(axis: Axis, number: int) -> Rule:
    return Rule(axis.scope, axis.name, axis.values[axis.places[number][0]])


def _check_size(grid: Grid, count: int) -> None:
    if count * len(grid.axes) > MOST_VALUES:
        raise ParametersInvalid(
            f"{count:,} exceptions of {len(grid.axes):,} parameters each are too many; choose "
            "fewer runs at once, or by the values of one parameter, with the filter name = value."
        )


def _too_many(count: int) -> ParametersInvalid:
    return ParametersInvalid(
        f"That takes {count:,} exceptions; a selection has at most {MAX_EXCEPTIONS:,}. Choose by "
        "the values of one parameter, with the filter name = value."
    )
