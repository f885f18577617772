"""``serve``: being the conductor."""

import argparse
import sys

from jupyter_orchest_jobs.cli.config import state_dir
from jupyter_orchest_jobs.service.serve import conduct
from jupyter_orchest_jobs.service.state import StateDir


def serve(arguments: argparse.Namespace) -> int:
    """Conduct until a signal comes; in the background also until there is nothing to do.

    Returns:
        0; in the foreground 2 if there is a conductor already.
    """
    state = StateDir(state_dir(arguments.state_dir))
    if conduct(state, stay=not arguments.background) or arguments.background:
        return 0
    print(f"There is a conductor for {state.root} already.", file=sys.stderr)
    return 2
