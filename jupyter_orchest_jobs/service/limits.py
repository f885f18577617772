"""What holds for all jobs: how much runs at once, and which kernels are meant."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_orchest_jobs.store.contract import Settings


@dataclass(frozen=True)
class Limits:
    """Limits over all jobs of a state directory.

    Attributes:
        max_step_processes: kernels and scripts at once.
        max_runs: runs at once.
        warm_processes: whether runners and Python kernels are forked from processes that have
            imported what they need, where that is possible.
        kernel_names: what pipeline files call kernels and environments → kernelspec's name.
    """

    max_step_processes: int
    max_runs: int
    warm_processes: bool = True
    kernel_names: Mapping[str, str] = field(default_factory=dict)


def limits_of(settings: Settings) -> Limits:
    """What holds: what somebody has set, else a process for each core, and as many runs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processes = settings.max_step_processes or cores or 1
    warm = settings.warm_processes != 0
    names = settings.kernel_names or {}
    return Limits(processes, settings.max_runs or processes, warm, names)
