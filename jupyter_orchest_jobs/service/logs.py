"""The logs of a run's steps: one for each try, in each attempt."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from jupyter_orchest_jobs.domain.run import Run, StepRun
from jupyter_orchest_jobs.domain.status import ENDED_STEPS
from jupyter_orchest_jobs.engine.folder import LOG
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.reading import open_below
from jupyter_orchest_jobs.service.state import StateDir

_LONGEST_CHARACTER = 4
_EARLIER = re.compile(rf"try-([1-9][0-9]*)\.{re.escape(LOG)}")


@dataclass(frozen=True)
class LogPiece:
    """A piece of a log.

    Attributes:
        offset, next_offset: the bytes that ``text`` stands for: offset ≤ … < next_offset.
        size: of the log so far, in bytes.
        finished: whether nothing more will come.
        attempt, tries: whose log it is; None while there is none.
    """

    text: str
    offset: int
    next_offset: int
    size: int
    finished: bool
    attempt: int | None = None
    tries: int | None = None


@dataclass(frozen=True)
class AttemptLogs:
    """The logs that a step has in one attempt.

    Attributes:
        tries: those of its tries that have one, ascending.
    """

    attempt: int
    tries: tuple[int, ...]


@dataclass(frozen=True)
class OpenLog:
    """A log that can be read.

    Attributes:
        is_latest: whether it may still grow if its step has not ended.
    """

    file: BinaryIO
    attempt: int
    tries: int
    is_latest: bool


class StepLogs:
    """The logs of one step of a run. Everything here looks at files.

    Args:
        state: the state directory.
        run: as the store has it.
        step: the step in that run.
        title: of the step, for messages.
    """

    def __init__(self, state: StateDir, run: Run, step: StepRun, title: str) -> None:
        self._state = state
        self._run = run
        self._step = step
        self._title = title

    @property
    def attempt(self) -> int:
        """The attempt in which the step was executed last; 0 before the first one."""
        return self._step.attempt or self._run.attempt

    def all(self) -> list[AttemptLogs]:
        """The logs of all attempts, those without any left out."""
        found = (AttemptLogs(n, self._tries(n)) for n in range(1, self._run.attempt + 1))
        return [logs for logs in found if logs.tries]

    def open(self, attempt: int | None = None, tries: int | None = None) -> OpenLog | None:
        """Open a log.

        Args:
            attempt: if left out, the one in which the step was executed last.
            tries: which try in that attempt; if left out, the last one.

        Returns:
            None while the step has no log yet.

        Raises:
            NotFound: there is no such attempt, or it has no such log.
        """
        wanted = self.attempt if attempt is None else attempt
        if attempt is not None and not 1 <= attempt <= self._run.attempt:
            raise NotFound(
                f"Run {self._run.number} has no attempt {attempt}; {_count(self._run.attempt)}."
            )
        known = self._tries(wanted)
        number = tries or (known[-1] if known else None)
        if number in known:
            file = self._open(wanted, number)
            latest = wanted == self.attempt and number == known[-1]
            return OpenLog(file, wanted, number, latest)
        if tries is None and wanted == self.attempt:
            return None
        what = f"attempt {wanted}" if tries is None else f"try {tries} in attempt {wanted}"
        raise NotFound(f"Step “{self._title}” has no log of {what}; {self._words()}.")

    def read(
        self, offset: int, limit: int, attempt: int | None = None, tries: int | None = None
    ) -> LogPiece:
        """A piece of a log.

        Args:
            offset: first byte; negative counts from the end.
            limit: most bytes; what is smaller than a character counts as one.
            attempt, tries: which log, as for :meth:`open`.

        Returns:
            Whole characters only: what is cut off at the end comes with the next piece. Empty
            for a step that has no log.

        Raises:
            NotFound: there is no such log.
        """
        ended = self._step.status in ENDED_STEPS
        log = self.open(attempt, tries)
        if log is None:
            return LogPiece("", 0, 0, 0, ended)
        ended = ended or not log.is_latest
        with log.file as file:
            size = file.seek(0, 2)
            start = min(size, max(0, size + offset if offset < 0 else offset))
            file.seek(start)
            data = file.read(max(limit, _LONGEST_CHARACTER))
        if offset < 0 < start:
            cut = _cut_character(data)
            start, data = start + cut, data[cut:]
        if start + len(data) < size or not ended:
            data = _whole_characters(data)
        text = data.decode("utf-8", "replace")
        end = start + len(data)
        return LogPiece(text, start, end, size, ended and end >= size, log.attempt, log.tries)

    def _folder(self, attempt: int) -> Path:
        return self._state.attempt(self._run.id, attempt).step(self._step.step)

    def _tries(self, attempt: int) -> tuple[int, ...]:
        """The tries of an attempt that have a log."""
        try:
            names = {path.name for path in self._folder(attempt).iterdir()}
        except (FileNotFoundError, NotADirectoryError):
            return ()
        earlier = sorted(int(found[1]) for found in map(_EARLIER.fullmatch, names) if found)
        if LOG not in names:
            return tuple(earlier)
        last = earlier[-1] + 1 if earlier else 1
        if attempt == self._step.attempt:
            last = max(last, self._step.tries)  # a try may have ended before it had a log
        return (*earlier, last)

    def _open(self, attempt: int, tries: int) -> BinaryIO:
        """Open the log of a try, which another one may put aside at this moment."""
        aside = f"try-{tries}.{LOG}"
        for name in (aside, LOG, aside):
            with suppress(FileNotFoundError):
                file = self._open_file(attempt, name)
                if name != LOG or not (self._folder(attempt) / aside).exists():
                    return file
                file.close()
        raise NotFound(f"This log of step “{self._title}” was deleted.")

    def _open_file(self, attempt: int, name: str) -> BinaryIO:
        """Open a file of the step's folder, which the step itself may have replaced.

        Raises:
            FileNotFoundError: there is none.
            NotFound: it is no file, or a link.
        """
        folder = self._state.attempt(self._run.id, attempt)
        try:
            return open_below(folder.path, folder.inner(self._step.step, name))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NotFound(
                f"The log of step “{self._title}” is no file any more: {error.strerror}."
            ) from None

    def _words(self) -> str:
        """Which logs there are, in words."""
        found = self.all()
        if not found:
            return "it has none"
        return "there are logs of " + ", ".join(
            f"attempt {logs.attempt} ({_numbers(logs.tries)})" for logs in found
        )


def _count(attempts: int) -> str:
    return {0: "it has not begun", 1: "it has had one"}.get(attempts, f"it has had {attempts}")


def _numbers(tries: Sequence[int]) -> str:
    noun = "try" if len(tries) == 1 else "tries"
    return f"{noun} {', '.join(map(str, tries))}"


def _cut_character(data: bytes) -> int:
    """How many bytes at the start are the rest of a UTF-8 character that began before."""
    ahead = data[: _LONGEST_CHARACTER - 1]
    return next((at for at, byte in enumerate(ahead) if byte & 0xC0 != 0x80), len(ahead))


def _whole_characters(data: bytes) -> bytes:
    """The bytes without a UTF-8 character that was cut off at their end."""
    for back in range(1, min(_LONGEST_CHARACTER, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
        return data[:-back] if needed > back else data
    return data
