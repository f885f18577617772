"""From an error to the status and body of an answer: the one place where that is decided.

Shapes, and pydantic with them, are imported when the first body is read.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_orchest_jobs.domain import jsontext
from jupyter_orchest_jobs.errors import (
    MOST_PROBLEMS,
    ConductorUnavailable,
    ConfirmationNeeded,
    InvalidInput,
    NotFound,
    OrchestJobsError,
    StoreUnavailable,
    WrongState,
)

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from jupyter_orchest_jobs.wire.requests import RuleRequest

M = TypeVar("M", bound="BaseModel")
MAX_BODY = jsontext.MAX_BYTES
"""Largest body that is read: as large as the largest parameters file."""


class Malformed(OrchestJobsError):
    """The request itself can't be read."""

    code = "malformed"


class TooLarge(Malformed):
    """The request's body is larger than anything that we take."""

    code = "too_large"


_STATUS: dict[type[OrchestJobsError], HTTPStatus] = {
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Malformed: HTTPStatus.BAD_REQUEST,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    WrongState: HTTPStatus.CONFLICT,
    ConfirmationNeeded: HTTPStatus.CONFLICT,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ConductorUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: OrchestJobsError) -> HTTPStatus:
    """The status for an error; those that only a bug can cause are 500."""
    for kind in type(error).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def body_of(error: OrchestJobsError) -> dict[str, Any]:
    """The body for an error, as :class:`.schemas.ErrorAnswer`."""
    return {"accept": None, **error.as_dict()}


def http_body(status: int, message: str) -> dict[str, Any]:
    """The body for what tornado or the Jupyter server refused: in the same shape."""
    try:
        code = HTTPStatus(status).name.lower()
    except ValueError:
        code = OrchestJobsError.code
    return {"code": code, "message": message, "problems": [], "accept": None}


def read_body(shape: type[M], body: bytes) -> M:
    """The body of a request.

    Raises:
        Malformed: it is not JSON, or has not the shape; with everything that is wrong.
    """
    from pydantic import ValidationError

    if len(body) > MAX_BODY:
        raise TooLarge(f"The body is larger than {MAX_BODY // 2**20} MB.")
    try:
        text = jsontext.decode(body or b"{}", "body")
        jsontext.parse(text, "body")
    except jsontext.JsonProblem as error:
        raise Malformed(error.of("The body")) from None
    try:
        # Strictly, and so from the text: a list in Python is no tuple, but in JSON it is.
        return shape.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise _misshapen("body", error) from None


def read_rules(text: str) -> list[RuleRequest]:
    """The rules in the query parameter ``where``.

    Raises:
        Malformed: it is not JSON, or not a list of rules; with everything that is wrong.
    """
    from pydantic import TypeAdapter, ValidationError

    from jupyter_orchest_jobs.wire.requests import RuleRequest

    try:
        jsontext.parse(text, "where")
    except jsontext.JsonProblem as error:
        raise Malformed(error.of("“where”")) from None
    try:
        return TypeAdapter(list[RuleRequest]).validate_json(text, strict=True)
    except ValidationError as error:
        raise _misshapen("where", error) from None


def _misshapen(what: str, error: ValidationError) -> Malformed:
    if error.error_count() > MOST_PROBLEMS:  # to name them takes a thousand times their memory
        return Malformed(f"{what} has {error.error_count():,} fields that it can't have.")
    lines = [f"{'.'.join(map(str, item['loc'])) or what}: {item['msg']}" for item in error.errors()]
    return Malformed("\n".join(lines))
