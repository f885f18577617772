"""Says on standard error that the runs of a job wait for the cluster, and when that is over."""

import sys

from jupyter_orchest_jobs.cli.cluster import state_words
from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.service.build import Services


class ClusterNotice:
    """Tells people once of each change: a cluster that comes back by itself is no error.

    Args:
        job: nothing is said if its runs are on this machine.
    """

    def __init__(self, services: Services, job: Job) -> None:
        self._services = services
        self._concerns = job.policies.executor is ExecutorName.DASK
        self._known = (True, True)

    async def look(self) -> None:
        """Look how the cluster is, and say what has changed since it was looked at last."""
        if not self._concerns:
            return
        state = (await self._services.cluster.look()).state
        if state is None:
            return  # nobody knows yet
        found = (state.connected, state.slots > 0)
        if found != self._known:
            is_ready = all(found)
            about = (
                "note: the cluster is"
                if is_ready
                else "warning: the job's runs wait for the cluster, which is"
            )
            print(plain(f"{about} {state_words(state)}"), file=sys.stderr, flush=True)
        self._known = found
