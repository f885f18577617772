"""Tornado handlers, made from the route table: one for each path; files are in :mod:`.files`.

All of them are authenticated, and ask the server's authorizer with a resource of our own. What
answers is imported with the first request.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web

from jupyter_orchest_jobs.api import errors
from jupyter_orchest_jobs.api.bodies import Bounded
from jupyter_orchest_jobs.api.call import SETTING, Call, message_of, query_of
from jupyter_orchest_jobs.api.files import FILES
from jupyter_orchest_jobs.api.operations import AUTH_RESOURCE, NAMESPACE, OPERATIONS, Operation
from jupyter_orchest_jobs.errors import OrchestJobsError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from jupyter_orchest_jobs.api.routes.base import Shape

    Calls = Mapping[str, Callable[[Call], Awaitable[BaseModel | None]]]


_QUICKLY_READ = 2**15
"""Bodies of so many bytes are read in less time than it takes to ask a thread."""


class Endpoint(Bounded, APIHandler):
    """A path that answers with JSON."""

    auth_resource = AUTH_RESOURCE
    calls: ClassVar[Calls | None] = None

    def initialize(self, operations: Mapping[str, Operation]) -> None:
        """Take what the route table says of this path: verb → operation."""
        self.operations = operations

    @web.authenticated
    @authorized
    async def get(self, **path: str) -> None:
        """Answer."""
        await self._answer(path)

    @web.authenticated
    @authorized
    async def post(self, **path: str) -> None:
        """Answer."""
        await self._answer(path)

    @web.authenticated
    @authorized
    async def patch(self, **path: str) -> None:
        """Answer."""
        await self._answer(path)

    @web.authenticated
    @authorized
    async def delete(self, **path: str) -> None:
        """Answer."""
        await self._answer(path)

    async def _answer(self, path: dict[str, str]) -> None:
        operation = self.operations.get(self.request.method or "")
        if operation is None:
            raise web.HTTPError(HTTPStatus.METHOD_NOT_ALLOWED)
        if operation.action == "execute" and not await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", AUTH_RESOURCE)
        ):
            # As jupyter_server says it of the other two.
            message = f"User is not authorized to execute on resource: {AUTH_RESOURCE}."
            raise web.HTTPError(HTTPStatus.FORBIDDEN, message)
        try:
            if Endpoint.calls is None:
                Endpoint.calls = await asyncio.to_thread(_calls)
            body = None if operation.request is None else await self._read(operation.request)
            answer = await Endpoint.calls[operation.name](self._call(operation, path, body))
        except OrchestJobsError as error:
            self._refuse(error)
            return
        self.set_status(operation.status)
        if operation.name == "create_job" and answer is not None:
            self.set_header("Location", f"{self.request.path}/{answer.id}")  # type: ignore[attr-defined]
        self.finish(answer.model_dump_json() if answer is not None else None)

    def _call(self, operation: Operation, path: dict[str, str], body: BaseModel | None) -> Call:
        root = Path(self.settings["server_root_dir"]).expanduser()
        hidden = bool(self.contents_manager.allow_hidden)
        return Call(self.settings[SETTING](), root, hidden, path, query_of(self.request), body)

    async def _read(self, shape: Shape) -> BaseModel:
        model, data = shape.model(), self.body
        if len(data) <= _QUICKLY_READ:
            return errors.read_body(model, data)
        return await asyncio.to_thread(errors.read_body, model, data)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer in our shape to what tornado or the Jupyter server refused."""
        message = message_of(kwargs.get("exc_info")) or self._reason
        self.finish(json.dumps(errors.http_body(status_code, message)))

    def _refuse(self, error: OrchestJobsError) -> None:
        status = errors.status_of(error)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("%s %s", self.request.method, self.request.path, exc_info=error)
        self.set_status(status)
        self.finish(json.dumps(errors.body_of(error)))


def _calls() -> Calls:
    """All operations by name, with all that they need. For a thread: the import takes a while."""
    import jupyter_orchest_jobs.service.build  # noqa: F401  # the import is the work
    from jupyter_orchest_jobs.api.calls import CALLS

    return CALLS


def routes() -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """Tornado's routes, without the server's base URL."""
    paths: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = operation
    return [
        (
            f"/{NAMESPACE}/" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path.replace(".", r"\.")),
            FILES.get(next(iter(operations.values())).name, Endpoint),
            {"operations": operations},
        )
        for path, operations in paths.items()
    ]
