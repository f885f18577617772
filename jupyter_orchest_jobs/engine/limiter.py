"""Runs inside Python kernels: makes floods of output cheap, and lets none of it be dropped.

Not imported by the engine, which hands its text to kernels of other environments; so it uses
only what ipykernel brings, and does nothing where that looks different than expected.

A print that is flushed at once is a message of its own, and a queue between kernel and client
that overflows drops messages without a word. So the queue has no limit, and flushes that come
soon after another are left to the next one. Flushes by ipykernel and IPython themselves are never
put off: they keep the order of text, rich output and the end of a cell.
"""
# mypy: ignore-errors

import contextlib


def _install():
    import os
    import sys
    import time

    import zmq
    from ipykernel.iostream import OutStream
    from ipykernel.kernelapp import IPKernelApp

    interval_s = 0.02
    real_flush, real_write = OutStream.flush, OutStream.write
    last = {"flush": 0.0, "stream": None}

    def flush(self):
        caller = sys._getframe(1).f_globals.get("__name__") or ""
        now = time.monotonic()
        if caller.startswith(("ipykernel", "IPython")) or now - last["flush"] >= interval_s:
            last["flush"] = now
            real_flush(self)

    def write(self, string):
        other = last["stream"]
        if other is not self:
            # stdout and stderr have a buffer each: the order is kept by emptying the other one.
            if other is not None and other.pub_thread is not None:
                real_flush(other)
            last["stream"] = self
        return real_write(self, string)

    def before_fork():
        # What is still in a buffer would be printed by the child, too.
        stream = last["stream"]
        if stream is not None and stream.pub_thread is not None and stream._is_master_process():
            real_flush(stream)

    thread = IPKernelApp.instance().iopub_thread
    # Sockets belong to their thread.
    thread.schedule(lambda: thread.socket.set(zmq.SNDHWM, 0))
    OutStream.flush_interval = 0.05
    OutStream.flush, OutStream.write = flush, write
    os.register_at_fork(before=before_fork)


# A kernel without this is a kernel that may lose output, but it is a kernel.
with contextlib.suppress(Exception):
    _install()
