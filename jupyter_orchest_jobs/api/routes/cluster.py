"""The cluster on which runs may be executed."""

from jupyter_orchest_jobs.api.routes.base import Operation, cluster

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "get_cluster",
        "GET",
        "cluster",
        "The settings of the cluster, and how it is.",
        "read",
        cluster.ClusterAnswer,
    ),
    Operation(
        "change_cluster",
        "PATCH",
        "cluster",
        "Set up the cluster, or leave it.",
        # Whoever chooses the cluster chooses who executes programs, and reads what they get.
        "execute",
        cluster.ClusterAnswer,
        cluster.ClusterRequest,
    ),
)
