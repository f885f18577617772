import asyncio
import stat
from pathlib import Path

import pytest

from jupyter_orchest_jobs.errors import InvalidInput, NotFound, OrchestJobsError
from jupyter_orchest_jobs.render.html import Request
from jupyter_orchest_jobs.render.process import Renderer, in_process, render_to
from tests.render.notebooks import code, fails, written


class Maker:
    """Makes pages without a process, when it is told to go on."""

    def __init__(self, *, held: bool = False, error: OrchestJobsError | None = None) -> None:
        self.requests: list[Request] = []
        self.most = 0
        self.begun = asyncio.Semaphore(0)
        self._error = error
        self._now = 0
        self._go = asyncio.Event()
        if not held:
            self._go.set()

    def go(self) -> None:
        self._go.set()

    async def __call__(self, request: Request) -> Path:
        self.requests.append(request)
        self._now += 1
        self.most = max(self.most, self._now)
        self.begun.release()
        await self._go.wait()
        self._now -= 1
        if self._error is not None:
            raise self._error
        page = request.page_for(await asyncio.to_thread(Path(request.notebook).read_bytes))
        await asyncio.to_thread(page.write_text, request.title)
        return page


def notebook(folder: Path, text: str = "{}") -> Path:
    path = folder / "step.ipynb"
    path.write_text(text)
    return path


def test_pages_are_made_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        make = Maker()
        renderer = Renderer(make)
        cache = tmp_path / "pages"
        step = notebook(tmp_path)
        first = await renderer.page(step, cache, "light", "Step")
        assert first.parent == cache
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700
        assert await renderer.page(step, cache, "light", "Step") == first
        assert len(make.requests) == 1
        # Another theme, title or content is another page; the same content elsewhere is not.
        pages = {
            first,
            await renderer.page(step, cache, "dark", "Step"),
            await renderer.page(step, cache, "light", "Other"),
            await renderer.page(notebook(tmp_path, "{ }"), cache, "light", "Step"),
        }
        assert len(pages) == len(make.requests) == 4
        (tmp_path / "copy").mkdir()
        assert await renderer.page(notebook(tmp_path / "copy"), cache, "light", "Step") == first

    asyncio.run(scenario())


def test_requests_for_the_same_page_share_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        make = Maker(held=True)
        renderer = Renderer(make)
        asked = [
            asyncio.create_task(renderer.page(notebook(tmp_path), tmp_path, "light", "Step"))
            for _ in range(3)
        ]
        await make.begun.acquire()
        # The one who asked first leaves; the others get their page.
        asked[0].cancel()
        await asyncio.wait(asked[:1])
        make.go()
        pages = await asyncio.gather(*asked[1:])
        assert len(set(pages)) == len(make.requests) == 1
        assert asked[0].cancelled()

    asyncio.run(scenario())


def test_few_pages_are_made_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        make = Maker(held=True)
        renderer = Renderer(make)
        step = notebook(tmp_path)
        asked = [
            asyncio.create_task(renderer.page(step, tmp_path, "light", f"Step {number}"))
            for number in range(5)
        ]
        for _ in range(2):
            await make.begun.acquire()
        make.go()
        await asyncio.gather(*asked)
        assert (len(make.requests), make.most) == (5, 2)

    asyncio.run(scenario())


def test_a_failure_is_told_to_all_and_forgotten(tmp_path: Path) -> None:
    async def scenario() -> None:
        make = Maker(error=InvalidInput("no"))
        renderer = Renderer(make)
        for _ in range(2):
            with pytest.raises(InvalidInput, match="no"):
                await renderer.page(notebook(tmp_path), tmp_path, "light", "Step")
        assert len(make.requests) == 2
        with pytest.raises(NotFound):
            await renderer.page(tmp_path / "none.ipynb", tmp_path, "light", "Step")
        with pytest.raises(OrchestJobsError, match="kept"):
            await renderer.page(notebook(tmp_path), tmp_path / "step.ipynb" / "x", "light", "Step")
        assert len(make.requests) == 2

    asyncio.run(scenario())


def test_a_real_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What lies about where the server was started is not imported.
    (tmp_path / "nbformat.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    step = written(tmp_path, code("1/0", fails("ZeroDivisionError", "oh", "Traceback")))
    title = "--help </title> \udcff\0"
    pages = tmp_path / "pages"
    page = asyncio.run(render_to(step, pages, "dark", title))
    assert list(pages.iterdir()) == [page]
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert b"Code cell 1 failed" in page.read_bytes()
    # Found again by what it is of.
    assert page == Request(str(step), str(pages), "dark", title).page_for(step.read_bytes())
    before = page.stat().st_ino
    assert asyncio.run(render_to(step, pages, "dark", title)) == page
    assert page.stat().st_ino == before


def test_a_process_tells_what_is_wrong(tmp_path: Path) -> None:
    request = Request(str(notebook(tmp_path)), str(tmp_path), "light", "Step")
    with pytest.raises(InvalidInput, match=r"step\.ipynb is not a notebook"):
        asyncio.run(in_process(request))


def test_a_process_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    request = Request(str(notebook(tmp_path)), str(tmp_path), "light", "Step")
    with pytest.raises(InvalidInput, match="too long"):
        asyncio.run(in_process(request, timeout_s=0.01))


def test_process_of_a_page_gets_no_token_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nenv > '{told}'\n")
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    monkeypatch.setenv("JPY_API_TOKEN", "hunter22")
    with pytest.raises(ValueError):
        asyncio.run(in_process(Request(str(notebook(tmp_path)), str(tmp_path), "light", "Step")))
    assert "PATH=" in told.read_text()
    assert "hunter22" not in told.read_text()
