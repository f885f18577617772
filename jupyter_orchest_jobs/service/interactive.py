"""Lets notebooks that are being written `import orchest`, as in jobs.

Kernels and terminals inherit the variables of their server. It adds the SDK's folder at the end of
``PYTHONPATH``, so nothing of the user's is covered by it; packages of the environment come after.
"""

import os
from collections.abc import MutableMapping
from pathlib import Path

SDK = Path(__file__).parent.parent / "sdk"


def offer_sdk(environ: MutableMapping[str, str], root: str, data: Path) -> None:
    """Set what the SDK needs in the processes that a server starts.

    Args:
        environ: of the server; changed.
        root: the server's root: nobody looks for pipelines above it.
        data: the folder that all runs and notebooks share.
    """
    path = environ.get("PYTHONPATH", "")
    if str(SDK) not in path.split(os.pathsep):
        # An empty item would mean the current folder.
        environ["PYTHONPATH"] = f"{path}{os.pathsep}{SDK}" if path else str(SDK)
    environ["ORCHEST_SESSION_TYPE"] = "interactive"
    environ["ORCHEST_SERVER_ROOT"] = root
    environ["ORCHEST_DATA_DIR"] = str(data)
