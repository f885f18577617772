"""Four processes on one database, for long; some minutes."""

from pathlib import Path

import pytest

from tests.store.test_races import assert_no_claim_is_doubled, assert_no_firing_is_doubled

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


def test_no_firing_of_20_000_is_doubled(tmp_path: Path) -> None:
    assert_no_firing_is_doubled(tmp_path / "jobs.sqlite", 20_000)


def test_no_claim_of_100_000_is_doubled(tmp_path: Path) -> None:
    assert_no_claim_is_doubled(tmp_path / "jobs.sqlite", 100_000)
