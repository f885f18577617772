"""Tornado handlers, made from the route table: one for each path.

All of them are authenticated, and ask the server's authorizer with a resource of our own.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, ClassVar
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError

from jupyter_orchest_jobs.api import errors
from jupyter_orchest_jobs.api.call import Call, which_log
from jupyter_orchest_jobs.api.calls import CALLS
from jupyter_orchest_jobs.api.operations import AUTH_RESOURCE, NAMESPACE, OPERATIONS, Operation
from jupyter_orchest_jobs.errors import OrchestJobsError
from jupyter_orchest_jobs.render.process import render_to
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.service.runs import RunView, StepView

SETTING = "orchest_jobs_services"
"""The key of our :class:`Services` in the web application's settings."""
_CHUNK = 2**20


class Endpoint(APIHandler):
    """A path that answers with JSON."""

    auth_resource = AUTH_RESOURCE

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
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        try:
            answer = await CALLS[operation.name](self._call(operation, path))
        except OrchestJobsError as error:
            self._refuse(error)
            return
        self.set_status(operation.status)
        if operation.name == "create_job" and answer is not None:
            self.set_header("Location", f"{self.request.path}/{answer.id}")  # type: ignore[attr-defined]
        self.finish(answer.model_dump_json() if answer is not None else None)

    def _call(self, operation: Operation, path: dict[str, str]) -> Call:
        body = None
        if operation.request is not None:
            body = errors.read_body(operation.request, self.request.body)
        root = Path(self.settings["server_root_dir"]).expanduser()
        hidden = bool(self.contents_manager.allow_hidden)
        return Call(self.settings[SETTING], root, hidden, path, _query_of(self.request), body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer in our shape to what tornado or the Jupyter server refused."""
        message = _message(kwargs.get("exc_info")) or self._reason
        self.finish(json.dumps(errors.http_body(status_code, message)))

    def _refuse(self, error: OrchestJobsError) -> None:
        status = errors.status_of(error)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("%s %s", self.request.method, self.request.path, exc_info=error)
        self.set_status(status)
        self.finish(json.dumps(errors.body_of(error)))


class _StepFile(JupyterHandler):
    """Base of what gives a file of a step away."""

    auth_resource = AUTH_RESOURCE
    policy: ClassVar[tuple[str, ...]] = ("sandbox", "default-src 'none'")
    """What a browser may do with the file, should it show it."""

    def initialize(self, operations: Mapping[str, Operation]) -> None:
        """The route table knows one verb for these paths."""
        (self.operation,) = operations.values()

    @property
    def content_security_policy(self) -> str:
        """The server's policy, and ours."""
        return "; ".join([super().content_security_policy, *self.policy])

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong in plain words: they stand where the file would, in a frame of Lab."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(_message(kwargs.get("exc_info")) or self._reason)

    async def find(self, run_id: str, step_id: str) -> tuple[RunView, StepView]:
        """The step.

        Raises:
            HTTPError: 404 if there is none; 503 if the store can't be used.
        """
        services: Services = self.settings[SETTING]
        try:
            view = await services.runs.get(run_id)
            return view, await asyncio.to_thread(services.runs.step, view, step_id)
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None

    async def send(
        self, source: Path | BinaryIO | None, kind: str, name: str | None = None
    ) -> None:
        """Send a file in pieces.

        Args:
            source: its path, or the file itself; None if there is no such file.
            kind: its media type.
            name: if the browser shall save it: under which name.
        """
        self.set_header("Content-Type", kind)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        if source is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND, "This step has no such file yet.")
        if name is not None:
            # Not jupyter_server's way: browsers would show its + for a blank.
            saved = quote(re.sub(r"[\x00-\x1f/\\\x7f]", "_", name), safe="")
            self.set_header("Content-Disposition", f"attachment; filename*=utf-8''{saved}")
        try:
            file = await asyncio.to_thread(_opened, source)
        except OSError as error:  # deleted meanwhile
            raise web.HTTPError(HTTPStatus.NOT_FOUND, str(error.strerror)) from None
        try:
            while data := await asyncio.to_thread(file.read, _CHUNK):
                self.write(data)
                await self.flush()
        except StreamClosedError:
            self.log.debug("the browser stopped reading %s", self.request.path)
        finally:
            file.close()


class LogFile(_StepFile):
    """A step's whole log, to be saved."""

    @web.authenticated
    @authorized
    async def get(self, id: str, step: str) -> None:  # the name in the route
        """Send the log."""
        view, found = await self.find(id, step)
        services: Services = self.settings[SETTING]
        try:
            which = which_log(_query_of(self.request))
            logs = await asyncio.to_thread(services.runs.logs, view, step)
            log = await asyncio.to_thread(logs.open, *which)
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None
        of = f".attempt-{log.attempt}.try-{log.tries}" if log is not None and any(which) else ""
        name = f"run-{view.job.number}.{view.run.number}-{found.step.name}{of}.log"
        await self.send(log.file if log else None, "text/plain; charset=utf-8", name)


class NotebookFile(_StepFile):
    """A step's executed notebook, to be saved."""

    @web.authenticated
    @authorized
    async def get(self, id: str, step: str) -> None:  # the name in the route
        """Send the notebook."""
        view, found = await self.find(id, step)
        name = f"run-{view.job.number}.{view.run.number}-{Path(found.step.file_path).name}"
        await self.send(found.notebook, self.operation.content, name)


class NotebookPage(_StepFile):
    """A step's executed notebook as a page.

    It holds whatever the notebook's code put there, so it is shut into an origin of its own, by
    this header and by the frame that shows it, and may load nothing.
    """

    policy = (
        "sandbox allow-scripts",
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "font-src data:",
        "connect-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    )

    @web.authenticated
    @authorized
    async def get(self, id: str, step: str) -> None:  # the name in the route
        """Render the notebook, unless that was done, and send the page."""
        view, found = await self.find(id, step)
        if found.notebook is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND, "This step has no notebook yet.")
        services: Services = self.settings[SETTING]
        dark = self.get_query_argument("theme", "light") == "dark"
        try:
            page = await render_to(
                found.notebook,
                services.session.state.pages,
                theme="dark" if dark else "light",
                title=f"{found.step.name} · run {view.job.number}.{view.run.number}",
            )
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None
        await self.send(page, "text/html; charset=utf-8")


def _opened(source: Path | BinaryIO) -> BinaryIO:
    return source.open("rb") if isinstance(source, Path) else source


def _query_of(request: HTTPServerRequest) -> dict[str, str]:
    """The query of a request, the last value of each name."""
    return {
        name: values[-1].decode("utf-8", "replace")
        for name, values in request.query_arguments.items()
    }


def _message(exc_info: Any) -> str | None:
    """What an error that became an answer says to the user, if it says anything."""
    error = exc_info[1] if exc_info else None
    if isinstance(error, web.HTTPError) and error.log_message:
        return str(error.log_message % error.args)
    return None


_FILES: Mapping[str, type[_StepFile]] = {
    "download_log": LogFile,
    "download_notebook": NotebookFile,
    "get_html": NotebookPage,
}


def routes() -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """Tornado's routes, without the server's base URL."""
    paths: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = operation
    return [
        (
            f"/{NAMESPACE}/" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path.replace(".", r"\.")),
            _FILES.get(next(iter(operations.values())).name, Endpoint),
            {"operations": operations},
        )
        for path, operations in paths.items()
    ]
