"""Wheels of tiny packages, and an environment with one."""

from pathlib import Path

import pytest

from tests.environments import install, make_wheel, plain_venv, wheel


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    make_wheel(folder, "apples", "1.0", {"apples/data.txt": "one\n"})
    make_wheel(folder, "apples", "2.0", {"apples/data.txt": "two\n"})
    make_wheel(folder, "pears", "1.0")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where clones are kept; with a blank, as paths of users may have one."""
    return tmp_path / "state dir/environments"


@pytest.fixture
def python(tmp_path: Path, wheels: Path) -> Path:
    """The interpreter of an environment with apples 1.0 and pears 1.0."""
    program = plain_venv(tmp_path / "original")
    install(program, wheel(wheels, "apples"), wheel(wheels, "pears"))
    return program
