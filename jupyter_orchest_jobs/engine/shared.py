"""The executor of a state directory that several hosts share: knows the runners of others."""

import logging
from pathlib import Path
from typing import Protocol

from jupyter_orchest_jobs.engine import claims
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.local import write_cancel
from jupyter_orchest_jobs.errors import EngineError
from jupyter_orchest_jobs.files.beats import Watch
from jupyter_orchest_jobs.files.hosts import Sharing
from jupyter_orchest_jobs.files.private import make_private

_REMEMBERED = 1000
"""Asked ten times a second, and a question to a file server."""
_log = logging.getLogger(__name__)


class OwnHost(Protocol):
    """What starts and stops the runners of this host."""

    def launch(self, attempt_dir: Path) -> int:
        """Start the runner of an attempt."""

    def request_cancel(self, attempt_dir: Path) -> None:
        """Ask a runner to end its run."""

    def kill(self, attempt_dir: Path) -> None:
        """End a runner that does not listen."""

    def is_alive(self, attempt_dir: Path) -> bool:
        """Whether a runner lives."""

    def sweep(self, run_id: str, attempt: int) -> int:
        """End what a dead runner left behind."""


class SharedExecutor:
    """Claims attempts for this host, and leaves those of other hosts to them.

    Runners of other hosts are known by their beats: locks and process ids mean nothing here. They
    are asked to end by files, and never signalled.

    Args:
        own: of this host.
        sharing: how hosts get along.
        watch: watches the beats of others.
    """

    def __init__(self, own: OwnHost, sharing: Sharing, watch: Watch | None = None) -> None:
        self._own = own
        self._sharing = sharing
        self._watch = watch or Watch(sharing.lease_s)
        # Only who conducts starts runners: while that is us, no other host claims anything.
        self._claimed: dict[Path, str] = {}

    def launch(self, attempt_dir: Path) -> int:
        """Claim an attempt and start its runner here.

        Raises:
            EngineError: a runner of this attempt lives, or no process can be started.
        """
        try:
            if self.is_alive(attempt_dir):
                raise EngineError("This attempt has a runner already.")
            make_private(attempt_dir)
            claims.write(AttemptFolder(attempt_dir), self._sharing)
            self._claimed[attempt_dir] = self._sharing.host
        except OSError as error:
            raise EngineError(f"The run's process can't be started: {error}") from error
        return self._own.launch(attempt_dir)

    def request_cancel(self, attempt_dir: Path) -> None:
        """Ask a runner to end its run; one of another host looks every second.

        Raises:
            EngineError: the request can't be written.
        """
        if self._other(attempt_dir) is None:
            self._own.request_cancel(attempt_dir)
        else:
            write_cancel(AttemptFolder(attempt_dir))

    def kill(self, attempt_dir: Path) -> None:
        """Kill a runner; one of another host finds out with its next beat, and ends itself."""
        host = self._other(attempt_dir)
        if host is None:
            self._own.kill(attempt_dir)
        else:
            self._give_up(attempt_dir, host)

    def is_alive(self, attempt_dir: Path) -> bool:
        """Whether a runner has the attempt.

        One of another host that was not heard of for the lease is given up, for good.

        Raises:
            OSError: nobody knows now.
        """
        host = self._other(attempt_dir)
        if host is None:
            return self._own.is_alive(attempt_dir)
        if self._watch.is_alive(AttemptFolder(attempt_dir).beat):
            return True
        self._give_up(attempt_dir, host)
        return False

    def sweep(self, run_id: str, attempt: int) -> int:
        """End what a dead runner of this host left of a run; how many processes there were."""
        return self._own.sweep(run_id, attempt)

    def _other(self, attempt_dir: Path) -> str | None:
        """The other host that has an attempt; None if it is this one, or none."""
        if attempt_dir not in self._claimed:
            claim = claims.read(AttemptFolder(attempt_dir))
            if claim is None:
                return None
            if len(self._claimed) >= _REMEMBERED:
                self._claimed.clear()
            self._claimed[attempt_dir] = claim.host
        host = self._claimed[attempt_dir]
        return None if host == self._sharing.host else host

    def _give_up(self, attempt_dir: Path, host: str) -> None:
        beat = AttemptFolder(attempt_dir).beat
        self._watch.forget(beat)
        if not beat.exists():
            return  # it has ended, or was given up before
        _log.warning(
            "%s: giving up the runner on %s. If it lives it ends itself; but processes that it "
            "left there can't be ended from here",
            attempt_dir,
            host,
        )
        # Taken away: it must not go on when somebody else does its work.
        beat.unlink(missing_ok=True)
