"""The end of a kernel that does not come to an end."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.engine.kernels import Kernel
from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.engine.warm.kernels import WarmKernels
from tests.engine.harness import lives, sdk

NEVER_ENDS = "import atexit, time; atexit.register(time.sleep, 600)"


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A folder with a short path, as sockets want it."""
    folder = Path(tempfile.mkdtemp(prefix="oj-"))
    yield folder
    shutil.rmtree(folder)


def test_kernel_whose_exit_handlers_never_end_is_killed(tmp_path: Path, runtime: Path) -> None:
    async def story() -> tuple[int, int | None]:
        kernel = Kernel("python3")
        none = frozenset[str]()
        await kernel.launch(
            tmp_path, os.environ, runtime, str(sdk()), none, WarmKernels(None, none)
        )
        try:
            await kernel.connect()
            await kernel.client.execute_interactive(NEVER_ENDS, timeout=60)
            pid = kernel.pid
            assert pid is not None
            await kernel.shut_down(Stop(), 0.5, 0.0)
            return pid, await kernel.exit
        finally:
            await kernel.kill()
            await kernel.close()

    pid, code = asyncio.run(story())
    assert not lives(pid)
    assert code != 0
