"""Ends hosts of kernels whose interpreter is about to be deleted."""

import contextlib
from pathlib import Path

import psutil

from jupyter_orchest_jobs.engine.warm.runner_host import MARK

_PATIENCE_S = 1.0


def end_hosts(folder: Path) -> int:
    """End the hosts of kernels that run an interpreter of this folder and have no kernel.

    They would leave by themselves, but until then keep its files, which are deleted, on the disk.

    Args:
        folder: such as that of a frozen environment.

    Returns:
        How many there were.
    """
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or [""]
        if command[0].startswith(f"{folder}/") and any(MARK in word for word in command):
            with contextlib.suppress(psutil.Error):
                # A guard looks the same, but it has a kernel.
                if not process.children():
                    process.terminate()
                    found.append(process)
    psutil.wait_procs(found, timeout=_PATIENCE_S)
    return len(found)
