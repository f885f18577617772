"""Every operation on files fails, in every way, in every story; about five minutes."""

from pathlib import Path

import pytest

from tests.faults.injector import KINDS
from tests.faults.test_faults import CHECKS, assert_allowed

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("story", CHECKS)
def test_story_ends_in_an_allowed_state_wherever_it_fails(
    tmp_path: Path, story: str, kind: str
) -> None:
    assert_allowed(story, kind, tmp_path)
