"""Which host's runner has an attempt, where several hosts share the state directory."""

import json

from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.files.atomic import write_atomic
from jupyter_orchest_jobs.files.hosts import Sharing


def write(folder: AttemptFolder, sharing: Sharing) -> None:
    """Claim an attempt for this host, before its runner exists.

    Raises:
        OSError: it can't be written.
    """
    # The beat first: a claim without one is that of a runner that was given up.
    folder.beat.touch(0o600)
    claim = {"v": 1, "host": sharing.host, "lease_s": sharing.lease_s}
    write_atomic(folder.claim, json.dumps(claim).encode())


def read(folder: AttemptFolder) -> Sharing | None:
    """Whose attempt it is; None if nobody has claimed it.

    Raises:
        OSError: nobody knows now.
    """
    try:
        claim = json.loads(folder.claim.read_bytes())
        return Sharing(str(claim["host"]), float(claim["lease_s"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
