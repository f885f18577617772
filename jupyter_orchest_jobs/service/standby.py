"""Standing by: the conductor of a host that waits for its turn while another host conducts.

Where several hosts share a state directory, each one on which somebody wants something has a
conductor process. One of them has the lease and conducts. The others wait, and whoever finds it
free, or not renewed, goes on. So a wish is safe as soon as there is a conductor on its writer's
own host, as on a directory that only one host uses.
"""

import logging
import time
from collections.abc import Callable

from jupyter_orchest_jobs.files.beats import stamp_of
from jupyter_orchest_jobs.files.hosts import Sharing
from jupyter_orchest_jobs.files.lease import Candidate, Lease, Stand, Term
from jupyter_orchest_jobs.files.locks import FileLock
from jupyter_orchest_jobs.service.attach import close_the_door
from jupyter_orchest_jobs.service.state import StateDir

LEASE = "conductor.lease"
LOOK_S = 1.0
"""How often it is looked whether the turn has come, at most."""
_log = logging.getLogger(__name__)


def wait_for_turn(
    state: StateDir,
    sharing: Sharing,
    *,
    stay: bool,
    is_asked_to_leave: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
    elapsed: Callable[[], float] = time.monotonic,
) -> Lease | FileLock | None:
    """Wait until this host may conduct, or need not any more.

    Args:
        state: the state directory; the caller holds its host's conductor lock.
        sharing: how hosts get along.
        stay: whether to wait also when nobody is attached.
        is_asked_to_leave: whether somebody wants another conductor in this one's place.
        pause: waits for some seconds.
        elapsed: a clock that nobody sets, in seconds.

    Returns:
        The lease, being renewed; or the closed door (see :func:`.attach.close_the_door`) when
        another host conducts and nobody of this one is attached; None when asked to leave.
    """
    candidate = Candidate(state.hosts, LEASE, sharing, elapsed)
    first: object = None
    while not is_asked_to_leave():
        try:
            lease = candidate.try_take()
            if lease is not None:
                lease.keep()
                return lease
            other = candidate.other()
            if other is not None:
                if first is None:
                    first = _sign_of(other)
                    _log.info("%s conducts %s: standing by", other.host, state.root)
                # One that was killed a moment ago would let the last wishes lie.
                if not stay and _sign_of(other) != first:
                    door = _leave(state, candidate)
                    if door is not None:
                        return door
        except OSError as error:
            _log.warning("%s can't be looked at, trying again: %s", state.hosts, error)
        pause(min(LOOK_S, sharing.beat_s))
    return None


def _leave(state: StateDir, candidate: Candidate) -> FileLock | None:
    door = close_the_door(state)
    if door is None:
        return None
    try:
        # Asked behind the closed door: who is not leaving now sees all wishes of this host.
        other = candidate.other()
    except BaseException:
        door.release()
        raise
    if other is None or other.stand is not Stand.HELD:
        door.release()
        return None
    return door


def _sign_of(term: Term) -> object:
    """What changes when the holder is heard of."""
    return term.path, stamp_of(term.path)
