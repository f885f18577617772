"""A small project and an empty place for snapshots."""

from pathlib import Path

import pytest

from tests.files.trees import make_tree


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_tree(tmp_path / "work/project", {"x.py": "1", "sub/y.ipynb": "22", "empty": None})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "state/snapshots"
