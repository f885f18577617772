"""The wine example hangs together: files, edges, parameters and the grid. No run, no imports."""

import json
import math
import re
import uuid
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "wine-quality"
PIPELINE = json.loads((EXAMPLE / "train.orchest").read_text(encoding="utf-8"))
GRID = json.loads((EXAMPLE / "train.parameters.json").read_text(encoding="utf-8"))
STEPS = PIPELINE["steps"]
BY_FILE = {step["file_path"]: step for step in STEPS.values()}
NOTEBOOKS = sorted(name for name in BY_FILE if name.endswith(".ipynb"))


def source_of(file_path: str) -> str:
    text = (EXAMPLE / file_path).read_text(encoding="utf-8")
    if not file_path.endswith(".ipynb"):
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def test_is_a_file_as_orchest_writes_it() -> None:
    assert PIPELINE["version"] == "1.2.3"
    assert PIPELINE["services"] == {}
    assert PIPELINE["settings"] == {
        "auto_eviction": False,
        "data_passing_memory_size": "1GB",
        "max_steps_parallelism": 0,
    }
    text = (EXAMPLE / "train.orchest").read_text(encoding="utf-8")
    assert text == json.dumps(PIPELINE, indent=4, sort_keys=True) + "\n"
    for key in [PIPELINE["uuid"], *STEPS]:
        assert str(uuid.UUID(key)) == key
        assert uuid.UUID(key).version == 4


def test_steps_are_complete_and_their_files_exist() -> None:
    assert len(STEPS) >= 4
    assert len(BY_FILE) == len(STEPS)
    assert NOTEBOOKS
    assert any(name.endswith(".py") for name in BY_FILE)
    for key, step in STEPS.items():
        assert step["uuid"] == key
        assert step["title"].strip()
        assert len(step["meta_data"]["position"]) == 2
        assert (EXAMPLE / step["file_path"]).is_file()


def test_edges_form_a_diamond_without_cycles() -> None:
    parents = {key: step["incoming_connections"] for key, step in STEPS.items()}
    for key, incoming in parents.items():
        assert set(incoming) <= set(STEPS) - {key}
        assert len(set(incoming)) == len(incoming)

    done = set()
    while ready := [key for key in STEPS if key not in done and set(parents[key]) <= done]:
        done.update(ready)
    assert done == set(STEPS), "a cycle"

    start = BY_FILE["get-data.py"]["uuid"]
    branches = {BY_FILE["explore.ipynb"]["uuid"], BY_FILE["fit.ipynb"]["uuid"]}
    assert parents[start] == []
    assert all(parents[branch] == [start] for branch in branches)
    assert set(BY_FILE["report.ipynb"]["incoming_connections"]) == branches


def test_grid_names_known_steps_and_has_24_runs() -> None:
    for key, values in GRID.items():
        owner = PIPELINE if key == "pipeline_parameters" else STEPS[key]
        for name, choices in values.items():
            assert isinstance(choices, list)
            assert len({json.dumps(choice) for choice in choices}) == len(choices)
            assert owner["parameters"][name] in choices
    choices = [choices for values in GRID.values() for choices in values.values()]
    assert math.prod(map(len, choices)) == 24
    assert "pipeline_parameters" in GRID
    assert len(GRID) > 1


@pytest.mark.parametrize("file_path", sorted(BY_FILE))
def test_steps_read_only_parameters_that_exist(file_path: str) -> None:
    source = source_of(file_path)
    assert re.search(r"^import orchest$", source, re.MULTILINE)
    own = set(re.findall(r'get_step_param\("(\w+)"', source))
    shared = set(re.findall(r'get_pipeline_param\("(\w+)"', source))
    assert own == set(BY_FILE[file_path]["parameters"])
    assert shared
    assert shared <= set(PIPELINE["parameters"])


def test_the_report_logs_the_accuracy() -> None:
    source = source_of("report.ipynb")
    assert "orchest.log_metric(" in source
    assert '"accuracy": accuracy' in source


@pytest.mark.parametrize("file_path", NOTEBOOKS)
def test_notebooks_are_committed_clean(file_path: str) -> None:
    notebook = json.loads((EXAMPLE / file_path).read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook["metadata"]["kernelspec"]["language"] == "python"
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_what_the_steps_write_is_ignored() -> None:
    ignored = (EXAMPLE / ".gitignore").read_text(encoding="utf-8").split()
    assert {"data/", "results/", ".ipynb_checkpoints/"} <= set(ignored)
