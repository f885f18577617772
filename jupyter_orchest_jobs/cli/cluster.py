"""``cluster``: the cluster on which runs may be executed; its settings, and how it is."""

import asyncio
from argparse import Namespace
from typing import Any

from pydantic import ValidationError

from jupyter_orchest_jobs.cli import show
from jupyter_orchest_jobs.cli.opened import opened
from jupyter_orchest_jobs.cli.options import pair
from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.domain.cluster import ClusterState
from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.service.cluster_look import ClusterView
from jupyter_orchest_jobs.service.limits import WITHOUT_DISTRIBUTED
from jupyter_orchest_jobs.wire import cluster as shapes

LOOK_S = 15.0
"""How long to wait until the conductor, which may have to start, has looked at the cluster."""
_LOOK_AGAIN_S = 0.2


async def cluster(arguments: Namespace) -> int:
    """Show the cluster, or change its settings first."""
    changes = _changes(arguments.set)
    async with opened(arguments) as services:
        view = await _looked_at(services, changes)
    if arguments.json:
        show.print_json(shapes.cluster(view))
        return 0
    settings = view.settings
    if not settings.configured:
        print("No cluster is set up. To have one: --set address=tcp://HOST:PORT")
        return 0
    lines = {
        "address": settings.address,
        "slots": f"{settings.slots} for each worker",
        **{
            name.replace("_", " "): value
            for name in ("tls_ca", "tls_cert", "tls_key")
            if (value := getattr(settings, name))
        },
        "store": "none needed" if settings.shared else settings.store or "through the cluster",
        "shared": "yes" if settings.shared else "no",
        "state": _words(view),
    }
    state = view.state
    if state is not None and state.connected and state.resources:
        lines["resources"] = ", ".join(
            f"{name} {_amount(name, amount)}" for name, amount in state.resources.items()
        )
    for name, value in lines.items():
        print(plain(f"{name:<10} {value}"))
    for warning in () if state is None else state.warnings:
        print(plain(f"{'warning':<10} {warning}"))
    return 0


async def _looked_at(services: Services, changes: dict[str, Any]) -> ClusterView:
    """The cluster as it is now, unless nobody finds out in time."""
    if changes:
        view = await services.cluster.change(changes)
    else:
        view = await services.cluster.look()
    loop = asyncio.get_running_loop()
    end = loop.time() + LOOK_S
    while _is_open(view) and loop.time() < end:
        await asyncio.sleep(_LOOK_AGAIN_S)
        view = await services.cluster.look()
    return view


def _is_open(view: ClusterView) -> bool:
    """Whether it is about to be found out how the cluster is."""
    looks = view.settings.configured and view.installed and view.message is None
    return looks and view.state is None


def _words(view: ClusterView) -> str:
    if not view.installed:
        return WITHOUT_DISTRIBUTED
    if view.message is not None:
        return view.message
    return "nobody has looked yet" if view.state is None else state_words(view.state)


def state_words(state: ClusterState) -> str:
    """How the cluster is, on one line."""
    if not state.connected:
        return f"not connected: {state.error or 'no reason is known'}"
    if state.workers == 0:
        return "connected, but it has no workers"
    workers = "1 worker" if state.workers == 1 else f"{state.workers} workers"
    return f"connected: {workers}, {state.free} of {state.slots} slots free"


def _amount(name: str, amount: float) -> str:
    return show.size(int(amount)) if name == "memory" else f"{amount:g}"


def _changes(said: list[str]) -> dict[str, Any]:
    """The settings that are said.

    Raises:
        InvalidInput: not of the form NAME=VALUE, or no such setting.
    """
    given = dict(pair(text, "a setting of the cluster") for text in said)
    known = shapes.ClusterRequest.model_fields
    for name in given:
        if name not in known:
            raise InvalidInput(f"The cluster has no setting “{name}”; it has {', '.join(known)}.")
    try:
        request = shapes.ClusterRequest.model_validate(given)  # leniently: all of them are texts
    except ValidationError as error:
        (first, *_) = error.errors()
        name = str(first["loc"][0])
        raise InvalidInput(f"“{name}” can't be {given[name]!r}: {first['msg']}.") from None
    return request.model_dump(exclude_none=True)
