"""A Dask cluster that executes runs: where it is, how it is, what runs ask of it."""

import ipaddress
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from jupyter_orchest_jobs.domain.jsontext import short
from jupyter_orchest_jobs.errors import InvalidInput, Problem

SCHEMES = ("tcp", "tls")
MOST_SLOTS = 1000
CONNECTING = "It is being connected."
"""What a state has as its error before anybody knows whether there is one."""
_EXAMPLE = "such as tls://scheduler.example.org:8786"
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMGTP]i?)?B?")
_POWERS = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


class ExecutorName(StrEnum):
    """Where the runs of a job are executed."""

    LOCAL = "local"
    """On the machine of the conductor."""
    DASK = "dask"
    """On the workers of the Dask cluster in the settings."""


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """Which cluster is used, and how.

    Attributes:
        address: of the scheduler; "" for no cluster.
        slots: how many runs a worker executes at once.
        tls_ca: path of the file with the certificates of authorities.
        tls_cert: path of the file with our certificate.
        tls_key: path of the file with its private key.
        store: fsspec URL of a folder that workers and this machine reach, through which files
            travel; "" to send them through the cluster.
        shared: whether workers see the state directory, at the same path.
    """

    address: str = ""
    slots: int = 1
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    store: str = ""
    shared: bool = False

    @property
    def configured(self) -> bool:
        """Whether there is a cluster."""
        return bool(self.address)

    @property
    def is_private(self) -> bool:
        """Whether nobody listens in: it is encrypted, or stays on this machine."""
        return self.address.startswith("tls://") or _is_loopback(_host_of(self.address))

    def check(self) -> None:
        """Come back only if the settings can be used.

        Raises:
            InvalidInput: all that is wrong with them, a problem each.
        """
        problems = [*self._problems_of_address(), *self._problems_of_tls()]
        if not 1 <= self.slots <= MOST_SLOTS:
            problems.append(f"A worker needs 1 to {MOST_SLOTS} slots, not {self.slots}.")
        if self.store and "://" not in self.store and not self.store.startswith("/"):
            problems.append(
                f"The store is a URL, such as s3://bucket/folder, or an absolute path; "
                f"“{self.store}” is neither."
            )
        if problems:
            raise InvalidInput.of([Problem(problem) for problem in problems])

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "ClusterSettings":
        """Settings with these values, by name; names of a later version are passed over."""
        return cls(**_known(cls, values))

    def _problems_of_address(self) -> Iterable[str]:
        if not self.configured:
            return
        try:
            parts = urlsplit(self.address)
            complete = parts.scheme in SCHEMES and parts.hostname and parts.port
            more = parts.path or parts.query or parts.fragment or parts.username
        except ValueError:  # a port that is no number
            complete, more = None, ""
        if not complete or more:
            yield (
                "The address of a scheduler is tls://host:port, or tcp://host:port on this "
                f"machine, {_EXAMPLE}; “{self.address}” is not."
            )
        elif not self.is_private:
            yield (
                f"Whoever reaches {self.address} can run programs, and read what is sent there: "
                "use TLS (tls://…) for a scheduler that isn't on this machine."
            )

    def _problems_of_tls(self) -> Iterable[str]:
        files = {"tls_ca": self.tls_ca, "tls_cert": self.tls_cert, "tls_key": self.tls_key}
        missing = [name for name, path in files.items() if not path]
        if self.address.startswith("tls://") and missing:
            yield f"TLS needs the paths of three files; set {', '.join(missing)}, too."
        for name, path in files.items():
            if path and not path.startswith("/"):
                yield f"{name} is the absolute path of a file; “{path}” is not absolute."


@dataclass(frozen=True, kw_only=True)
class ClusterState:
    """How the cluster was when the conductor looked last.

    Attributes:
        error: why it isn't connected, for people.
        workers: how many there are.
        slots: how many runs these execute at once.
        free: how many of these slots have no run.
        resources: name → the most of it that one worker has; memory in bytes.
        since: since when it is connected, or not.
        warnings: what people should know about it, such as versions that differ.
    """

    connected: bool
    since: datetime
    error: str | None = None
    workers: int = 0
    slots: int = 0
    free: int = 0
    resources: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The state as text."""
        return json.dumps({**asdict(self), "since": self.since.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> "ClusterState":
        """Read what :meth:`to_json` wrote; keys of a later version are passed over."""
        data = _known(cls, json.loads(text))
        since = datetime.fromisoformat(data["since"])
        return cls(**{**data, "since": since, "warnings": tuple(data.get("warnings", ()))})


def run_resources(steps: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """What a run asks of a worker: of each name the most that one of its steps asks.

    Args:
        steps: the ``resources`` of each step, as pipeline files have them.

    Raises:
        InvalidInput: an amount is none.
    """
    most: dict[str, float] = {}
    for step in steps:
        for name, amount in step.items():
            most[name] = max(most.get(name, 0.0), amount_of(amount))
    return most


def amount_of(value: Any) -> float:
    """An amount of a resource: a number, or one of bytes as a text, such as ``8GB`` or ``512MiB``.

    Raises:
        InvalidInput: it is none, or not above zero.
    """
    amount = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        amount = float(value)
    elif isinstance(value, str) and (found := _AMOUNT.fullmatch(value.strip())):
        number, unit = found.groups()
        unit = (unit or "").lower()
        base = 1024.0 if unit.endswith("i") else 1000.0
        amount = float(number) * base ** _POWERS.get(unit[:1], 0)
    if not (amount > 0 and math.isfinite(amount)):
        raise InvalidInput(f"{short(repr(value))} is no amount; write a number above 0, or “8GB”.")
    return amount


def lacking(
    wanted: Mapping[str, float], workers: Iterable[Mapping[str, float]]
) -> Mapping[str, float] | None:
    """What no worker of a cluster has enough of, at the same time as all else that a run asks for.

    Args:
        wanted: by the run, name → amount.
        workers: what each has in all.

    Returns:
        None if a worker has it all, or there are no workers now; else what the best of them lacks.
    """
    lacks = [
        {name: amount for name, amount in wanted.items() if has.get(name, 0.0) < amount}
        for has in workers
    ]
    return min(lacks, key=len, default=None) or None


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _known(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {key: value for key, value in data.items() if key in names}
