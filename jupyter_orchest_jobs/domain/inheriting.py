"""Which environment variables a process of ours hands down to those that it starts.

The rule about a server's secrets stands here and nowhere else: what lets its bearer act on a
Jupyter server or a hub is never handed down, and neither are variables of an outer run. It holds
for whatever is started: conductor, runners, hosts, steps, pages, git, interpreters that are asked.
"""

import re
from collections.abc import Mapping

OURS = "ORCHEST_"
"""How the names of variables begin that we give to steps."""

_SECRET = re.compile(
    r"(JUPYTER|JPY_|CONFIGPROXY).*(TOKEN|PASSWORD|SECRET|COOKIE|API_KEY|CRYPT_KEY)", re.IGNORECASE
)
_SERVER_OWN = frozenset(
    {"JPY_SESSION_NAME", "JPY_PARENT_PID", "JPY_INTERRUPT_EVENT", "IPY_INTERRUPT_EVENT"}
)


def inheritable(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that a process gets from whoever starts it."""
    return {
        name: value
        for name, value in environ.items()
        if not (name in _SERVER_OWN or name.startswith(OURS) or _SECRET.match(name))
    }
