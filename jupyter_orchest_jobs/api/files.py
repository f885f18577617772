"""Handlers of what is sent as a file: logs, notebooks, pages, files of runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator, Iterator, Mapping
from http import HTTPStatus
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.iostream import StreamClosedError

from jupyter_orchest_jobs.api import errors
from jupyter_orchest_jobs.api.bodies import Bounded
from jupyter_orchest_jobs.api.call import SETTING, flag_of, message_of, query_of, which_log
from jupyter_orchest_jobs.api.operations import AUTH_RESOURCE, Operation
from jupyter_orchest_jobs.errors import OrchestJobsError
from jupyter_orchest_jobs.files.reading import open_file
from jupyter_orchest_jobs.render.policy import FILE, FRAME, HEADERS, PAGE

if TYPE_CHECKING:
    from jupyter_orchest_jobs.render.html import Theme
    from jupyter_orchest_jobs.service.build import Services
    from jupyter_orchest_jobs.service.runs import RunView, StepView

_CHUNK = 2**20
_LONGEST, _SUFFIX = 120, 20
"""Characters, which may take several bytes each, of the name under which a file is saved."""
_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
MOST_SENT = 64
"""So many files are sent at once: each holds one open for as long as its reader likes."""


class _File(Bounded):
    """Base of what gives a file away."""

    auth_resource = AUTH_RESOURCE
    most = 0
    sent: ClassVar[int] = 0
    """How many files are being sent at this moment."""
    policy: tuple[str, ...] = FILE
    """What a browser may do with the file, should it show it."""

    def initialize(self, operations: Mapping[str, Operation]) -> None:
        """The route table knows one verb for these paths."""
        (self.operation,) = operations.values()

    async def prepare(self) -> None:  # type: ignore[override]  # as in APIHandler
        """Refuse whom the server doesn't know, and who comes while too many are being served."""
        await super().prepare()
        if not self._finished:
            _check_room()

    @property
    def content_security_policy(self) -> str:
        """The server's policy, and ours."""
        return "; ".join([super().content_security_policy, *self.policy])

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong in plain words: they stand where the file would, in a frame of Lab."""
        self._say_what(_TEXT)
        self.finish(message_of(kwargs.get("exc_info")) or self._reason)

    async def find(self, run_id: str, step_id: str) -> tuple[RunView, StepView]:
        """The step.

        Raises:
            HTTPError: 404 if there is none; 503 if the store can't be used.
        """
        services: Services = self.settings[SETTING]()
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
        if source is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND, "This step has no such file yet.")
        try:
            file = await asyncio.to_thread(_opened, source)
        except OSError as error:  # deleted meanwhile
            raise web.HTTPError(HTTPStatus.NOT_FOUND, str(error.strerror)) from None
        try:
            await self.send_pieces(_pieces(file), kind, name)
        finally:
            await asyncio.to_thread(file.close)

    async def send_pieces(self, pieces: Iterator[bytes], kind: str, name: str | None) -> None:
        """Send what comes in pieces, each of which is made in a thread when it is its turn.

        Raises:
            HTTPError: 429 if too many others came in the meantime.
        """
        _check_room()
        self._say_what(kind)
        if name is not None:
            # Not jupyter_server's way: browsers would show its + for a blank.
            saved = quote(re.sub(r"[\x00-\x1f/\\\x7f]", "_", _cut(name)), safe="")
            self.set_header("Content-Disposition", f"attachment; filename*=utf-8''{saved}")
        _File.sent += 1
        try:
            while data := await asyncio.to_thread(next, pieces, b""):
                self.write(data)
                await self.flush()
        except StreamClosedError:
            self.log.debug("the browser stopped reading %s", self.request.path)
        finally:
            _File.sent -= 1
            if isinstance(pieces, Generator):
                await asyncio.to_thread(pieces.close)

    def _say_what(self, kind: str) -> None:
        self.set_header("Content-Type", kind)
        self.set_header("Content-Security-Policy", self.content_security_policy)
        for name, value in HEADERS.items():
            self.set_header(name, value)


class LogFile(_File):
    """A step's whole log, to be saved."""

    @web.authenticated
    @authorized
    async def get(self, id: str, step: str) -> None:  # the name in the route
        """Send the log."""
        view, found = await self.find(id, step)
        services: Services = self.settings[SETTING]()
        try:
            which = which_log(query_of(self.request))
            logs = await asyncio.to_thread(services.runs.logs, view, step)
            log = await asyncio.to_thread(logs.open, *which)
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None
        of = f".attempt-{log.attempt}.try-{log.tries}" if log is not None and any(which) else ""
        name = f"run-{view.job.number}.{view.run.number}-{found.step.name}{of}.log"
        await self.send(log.file if log else None, _TEXT, name)


class NotebookFile(_File):
    """A step's executed notebook, to be saved."""

    @web.authenticated
    @authorized
    async def get(self, id: str, step: str) -> None:  # the name in the route
        """Send the notebook."""
        view, found = await self.find(id, step)
        name = f"run-{view.job.number}.{view.run.number}-{Path(found.step.file_path).name}"
        await self.send(found.notebook, self.operation.content, name)


class NotebookPage(_File):
    """A step's executed notebook as a page, or the page around it."""

    policy: tuple[str, ...] = PAGE

    @web.authenticated
    @authorized
    async def get(self, id: str, step: str) -> None:  # the name in the route
        """Render the notebook, unless that was done, and send the page."""
        from jupyter_orchest_jobs.render.frame import framed  # servers start without these
        from jupyter_orchest_jobs.render.process import render_to

        view, found = await self.find(id, step)
        if found.notebook is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND, "This step has no notebook yet.")
        services: Services = self.settings[SETTING]()
        query = query_of(self.request)
        theme: Theme = "dark" if query.get("theme") == "dark" else "light"
        title = f"{found.step.name} · run {view.job.number}.{view.run.number}"
        try:
            if self._is_alone or flag_of(query, "framed"):
                self.policy = FRAME
                # Once it can be seen, begin with the cell that failed.
                around = framed(f"html?theme={theme}#failure", theme=theme, title=title)
                await self.send(BytesIO(around.encode("utf-8", "replace")), _HTML)
                return
            page = await render_to(
                found.notebook, services.session.state.pages, theme=theme, title=title
            )
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None
        await self.send(page, _HTML)

    @property
    def _is_alone(self) -> bool:
        """Whether a browser would show the page in a tab of its own, which it could leave."""
        return self.request.headers.get("Sec-Fetch-Dest") == "document"


class RunFile(_File):
    """One file of a run, to be saved."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:  # the name in the route
        """Send the file."""
        services: Services = self.settings[SETTING]()
        path = query_of(self.request).get("path", "")
        try:
            file = await services.files.open(id, path)
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None
        await self.send(file, self.operation.content, path.rpartition("/")[2])


class RunArchive(_File):
    """All files of a run, to be saved."""

    @web.authenticated
    @authorized
    async def get(self, id: str) -> None:  # the name in the route
        """Pack the files while they are sent."""
        services: Services = self.settings[SETTING]()
        try:
            changed = flag_of(query_of(self.request), "changed")
            view = await services.runs.get(id)
            pieces = await services.files.archive(id, changed)
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None
        which = "-changed" if changed else ""
        name = f"run-{view.job.number}.{view.run.number}{which}.zip"
        await self.send_pieces(pieces, self.operation.content, name)


class Lock(_File):
    """The packages of an environment, to be saved."""

    @web.authenticated
    @authorized
    async def get(self, id: str, environment: str) -> None:  # the names in the route
        """Send the requirements."""
        services: Services = self.settings[SETTING]()
        try:
            job, text = await services.environments.lock(id, environment)
        except OrchestJobsError as error:
            raise web.HTTPError(errors.status_of(error), error.message) from None
        name = f"job-{job.number}-requirements.txt"
        await self.send(BytesIO(text.encode()), _TEXT, name)


FILES: Mapping[str, type[_File]] = {
    "download_log": LogFile,
    "download_notebook": NotebookFile,
    "get_html": NotebookPage,
    "download_run_file": RunFile,
    "download_run_files": RunArchive,
    "download_lock": Lock,
}
"""By the operation's name in the route table."""


def _check_room() -> None:
    if _File.sent >= MOST_SENT:
        raise web.HTTPError(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"{MOST_SENT} files are being sent. Ask again when one of them has ended.",
        )


def _cut(name: str) -> str:
    """A name that is not longer than names of files can be: its beginning, and its suffix."""
    suffix = PurePosixPath(name).suffix[:_SUFFIX]
    return name if len(name) <= _LONGEST else name[: _LONGEST - len(suffix)] + suffix


def _opened(source: Path | BinaryIO) -> BinaryIO:
    return open_file(source) if isinstance(source, Path) else source


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while data := file.read(_CHUNK):
        yield data
