from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.choosing import choose_filtered, choose_places
from jupyter_orchest_jobs.domain.grid import Filter, Grid
from jupyter_orchest_jobs.domain.selection import MAX_EXCEPTIONS, Rule, Selection
from jupyter_orchest_jobs.domain.strategy import Combination, Strategy, canonical, json_text
from jupyter_orchest_jobs.errors import ParametersInvalid
from tests.domain.generated import NAMES, grids

VALUES = st.sampled_from([1, 1.0, True, "1", None, [1], {"a": 1}])
RULES = st.lists(
    st.builds(Rule, st.sampled_from(["a", "b", "pipeline_parameters"]), NAMES, VALUES), max_size=3
).map(tuple)
FILTERS = st.builds(
    Filter,
    st.sampled_from(["", "", "1", "1.0", "TRUE", "d", "{", "LR", "nothing"]),
    RULES,
    st.sampled_from([None, None, True, False]),
)
HUGE = Strategy({"pipeline_parameters": {f"p{axis}": list(range(10)) for axis in range(30)}})
"""Of 10³⁰ combinations: whoever goes through them doesn't return."""
MILLION = Strategy({"a": {"x": list(range(1000)), "y": list(range(1000))}})


@st.composite
def selections(draw: st.DrawFn, strategy: Strategy) -> Selection:
    """Any selection, with exceptions of the grid and one of another."""
    keys = [canonical(run) for run in strategy] or ["{}"]
    some = draw(st.lists(st.sampled_from(keys), max_size=4))
    strange = draw(st.sampled_from([[], ['{"a":{"lr":5}}'], ["5"], ['{"a":1}']]))
    base = draw(st.sampled_from(["all", "none"]))
    return Selection(base, draw(RULES), frozenset([*some, *strange]))


@st.composite
def chosen_grids(draw: st.DrawFn) -> tuple[Strategy, Selection, Filter]:
    strategy = Strategy(draw(grids()))
    return strategy, draw(selections(strategy)), draw(FILTERS)


def passes(strategy: Strategy, selection: Selection, filter: Filter, run: Combination) -> bool:
    """What a filter means, said plainly."""
    first: dict[tuple[str, str, str], str] = {}
    for scope, name, values in strategy.axes:
        for value in values:
            first.setdefault((scope, name, canonical(value)), json_text(value))
    text = filter.text.casefold()
    found = not text or any(
        text in name.casefold()
        or text in first[scope, name, canonical(run[scope][name])].casefold()
        for scope, name in strategy.varying()
    )
    named = {(rule.scope, rule.name) for rule in filter.rules}
    return (
        found
        and all(
            any(rule.matches(run) for rule in filter.rules if (rule.scope, rule.name) == one)
            for one in named
        )
        and filter.included in (None, selection.includes(run))
    )


@given(chosen_grids(), st.integers(0, 20), st.integers(0, 20))
def test_grid_says_what_going_through_it_would(
    grid: tuple[Strategy, Selection, Filter], offset: int, limit: int
) -> None:
    strategy, selection, filter = grid
    found = Grid(strategy, selection, filter)
    runs = list(enumerate(strategy))
    matching = [(n, run) for n, run in runs if passes(strategy, selection, filter, run)]
    assert found.total == len(runs)
    assert found.included == sum(selection.includes(run) for _, run in runs)
    assert found.matching == len(matching)
    expected = [
        (
            number,
            [json_text(run[scope][name]) for scope, name in strategy.varying()],
            selection.includes(run),
        )
        for number, run in matching[offset : offset + limit]
    ]
    page = found.page(offset, limit)
    assert [(row.index, row.texts, row.included) for row in page] == expected
    chosen = [run for _, run in runs if selection.includes(run)]
    assert repr(list(found.picked())) == repr(chosen)


@given(chosen_grids(), st.booleans())
@settings(max_examples=300)
def test_choosing_by_filter_changes_exactly_what_it_leaves(
    grid: tuple[Strategy, Selection, Filter], include: bool
) -> None:
    strategy, selection, filter = grid
    after = choose_filtered(strategy, selection, filter, include=include)
    for run in strategy:
        changed = passes(strategy, selection, filter, run)
        assert after.includes(run) == (include if changed else selection.includes(run))
    assert Grid(strategy, after).exceptions.keys() == after.exceptions


@given(chosen_grids(), st.booleans(), st.data())
def test_choosing_places_changes_exactly_those(
    grid: tuple[Strategy, Selection, Filter], include: bool, data: st.DataObject
) -> None:
    strategy, selection, _ = grid
    places = st.sampled_from(range(strategy.size() or 1))
    indexes = data.draw(st.lists(places, max_size=5)) if strategy.size() else []
    after = choose_places(strategy, selection, indexes, include=include)
    # Equal combinations are one for a selection.
    keys = {canonical(strategy.nth(index)) for index in indexes}
    for run in strategy:
        before = selection.includes(run)
        assert after.includes(run) == (include if canonical(run) in keys else before)


def everything(strategy: Strategy, include: bool) -> Selection:
    return choose_filtered(strategy, Selection(rules=RULE), Filter(), include=include)


RULE = (Rule("a", "x", 1),)


def test_choosing_everything_begins_anew() -> None:
    assert everything(MILLION, True) == Selection("all")
    assert everything(MILLION, False) == Selection("none")


def test_values_of_one_parameter_become_rules() -> None:
    three = tuple(Rule("a", "x", value) for value in (1, 2, 3))
    none = choose_filtered(MILLION, Selection(), Filter(rules=three), include=False)
    assert none == Selection("all", three)
    again = choose_filtered(MILLION, none, Filter(rules=three[:2]), include=True)
    assert again == Selection("all", three[2:])


def test_rules_that_meet_others_turn_the_selection_around_if_need_be() -> None:
    strategy = Strategy({"a": {"x": [1, 2], "y": [3, 4], "z": list(range(20_000))}})
    left = Selection(rules=(Rule("a", "x", 1),))
    after = choose_filtered(strategy, left, Filter(rules=(Rule("a", "y", 3),)), include=True)
    assert after == Selection("none", (Rule("a", "x", 2), Rule("a", "y", 3)))


def test_text_that_few_values_have_becomes_rules() -> None:
    strategy = Strategy({"a": {"x": ["Adam", "sgd"], "y": list(range(50_000))}})
    after = choose_filtered(strategy, Selection(), Filter(text="ADA"), include=False)
    assert after == Selection("all", (Rule("a", "x", "Adam"),))


def test_what_rules_cannot_say_becomes_exceptions() -> None:
    both = Filter(rules=(Rule("a", "x", 1), Rule("a", "y", 2)))
    after = choose_filtered(MILLION, Selection(), both, include=False)
    assert after == Selection("all", (), frozenset({'{"a":{"x":1,"y":2}}'}))
    assert choose_filtered(MILLION, after, both, include=True) == Selection()


def test_too_many_exceptions_are_refused_with_a_way_out() -> None:
    some = tuple(Rule("a", name, value) for name in "xy" for value in range(101))
    with pytest.raises(ParametersInvalid, match=r"10,201 exceptions.*name = value"):
        choose_filtered(MILLION, Selection(), Filter(rules=some), include=False)
    most = choose_places(MILLION, Selection(), range(MAX_EXCEPTIONS), include=False)
    with pytest.raises(ParametersInvalid, match="10,001 exceptions"):
        choose_places(MILLION, most, [MAX_EXCEPTIONS], include=False)


@pytest.mark.parametrize("index", [-1, 10**6])
def test_place_outside_of_the_grid_is_refused(index: int) -> None:
    with pytest.raises(ParametersInvalid, match="1,000,000"):
        choose_places(MILLION, Selection(), [index], include=False)


@pytest.mark.parametrize(
    "filter",
    [
        Filter(),
        Filter(text="7"),
        Filter(rules=(Rule("pipeline_parameters", "p3", 4),)),
        Filter(included=False),
        Filter("p1", (Rule("pipeline_parameters", "p0", 9),), True),
    ],
)
def test_no_combination_is_visited_that_is_not_shown(filter: Filter) -> None:
    excepted = frozenset(canonical(HUGE.nth(10**29 * step + 7)) for step in range(10))
    selection = Selection("all", (Rule("pipeline_parameters", "p29", 3),), excepted)
    grid = Grid(HUGE, selection, filter)
    assert grid.total == 10**30
    assert grid.included == 9 * 10**29 - 10
    last = grid.page(grid.matching - 1, 5)
    assert len(last) == 1
    (first,) = grid.page(0, 1)
    assert 0 <= first.index < last[0].index < 10**30
    nearby = grid.page(grid.matching // 2, 50)
    assert [row.index for row in nearby] == sorted(row.index for row in nearby)


def test_exceptions_that_stand_for_too_much_are_refused() -> None:
    strategy = Strategy({"a": {"x": [1] * 400, "y": [2] * 400}})
    selection = Selection("none", (), frozenset({'{"a":{"x":1,"y":2}}'}))
    assert Grid(strategy, selection).included == 160_000
    with pytest.raises(ParametersInvalid, match="same value many times"):
        next(Grid(strategy, selection).picked())


@example("")
@given(st.text(max_size=3))
def test_text_may_be_anything(text: str) -> None:
    grid: dict[str, Any] = {"a": {"x": ["ß", "SS", "é", '"', 1]}}
    Grid(Strategy(grid), Selection(), Filter(text)).page(0, 10)
