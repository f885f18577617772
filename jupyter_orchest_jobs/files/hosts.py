"""Which host this is, for a folder that several hosts use at the same time."""

import hashlib
import platform
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LEASE_S = 60.0
"""After so many seconds without a beat, a host believes that a process of another one is dead."""
BEATS = 12
"""How often a living process beats within that time."""


def boot_id() -> str:
    """Names this boot of the machine; process ids mean nothing across boots."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    import psutil  # where there is no /proc; servers that start do without it

    return f"{psutil.boot_time():.0f}"


def host_id() -> str:
    """Names those processes which see each other's locks: one boot of one host, or container.

    Two that are different may be the same machine before and after a restart: nothing follows
    from a difference but that only beats can tell whether the other one lives.

    Returns:
        A name that can be that of a folder.
    """
    name = re.sub(r"[^A-Za-z0-9.-]", "-", platform.node())[:64].lstrip(".")
    return f"{name}-{hashlib.sha256(boot_id().encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Sharing:
    """How hosts that share a folder get along.

    Attributes:
        host: which of them this is.
        lease_s: how long one that isn't heard of is waited for; the same for all of them.
    """

    host: str = field(default_factory=host_id)
    lease_s: float = LEASE_S

    @property
    def beat_s(self) -> float:
        """How often whoever lives says so, in seconds."""
        return self.lease_s / BEATS
