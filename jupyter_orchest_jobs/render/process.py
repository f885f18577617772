"""Pages of notebooks, from the cache or from a process that makes them."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from weakref import WeakKeyDictionary

from jupyter_orchest_jobs.domain.inheriting import inheritable
from jupyter_orchest_jobs.errors import InvalidInput, NotFound, OrchestJobsError
from jupyter_orchest_jobs.files.private import make_private
from jupyter_orchest_jobs.render.cache import note_use
from jupyter_orchest_jobs.render.html import TIMEOUT_S, Request, Theme, read_notebook

AT_ONCE = 2
"""How many processes work at the same time."""

_log = logging.getLogger(__name__)


async def render_to(notebook: Path, cache_dir: Path, theme: Theme, title: str) -> Path:
    """The page of a notebook, made now if it isn't in the cache.

    Args:
        notebook: path of the file.
        cache_dir: folder of pages; made, for its owner only, if it is missing.
        theme: which of Lab's two standard themes.
        title: of the page, as plain text.

    Returns:
        Path of the page, within ``cache_dir``.

    Raises:
        NotFound: no such file.
        InvalidInput: not a notebook, or one that is too large or takes too long to be shown.
        OrchestJobsError: the page can't be kept.
    """
    loop = asyncio.get_running_loop()
    renderer = _renderers.setdefault(loop, Renderer())
    return await renderer.page(notebook, cache_dir, theme, title)


async def in_process(request: Request, timeout_s: float = TIMEOUT_S) -> Path:
    """Make a page in a process of its own; see :func:`render_to`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # what lies in the current folder is not ours to import
        "-m",
        "jupyter_orchest_jobs.render.html",
        env=inheritable(os.environ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    name = Path(request.notebook).name
    try:
        async with asyncio.timeout(timeout_s):
            out, err = await process.communicate(request.to_json().encode())
    except TimeoutError:
        raise InvalidInput(
            f"{name} takes too long to be shown as a page; download it instead."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        _log.warning("Rendering %s ended with %s: %r", name, process.returncode, err[-2000:])
        raise InvalidInput(f"{name} can't be shown as a page; download it instead.")
    answer = json.loads(out)
    if "page" in answer:
        return Path(request.cache_dir, answer["page"])
    errors: list[type[OrchestJobsError]] = [InvalidInput, NotFound]
    kinds = {kind.code: kind for kind in errors}
    raise kinds.get(answer["error"], OrchestJobsError)(answer["message"])


class Renderer:
    """Makes pages, each once, and few at a time. Belongs to one event loop.

    Args:
        make: makes the page that is asked for, whether it is there or not.
    """

    def __init__(self, make: Callable[[Request], Awaitable[Path]] = in_process) -> None:
        self._make = make
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._going: dict[Path, asyncio.Task[Path]] = {}

    async def page(self, notebook: Path, cache_dir: Path, theme: Theme, title: str) -> Path:
        """The page of a notebook; see :func:`render_to`."""
        request = Request(str(notebook), str(cache_dir), theme, title)
        page, there = await asyncio.to_thread(_look_up, request)
        if there:
            return page
        task = self._going.get(page)
        if task is None:
            task = self._going[page] = asyncio.create_task(self._in_turn(request))
            task.add_done_callback(lambda done: self._finish(page, done))
        # Others may wait for it, too, so it goes on when one of them has left.
        return await asyncio.shield(task)

    async def _in_turn(self, request: Request) -> Path:
        async with self._slots:
            return await self._make(request)

    def _finish(self, page: Path, task: "asyncio.Task[Path]") -> None:
        del self._going[page]
        if not task.cancelled():
            task.exception()  # taken note of, should nobody wait any more


def _look_up(request: Request) -> tuple[Path, bool]:
    page = request.page_for(read_notebook(Path(request.notebook)))
    try:
        make_private(page.parent)
        return page, note_use(page)
    except OSError as error:
        raise OrchestJobsError(f"The page can't be kept: {error.strerror}.") from error


_renderers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Renderer]" = WeakKeyDictionary()
