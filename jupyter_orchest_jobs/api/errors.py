"""From an error to the status and body of an answer: the one place where that is decided."""

import json
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from jupyter_orchest_jobs.errors import (
    ConductorUnavailable,
    ConfirmationNeeded,
    InvalidInput,
    NotFound,
    OrchestJobsError,
    StoreUnavailable,
    WrongState,
)

_STATUS: dict[type[OrchestJobsError], HTTPStatus] = {
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    WrongState: HTTPStatus.CONFLICT,
    ConfirmationNeeded: HTTPStatus.CONFLICT,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ConductorUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Malformed(OrchestJobsError):
    """The request itself can't be read."""

    code = "malformed"


def status_of(error: OrchestJobsError) -> HTTPStatus:
    """The status for an error; those that only a bug can cause are 500."""
    for kind in type(error).__mro__:
        if kind is Malformed:
            return HTTPStatus.BAD_REQUEST
        if kind in _STATUS:
            return _STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def body_of(error: OrchestJobsError) -> dict[str, Any]:
    """The body for an error, as :class:`.schemas.ErrorAnswer`."""
    return {"accept": None, **error.as_dict()}


def malformed(error: ValidationError | json.JSONDecodeError) -> Malformed:
    """The error for a body that isn't what the route takes."""
    if isinstance(error, json.JSONDecodeError):
        return Malformed(f"The body is not JSON: {error}.")
    lines = [
        f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in error.errors()
    ]
    return Malformed("\n".join(lines))
