"""After an update of the program: a conductor of an older version makes room for a newer one.

It may leave at any time: runs belong to their runners. It is asked by a file, since the number of
a process that has ended may be another process's by now; and it is asked by name, so that what
was meant for one conductor never sends the next one away.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from jupyter_orchest_jobs._version import __version__
from jupyter_orchest_jobs.domain.ids import new_id
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.service.attach import is_conducting
from jupyter_orchest_jobs.service.state import StateDir

LOOK_S = 0.5
"""How often a conductor looks whether it is asked to leave."""
PATIENCE_S = 10.0
"""How long somebody waits for it."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """Which conductor is meant, and a version: its own, or of who asks it to leave."""

    conductor: str
    version: str


def announce(state: StateDir, version: str = __version__) -> Card:
    """Say which program conducts; for who has just got the conductor's lock.

    Raises:
        OSError: the state directory can't be written.
    """
    card = Card(new_id(), version)
    _write(_card_path(state), card)
    return card


async def leave_when_asked(state: StateDir, card: Card, leave: Callable[[], None]) -> None:
    """Wait until a newer program asks this conductor to leave, and do so.

    Args:
        card: what it announced.
    """
    while not await asyncio.to_thread(is_asked_to_leave, state, card):  # noqa: ASYNC110  # files tell, no event
        await asyncio.sleep(LOOK_S)
    leave()


def is_asked_to_leave(state: StateDir, card: Card) -> bool:
    """Whether a newer program asks this conductor to leave.

    Args:
        card: what it announced.
    """
    asked = _read(_request_path(state))
    if asked is None or asked.conductor != card.conductor or not _is_older(card, asked):
        return False
    _log.info("leaving, since the program was updated to version %s", asked.version)
    return True


def ask_older_to_leave(
    state: StateDir, version: str = __version__, patience_s: float = PATIENCE_S
) -> bool:
    """Let a conductor of an older version leave, if one conducts. Blocks until it has.

    Whoever wants something then starts one of its own version, as if there had been none.

    Returns:
        Whether one has left.
    """
    found = _read(_card_path(state))
    request = Card(found.conductor if found else "", version)
    if found is None or not _is_older(found, request) or not is_conducting(state):
        return False
    _log.info("asking the conductor of version %s to leave", found.version)
    try:
        _write(_request_path(state), request)
    except OSError as error:
        _log.warning("a conductor of version %s can't be asked to leave: %s", found.version, error)
        return False
    deadline = time.monotonic() + patience_s
    while is_conducting(state) and _read(_card_path(state)) == found:
        if time.monotonic() > deadline:
            _log.warning("a conductor of version %s goes on, though asked to leave", found.version)
            return False
        time.sleep(0.05)
    return True


def _is_older(one: Card, other: Card) -> bool:
    try:
        return Version(one.version) < Version(other.version)
    except InvalidVersion:
        return False


def _card_path(state: StateDir) -> Path:
    return state.conductor_lock.with_name("conductor.json")


def _request_path(state: StateDir) -> Path:
    return state.conductor_lock.with_name("conductor.leave.json")


def _write(path: Path, card: Card) -> None:
    write_atomic(path, json.dumps({"v": 1, **asdict(card)}).encode())


def _read(path: Path) -> Card | None:
    """What is there; None if there is nothing, or nothing that can be understood."""
    try:
        found = json.loads(path.read_bytes())
        return Card(str(found["conductor"]), str(found["version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
