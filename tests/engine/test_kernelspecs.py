"""Which kernel a notebook gets."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_orchest_jobs.engine.kernelspecs import (
    installed_kernels,
    python_for_scripts,
    resolve_kernel,
)

INSTALLED = {"a-python": "python", "ir": "r", "julia-1.11": "julia", "python3": "python"}


def metadata(name: str | None = None, language: str | None = None) -> dict[str, Any]:
    return {"kernelspec": {"name": name, "language": language}}


@pytest.mark.parametrize(
    ("about", "hint", "kernel"),
    [
        (metadata("a-python", "python"), "r", "a-python"),
        (metadata("gone", "python"), "r", "python3"),
        (metadata("gone", "R"), "python", "ir"),
        (metadata("gone", "julia"), None, "julia-1.11"),
        ({"language_info": {"name": "R"}}, None, "ir"),
        ({}, "python", "python3"),
        ({}, "a-python", "a-python"),
        ({}, "r", "ir"),
        ({}, None, "python3"),
        (metadata("gone"), "a-python", "python3"),
        (metadata("gone", "python"), "ir", "python3"),
        (metadata("gone", "cobol"), "python", None),
        ({}, "image-uuid", None),
        ({"kernelspec": "damaged"}, None, "python3"),
    ],
)
def test_kernel_is_the_notebooks_own_or_its_languages(
    about: dict[str, Any], hint: str | None, kernel: str | None
) -> None:
    assert resolve_kernel(about, hint, INSTALLED) == kernel


def test_installed_kernels_and_interpreter_are_those_of_jupyter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installed_kernels()["python3"] == "python"
    assert Path(python_for_scripts()).is_absolute()
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    python = tmp_path / "python-elsewhere"
    python.symlink_to(sys.executable)
    spec = {"argv": [str(python), "-m", "x"], "display_name": "x", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert python_for_scripts() == str(python)
