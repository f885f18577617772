"""Which versions workers have: runs use what is installed there."""

import platform
from collections.abc import Mapping
from importlib.metadata import distributions

OURS = "jupyter_orchest_jobs"
_PYTHON = "Python"
_MOST = 10


def installed() -> dict[str, str]:
    """Python, and each package that is installed beside this one, with its version."""
    found = {_PYTHON: platform.python_version()}
    for one in distributions():
        name = one.metadata["Name"]
        if name:
            found.setdefault(name.lower().replace("_", "-"), one.version)
    return found


def differences(expected: Mapping[str, str]) -> list[str]:
    """How this Python differs from another one, for people; the first few differences.

    Args:
        expected: what :func:`installed` says there.
    """
    here = installed()
    said = [
        f"{name} {here[name]} (not {version})" if name in here else f"no {name} ({version})"
        for name, version in sorted(expected.items())
        if here.get(name) != version
    ]
    more = len(said) - _MOST
    return said[:_MOST] + ([f"{more} more"] if more > 0 else [])
