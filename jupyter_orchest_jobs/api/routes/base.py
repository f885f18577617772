"""The form of a route: one verb on one path."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

Action = Literal["read", "write", "execute"]


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
        status: of the answer when all is well.
        content: media type of the answer.
    """

    name: str
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    summary: str
    action: Action
    answer: type[BaseModel] | None = None
    request: type[BaseModel] | None = None
    query: tuple[Query, ...] = ()
    status: int = 200
    content: str = "application/json"


PAGE = (
    Query("cursor", "string", "next_cursor of the page before."),
    Query("limit", "integer", "Most items to answer with: 1 to 500, 100 if left out."),
)
SINCE = Query("since", "integer", "Only what changed after this revision, all in one page.")
