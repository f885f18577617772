"""A right that one host at a time has, in a folder that several hosts share.

Each holder's term has a number and a file, ``<name>.<number>``, which is also its beat
(:mod:`.beats`). Whoever wants the right creates the file of the next number, which can succeed
only once, also over a network; then it removes those before. The highest one counts, and is never
removed, so no number comes again.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jupyter_orchest_jobs.files.beats import Beat, Heart, Watch
from jupyter_orchest_jobs.files.hosts import Sharing

_SIZE = 200
"""More than any of our texts has."""


class Stand(StrEnum):
    """What a holder says about its term."""

    HELD = "held"
    LEAVING = "leaving"
    """It looks once more whether there is anything to do."""
    RELEASED = "released"


@dataclass(frozen=True)
class Term:
    """The newest term, as others see it."""

    number: int
    path: Path
    host: str | None
    stand: Stand


class Lease:
    """The right, held; made by :meth:`Candidate.try_take`.

    Args:
        term: ours.
        sharing: how hosts get along.
        elapsed: a clock that nobody sets, in seconds.
    """

    def __init__(
        self, term: Term, sharing: Sharing, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self.term = term
        self._sharing = sharing
        self._beat = Beat(term.path, sharing.lease_s, elapsed)
        self._heart: Heart | None = None

    def keep(self) -> None:
        """Renew it from a thread, until it is released or lost."""
        self._heart = Heart(self._beat, self._sharing.beat_s)

    def renew(self) -> bool:
        """Renew it once; whether it is still ours."""
        return self._beat.renew()

    def is_ours(self) -> bool:
        """Whether it is still held: asked before whatever only the holder may do.

        Raises:
            OSError: nobody knows now.
        """
        if not self._beat.is_ours():
            return False
        folder, name = self.term.path.parent, self.term.path.stem
        return max(_terms(folder, name), default=(0,))[0] == self.term.number

    def say_leaving(self, leaving: bool) -> None:
        """Tell others that they should not rely on us any more, or that they may again.

        Raises:
            OSError: it can't be written.
        """
        self._say(Stand.LEAVING if leaving else Stand.HELD)

    def release(self) -> None:
        """Let the next one have it, without waiting; nothing if it was lost."""
        if self._heart is not None:
            self._heart.stop()
        # Who waits finds out after the lease.
        with suppress(OSError):
            if self.is_ours():
                self._say(Stand.RELEASED)

    def _say(self, stand: Stand) -> None:
        _write(self.term.path, self._sharing.host, stand)


class Candidate:
    """Somebody who would like to have the right, and watches who has it.

    Args:
        folder: that the hosts share.
        name: of the right.
        sharing: how hosts get along. No other process of this host may be a candidate, or hold the
            right: its caller has a lock for that.
        elapsed: a clock that nobody sets, in seconds.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        sharing: Sharing,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._name = name
        self._sharing = sharing
        self._elapsed = elapsed
        self._watch = Watch(sharing.lease_s, elapsed)

    def other(self) -> Term | None:
        """Who has the right, as far as is known; None if it may be taken.

        Raises:
            OSError: nobody knows now.
        """
        term = newest(self._folder, self._name)
        # Another one of this host is dead: we have its lock.
        if term is None or term.stand is Stand.RELEASED or term.host == self._sharing.host:
            return None
        return term if self._watch.is_alive(term.path) else None

    def try_take(self) -> Lease | None:
        """Take the right if it may be taken; None if others have it or were quicker.

        Raises:
            OSError: the folder can't be written.
        """
        last = newest(self._folder, self._name)
        if self.other() is not None:
            return None
        number = 1 if last is None else last.number + 1
        path = self._folder / f"{self._name}.{number}"
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            return None
        now = newest(self._folder, self._name)
        if now is None or now.number != number:
            # We had an old list of the folder, and this number comes again.
            path.unlink(missing_ok=True)
            return None
        term = Term(number, path, self._sharing.host, Stand.HELD)
        lease = Lease(term, self._sharing, self._elapsed)
        _write(path, self._sharing.host, Stand.HELD)
        for older, before in _terms(self._folder, self._name):
            if older < number:
                # Now its holder can't renew it any more.
                before.unlink(missing_ok=True)
        return lease


def newest(folder: Path, name: str) -> Term | None:
    """The newest term in a folder; None before the first one.

    Raises:
        OSError: it can't be read.
    """
    while found := max(_terms(folder, name), default=None):
        number, path = found
        try:
            text = path.read_bytes()
        except FileNotFoundError:  # taken over while we looked
            continue
        try:
            content = json.loads(text)
            return Term(number, path, str(content["host"]), Stand(content["stand"]))
        except (ValueError, KeyError, TypeError):
            # It is being written, or its holder died before.
            return Term(number, path, None, Stand.HELD)
    return None


def _terms(folder: Path, name: str) -> list[tuple[int, Path]]:
    found = []
    for entry in os.listdir(folder):  # noqa: PTH208  # of a folder that others change
        start, _, number = entry.rpartition(".")
        if start == name and number.isdecimal():
            found.append((int(number), folder / entry))
    return found


def _write(path: Path, host: str, stand: Stand) -> None:
    text = json.dumps({"v": 1, "host": host, "stand": stand}).encode()
    # In its place and never a new file: what somebody has taken away must not come back. And as
    # one write of one length, so that no reader sees half of it.
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.pwrite(fd, text.ljust(_SIZE) + b"\n", 0)
        os.fsync(fd)
    finally:
        os.close(fd)
