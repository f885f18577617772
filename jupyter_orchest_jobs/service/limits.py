"""What holds for all jobs: how much runs at once, which kernels are meant, and the cluster."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

from jupyter_orchest_jobs.domain.cluster import ClusterSettings, ExecutorName
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.errors import PoliciesInvalid
from jupyter_orchest_jobs.store.contract import Settings

WITHOUT_DISTRIBUTED = (
    "The package distributed is missing, without which no cluster can be used: "
    "pip install jupyter_orchest_jobs[dask]"
)


@dataclass(frozen=True)
class Limits:
    """Limits over all jobs of a state directory.

    Attributes:
        max_step_processes: kernels and scripts at once.
        max_runs: runs at once.
        warm_processes: whether runners and Python kernels are forked from processes that have
            imported what they need, where that is possible.
        overlays: whether working copies may be overlays over the snapshot, where the system can do
            that.
        kernel_names: what pipeline files call kernels and environments → kernelspec's name.
    """

    max_step_processes: int
    max_runs: int
    warm_processes: bool = True
    overlays: bool = False
    kernel_names: Mapping[str, str] = field(default_factory=dict)


def limits_of(settings: Settings) -> Limits:
    """What holds: what somebody has set, else a process for each core, and as many runs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processes = settings.max_step_processes or cores or 1
    return Limits(
        max_step_processes=processes,
        max_runs=settings.max_runs or processes,
        warm_processes=settings.warm_processes != 0,
        overlays=bool(settings.overlays),
        kernel_names=settings.kernel_names or {},
    )


def cluster_of(settings: Settings) -> ClusterSettings:
    """The cluster that somebody has set up; one without an address if nobody has."""
    return ClusterSettings.of(settings.cluster or {})


def check_executor(policies: Policies, cluster: ClusterSettings) -> None:
    """Refuse runs on a cluster that nobody has set up.

    Raises:
        PoliciesInvalid: there is none, or what it takes to use one is not installed.
    """
    if policies.executor is ExecutorName.LOCAL:
        return
    if not cluster.configured:
        raise PoliciesInvalid(
            "The job's runs shall be on the cluster (“executor”), and none is set up. Set one up "
            "with “Cluster…” in the menu of the Jobs sidebar or jupyter orchest-jobs cluster, or "
            "let the runs be on this machine."
        )
    if not has_distributed():
        raise PoliciesInvalid(WITHOUT_DISTRIBUTED)


def has_distributed() -> bool:
    """Whether the package that talks to clusters is installed; it is not imported."""
    return find_spec("distributed") is not None
