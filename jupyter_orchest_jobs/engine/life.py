"""Tells other hosts that a runner lives, and ends it when they have given it up."""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

from jupyter_orchest_jobs.engine import processes
from jupyter_orchest_jobs.files.beats import Beat, Heart
from jupyter_orchest_jobs.files.hosts import BEATS, Sharing

_GIVEN_UP = "Other hosts have given this runner up, since they heard nothing of it: it ends."
_log = logging.getLogger(__name__)


class Life:
    """The beat of a runner on a state directory that several hosts share.

    Another host that doesn't hear of it for the lease may let the run be executed again. So a
    runner that can't beat, or was stopped, ends itself and its steps after half that time.

    Args:
        path: of the beat.
        sharing: how hosts get along.
        give_up: ends the runner at once.
    """

    def __init__(
        self, path: Path, sharing: Sharing, give_up: Callable[[], None] | None = None
    ) -> None:
        self._path = path
        self._sharing = sharing
        self._give_up = give_up or partial(end_at_once, _GIVEN_UP)
        self._beat = Beat(path, sharing.lease_s)
        self._ended = threading.Event()
        self._heart = Heart(self._beat, sharing.beat_s, self._give_up)
        # Beats hang when the file server does; this one doesn't ask it.
        self._thread = threading.Thread(target=self._guard, name="orchest-jobs-life", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Come back only if the attempt is still ours: before whatever others would mind."""
        # A file server that can't be asked now doesn't matter before the beat is overdue.
        with suppress(OSError):
            if not self._beat.is_ours():
                self._give_up()

    def end(self) -> None:
        """Tell others that the runner ends now."""
        self._ended.set()
        self._heart.stop()
        with suppress(OSError):  # others find out after the lease
            if self._beat.is_ours():
                self._path.unlink()

    def _guard(self) -> None:
        while not self._ended.wait(self._sharing.lease_s / BEATS / 5):
            if self._beat.is_overdue():
                self._give_up()
                return


def end_at_once(why: str) -> NoReturn:
    """End this process and its steps without a word to the journal: it is read no more.

    Args:
        why: for the runner's own log.
    """
    processes.kill_descendants()
    # What is logged may wait for the file server, too.
    saying = threading.Thread(target=_log.error, args=(why,), daemon=True)
    saying.start()
    saying.join(1.0)
    os._exit(1)
