"""Environments of steps: looked at, frozen as clones, and what becomes of them.

`look` tells what an environment is; `freeze` clones it to ``<root>/<id>/``; `frozen_program` is
what a step gets of the clone; `changes` compares the original with what was frozen, `drift` the
clone with what it was.
"""

from jupyter_orchest_jobs.snapshot.environments.freeze import freeze, record
from jupyter_orchest_jobs.snapshot.environments.later import changes, check, drift
from jupyter_orchest_jobs.snapshot.environments.lock import lock
from jupyter_orchest_jobs.snapshot.environments.look import look
from jupyter_orchest_jobs.snapshot.environments.place import manifest, set_aside
from jupyter_orchest_jobs.snapshot.environments.use import frozen_program

__all__ = [
    "changes",
    "check",
    "drift",
    "freeze",
    "frozen_program",
    "lock",
    "look",
    "manifest",
    "record",
    "set_aside",
]
