import json
from itertools import islice, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.strategy import Strategy, canonical, json_text
from tests.domain.generated import JSON, grids

Grid = dict[str, dict[str, list[Any]]]


@given(grids())
def test_combinations_come_as_nested_loops_give_them(grid: Grid) -> None:
    axes = [(scope, name, values) for scope in grid for name, values in grid[scope].items()]
    expected = []
    for picked in product(*(values for _, _, values in axes)):
        combination: dict[str, dict[str, Any]] = {scope: {} for scope in grid}
        for (scope, name, _), value in zip(axes, picked, strict=True):
            combination[scope][name] = value
        expected.append(combination)

    strategy = Strategy(grid)
    assert repr(list(strategy)) == repr(expected)
    assert strategy.size() == len(expected)
    for index, combination in enumerate(expected):
        assert repr(strategy.nth(index)) == repr(combination)


def test_the_first_name_varies_slowest() -> None:
    strategy = Strategy({"a": {"x": [1, 2]}, "pipeline_parameters": {"y": ["u", "v"]}})
    assert [(run["a"]["x"], run["pipeline_parameters"]["y"]) for run in strategy] == [
        (1, "u"),
        (1, "v"),
        (2, "u"),
        (2, "v"),
    ]


def test_without_parameters_there_is_one_run() -> None:
    assert list(Strategy({})) == [{}]
    assert Strategy({}).size() == 1


def test_an_empty_list_gives_no_runs() -> None:
    strategy = Strategy({"a": {"x": [1, 2], "y": []}})
    assert strategy.size() == 0
    assert list(strategy) == []


def test_values_that_are_there_twice_give_runs_twice() -> None:
    assert list(Strategy({"a": {"x": [1, 1]}})) == [{"a": {"x": 1}}] * 2


def test_lists_and_objects_within_a_list_are_values() -> None:
    assert list(Strategy({"a": {"x": [[1, 2], {"y": [3, 4]}]}})) == [
        {"a": {"x": [1, 2]}},
        {"a": {"x": {"y": [3, 4]}}},
    ]


@pytest.mark.parametrize("axes", [6, 30, 300])
def test_huge_grids_are_not_expanded(axes: int) -> None:
    strategy = Strategy({"a": {f"p{n}": list(range(10)) for n in range(axes)}})
    assert strategy.size() == 10**axes
    digits = "".join(str(value) for value in strategy.nth(10**axes - 7)["a"].values())
    assert int(digits) == 10**axes - 7
    third = next(islice(strategy, 2, None))["a"]
    assert (third[f"p{axes - 1}"], sum(third.values())) == (2, 2)


@pytest.mark.parametrize("index", [-1, 4, 10**30])
def test_there_is_no_combination_outside_the_grid(index: int) -> None:
    with pytest.raises(IndexError, match="in a grid of 4"):
        Strategy({"a": {"x": [1, 2], "y": [3, 4]}}).nth(index)


def test_varying_names_have_several_values() -> None:
    strategy = Strategy({"b": {"x": [1], "y": [1, 2]}, "a": {"z": [3, 3], "e": []}})
    assert strategy.varying() == [("b", "y"), ("a", "z")]


def test_canonical_texts_differ_where_json_texts_do() -> None:
    values = [1, 1.0, True, "1", None, "null", [], {}, "", 0, False, -0.0, 0.0]
    assert len({canonical(value) for value in values}) == len(values)
    assert canonical({"b": 1, "a": [1.5, "é"]}) == '{"a":[1.5,"é"],"b":1}'


@given(JSON | st.floats() | st.integers())
def test_json_texts_are_those_of_the_standard_library(value: Any) -> None:
    assert json_text(value) == json.dumps(value, ensure_ascii=False)


@given(JSON)
def test_canonical_does_not_depend_on_the_order_of_keys(value: Any) -> None:
    def turned(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {key: turned(inner[key]) for key in reversed(inner)}
        return [turned(item) for item in inner] if isinstance(inner, list) else inner

    assert canonical(turned(value)) == canonical(value)
