"""The shapes of what is said and told of the cluster."""

from pydantic import Field

from jupyter_orchest_jobs.domain.cluster import MOST_SLOTS
from jupyter_orchest_jobs.service.cluster_look import ClusterView
from jupyter_orchest_jobs.wire.base import Answer, Request, Time

_PATH = 4096


class ClusterStateAnswer(Answer):
    """What the conductor has found out about the cluster."""

    connected: bool
    error: str | None = Field(description="Why it isn't connected; null if it is.")
    workers: int
    slots: int = Field(description="How many runs the cluster takes at once.")
    free: int = Field(description="How many of these slots are free.")
    resources: dict[str, float] = Field(
        description="The most of each resource that one worker has; memory in bytes."
    )
    since: Time = Field(description="Since when it is connected, or not.")
    warnings: list[str] = Field(description="What may go wrong there, such as other versions.")


class ClusterAnswer(Answer):
    """The settings of the cluster, and how it is."""

    address: str = Field(description="Of the scheduler; empty if there is no cluster.")
    slots: int = Field(description="How many runs a worker takes at once.")
    tls_ca: str
    tls_cert: str
    tls_key: str = Field(description="Path of the private key; the key itself is never told.")
    store: str = Field(
        description="URL of a folder that workers reach; empty: files go through the cluster."
    )
    shared: bool = Field(description="Whether workers see the state directory at the same path.")
    installed: bool = Field(description="Whether the package distributed is installed.")
    state: ClusterStateAnswer | None = Field(
        description="Null while nobody has looked, as for some seconds after a change."
    )
    message: str | None = Field(description="Why nobody looks; null if somebody does.")


class ClusterRequest(Request):
    """New settings of the cluster; what is left out stays."""

    address: str | None = Field(
        None, max_length=_PATH, description="Like tls://host:8786; empty for no cluster."
    )
    slots: int | None = Field(None, ge=1, le=MOST_SLOTS)
    tls_ca: str | None = Field(None, max_length=_PATH, description="Path of a file.")
    tls_cert: str | None = Field(None, max_length=_PATH, description="Path of a file.")
    tls_key: str | None = Field(None, max_length=_PATH, description="Path of a file.")
    store: str | None = Field(None, max_length=_PATH)
    shared: bool | None = None


def cluster(view: ClusterView) -> ClusterAnswer:
    """The cluster as it is told."""
    return ClusterAnswer(
        **vars(view.settings),
        installed=view.installed,
        state=None if view.state is None else ClusterStateAnswer(**vars(view.state)),
        message=view.message,
    )
