"""One request, as the operations see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tornado import web
from tornado.httputil import HTTPServerRequest

from jupyter_orchest_jobs.api.errors import Malformed
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.paths import inside

if TYPE_CHECKING:
    from pydantic import BaseModel

    from jupyter_orchest_jobs.service.build import Services

SETTING = "orchest_jobs_services"
"""The key, in the web application's settings, of what gives our :class:`Services`."""
E = TypeVar("E", JobStatus, RunStatus)
MAX_PAGE = 500
MAX_TEXT = 1_000
MAX_LOG_PIECE = 2**22


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        root: the server's root directory.
        hidden: whether hidden files may be used, as the server's file browser has it.
        path: the path parameters.
        query: the query parameters, the last one of each name.
        body: the validated body; None for operations without one.
    """

    services: Services
    root: Path
    hidden: bool
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: BaseModel | None

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """An integer of the query.

        Raises:
            Malformed: not an integer from ``least`` to ``most``.
        """
        return _number(self.query, name, default, least, most)

    def text(self, name: str, most: int) -> str:
        """A text of the query; empty if it is left out.

        Raises:
            Malformed: it has more characters than ``most``.
        """
        text = self.query.get(name, "")
        if len(text) > most:
            raise Malformed(f"“{name}” has more than {most:,} characters.")
        return text

    def flag(self, name: str) -> bool:
        """A yes or no of the query; no if it is left out.

        Raises:
            Malformed: neither true nor false.
        """
        return flag_of(self.query, name)

    def since(self) -> int | None:
        """The revision after which changes are asked for."""
        return self.number("since", 0, 0, 2**62) if "since" in self.query else None

    def status(self, kind: type[E]) -> E | None:
        """The status of the query.

        Raises:
            Malformed: there is no such status.
        """
        text = self.query.get("status")
        if text is None:
            return None
        try:
            return kind(text)
        except ValueError:
            raise Malformed(f"There is no status {text}; use {', '.join(kind)}.") from None

    def page(self) -> tuple[str | None, int]:
        """The cursor and the size of the page that is asked for."""
        return self.query.get("cursor"), self.number("limit", 100, 1, MAX_PAGE)


def which_log(query: Mapping[str, str]) -> tuple[int | None, int | None]:
    """The attempt and the try whose log is asked for; None for what is left out.

    Raises:
        Malformed: not whole numbers from 1.
    """
    attempt, tries = (_number(query, name, 0, 1, 2**31) for name in ("attempt", "try"))
    return attempt or None, tries or None


def _number(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Malformed(f"“{name}” must be a whole number from {least} to {most}.")
    return value


def query_of(request: HTTPServerRequest) -> dict[str, str]:
    """The query of a request, the last value of each name."""
    return {
        name: values[-1].decode("utf-8", "replace")
        for name, values in request.query_arguments.items()
    }


def flag_of(query: Mapping[str, str], name: str) -> bool:
    """A yes or no of a query; no if it is left out.

    Raises:
        Malformed: neither true nor false.
    """
    text = query.get(name, "false")
    if text not in ("true", "false"):
        raise Malformed(f"“{name}” must be true or false.")
    return text == "true"


def message_of(exc_info: Any) -> str | None:
    """What an error that became an answer says to the user, if it says anything."""
    error = exc_info[1] if exc_info else None
    if isinstance(error, web.HTTPError) and error.log_message:
        return str(error.log_message % error.args)
    return None


def file_of(call: Call, path: str) -> Path:
    """A file of the server's tree, by the path that the file browser shows.

    Raises:
        InvalidInput: outside of the server's root.
        NotFound: hidden, and the server shows no hidden files.
    """
    relative = path.lstrip("/")
    inside(call.root, relative)  # refuses what is outside, links included
    hidden = any(part.startswith(".") and part not in (".", "..") for part in relative.split("/"))
    if hidden and not call.hidden:
        raise NotFound(f"There is no file {relative}.")
    return call.root / relative
