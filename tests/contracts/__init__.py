"""What every implementation of an interface must pass; subclasses say which one it is."""

import pytest

pytest.register_assert_rewrite(
    *(
        f"tests.contracts.{name}"
        for name in ("executor", "store", "store_batches", "store_runs", "store_wishes")
    )
)
