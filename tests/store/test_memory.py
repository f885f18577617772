import pytest

from tests.contracts.store import StoreContract
from tests.fakes import MemoryStore


class TestMemoryStore(StoreContract):
    """The fake of the service's tests keeps the contract, too."""

    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
