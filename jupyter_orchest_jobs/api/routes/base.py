"""The form of a route: one verb on one path.

A server loads the route table at its start, but the shapes, and pydantic with them, only with the
first request: routes name their shapes, as if they were there.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from pydantic import BaseModel

Action = Literal["read", "write", "execute"]


@dataclass(frozen=True)
class Shape:
    """The name of a model.

    Attributes:
        module: of :mod:`jupyter_orchest_jobs.wire`.
        name: the model's in there.
    """

    module: str
    name: str

    def model(self) -> type[BaseModel]:
        """The model; imported now.

        Raises:
            AttributeError: there is none of this name.
        """
        module = import_module(f"jupyter_orchest_jobs.wire.{self.module}")
        return cast("type[BaseModel]", getattr(module, self.name))


class Shapes:
    """The models of a module, none of which is imported: each attribute is a :class:`Shape`."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Shape:
        """The name of a model, whether there is one or not; a test looks all of them up."""
        return Shape(self._module, name)


drafts, requests = Shapes("drafts"), Shapes("requests")
cluster, environments = Shapes("cluster"), Shapes("environments")
results, schemas = Shapes("results"), Shapes("schemas")


@dataclass(frozen=True)
class Query:
    """One query parameter; all are optional."""

    name: str
    kind: Literal["string", "integer", "boolean"]
    description: str


@dataclass(frozen=True)
class Operation:
    """One verb on one path.

    Attributes:
        name: the handler's name, and the operationId.
        path: below the namespace; ``{id}`` and ``{step}`` are path parameters.
        action: what jupyter_server's authorizer is asked for.
        answer, request: the shapes of the bodies, if they are JSON.
        status: of the answer when all is well.
        content: media type of the answer.
    """

    name: str
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    summary: str
    action: Action
    answer: Shape | None = None
    request: Shape | None = None
    query: tuple[Query, ...] = ()
    status: int = 200
    content: str = "application/json"


PAGE = (
    Query("cursor", "string", "next_cursor of the page before."),
    Query("limit", "integer", "Most items to answer with: 1 to 500, 100 if left out."),
)
SINCE = Query("since", "integer", "Only what changed after this revision, all in one page.")
