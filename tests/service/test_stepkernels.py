"""Which kernel each step gets."""

import json
from typing import Any

import pytest

from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.service.stepkernels import Kernels, Unusable, check_kernel_names
from tests.factories import pipeline

INSTALLED = {"ir": "r", "ml": "python", "python3": "python"}
UUID = "4b3659e0-db0a-4ff0-9b60-fb53903dd218"


def notebook(name: str | None = None, language: str | None = None) -> bytes:
    spec = {"name": name, "language": language}
    return json.dumps({"cells": [], "metadata": {"kernelspec": spec}}).encode()


def kernel_of(source: bytes, names: dict[str, str] | None = None, **step: Any) -> str:
    found = pipeline({"a": step}).steps["a"]
    return Kernels(INSTALLED, names or {}).of_notebook(source, found)[0]


def test_step_is_executed_by_the_kernel_that_was_chosen_for_it() -> None:
    chosen = {"meta_data": {"kernelspec": "ml", "position": [0, 0]}}
    assert kernel_of(notebook("python3", "python"), **chosen) == "ml"
    assert kernel_of(notebook("python3", "python"), meta_data={"position": [0, 0]}) == "python3"
    # What is no name chooses nothing.
    assert kernel_of(notebook("python3", "python"), meta_data={"kernelspec": 3}) == "python3"


def test_chosen_kernel_that_is_not_installed_is_refused_with_those_that_are() -> None:
    with pytest.raises(Unusable, match=r"“gone”, which is not .* Installed: ir, ml, python3\."):
        kernel_of(notebook("python3"), meta_data={"kernelspec": "gone"})


@pytest.mark.parametrize(
    ("source", "step", "names", "kernel"),
    [
        (notebook("theirs", "python"), {}, {"theirs": "ml"}, "ml"),
        (notebook(f"orchest-kernel-{UUID}", "python"), {}, {UUID: "ml"}, "ml"),
        (notebook("gone", "python"), {"environment": UUID}, {UUID: "ml"}, "ml"),
        (notebook("gone", "python"), {}, {"python": "ml"}, "ml"),
        # The name of the notebook's own kernel says more than the step's environment.
        (notebook("theirs"), {"environment": UUID}, {"theirs": "ml", UUID: "python3"}, "ml"),
        # A kernel that is installed is meant as it is.
        (notebook("python3", "python"), {"environment": UUID}, {UUID: "ml"}, "python3"),
        # No notebook is given to a kernel of another language by what is said of its step.
        (notebook("gone", "r"), {"environment": UUID}, {UUID: "ml"}, "ir"),
    ],
)
def test_names_of_orchest_files_stand_for_the_kernels_of_the_setting(
    source: bytes, step: dict[str, Any], names: dict[str, str], kernel: str
) -> None:
    assert kernel_of(source, names, **step) == kernel


def test_setting_that_leads_to_no_kernel_is_refused() -> None:
    with pytest.raises(Unusable, match=r"setting “kernel names” for “theirs” asks for .* “gone”"):
        kernel_of(notebook("theirs", "python"), {"theirs": "gone"})
    with pytest.raises(InvalidInput, match="“theirs” can't stand for the kernel “gone”"):
        check_kernel_names({"theirs": "gone", "python": "python3"})
    check_kernel_names({"python": "python3"})


def test_scripts_have_the_environment_of_a_kernel_only_if_one_is_named() -> None:
    def of(names: dict[str, str], file_path: str = "a.py", **step: Any) -> str | None:
        found = pipeline({"a": {"file_path": file_path, **step}}).steps["a"]
        return Kernels(INSTALLED, names).of_script(found)[0]

    assert of({}) is None
    assert of({}, meta_data={"kernelspec": "ml"}) == "ml"
    assert of({UUID: "ml"}, environment=UUID) == "ml"
    assert of({UUID: "ir"}, environment=UUID) is None
    assert of({}, "a.sh", meta_data={"kernelspec": "ir"}) == "ir"
    with pytest.raises(Unusable, match="“ir” that was chosen for it is for r"):
        of({}, meta_data={"kernelspec": "ir"})
    with pytest.raises(Unusable, match="“gone”, which is not installed"):
        of({}, meta_data={"kernelspec": "gone"})


def test_script_for_which_kernels_do_nothing_is_warned_about() -> None:
    step = pipeline({"a": {"file_path": "a.R", "meta_data": {"kernelspec": "ir"}}}).steps["a"]
    kernel, warning = Kernels(INSTALLED).of_script(step)
    assert (kernel, warning) == (None, "is no notebook: the kernel “ir” does nothing for it.")
