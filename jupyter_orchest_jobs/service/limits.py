"""How much runs at once."""

import os
from dataclasses import dataclass

from jupyter_orchest_jobs.store.contract import Settings


@dataclass(frozen=True)
class Limits:
    """Limits over all jobs of a state directory.

    Attributes:
        max_step_processes: kernels and scripts at once.
        max_runs: runs at once.
    """

    max_step_processes: int
    max_runs: int


def limits_of(settings: Settings) -> Limits:
    """What holds: what somebody has set, else a process for each core, and as many runs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processes = settings.max_step_processes or cores or 1
    return Limits(processes, settings.max_runs or processes)
