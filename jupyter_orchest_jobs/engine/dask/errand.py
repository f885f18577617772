"""Executes one attempt on a worker: gets what it needs, starts its runner, tells how it goes."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.domain.run import RunSpec
from jupyter_orchest_jobs.engine import claims, leash
from jupyter_orchest_jobs.engine.dask.feed import Broken, Feed
from jupyter_orchest_jobs.engine.dask.order import (
    INPUTS,
    RESULTS,
    SECRETS,
    SNAPSHOT,
    AlreadyBegun,
    Order,
)
from jupyter_orchest_jobs.engine.dask.place import Place, is_finished
from jupyter_orchest_jobs.engine.dask.store import Store
from jupyter_orchest_jobs.engine.dask.tails import Tails
from jupyter_orchest_jobs.engine.folder import AttemptFolder
from jupyter_orchest_jobs.engine.kernelspecs import python_for_scripts
from jupyter_orchest_jobs.files.delta import is_part, trim_to_delta
from jupyter_orchest_jobs.files.hosts import Sharing, host_id
from jupyter_orchest_jobs.files.pack import Source, pack, unpack
from jupyter_orchest_jobs.files.private import make_private, write_private

LOOK_S = 0.02
TELL_S = 0.2
_OURS = frozenset(
    f"attempt/{name}"
    for name in (
        *("owner.lock", "control.json", ".reserve", "leash", "secrets"),
        *("order.json", "spec.json", "host.json", "beat", "cluster.json"),
    )
)
"""What of an attempt's folder means nothing elsewhere."""
_log = logging.getLogger(__name__)


class Ended(Exception):
    """Nobody wants the attempt any more."""


class Errand:
    """One attempt on this worker.

    Args:
        place: of the worker.
        order: what is to be done.
        say: tells the conductor something, which may get lost.
        begin: whether nobody has begun the attempt before; from now on, somebody has.
    """

    def __init__(
        self,
        place: Place,
        order: Order,
        say: Callable[[Mapping[str, Any]], None],
        begin: Callable[[], bool],
    ) -> None:
        self._place = place
        self._order = order
        self._spec = RunSpec.from_json(order.spec)
        self._say = say
        self._begin = begin
        shared = order.shared
        self.folder = AttemptFolder(Path(shared)) if shared else place.attempt(order.name)
        self._tails = Tails(self.folder, [step.id for step in self._spec.steps])
        self._ended = threading.Event()
        self._offered = threading.Condition()
        self._feeds: dict[str, tuple[Feed, int]] = {}
        self._taken: set[Feed] = set()
        self._need = ""
        self._pieces: Iterator[bytes] | None = None
        self._given = -1
        self._piece = self._coming = b""

    # --- the work, in the task's thread ---------------------------------------------------------

    def run(self) -> str:
        """Execute the attempt, unless that was done before.

        Returns:
            The name of its files in the store; "" if they are to be had here.

        Raises:
            AlreadyBegun: somebody has begun it, and has not come to its end.
            Ended: it was ended, and has not come to its own end.
            OSError: something can't be written, or read.
        """
        if not self._order.shared and is_finished(self.folder):
            return self._result()
        if self.folder.journal.exists() or not self._begin():
            raise AlreadyBegun(f"The attempt {self._order.name} was begun before.")
        self._tell()
        if self._order.shared:
            self._execute(self._spec)
        else:
            with self._place.snapshot(self._order.digest, self._get_snapshot, self._check) as found:
                self._execute(self._here(found))
                self._trim(found)
        return self._result()

    def _execute(self, spec: RunSpec) -> None:
        make_private(self.folder.path)
        slots = str(self._place.root / "slots")
        spec = replace(spec, slots_dir=slots, step_slots=max(1, os.cpu_count() or 1))
        secrets, spec = self._secrets(spec)
        try:
            if self._order.shared:
                claims.write(self.folder, Sharing(host_id(), self._order.lease_s))
                write_private(self.folder.told, spec.to_json().encode())
            else:
                write_private(self.folder.spec, spec.to_json().encode())
                if self._order.kind:
                    write_private(self.folder.order, self._order.kind.encode())
            leash.put_on(self.folder, self._place.leash)
            self._check()
            with self._place.lock:
                self._place.executor.launch(self.folder.path)
            self._follow()
        finally:
            secrets.close()
            with self._place.lock:
                if not is_finished(self.folder):
                    self._place.executor.sweep(self._order.run_id, self._order.attempt)
        if not is_finished(self.folder):
            self._check()

    def _follow(self) -> None:
        told = time.monotonic()
        while True:
            with self._place.lock:
                if self._ended.is_set():
                    self._place.executor.kill(self.folder.path)
                alive = self._place.executor.is_alive(self.folder.path)
            if not alive:
                return
            if time.monotonic() - told > TELL_S:
                told = time.monotonic()
                self._tell(only_news=True)
            if self._ended.wait(LOOK_S):
                time.sleep(LOOK_S)  # it is being killed

    def _here(self, snapshot: Path) -> RunSpec:
        """The run as it is on this host."""
        spec = self._spec
        outputs = {}
        if INPUTS in self._order.needs:
            self._get(INPUTS, lambda source: unpack(source, self.folder.run))
            outputs = {
                step: str(self.folder.run / "outputs" / str(number))
                for number, step in enumerate(spec.outputs)
            }
        return replace(
            spec,
            snapshot=str(snapshot),
            outputs=outputs,
            steps=tuple(replace(step, environment=None) for step in spec.steps),
            sdk_dir=str(self._place.sdk_dir),
            python=python_for_scripts(),
            secrets_file="",
            data_dir=self._order.data_dir if Path(self._order.data_dir).is_dir() else "",
        )

    def _secrets(self, spec: RunSpec) -> tuple["_Secrets", RunSpec]:
        """Where the runner finds the secrets, and nobody else does."""
        if SECRETS not in self._order.needs:
            return _Secrets(None), spec
        read: list[bytes] = []
        self._get(SECRETS, lambda source: read.append(source.read()))
        secrets = _Secrets(self.folder.path / "secrets", read[-1])
        return secrets, replace(spec, secrets_file=str(secrets.path))

    def _trim(self, snapshot: Path) -> None:
        """Leave of a working copy what the run has changed, where its runner couldn't do that."""
        work = self.folder.work
        if not work.exists() or (is_finished(self.folder) and not is_part(work)):
            return
        try:
            trim_to_delta(work, snapshot / "manifest.json")
        except Exception:
            _log.exception("the working copy of %s can't be trimmed", self._order.name)

    def _result(self) -> str:
        stored = ""
        if self._order.store and not self._order.shared:
            try:
                stored = self._order.stored(RESULTS)
                Store(self._order.store).put(stored, self._packed())
            except Exception as error:
                # What a run has made isn't lost with the store: it goes through the cluster.
                _log.warning("%s can't be put into the store: %r", self._order.name, error)
                stored = ""
        self._say({"done": stored})
        return stored

    def _packed(self) -> Iterator[bytes]:
        trees = {"attempt": self.folder.path}
        if not is_part(self.folder.work):
            trees["work"] = self.folder.work
        return pack(trees, lambda path: path in _OURS)

    # --- getting what it needs ------------------------------------------------------------------

    def _check(self) -> None:
        if self._ended.is_set():
            raise Ended("Nobody wants the attempt any more.")

    def _get_snapshot(self, write: Callable[[Source], None]) -> None:
        self._get(SNAPSHOT, write)

    def _get(self, what: str, write: Callable[[Source], None]) -> None:
        if self._order.store and what != SECRETS:
            with Store(self._order.store).open(self._order.stored(what)) as file:
                write(file)
            return
        self._need = what
        try:
            self._tell()
            while True:
                feed = self._wait_for(what)
                try:
                    write(feed)
                    return
                except Broken:
                    self._check()
                finally:
                    feed.abort()  # who sends must not wait for somebody who doesn't read
        finally:
            self._need = ""

    def _wait_for(self, what: str) -> Feed:
        with self._offered:
            while True:
                self._check()
                feed, _ = self._feeds.get(what, (None, 0))
                if feed is not None and feed not in self._taken:
                    self._taken.add(feed)
                    return feed
                self._offered.wait(1.0)

    # --- what the conductor asks, in other threads ----------------------------------------------

    def offer(self, what: str, number: int, piece: bytes) -> None:
        """Take a piece of what is needed, counted from 0; an empty one is the end.

        Raises:
            Broken: another stream of it has begun meanwhile, or it is needed no more.
        """
        with self._offered:
            feed, expected = self._feeds.get(what, (None, 0))
            if number == 0:
                if feed is not None:
                    feed.abort()
                feed, expected = Feed(), 0
            if feed is None or number != expected:
                raise Broken
            self._feeds[what] = feed, number + 1
            self._offered.notify_all()
        if piece:
            feed.put(piece)
        else:
            feed.end()

    def again(self, sizes: Mapping[str, int]) -> None:
        """Tell how it goes to somebody who has so much of each file."""
        self._tails.go_on_from(sizes)
        self._tell()

    def cancel(self) -> None:
        """Let the runner end the run; if there is none yet, there will be none."""
        with self._place.lock:
            if self._place.executor.is_alive(self.folder.path):
                self._place.executor.request_cancel(self.folder.path)
            else:
                self.end()

    def end(self) -> None:
        """End at once what goes on: nobody waits for it."""
        self._ended.set()
        with self._offered:
            for feed, _ in self._feeds.values():
                feed.abort()
            self._offered.notify_all()

    def piece(self, number: int) -> tuple[bytes, bool]:
        """A piece of the attempt's files, counted from 0: the next one, or the last one once more.

        Returns:
            The piece, and whether there are more.

        Raises:
            Broken: another one was expected.
        """
        if number == 0:
            self._pieces, self._given = self._packed(), -1
            self._coming = next(self._pieces, b"")
        if self._pieces is None or number not in (self._given, self._given + 1):
            raise Broken
        if number != self._given:
            self._piece = self._coming
            self._coming = next(self._pieces, b"")
            self._given = number
        return self._piece, bool(self._coming)

    def _tell(self, *, only_news: bool = False) -> None:
        news = [] if self._order.shared else self._tails.read()
        if news or not only_news:
            self._say({"news": news, "need": self._need})


class _Secrets:
    """A file with secrets that is on no disk, where the system allows that."""

    def __init__(self, file: Path | None, values: bytes = b"") -> None:
        self._fd: int | None = None
        self.path = file
        if file is None:
            return
        if hasattr(os, "memfd_create"):
            self._fd = os.memfd_create("orchest-jobs")
            os.write(self._fd, values)
            self.path = Path(f"/proc/{os.getpid()}/fd/{self._fd}")
        else:
            write_private(file, values)

    def close(self) -> None:
        """Let nobody read them any more."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        elif self.path is not None:
            self.path.unlink(missing_ok=True)
