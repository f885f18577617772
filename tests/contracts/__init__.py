"""What every implementation of an interface must pass; subclasses say which one it is."""

import pytest

pytest.register_assert_rewrite("tests.contracts.store", "tests.contracts.store_runs")
