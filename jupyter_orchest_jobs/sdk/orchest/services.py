"""Orchest's functions for services, which don't exist here."""

from __future__ import annotations

from typing import Any

from .error import ServiceNotFound

_WHY = (
    "Services of a pipeline are not started here. Start what you need yourself, and give its "
    "address to the step as a parameter or an environment variable."
)


def get_service(name: str) -> dict[str, Any]:
    """Fail: there are no services.

    Raises:
        ServiceNotFound: always; it says what to do instead.
    """
    raise ServiceNotFound(f"There is no service {name!r}. {_WHY}")


def get_services() -> dict[str, dict[str, Any]]:
    """Fail: there are no services.

    Raises:
        ServiceNotFound: always; it says what to do instead.
    """
    raise ServiceNotFound(_WHY)
