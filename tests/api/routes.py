"""Tornado's own table of routes, as far as it is ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from jupyter_orchest_jobs.api.operations import NAMESPACE, Operation
from tests.servers import BASE


@dataclass(frozen=True)
class Route:
    """One path in tornado's table.

    Attributes:
        path: with ``{name}`` for its parameters, below the base URL.
        handler: its class.
    """

    path: str
    handler: type[Any]
    operations: Mapping[str, Operation]


def our_routes(web_app: Any) -> list[Route]:
    """The routes that lead to handlers of ours, wherever tornado keeps them."""
    return [
        Route(_template(rule.matcher.regex), rule.target, rule.target_kwargs["operations"])
        for rule in _rules(web_app.default_router)
        if isinstance(rule.target, type) and rule.target.__module__.startswith("jupyter_orchest")
    ]


def targets(web_app: Any, operation: Operation) -> Mapping[str, Any]:
    """What the handler is given to which tornado sends the path of an operation."""
    path = f"{BASE}{NAMESPACE}/{operation.path}".replace("{id}", "1").replace("{step}", "2")
    line = RequestStartLine(operation.method, path, "HTTP/1.1")
    headers = HTTPHeaders(Host="localhost")
    request = HTTPServerRequest(connection=_Connection(), start_line=line, headers=headers)
    return web_app.find_handler(request).handler_kwargs


class _Connection:
    """As much of a connection as a request looks at."""

    context = None


def _rules(router: Any) -> list[Any]:
    return [
        inner
        for rule in router.rules
        for inner in (_rules(rule.target) if hasattr(rule.target, "rules") else [rule])
    ]


def _template(regex: Any) -> str:
    path = regex.pattern.removesuffix("$").removeprefix(BASE.rstrip("/"))
    for name in regex.groupindex:
        path = path.replace(f"(?P<{name}>[^/]+)", f"{{{name}}}")
    return path.replace("\\", "")
