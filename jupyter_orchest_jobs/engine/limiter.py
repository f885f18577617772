"""Runs inside Python kernels: makes floods of output cheap, and lets none of it be dropped.

Not imported by the engine, which hands its text to kernels of other environments; so it uses
only what ipykernel brings, and does nothing where that looks different than expected. The global
``PROGRESS`` names a file in which the reader of the output says how many characters it has.

A print that is flushed at once is a message of its own, and a queue between kernel and client
that overflows drops messages without a word. So the queue has no limit, and of many flushes in a
short time most are left to the next one, or to the timer, which is set shorter. Flushes by
ipykernel and IPython themselves are never put off: they keep the order of text, rich output and
the end of a cell. Lest the queue fill the memory, who prints waits for the reader now and then.
"""

# mypy: ignore-errors

import contextlib
import sys


def _install(progress_file):
    import atexit
    import os
    import threading
    import time

    import zmq
    from ipykernel.iostream import OutStream
    from ipykernel.kernelapp import IPKernelApp
    from tornado.ioloop import IOLoop

    burst, per_second = 20.0, 50.0
    window, patience_s = 16 * 2**20, 1.0
    mark = "\0"
    # Programs replace these, to freeze the time for example.
    monotonic, sleep, this_thread = time.monotonic, time.sleep, threading.current_thread
    real_flush, real_write = OutStream.flush, OutStream.write
    app = IPKernelApp.instance()
    publishing = app.iopub_thread
    progress = os.open(progress_file, os.O_RDONLY)
    streams = (sys.stdout, sys.stderr)
    pipes = {stream: threading.Event() for stream in streams if getattr(stream, "_fid", None)}
    last = {"stream": None, "at": monotonic(), "allowed": burst, "written": 0, "check": window}

    def flush(self):
        caller = sys._getframe(1).f_globals.get("__name__") or ""
        if not caller.startswith(("ipykernel", "IPython")):
            now = monotonic()
            allowed = min(burst, last["allowed"] + (now - last["at"]) * per_second)
            last["at"], last["allowed"] = now, allowed
            if allowed < 1.0:
                return
            last["allowed"] = allowed - 1.0
        real_flush(self)

    def write(self, string):
        read = None
        if mark in string and self in pipes and this_thread() is self.watch_fd_thread:
            string, read = string.replace(mark, "", 1), pipes[self]
        other = last["stream"]
        if other is not self:
            # stdout and stderr have a buffer each: the order is kept by emptying the other one.
            if other is not None and other.pub_thread is not None:
                real_flush(other)
            last["stream"] = self
        result = real_write(self, string)
        if read is not None:
            read.set()
        last["written"] += len(string)
        if last["written"] > last["check"]:
            wait_for_reader(self)
        return result

    def wait_for_reader(stream):
        if this_thread() is publishing.thread or not stream._is_master_process():
            return
        before, since = None, monotonic()
        while True:
            seen = int.from_bytes(os.pread(progress, 8, 0), "little")
            if last["written"] - seen <= window:
                break
            if seen != before:
                before, since = seen, monotonic()
            elif monotonic() - since > patience_s:
                # What is missing does not come any more; somebody else has taken it.
                last["written"] = seen
                break
            sleep(0.005)
        last["check"] = last["written"] + window // 2

    def before_fork():
        # What is still in a buffer would be printed by the child, too.
        stream = last["stream"]
        if stream is not None and stream.pub_thread is not None and stream._is_master_process():
            real_flush(stream)

    def read_pipes(result):
        # What programs write to the kernel's own descriptors comes through a pipe, which a thread
        # reads in its own time. It belongs to the cell, and after the last one it would be lost.
        # So a mark follows it: when that thread writes the mark, it has written all before it.
        for stream, read in pipes.items():
            # The cell may have put a file in the place of the pipe.
            ours = os.path.sameopenfile(stream._original_stdstream_fd, stream._fid)
            if ours and stream._is_master_process():
                read.clear()
                os.write(stream._original_stdstream_fd, mark.encode())
                if not read.wait(patience_s):
                    # Nobody reads it, or far too late: don't wait at each cell.
                    app.shell.events.unregister("post_run_cell", read_pipes)
                    return

    def end_control():
        # At its exit ipykernel first ends the thread that publishes, though the control thread
        # may still be handing output to it, and then waits for that one: ten seconds, in some
        # kernels of a hundred. Exit handlers run in reverse order, so this comes before.
        control = app.control_thread
        if control is not None and control.is_alive():
            control.stop()
            control.join(1.0)

    async def leave_children():
        # The runner ends what the kernel leaves. ipykernel would do it as well, but takes dead
        # children that nobody has waited for to be alive, and goes on for a quarter of a minute.
        pass

    def begin():
        # IPython puts a `write` of its own on each stream while it executes code, this code here
        # included, and then the one that it found, so that ours would never be called.
        for stream in (sys.stdout, sys.stderr):
            vars(stream).pop("write", None)
        if pipes:
            app.shell.events.register("post_run_cell", read_pipes)

    @contextlib.contextmanager
    def keep_nothing(shell, channel):
        # IPython would keep all output in memory, for a history that nobody asks for.
        yield

    # Sockets belong to their thread.
    publishing.schedule(lambda: publishing.socket.set(zmq.SNDHWM, 0))
    app.kernel._progressively_terminate_all_children = leave_children
    atexit.register(end_control)
    OutStream.flush_interval = 0.05
    OutStream.flush, OutStream.write = flush, write
    os.register_at_fork(before=before_fork)
    if hasattr(type(app.shell), "_tee"):
        type(app.shell)._tee = keep_nothing
    # The loop begins when this code is done, and before the kernel's first request.
    IOLoop.current().add_callback(begin)


# It was kept from being imported with the kernel; who asks for it by name may have it.
if sys.modules.get("debugpy", sys) is None:
    del sys.modules["debugpy"]

# A kernel without this is a kernel that may lose output, but it is a kernel.
with contextlib.suppress(Exception):
    _install(globals()["PROGRESS"])
