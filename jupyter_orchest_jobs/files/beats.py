"""Signs of life that other hosts can see, where the kernel's locks end at each host.

A beat is a file whose time its owner renews. Others watch whether that changes, each on its own
steady clock: no clocks of different machines are compared. Whoever believes the owner dead removes
the file, so an owner that was only stopped, or cut off, learns that it was given up: it can't
renew what is gone. One that could not renew for half the lease gives itself up, before others do.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from jupyter_orchest_jobs.files.hosts import BEATS

Stamp = tuple[int, int]
"""What changes with each beat."""


class Beat:
    """The owner's side of a beat.

    Args:
        path: the file, which is there.
        lease_s: after how many seconds without a beat others believe its owner dead.
        elapsed: a clock that nobody sets, in seconds.
    """

    def __init__(
        self, path: Path, lease_s: float, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self.path = path
        self._lease_s = lease_s
        self._elapsed = elapsed
        self._renewed = elapsed()
        self._is_lost = False

    def renew(self) -> bool:
        """Beat, unless it is too late; whether the beat is still ours.

        A file system that can't be written now is no loss yet.
        """
        if self.is_overdue():
            return False
        # The time before: it may take long, and count from its beginning.
        begun = self._elapsed()
        try:
            os.utime(self.path)
        except FileNotFoundError:
            self._is_lost = True
        except OSError:
            pass
        else:
            self._renewed = begun
        return not self._is_lost

    def is_overdue(self) -> bool:
        """Whether it is lost, or could not be renewed for too long. Once true, it stays so."""
        if self._elapsed() - self._renewed > self._lease_s / 2:
            self._is_lost = True
        return self._is_lost

    def is_ours(self) -> bool:
        """Whether we may go on: nobody has taken the file away, and we were heard of lately.

        Asks the file server, so it may take as long as that does.
        """
        if not self.is_overdue() and stamp_of(self.path) is None:
            self._is_lost = True
        # Asking may have taken too long.
        return not self.is_overdue()


class Heart:
    """Renews a beat from a thread, so that no other work can keep it from beating.

    Args:
        beat: to be renewed.
        beat_s: how often, in seconds.
        on_loss: called once, in the thread, when the beat was lost.
    """

    def __init__(self, beat: Beat, beat_s: float, on_loss: Callable[[], None] | None = None):
        self._beat = beat
        self._beat_s = beat_s
        self._on_loss = on_loss
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="orchest-jobs-beat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._stopped.set()
        # A beat that hangs with its file server must not keep us here; it does no harm.
        self._thread.join(self._beat_s)

    def _go_on(self) -> None:
        while not self._stopped.wait(self._beat_s):
            if not self._beat.renew():
                if self._on_loss is not None and not self._stopped.is_set():
                    self._on_loss()
                return


class Watch:
    """Tells which beats of others go on, by having watched them.

    Args:
        lease_s: how long a beat may stay as it is before its owner is believed dead.
        elapsed: a clock that nobody sets, in seconds.
    """

    def __init__(self, lease_s: float, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._lease_s = lease_s
        self._elapsed = elapsed
        self._seen: dict[Path, tuple[Stamp, float]] = {}
        self._looked: dict[Path, float] = {}

    def is_alive(self, path: Path) -> bool:
        """Whether the file is there, and has changed within the lease, as far as we have watched.

        Of what is seen for the first time it is believed.

        Raises:
            OSError: nobody knows now.
        """
        now = self._elapsed()
        # Often asked, and a question to a file server.
        if path not in self._seen or now - self._looked[path] >= self._lease_s / BEATS / 5:
            stamp = stamp_of(path)
            if stamp is None:
                self.forget(path)
                return False
            self._looked[path] = now
            if path not in self._seen or self._seen[path][0] != stamp:
                self._seen[path] = stamp, now
        return now - self._seen[path][1] < self._lease_s

    def forget(self, path: Path) -> None:
        """Watch it no longer."""
        self._seen.pop(path, None)
        self._looked.pop(path, None)


def stamp_of(path: Path) -> Stamp | None:
    """What changes with each beat; None if the file is gone.

    Raises:
        OSError: nobody knows now.
    """
    # Opened, since network file systems answer mere questions from what they remember.
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(fd)
    finally:
        os.close(fd)
    return (status.st_ino, status.st_mtime_ns) if status.st_nlink else None
