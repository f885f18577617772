import json

import pytest

from jupyter_orchest_jobs.domain.pipeline import read_pipeline
from jupyter_orchest_jobs.domain.single import is_single, single_document


@pytest.mark.parametrize(
    ("path", "single"),
    [
        ("a/train.ipynb", True),
        ("a.b/fit.R", True),
        ("plot.py", True),
        ("main.orchest", False),
        ("Makefile", False),
        (".py", False),
        ("data.csv", False),
    ],
)
def test_notebooks_and_scripts_are_pipelines_of_their_own(path: str, single: bool) -> None:
    assert is_single(path) is single


def test_document_is_a_pipeline_of_one_step() -> None:
    document = single_document("sub dir/train.v2.ipynb", {"alpha": 0.1})
    pipeline = read_pipeline(json.dumps(document), "sub dir/train.v2.ipynb")
    assert pipeline.name == "train.v2"
    (step,) = pipeline.steps.values()
    assert (step.name, step.file_path, step.kind) == ("train.v2", "train.v2.ipynb", "notebook")
    assert step.parameters == {"alpha": 0.1}


def test_ids_come_from_the_path_and_steps_keep_theirs_in_another_folder() -> None:
    first, again = (single_document("a.py", {"n": n}) for n in (1, 2))
    assert (first["uuid"], *first["steps"]) == (again["uuid"], *again["steps"])
    moved, other = single_document("b/a.py", {}), single_document("b.py", {})
    assert len({first["uuid"], moved["uuid"], other["uuid"]}) == 3
    assert [*first["steps"]] == [*moved["steps"]] != [*other["steps"]]
