"""Stand-ins that keep the contracts of the real things, without their cost."""

from tests.fakes.executor import FakeExecutor
from tests.fakes.store import MemoryStore

__all__ = ["FakeExecutor", "MemoryStore"]
