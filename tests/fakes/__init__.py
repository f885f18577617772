"""Stand-ins that keep the contracts of the real things, without their cost."""

from tests.fakes.executor import FakeExecutor
from tests.fakes.overlays import FakeOverlays
from tests.fakes.store import MemoryStore
from tests.fakes.threads import Inline

__all__ = ["FakeExecutor", "FakeOverlays", "Inline", "MemoryStore"]
