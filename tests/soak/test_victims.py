"""A conductor is killed at every point at which it updates or repairs a database."""

from pathlib import Path

import pytest

from tests.store.test_victims import assert_migrates, assert_repairs

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


def test_a_conductor_killed_anywhere_while_it_migrates_leaves_old_or_new(tmp_path: Path) -> None:
    assert_migrates(tmp_path, 1)


def test_a_conductor_killed_anywhere_while_it_repairs_is_followed_by_one_that_does(
    tmp_path: Path,
) -> None:
    assert_repairs(tmp_path, 1)
