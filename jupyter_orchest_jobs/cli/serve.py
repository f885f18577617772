"""``serve``: being the conductor."""

import argparse
import signal
import sys
import time
from types import FrameType

from jupyter_orchest_jobs.cli.config import shared_by_hosts, state_dir
from jupyter_orchest_jobs.service.attach import is_conducting
from jupyter_orchest_jobs.service.serve import conduct
from jupyter_orchest_jobs.service.state import StateDir

LOOK_S = 1.0
"""How often somebody who waits for their turn looks whether it has come."""


def serve(arguments: argparse.Namespace) -> int:
    """Conduct until a signal comes; in the background also until there is nothing to do.

    In the foreground it waits for its turn while there is another conductor: one that a server
    started, for example, and that leaves some time.

    Returns:
        0
    """
    given = arguments.state_dir
    state = StateDir(state_dir(given), shared_by_hosts(given))
    # Also while waiting, to be stopped is what a service is for, and no failure.
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        if conduct(state, stay=not arguments.background) or arguments.background:
            return 0
        print(
            f"There is a conductor for {state.root} already; waiting for its end.",
            file=sys.stderr,
            flush=True,
        )
        while is_conducting(state) or not conduct(state, stay=True):
            time.sleep(LOOK_S)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
