import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.selection import MAX_EXCEPTIONS, Rule, Selection
from jupyter_orchest_jobs.domain.strategy import Combination, Strategy, canonical
from jupyter_orchest_jobs.errors import ParametersInvalid
from tests.domain.generated import NAMES, grids

VALUES = st.sampled_from([1, 1.0, True, "1", None, [1], {"a": 1}])
RULES = st.lists(st.builds(Rule, st.sampled_from(["a", "b", "pipeline_parameters"]), NAMES, VALUES))
BASES = st.sampled_from(["all", "none"])
SQUARE = Strategy({"a": {"x": [1, 2], "y": [3, 4]}})


def pick(selection: Selection, strategy: Strategy) -> list[Combination]:
    return [run for run in strategy if selection.includes(run)]


def picked(selection: Selection) -> list[tuple[int, int]]:
    return [(run["a"]["x"], run["a"]["y"]) for run in pick(selection, SQUARE)]


def key(x: int, y: int) -> str:
    return canonical({"a": {"x": x, "y": y}})


def test_everything_is_selected_at_first() -> None:
    assert picked(Selection()) == [(1, 3), (1, 4), (2, 3), (2, 4)]


def test_nothing_may_be_selected() -> None:
    assert picked(Selection(base="none")) == []


def test_a_rule_turns_around_what_it_matches() -> None:
    rules = (Rule("a", "x", 1),)
    assert picked(Selection("all", rules)) == [(2, 3), (2, 4)]
    assert picked(Selection("none", rules)) == [(1, 3), (1, 4)]


def test_two_rules_that_match_are_not_more_than_one() -> None:
    rules = (Rule("a", "x", 1), Rule("a", "y", 3))
    assert picked(Selection("all", rules)) == [(2, 4)]
    assert picked(Selection("none", rules)) == [(1, 3), (1, 4), (2, 3)]


def test_exceptions_turn_around_once_more() -> None:
    selection = Selection("all", (Rule("a", "x", 1),), frozenset({key(1, 3), key(2, 4)}))
    assert picked(selection) == [(1, 3), (2, 3)]


def test_exceptions_survive_edits_of_the_grid() -> None:
    wider = Strategy({"a": {"x": [0, 2, 1], "y": [4, 3]}})
    left = pick(Selection(exceptions=frozenset({key(1, 3)})), wider)
    assert len(left) == 5
    assert {"a": {"x": 1, "y": 3}} not in left


@pytest.mark.parametrize(("value", "other"), [(1, True), (1, 1.0), (0, False), (1, "1")])
def test_a_rule_tells_values_apart_that_json_writes_differently(value: Any, other: Any) -> None:
    assert Rule("a", "x", value).matches({"a": {"x": value}})
    assert not Rule("a", "x", value).matches({"a": {"x": other}})


def test_a_rule_sees_lists_objects_and_null_as_values() -> None:
    assert Rule("a", "x", {"p": [1], "q": None}).matches({"a": {"x": {"q": None, "p": [1]}}})
    assert Rule("a", "x", None).matches({"a": {"x": None}})
    assert not Rule("a", "x", None).matches({"a": {}})
    assert not Rule("a", "x", None).matches({})


@given(BASES, RULES, grids(), st.randoms(use_true_random=False))
def test_a_selection_survives_the_wire(base: Any, rules: Any, grid: Any, random: Any) -> None:
    strategy = Strategy(grid)
    some = frozenset(canonical(run) for run in strategy if random.random() < 0.3)
    selection = Selection(base, tuple(rules), some)
    again = Selection.from_json(json.loads(json.dumps(selection.as_json())))
    assert again == selection
    assert repr(pick(again, strategy)) == repr(pick(selection, strategy))


@given(BASES, RULES, grids())
def test_base_and_exceptions_are_opposites(base: Any, rules: Any, grid: Any) -> None:
    strategy = Strategy(grid)
    everything = frozenset(canonical(run) for run in strategy)
    here = Selection(base, tuple(rules), everything)
    opposite = Selection("none" if base == "all" else "all", tuple(rules))
    assert pick(here, strategy) == pick(opposite, strategy)


def test_exceptions_may_be_written_in_any_way() -> None:
    selection = Selection.from_json({"exceptions": ['{ "a": {"y": 3,  "x": 1} }', key(1, 3)]})
    assert selection.exceptions == {key(1, 3)}


def test_an_empty_object_is_the_selection_of_everything() -> None:
    assert Selection.from_json({}) == Selection()


@pytest.mark.parametrize(
    "data",
    [
        {"base": "some"},
        {"base": None},
        {"base": []},
        {"rules": {}},
        {"rules": [1]},
        {"rules": [{"scope": "a", "name": "x"}]},
        {"exceptions": {}},
        {"exceptions": [{"a": 1}]},
        {"exceptions": ["no json"]},
        {"exceptions": ['{"a": NaN}']},
        {"exceptions": ["{}"] * (MAX_EXCEPTIONS + 1)},
    ],
)
def test_what_is_no_selection_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ParametersInvalid):
        Selection.from_json(data)


def test_ten_thousand_exceptions_are_allowed() -> None:
    keys = [canonical({"a": {"x": n}}) for n in range(MAX_EXCEPTIONS)]
    assert len(Selection.from_json({"exceptions": keys}).exceptions) == MAX_EXCEPTIONS
