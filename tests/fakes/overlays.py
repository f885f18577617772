import asyncio
from pathlib import Path

import pytest


class FakeOverlays:
    """Says why no overlay can be made, as ``engine.overlay.why_not``, and tries nothing.

    Attributes:
        why: what it says.
        asked: the folders that it was asked of.
    """

    def __init__(self) -> None:
        self.why: str | None = None
        self.asked: list[Path] = []

    def __call__(self, folder: Path) -> str | None:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()  # the real one waits for a process
        assert folder.is_dir()
        self.asked.append(folder)
        return self.why
