"""Data passed between the steps of real runs; the examples are those of Orchest's documentation."""

import json
import pickle
import venv
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain.run import AttemptKind, StepSpec
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.files.delta import rebuild
from tests.engine.harness import Lab, notebook, read_json

SAYS = """
import orchest
data = {data!r}
# Output the data so that step-3 can retrieve it.
orchest.output(data, name={name!r})
"""
GETS = """
import orchest, json
# Get the input for step-3, i.e. the output of step-1 and step-2.
input_data = orchest.get_inputs()
print(json.dumps(input_data, sort_keys=True))
"""
HELLO, LIST = "Hello, World!", [3, 1, 4]
STEP_3 = {"step-3": ["step-1", "step-2"]}


@pytest.fixture
def lab(usual: Lab) -> Lab:
    return usual


def says(data: object, name: str | None) -> str:
    return notebook(SAYS.format(data=data, name=name))


def test_example_of_orchest_passes_named_data(lab: Lab) -> None:
    run = lab.run(
        {
            "step-1.ipynb": says(HELLO, "my_string"),
            "step-2.ipynb": says(LIST, "my_list"),
            "step-3.ipynb": notebook(GETS),
        },
        STEP_3,
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    got = json.loads(run.log("step-3").splitlines()[-1])
    assert got == {"my_list": [3, 1, 4], "my_string": "Hello, World!", "unnamed": []}


@pytest.mark.parametrize(
    ("name", "order", "expected"),
    [
        ("my_list", ["step-1", "step-2"], {"my_list": LIST, "unnamed": [HELLO]}),
        (None, ["step-1", "step-2"], {"unnamed": [HELLO, LIST]}),
        (None, ["step-2", "step-1"], {"unnamed": [LIST, HELLO]}),
    ],
)
def test_example_of_orchest_passes_unnamed_data_in_order(
    spawning: Lab, name: str | None, order: list[str], expected: object
) -> None:
    run = spawning.run(
        {
            "step-1.py": SAYS.format(data=HELLO, name=None),
            "step-2.py": SAYS.format(data=LIST, name=name),
            "step-3.py": GETS,
        },
        {"step-3": order},
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert json.loads(run.log("step-3")) == expected


def test_two_steps_with_data_of_one_name_are_an_error_that_names_them(lab: Lab) -> None:
    run = lab.run(
        {
            "step-1.ipynb": says(1, "same"),
            "step-2.ipynb": says(2, "same"),
            "step-3.ipynb": notebook(GETS),
        },
        STEP_3,
    ).launch()
    assert run.finish().status is RunStatus.FAILED
    end = run.step_ends()["step-3"]
    assert "InputNameCollisionError: Name collisions" in (end.message or "")
    assert "same: ['step-1', 'step-2']" in run.log("step-3")


def test_parent_that_output_nothing_is_an_error_that_names_it(lab: Lab) -> None:
    stale = ".orchest/pipelines/pipeline-uuid/data/step-1"
    run = lab.run(
        {
            "step-1.ipynb": notebook("import orchest"),
            "step-2.ipynb": says(2, None),
            "step-3.ipynb": notebook("import orchest; orchest.get_inputs(ignore_failure=True)"),
            # What no snapshot has, but somebody may force into one.
            f"{stale}/HEAD": "2020-01-01T00:00:00; JSON; unnamed",
            f"{stale}/step-1.JSON": "1",
        },
        STEP_3,
    ).launch()
    assert run.finish().status is RunStatus.FAILED
    message = run.step_ends()["step-3"].message or ""
    assert "OutputNotFoundError: Output from incoming step “step-1”" in message


def test_try_that_failed_leaves_no_output_to_the_next(spawning: Lab) -> None:
    once = (
        "import orchest, pathlib, sys\n"
        "if not pathlib.Path('tried').exists():\n"
        "    orchest.output(1, 'of the first try'); pathlib.Path('tried').touch(); sys.exit(1)\n"
        "orchest.output(2, 'of the second')\n"
    )
    run = spawning.run(
        {"one.py": once, "two.py": GETS}, {"two": ["one"]}, step_retries=1, retry_delay_s=0.01
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    assert json.loads(run.log("two")) == {"of the second": 2, "unnamed": []}


@pytest.mark.parametrize("left_out", [False, True])
def test_output_that_came_with_the_project_is_not_loaded(
    spawning: Lab, tmp_path: Path, left_out: bool
) -> None:
    sprung = tmp_path / "sprung"
    trap = f"cposix\nsystem\n(S'touch {sprung}'\ntR."
    home = ".orchest/pipelines/pipeline-uuid/data/a"
    planted = {f"{home}/HEAD": "2026-01-01T00:00:00; PICKLE; x", f"{home}/a.PICKLE": trap}
    get = "import orchest; orchest.get_inputs()"
    only_b = {"steps": (StepSpec("b", "b", "b.py", "python", ()),)} if left_out else {}
    run = spawning.run({**planted, "a.py": "", "b.py": get}, {"b": ["a"]}, **only_b).launch()
    assert run.finish().status is RunStatus.FAILED
    why = "this run leaves that step out" if left_out else "it did not call orchest.output"
    assert why in run.log("b")
    assert not sprung.exists()


def test_resumed_attempt_gets_what_was_output_before(spawning: Lab) -> None:
    fails_once = "import os, sys\nif not os.path.exists('x'): open('x', 'w'); sys.exit(1)\n"
    run = spawning.run(
        {"one.py": SAYS.format(data=LIST, name="x"), "two.py": fails_once + GETS}, {"two": ["one"]}
    ).launch()
    assert run.finish().status is RunStatus.FAILED
    again = spawning.again(run, AttemptKind.RESUME, ["one"]).launch()
    assert again.finish().status is RunStatus.SUCCEEDED
    assert json.loads(again.log("two")) == {"x": LIST, "unnamed": []}


def test_outputs_stay_with_the_files_of_the_run(spawning: Lab, tmp_path: Path) -> None:
    run = spawning.run({"one.py": SAYS.format(data=LIST, name="x")}).launch()
    run.finish()
    rebuild(Path(run.spec.snapshot) / "project", run.folder.work, tmp_path / "whole")
    folder = tmp_path / "whole/.orchest/pipelines/pipeline-uuid/data/one"
    assert sorted(path.name for path in folder.iterdir()) == ["HEAD", "one.PICKLE"]


def test_step_in_any_language_finds_all_in_variables_and_a_file(spawning: Lab) -> None:
    shell = """
set -e
test -d "$ORCHEST_DATA_DIR"; echo shared >"$ORCHEST_DATA_DIR/file"
cat "$ORCHEST_PARAMETERS_PATH" >told.json
folder=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["paths"]["output"])' <told.json)
mkdir -p "$folder"
echo '{"from": "bash"}' >"$folder/$ORCHEST_STEP_UUID.JSON"
printf '%s; JSON; greeting' "$(date -u +%Y-%m-%dT%H:%M:%S)" >"$folder/HEAD"
echo "$ORCHEST_RUN_NUMBER $ORCHEST_JOB_NUMBER $ORCHEST_PROJECT_DIR"
"""
    python = "import orchest; print(orchest.run_id(), orchest.job_id(), orchest.data_dir())\n"
    run = spawning.run(
        {"one.sh": shell, "two.py": python + GETS},
        {"two": ["one"]},
        parameters={"a": 1},
        step_parameters={"one": {"b": [None, "ü"]}},
        data_dir=str(spawning.state / "data"),
    ).launch()
    assert run.finish().status is RunStatus.SUCCEEDED
    told = read_json(run.folder.work / "told.json")
    assert (told["step_parameters"], told["pipeline_parameters"]) == ({"b": [None, "ü"]}, {"a": 1})
    assert told["paths"]["inputs"] == []
    assert run.log("one").split(maxsplit=2) == ["1", "1", f"{run.folder.work}\n"]
    ids, got = run.log("two").splitlines()
    assert ids.split(maxsplit=2) == [run.spec.run_id, "job-id", str(spawning.state / "data")]
    assert json.loads(got) == {"greeting": {"from": "bash"}, "unnamed": []}
    assert (spawning.state / "data" / "file").read_text() == "shared\n"


def test_step_that_is_killed_while_it_outputs_leaves_nothing_to_get(spawning: Lab) -> None:
    dies = """
import orchest, os
class Dies:
    def __reduce__(self):
        os.kill(os.getpid(), 9)
orchest.output(1, "a")
orchest.output(["x" * 1000000, Dies()], "a")
"""
    run = spawning.run({"one.py": dies}).launch()
    assert run.finish().status is RunStatus.FAILED
    folder = run.folder.work / ".orchest/pipelines/pipeline-uuid/data/one"
    assert (folder / "HEAD").read_text().endswith("; PICKLE; a")
    assert pickle.loads((folder / "one.PICKLE").read_bytes()) == 1


def test_step_needs_nothing_of_ours_in_its_environment(spawning: Lab, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", symlinks=True)
    python = str(tmp_path / "bare" / "bin" / "python")
    alone = f"""{SAYS}
import importlib.util as util
print(orchest.__file__, util.find_spec("pip"), util.find_spec("jupyter_orchest_jobs"))
"""
    run = spawning.run({"one.py": alone.format(data=LIST, name=None)}, python=python)
    assert run.launch(PYTHONPATH="").finish().status is RunStatus.SUCCEEDED
    assert run.log("one") == f"{run.spec.sdk_dir}/orchest/__init__.py None None\n"
