"""A Jupyter server that notes what holds its event loop: ``python -m bench.probe FILE OPTION…``.

Every callback of the loop is timed. Those that took a millisecond or more are written to the file
when the server ends, as JSON: when, how long by the clock, how much of it computing in the loop's
own thread, whether code of ours took part, and which. What is not ours by its coroutines, files
and handlers counts as others'.
"""

import asyncio
import functools
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

OURS = f"{os.sep}jupyter_orchest_jobs{os.sep}"
LEAST_S = 0.001
TICK_S = 0.005
"""How often it is looked how late the loop is."""


class Probe:
    """Takes the place of :meth:`asyncio.Handle._run`."""

    def __init__(self) -> None:
        self.held: list[tuple[float, float, float, bool, str]] = []
        self.late: list[tuple[float, float]] = []
        self._run = asyncio.Handle._run
        self._ticking = False

    def install(self) -> None:
        """Time everything from now on."""
        run = self._run

        def timed(handle: asyncio.Handle) -> None:
            if not self._ticking:
                self._ticking = True
                self._tick(asyncio.get_running_loop(), None)
            callback = handle._callback  # type: ignore[attr-defined]
            before = _chain(callback)
            at, begun, computing = time.time(), time.perf_counter(), time.thread_time()
            run(handle)
            took = time.perf_counter() - begun
            if took >= LEAST_S:
                took_computing = time.thread_time() - computing
                places = [*before, *_chain(callback)]
                ours = [place for place in places if OURS in place]
                name = (ours or places or [repr(callback)])[-1]
                self.held.append((at, took, took_computing, bool(ours), _short(name)))

        asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]  # as a method

    def write(self, path: Path) -> None:
        """Write down what was noted."""
        path.write_text(json.dumps({"held": self.held, "late": self.late}))

    def _tick(self, loop: asyncio.AbstractEventLoop, due: float | None) -> None:
        now = loop.time()
        if due is not None:
            self.late.append((time.time(), now - due))
        loop.call_later(TICK_S, self._tick, loop, now + TICK_S)


def _chain(callback: Any) -> list[str]:
    """Files and names of the code that a callback goes on with, the outermost first."""
    while isinstance(callback, functools.partial):
        callback = callback.func
    task = getattr(callback, "__self__", None)
    places = []
    if isinstance(task, asyncio.Task):
        coroutine: Any = task.get_coro()
        while coroutine is not None and hasattr(coroutine, "cr_code"):
            places.append(f"{coroutine.cr_code.co_filename}:{coroutine.cr_code.co_qualname}")
            frame = coroutine.cr_frame
            handler = frame.f_locals.get("self") if frame is not None else None
            if handler is not None and coroutine.cr_code.co_name == "_execute":
                kind = type(handler)
                places.append(f"{sys.modules[kind.__module__].__file__}:{kind.__qualname__}")
            coroutine = coroutine.cr_await
        return places
    code = getattr(callback, "__code__", None)
    if code is not None:
        places.append(f"{code.co_filename}:{code.co_qualname}")
    return places


def _short(place: str) -> str:
    """Without the folders of this machine."""
    path, _, name = place.rpartition(":")
    for root in ("site-packages", "jupyter_orchest_jobs"):
        _, found, tail = path.rpartition(f"{os.sep}{root}{os.sep}")
        if found:
            return f"{tail}:{name}"
    return f"{Path(path).name}:{name}" if name else place


def main(file: Path, options: list[str]) -> None:
    """Be a Jupyter server until it is told to end."""
    probe = Probe()
    probe.install()
    from jupyter_server.serverapp import main as serve

    try:
        serve(options)
    finally:
        probe.write(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
