import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.parameters import (
    check_lists,
    defaults,
    merge,
    parameters_file_of,
    read_parameters_file,
    read_setting,
)
from jupyter_orchest_jobs.domain.pipeline import PIPELINE_SCOPE
from jupyter_orchest_jobs.errors import MOST_PROBLEMS, ParametersInvalid, Problem
from tests.domain.generated import JSON
from tests.factories import pipeline

PIPELINE = pipeline(
    {
        "a": {"title": "Load", "parameters": {"x": 1, "y": [2, 3]}},
        "b": {"title": "Train", "parameters": {"lr": 0.1}},
        "c": {"title": "Plot"},
    },
    parameters={"fruit": "apple"},
)


def shape(given: dict[str, Any]) -> list[tuple[str, list[str]]]:
    strategy = merge(PIPELINE, given)
    return [(scope, list(names)) for scope, names in strategy.values.items()]


def refusals(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ParametersInvalid) as caught:
        read_parameters_file(text, "x.parameters.json", PIPELINE)
    assert all(problem.file == "x.parameters.json" for problem in caught.value.problems)
    return caught.value.problems


# --- Where values come from ----------------------------------------------------------------------


def test_defaults_are_lists_of_one_with_the_pipeline_first() -> None:
    assert defaults(PIPELINE) == {
        PIPELINE_SCOPE: {"fruit": ["apple"]},
        "a": {"x": [1], "y": [[2, 3]]},
        "b": {"lr": [0.1]},
    }
    assert list(defaults(PIPELINE)) == [PIPELINE_SCOPE, "a", "b"]


def test_without_anything_given_the_defaults_are_one_run() -> None:
    assert merge(PIPELINE, {}).values == defaults(PIPELINE)
    assert shape({}) == [(PIPELINE_SCOPE, ["fruit"]), ("a", ["x", "y"]), ("b", ["lr"])]
    assert merge(PIPELINE, {}).size() == 1


def test_given_scopes_come_first_then_other_steps_then_the_pipeline() -> None:
    assert shape({"b": {"lr": [1, 2]}}) == [
        ("b", ["lr"]),
        ("a", ["x", "y"]),
        (PIPELINE_SCOPE, ["fruit"]),
    ]


def test_given_scopes_keep_their_order() -> None:
    given = {"b": {}, PIPELINE_SCOPE: {"fruit": ["fig"]}, "a": {"x": [5]}}
    assert [scope for scope, _ in shape(given)] == ["b", PIPELINE_SCOPE, "a"]


def test_within_a_scope_defaults_keep_their_place_and_new_names_follow() -> None:
    assert shape({"a": {"new": [0], "y": [1]}})[0] == ("a", ["x", "y", "new"])
    assert merge(PIPELINE, {"a": {"new": [0], "y": [1]}}).values["a"] == {
        "x": [1],
        "y": [1],
        "new": [0],
    }


def test_a_step_without_defaults_may_get_parameters() -> None:
    assert shape({"c": {"dpi": [1, 2]}})[0] == ("c", ["dpi"])


def test_a_scope_without_any_parameters_is_left_out() -> None:
    assert [scope for scope, _ in shape({"c": {}})] == ["a", "b", PIPELINE_SCOPE]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("main.orchest", "main.parameters.json"),
        ("a b/é.v2.orchest", "a b/é.v2.parameters.json"),
        ("x.orchest.orchest", "x.orchest.parameters.json"),
    ],
)
def test_the_parameters_file_is_beside_the_pipeline(path: str, found: str) -> None:
    assert parameters_file_of(path) == found


# --- Parameters files ----------------------------------------------------------------------------


def test_a_parameters_file_gives_its_lists_in_its_order() -> None:
    text = '{"b": {"lr": [0.1, 0.2]}, "pipeline_parameters": {"new": [null, [1], {}]}}'
    found = read_parameters_file(text, "x", PIPELINE)
    assert list(found.lists) == ["b", PIPELINE_SCOPE]
    assert found.lists == json.loads(text)
    assert found.unknown == ()


def test_steps_that_the_pipeline_does_not_have_are_told_apart() -> None:
    text = '{"b": {"lr": [1]},\n"gone": {"x": [1]},\n"5": 5}'
    found = read_parameters_file(text, "x", PIPELINE)
    assert found.lists == {"b": {"lr": [1]}}
    assert [(one.scope, one.file, one.line) for one in found.unknown] == [
        ("gone", "x", 2),
        ("5", "x", 3),
    ]
    assert "“gone” is not a step of pipeline example" in found.unknown[0].message


def test_problems_name_the_parameter() -> None:
    problems = refusals('{"a": {"x": 1}, "gone": 1, "b": 5}')
    assert [(one.scope, one.parameter) for one in problems] == [
        ("a", "x"),
        ("gone", None),
        ("b", None),
    ]


@pytest.mark.parametrize(
    ("text", "line", "step", "words"),
    [
        ('{\n"a": {"x": [1],}}', 2, None, "not valid JSON"),
        ('{\n"a": {"x": [1]},\n"a": {}}', 3, None, "twice"),
        ('{\n"a": {"x": [1,\nNaN]}}', 3, None, "NaN"),
        ("[]", 1, None, "must be a JSON object"),
        ('{"a": {},\n\n"b": 5}', 3, "Train", "its parameters must be a JSON object"),
        (
            '{"a": {},\n"pipeline_parameters": []}',
            2,
            None,
            "the pipeline's parameters must be a JSON object",
        ),
        ('{"a": {"x":\n[1],\n"y": 5}}', 3, "Load", "“y” must be a list, even for one value: [5]"),
        ('{"a": {"x": "é"}}', 1, "Load", 'must be a list, even for one value: ["é"]'),
        ('{"pipeline_parameters":\n{"fruit": null}}', 2, None, "must be a list"),
        ('{"b": {\n"lr": []}}', 2, "Train", "“lr” is empty and gives no runs"),
    ],
)
def test_bad_files_are_refused_with_line_and_step(
    text: str, line: int, step: str | None, words: str
) -> None:
    (problem,) = refusals(text)
    assert (problem.line, problem.step) == (line, step)
    assert words in problem.message


def test_everything_that_is_wrong_with_a_file_is_said_at_once() -> None:
    problems = refusals('{"a": {"x": 1,\n"y": []},\n"gone": 1,\n"b": 1}')
    places = [(problem.line, problem.column) for problem in problems]
    assert places == [(1, 13), (2, 6), (3, 9), (4, 6)]


def test_a_long_value_is_not_repeated_in_the_message() -> None:
    (problem,) = refusals(json.dumps({"a": {"x": "long" * 1000}}))
    assert len(problem.message) < 200


def test_a_file_with_very_many_problems_is_refused_quickly() -> None:
    names = {f"n{n}": n for n in range(20_000)}
    *_, last = problems = refusals(json.dumps({"a": names}, indent=0))
    assert len(problems) == MOST_PROBLEMS + 1
    assert (last.message, last.line) == ("there is more that is wrong.", 3 + MOST_PROBLEMS)
    assert last.column == len(f'"n{MOST_PROBLEMS}": ') + 1


@settings(max_examples=200)
@given(JSON | st.dictionaries(st.sampled_from(["a", "gone", PIPELINE_SCOPE]), JSON))
def test_no_json_raises_anything_but_parameters_invalid(value: Any) -> None:
    text = json.dumps(value, indent=1)
    try:
        found = read_parameters_file(text, "x", PIPELINE)
    except ParametersInvalid as error:
        assert all(problem.line and problem.column for problem in error.problems)
    else:
        assert merge(PIPELINE, found.lists).size() > 0


def test_lists_from_elsewhere_are_checked_without_lines() -> None:
    with pytest.raises(ParametersInvalid) as caught:
        check_lists({"a": {"x": 1}}, PIPELINE)
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [(None, None)]


# --- Settings of the command line ----------------------------------------------------------------

DOTTED = pipeline(
    {
        "id-1": {"title": "v1.2 train"},
        "id-2": {"title": "a"},
        "id-3": {"title": "a.b"},
        "id-4": {"title": "Twin"},
        "id-5": {"title": "Twin"},
        "id-6": {"title": ""},
        "id-7": {"title": "pipeline"},
        "id.8": {"title": "Pré pårât"},
    }
)


@pytest.mark.parametrize(
    ("setting", "scope", "name"),
    [
        ("pipeline.x", PIPELINE_SCOPE, "x"),
        ("pipeline.x.y", PIPELINE_SCOPE, "x.y"),
        ("pipeline_parameters.x", PIPELINE_SCOPE, "x"),
        ("v1.2 train.x", "id-1", "x"),
        ("v1.2 train.x.y", "id-1", "x.y"),
        ("id-1.x", "id-1", "x"),
        ("a.x", "id-2", "x"),
        ("id-3.x", "id-3", "x"),
        ("id-5.x", "id-5", "x"),
        ("Unnamed step.x", "id-6", "x"),
        ("id-7.x", "id-7", "x"),
        ("id.8.x", "id.8", "x"),
        ("Pré pårât.ñ", "id.8", "ñ"),
    ],
)
def test_a_setting_names_scope_and_parameter(setting: str, scope: str, name: str) -> None:
    assert read_setting(setting + "=[1, null]", DOTTED) == (scope, name, [1, None])


def test_a_setting_needs_no_scope_where_only_one_is_possible() -> None:
    assert read_setting("n=[1]", pipeline({"a": {}})) == ("a", "n", [1])
    for several in (pipeline({"a": {}, "b": {}}), pipeline({"a": {}}, parameters={"n": 1})):
        with pytest.raises(ParametersInvalid, match="is not a setting"):
            read_setting("n=[1]", several)


def test_a_value_may_hold_what_separates_settings() -> None:
    assert read_setting('a.x=["b.c=d", "="]', DOTTED) == ("id-2", "x", ["b.c=d", "="])


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("", "is not a setting"),
        ("pipeline.x", "is not a setting"),
        ("x=[1]", "is not a setting"),
        ("pipeline.=[1]", "is not a setting"),
        (".x=[1]", "is not a setting"),
        (".=[1]", "is not a setting"),
        ("pipeline.\udce9=[1]", "is not a setting"),
        ("nobody.x=[1]", "names no step; the steps are 'v1.2 train'"),
        ("Twin.x=[1]", "may mean 2 steps; use the UUID of one: id-4, id-5"),
        ("a.b.x=[1]", "may mean 2 steps; use the UUID of one: id-2, id-3"),
        ("a.x=5", "“x” must be a list, even for one value: [5]"),
        ("a.x=[]", "gives no runs"),
        ("a.x=[red]", "The value of a.x is not valid JSON"),
        ("a.x=", "The value of a.x is not valid JSON"),
        ("a.x=[NaN]", "The value of a.x has NaN"),
        ('a.x=["\udce9"]', "The value of a.x has half of a character"),
    ],
)
def test_bad_settings_are_refused(setting: str, words: str) -> None:
    with pytest.raises(ParametersInvalid) as caught:
        read_setting(setting, DOTTED)
    assert words in str(caught.value)


@given(st.text(st.sampled_from("a.=[]1 pTwin")))
def test_no_setting_raises_anything_but_parameters_invalid(setting: str) -> None:
    try:
        scope, name, values = read_setting(setting, DOTTED)
    except ParametersInvalid:
        return
    assert scope in {PIPELINE_SCOPE, *DOTTED.steps}
    assert name
    assert values
