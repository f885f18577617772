import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.pipeline import PIPELINE_SCOPE, pipeline_of, read_pipeline
from jupyter_orchest_jobs.errors import MOST_PROBLEMS, PipelineInvalid, Problem
from tests.domain.generated import JSON, graphs
from tests.factories import PROJECTS, document, pipeline, pipeline_text

WILD = sorted((PROJECTS / "wild").glob("*.orchest"))


def refusals(text: str) -> tuple[Problem, ...]:
    with pytest.raises(PipelineInvalid) as caught:
        read_pipeline(text, "x.orchest")
    assert all(problem.file == "x.orchest" for problem in caught.value.problems)
    return caught.value.problems


# --- What opens ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WILD, ids=lambda path: path.stem)
def test_wild_files_open(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    read = read_pipeline(text, path.name)
    assert read.document == json.loads(text)
    assert list(read.steps) == list(read.document["steps"])
    assert read.name == read.document["name"]
    assert all(step.kind for step in read.steps.values())
    assert read.with_parameters({}) == read.document


def test_wild_files_are_understood() -> None:
    read = {path.stem: read_pipeline(path.read_text(encoding="utf-8"), path.name) for path in WILD}
    assert len(read) == 6
    housing = read["quickstart-california_housing"]
    collect = housing.steps["0ecdafa6-317b-4acd-be73-b69983053501"]
    assert collect.title == "Collect results"
    assert [housing.steps[up].file_path for up in collect.incoming] == [
        "linear-regression.ipynb",
        "decision-tree.ipynb",
        "svm.ipynb",
    ]
    assert collect.position == (1004.5264350628843, 457.433333079455)
    assert housing.steps["106bb318-252d-4f94-ba86-c36722dddf41"].kind == "python"
    assert read["fixture-dump-env-params"].parameters == {"pipeline-param-A": 1}
    assert "postgres" in read["fixture-services-connectivity"].job_services
    assert read["orchest-dbt-main"].job_services == ("postgres",)


def test_a_file_may_have_nothing_but_steps() -> None:
    read = read_pipeline('{"steps": {"a": {"file_path": "a.py"}}}', "some/folder/Train me.orchest")
    assert (read.name, read.uuid) == ("Train me", "")
    assert (read.parameters, read.max_parallel, read.job_services) == ({}, None, ())
    step = read.steps["a"]
    assert (step.name, step.kind, step.incoming, step.parameters) == (
        "Unnamed step",
        "python",
        (),
        {},
    )
    assert (step.kernel, step.environment, step.position) == ("", "", None)


@pytest.mark.parametrize("key", ["settings", "parameters", "services"])
def test_null_is_as_good_as_missing(key: str) -> None:
    assert pipeline(**{key: None}).name == "example"


def test_null_is_as_good_as_missing_in_a_step() -> None:
    step = pipeline({"a": {"parameters": None, "kernel": None}}).steps["a"]
    assert step.parameters == {}
    text = pipeline_text().replace('"incoming_connections": []', '"incoming_connections": null')
    assert read_pipeline(text, "x").steps["a"].incoming == ()


def test_a_pipeline_without_steps_opens() -> None:
    # Whether it may become a job is not decided by whoever reads the file.
    read = pipeline({})
    assert read.steps == {}
    assert read.parents == {}


def test_steps_may_share_title_and_have_no_edges() -> None:
    read = pipeline({"a": {"title": "View"}, "b": {"title": "View"}})
    assert [step.title for step in read.steps.values()] == ["View", "View"]


def test_an_image_may_stand_in_place_of_an_environment() -> None:
    text = pipeline_text().replace('"environment": ""', '"image": "orchest/base-kernel-py"')
    read = read_pipeline(text, "x")
    assert read.steps["a"].environment == ""
    assert read.document["steps"]["a"]["image"] == "orchest/base-kernel-py"


@pytest.mark.parametrize(
    ("file_path", "kind"),
    [
        ("a.ipynb", "notebook"),
        ("Ünïcode und Leerzeichen/a b.IPYNB", "notebook"),
        ("../up.py", "python"),
        ("a.sh", "bash"),
        ("bin/do-it", "bash"),
        ("v1.2/do-it", "bash"),
        ("a.R", "r"),
        ("a.jl", "julia"),
        ("a.js", "javascript"),
        ("model.pkl", None),
    ],
)
def test_the_suffix_of_a_step_file_says_how_it_is_run(file_path: str, kind: str | None) -> None:
    assert pipeline({"a": {"file_path": file_path}}).steps["a"].kind == kind


@pytest.mark.parametrize(
    ("value", "limit"), [(3, 3), (0, None), (-1, None), (True, None), ("3", None), (None, None)]
)
def test_max_parallel_is_a_positive_number_or_no_limit(value: Any, limit: int | None) -> None:
    assert pipeline(settings={"max_steps_parallelism": value}).max_parallel == limit


def test_a_run_asks_for_the_most_that_one_of_its_steps_asks_for() -> None:
    steps = {
        "a": {"resources": {"GPU": 1, "memory": "512MiB"}},
        "b": {"resources": {"GPU": 2}},
        "c": {"resources": None},
    }
    pipeline = read_pipeline(pipeline_text(steps), "p.orchest")
    assert pipeline.resources == {"GPU": 2.0, "memory": 2.0**29}
    assert pipeline.only(["a"]).resources == {"GPU": 1.0, "memory": 2.0**29}
    assert pipeline.only(["c"]).resources == {}


def test_services_are_told_apart_by_their_scope() -> None:
    services = {
        "both": {"scope": ["interactive", "noninteractive"]},
        "editor": {"scope": ["interactive"]},
        "odd": {"scope": 5},
        "none": {},
        "broken": 1,
    }
    read = pipeline(services=services)
    assert read.job_services == ("both",)
    assert read.other_services == ("editor", "odd", "none", "broken")


def test_a_parent_that_is_named_twice_is_one_edge_and_order_is_kept() -> None:
    read = pipeline({"a": {}, "b": {}, "c": {"incoming": ["b", "a", "b"]}})
    assert read.parents == {"a": (), "b": (), "c": ("b", "a")}


def test_scopes_have_names_for_people() -> None:
    read = pipeline({"a": {"title": "Train"}, "b": {"title": ""}})
    assert read.scope_name(PIPELINE_SCOPE) == "pipeline example"
    assert [read.scope_name(scope) for scope in "abc"] == ["Train", "Unnamed step", "c"]


# --- The values of a run -------------------------------------------------------------------------


def test_values_replace_whole_parameters_and_leave_all_else() -> None:
    read = pipeline(
        {"a": {"parameters": {"x": 1, "y": 2}, "extra": [1]}, "b": {"parameters": {"z": 3}}},
        parameters={"p": 1, "q": 2},
        invention={"of": "tomorrow"},
    )
    before = copy.deepcopy(read.document)
    changed = read.with_parameters({"a": {"x": 9}, PIPELINE_SCOPE: {"p": [1, {"n": None}]}})

    assert changed["parameters"] == {"p": [1, {"n": None}]}
    assert changed["steps"]["a"]["parameters"] == {"x": 9}
    assert changed["steps"]["b"]["parameters"] == {"z": 3}
    assert changed["invention"] == {"of": "tomorrow"}
    assert changed["steps"]["a"]["extra"] == [1]
    assert read.document == before
    assert list(changed["steps"]) == list(before["steps"])


def test_a_scope_with_no_values_empties_its_parameters() -> None:
    read = pipeline({"a": {"parameters": {"x": 1}}})
    assert read.with_parameters({"a": {}})["steps"]["a"]["parameters"] == {}


@given(
    st.dictionaries(st.sampled_from([PIPELINE_SCOPE, "a"]), st.dictionaries(st.text("xy"), JSON))
)
def test_only_parameters_differ_after_with_parameters(combination: dict[str, Any]) -> None:
    read = pipeline({"a": {"future": 1}, "b": {}}, future={"k": []})
    changed = read.with_parameters(combination)
    assert pipeline_of(changed, "x").document == changed
    for scope in combination:
        target = changed if scope == PIPELINE_SCOPE else changed["steps"][scope]
        assert target["parameters"] == combination[scope]
        target["parameters"] = {}
    assert changed == read.document


# --- What is refused -----------------------------------------------------------------------------


def test_malformed_json_is_refused_with_its_line() -> None:
    (problem,) = refusals('{"steps": {\n"a": }}')
    assert problem.line == 2


@pytest.mark.parametrize("text", ["[]", "null", "5", "{}", '{"steps": null}', '{"steps": []}'])
def test_what_is_no_pipeline_is_refused(text: str) -> None:
    (problem,) = refusals(text)
    assert "is not a pipeline" in problem.message
    assert (problem.line, problem.column) == (1, 11 if "steps" in text else 1)


@pytest.mark.parametrize("key", ["settings", "parameters", "services"])
def test_top_level_keys_that_are_no_objects_are_refused(key: str) -> None:
    (problem,) = refusals(f'{{"steps": {{}},\n\n "{key}": [1]}}')
    assert (key in problem.message, problem.line) == (True, 3)
    assert problem.column == len(f' "{key}": ') + 1


@pytest.mark.parametrize(
    "step", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a b", "a\n", "é", "x" * 101]
)
def test_step_ids_that_can_be_no_folder_are_refused(step: str) -> None:
    (problem,) = refusals(json.dumps({"steps": {step: {"file_path": "a.py"}}}))
    assert "not a UUID" in problem.message


def test_a_step_cannot_be_called_like_the_scope_of_the_pipeline() -> None:
    (problem,) = refusals(json.dumps({"steps": {PIPELINE_SCOPE: {"file_path": "a.py"}}}))
    assert "stands for the pipeline's parameters" in problem.message


@pytest.mark.parametrize("uuid", ["../../x", "/etc", ".", "a/b", {"a": 1}])
def test_pipeline_uuids_that_can_be_no_folder_are_refused(uuid: Any) -> None:
    (problem,) = refusals('{"steps": {},\n"uuid": ' + json.dumps(uuid) + "}")
    assert (problem.line, "not a UUID" in problem.message) == (2, True)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (5, "must be a JSON object"),
        ({}, "has no “file_path”"),
        ({"file_path": ""}, "has no “file_path”"),
        ({"file_path": 5}, "has no “file_path”"),
        ({"file_path": "a\0.py"}, "NUL"),
        ({"file_path": "a.py", "incoming_connections": {}}, "not a list"),
        ({"file_path": "a.py", "parameters": [1]}, "not a JSON object"),
        ({"file_path": "a.py", "resources": "8GB"}, "“resources” that are not a JSON object"),
        ({"file_path": "a.py", "resources": {"memory": "much"}}, "resource 'memory': 'much' is no"),
        ({"file_path": "a.py", "resources": {"GPU": True}}, "resource 'GPU': True is no amount"),
    ],
)
def test_steps_of_a_wrong_shape_are_refused(step: Any, words: str) -> None:
    (problem,) = refusals(
        '{"steps": {\n"good": {"file_path": "x"},\n"bad": ' + json.dumps(step) + "}}"
    )
    assert (problem.line, problem.step) == (3, "bad" if step == 5 else "Unnamed step")
    assert words in problem.message


def test_everything_that_is_wrong_with_steps_is_said_at_once() -> None:
    problems = refusals('{"steps": {\n"a": {"parameters": 1},\n"b": 2,\n"c/": {}}}')
    places = [(problem.line, problem.column) for problem in problems]
    assert places == [(2, 6), (2, 6), (3, 6), (4, 7)]


def test_a_dangling_edge_is_refused_with_the_name_of_its_step_and_the_line() -> None:
    text = pipeline_text({"a": {}, "b": {"title": "Train", "incoming": ["a", "gone"]}})
    (problem,) = refusals(text)
    assert problem.step == "Train"
    assert "gone" in problem.message
    assert problem.line is not None
    line = text.splitlines()[problem.line - 1]
    assert "incoming_connections" in line
    assert problem.column == line.index("[") + 1
    assert problem.line > text[: text.index("Train")].count("\n")


def test_a_cycle_is_refused_with_the_names_in_the_direction_of_the_edges() -> None:
    text = pipeline_text(
        {
            "a": {"title": "Load", "incoming": ["c"]},
            "b": {"title": "Clean", "incoming": ["a"]},
            "c": {"title": "Train", "incoming": ["b"]},
        }
    )
    (problem,) = refusals(text)
    assert problem.line is not None
    assert "incoming_connections" in text.splitlines()[problem.line - 1]
    circle = "“Load” → “Clean” → “Train” → “Load” → “Clean” → “Train”"
    shown = problem.message.partition(": ")[2].partition(". ")[0]
    assert shown.count("→") == 3
    assert shown in circle


def test_a_step_that_depends_on_itself_is_refused() -> None:
    (problem,) = refusals(pipeline_text({"a": {"incoming": ["a"]}}))
    assert "“A” → “A”" in problem.message


def test_a_step_that_is_there_twice_is_refused() -> None:
    (problem,) = refusals('{"steps": {"a": {"file_path": "x"},\n"a": {"file_path": "y"}}}')
    assert (problem.line, "“a” twice" in problem.message) == (2, True)


@given(graphs())
def test_a_graph_opens_exactly_if_it_has_no_cycle(parents: dict[str, tuple[str, ...]]) -> None:
    text = pipeline_text({node: {"incoming": ups} for node, ups in parents.items()})
    alive = dict(parents)
    while leaves := [node for node, ups in alive.items() if not alive.keys() & {*ups}]:
        for leaf in leaves:
            del alive[leaf]
    if alive:
        assert "in a circle" in refusals(text)[0].message
    else:
        assert read_pipeline(text, "x").parents == parents


FIELDS = ["uuid", "title", "file_path", "incoming_connections", "parameters", "kernel", "meta_data"]
STEPS = st.dictionaries(
    st.sampled_from(["a", "b", "..", PIPELINE_SCOPE]),
    JSON | st.dictionaries(st.sampled_from(FIELDS), JSON | st.just(["a", "b"]) | st.just("a.py")),
)
SETTINGS = st.dictionaries(st.just("max_steps_parallelism"), JSON)
SERVICES = st.dictionaries(st.text("s", min_size=1), st.dictionaries(st.just("scope"), JSON))
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "steps": STEPS | JSON,
        "name": JSON,
        "uuid": JSON,
        "parameters": JSON,
        "settings": SETTINGS | JSON,
        "services": SERVICES | JSON,
    },
)


@settings(max_examples=300)
@given(JSON | DOCUMENTS)
def test_no_json_raises_anything_but_pipeline_invalid(value: Any) -> None:
    try:
        read = read_pipeline(json.dumps(value), "x.orchest")
    except PipelineInvalid as error:
        assert error.problems
        assert all(problem.line and problem.column for problem in error.problems)
    else:
        assert read.document == value
        assert read.with_parameters({}) == value


@given(st.sampled_from(FIELDS), JSON, st.sampled_from(["position", "hidden", "name"]))
def test_no_field_of_a_step_raises_anything_but_pipeline_invalid(
    field: str, value: Any, inner: str
) -> None:
    for content in (value, {inner: value}):
        data = document()
        data["steps"]["a"][field] = content
        try:
            assert list(read_pipeline(json.dumps(data), "x").steps) == ["a"]
        except PipelineInvalid as error:
            assert error.problems


def test_a_file_with_very_many_problems_is_refused_quickly() -> None:
    text = json.dumps({"steps": {f"s{n}": {} for n in range(20_000)}}, indent=0)
    problems = refusals(text)
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1].line is not None
