"""The route table, as data: what can be asked, with which shapes, and what it takes to be allowed.

Handlers are attached to it by name (:mod:`.handlers`), and the OpenAPI document is made from it
(:mod:`.openapi`), so the three can't differ.
"""

from jupyter_orchest_jobs.api.routes import (
    cluster,
    drafts,
    environments,
    jobs,
    results,
    runs,
    server,
)
from jupyter_orchest_jobs.api.routes.base import Operation, Query

__all__ = ["AUTH_RESOURCE", "NAMESPACE", "OPERATIONS", "Operation", "Query"]

NAMESPACE = "jupyter-orchest-jobs"
AUTH_RESOURCE = "orchest-jobs"

OPERATIONS: tuple[Operation, ...] = (
    *server.OPERATIONS,
    *cluster.OPERATIONS,
    *jobs.OPERATIONS,
    *drafts.OPERATIONS,
    *environments.OPERATIONS,
    *runs.OPERATIONS,
    *results.OPERATIONS,
)
