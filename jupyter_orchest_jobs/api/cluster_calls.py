"""The operations on the cluster."""

from pydantic import BaseModel

from jupyter_orchest_jobs.api.call import Call
from jupyter_orchest_jobs.wire import cluster


async def get_cluster(call: Call) -> BaseModel:
    """The settings of the cluster, and how it is."""
    return cluster.cluster(await call.services.cluster.look())


async def change_cluster(call: Call) -> BaseModel:
    """Set what is given."""
    assert isinstance(call.body, cluster.ClusterRequest)  # noqa: S101  # by the route table
    changes = call.body.model_dump(exclude_none=True)
    return cluster.cluster(await call.services.cluster.change(changes))
