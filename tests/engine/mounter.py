"""A process that mounts overlays, for tests: they have threads, so they can't themselves.

It does what lines of JSON on its input say, and answers each with one.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.engine.overlay import Overlays, enter_new, make_upper
from jupyter_orchest_jobs.files.delta import lay_delta
from tests.files.test_delta import edit
from tests.files.trees import read_tree


def _do(overlays: Overlays, order: dict[str, Any]) -> Any:
    upper = Path(order["upper"])
    match order["do"]:
        case "mount":
            if not upper.exists():
                make_upper(upper, Path(order["lower"]))
            overlays.mount(Path(order["lower"]), upper)
        case "edit":
            for kind, path, other in order["edits"]:
                try:
                    edit(upper, kind, upper / path, upper / other)
                except (OSError, shutil.Error):
                    continue
        case "lay":
            lay_delta(Path(order["delta"]), upper)
        case "unmount":
            overlays.unmount(upper)
            return None
    return {path: repr(what) for path, what in read_tree(upper).items()}


def main() -> None:
    """Answer until nobody asks."""
    overlays = enter_new()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_do(overlays, json.loads(line))) + os.linesep)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
