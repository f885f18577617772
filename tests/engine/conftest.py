from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.harness import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "state dir")
    yield lab
    lab.end_all()
