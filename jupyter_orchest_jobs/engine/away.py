"""Attempts that the worker of a cluster executes: what is known of them on this machine."""

import json
from dataclasses import asdict, dataclass

from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.files.atomic import write_atomic


@dataclass(frozen=True)
class Away:
    """Where an attempt was given to; written before anybody is asked to execute it.

    Attributes:
        address: of the cluster's scheduler.
        scheduler: its id, which another one at the same address doesn't have; "" as long as it
            has not been asked.
        key: of the task.
        is_back: whether the attempt's files are all here.
        lost: why nothing more will come of it, for people; None as long as something may.
    """

    address: str
    scheduler: str
    key: str
    is_back: bool = False
    lost: str | None = None


def write(folder: AttemptFolder, away: Away) -> None:
    """Note it, for good.

    Raises:
        OSError: it can't be written.
    """
    write_atomic(folder.away, json.dumps({"v": 1, **asdict(away)}).encode())


def read(folder: AttemptFolder) -> Away | None:
    """What is noted; None if the attempt was given to no cluster.

    Raises:
        OSError: nobody knows now.
    """
    try:
        data = json.loads(folder.away.read_bytes())
        return Away(
            str(data["address"]),
            str(data["scheduler"]),
            str(data["key"]),
            bool(data["is_back"]),
            data["lost"],
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def has_files(folder: AttemptFolder) -> bool:
    """Whether the attempt has left its files here: then another one can go on with them.

    Raises:
        OSError: nobody knows now.
    """
    away = read(folder)
    return away is None or away.is_back
