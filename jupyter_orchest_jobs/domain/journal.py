"""The journal of an attempt: what a runner says, one JSON object a line.

``{"v": 1, "seq": n, "t": "…Z", "kind": …, …}``. The journal is the only truth about an attempt
until it is ingested, and its last word is ``attempt_finished``. Readers drop a torn last line,
kinds that they don't know, and fields that they don't know: an older program may read what a
newer one wrote.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from types import NoneType
from typing import Any, ClassVar, get_args, get_type_hints

from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every line has.

    Attributes:
        seq: 1, 2, … without gaps within the attempt.
        t: when it was written, UTC.
    """

    kind: ClassVar[str] = ""
    seq: int
    t: datetime


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Entry):
    """The runner holds the lock and begins; ``nonce`` tells it from any other runner."""

    kind: ClassVar[str] = "attempt_started"
    nonce: str
    pid: int


@dataclass(frozen=True, kw_only=True)
class StepStarted(Entry):
    """The step's process is being started; ``cells`` counts the code cells of a notebook.

    ``tries`` counts how often the step was started in this attempt, this time included.
    """

    kind: ClassVar[str] = "step_started"
    step: str
    cells: int | None = None
    tries: int = 1


@dataclass(frozen=True, kw_only=True)
class CellStarted(Entry):
    """A code cell begins; ``cell`` counts code cells from 1."""

    kind: ClassVar[str] = "cell_started"
    step: str
    cell: int


@dataclass(frozen=True, kw_only=True)
class CellFinished(Entry):
    """A code cell ended, well or not."""

    kind: ClassVar[str] = "cell_finished"
    step: str
    cell: int


@dataclass(frozen=True, kw_only=True)
class StepOutputLimit(Entry):
    """Output was left out of the notebook or the log; ``message`` says what and where."""

    kind: ClassVar[str] = "step_output_limit"
    step: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Metric(Entry):
    """A step reported a number."""

    kind: ClassVar[str] = "metric"
    step: str
    name: str
    value: float


@dataclass(frozen=True, kw_only=True)
class StepTryFailed(Entry):
    """A step failed, and is tried again ``retry_in_s`` seconds later; its log is kept."""

    kind: ClassVar[str] = "step_try_failed"
    step: str
    tries: int
    retry_in_s: float
    cause: Cause | None = None
    message: str | None = None
    cell: int | None = None


@dataclass(frozen=True, kw_only=True)
class StepFinished(Entry):
    """A step ended.

    Attributes:
        message: for people: the exception's last line, the exit code, what killed it.
        cell: the failing code cell, counted from 1, if a cell failed.
    """

    kind: ClassVar[str] = "step_finished"
    step: str
    status: StepStatus
    cause: Cause | None = None
    message: str | None = None
    cell: int | None = None


@dataclass(frozen=True, kw_only=True)
class StepSkipped(Entry):
    """A step never started, since ``failed`` did not succeed."""

    kind: ClassVar[str] = "step_skipped"
    step: str
    failed: str


@dataclass(frozen=True, kw_only=True)
class AttemptFinished(Entry):
    """The end of the attempt: whoever finds this never executes it again."""

    kind: ClassVar[str] = "attempt_finished"
    status: RunStatus
    cause: Cause | None = None
    message: str | None = None


KINDS: dict[str, type[Entry]] = {
    entry.kind: entry
    for entry in (
        AttemptStarted,
        StepStarted,
        CellStarted,
        CellFinished,
        StepOutputLimit,
        Metric,
        StepTryFailed,
        StepFinished,
        StepSkipped,
        AttemptFinished,
    )
}

_TYPES: dict[str, dict[str, tuple[Any, ...]]] = {
    kind: {name: get_args(hint) or (hint,) for name, hint in get_type_hints(entry).items()}
    for kind, entry in KINDS.items()
}
"""kind → field → what it may be; None comes last."""


def to_line(entry: Entry) -> bytes:
    """The entry as one line of the file, with its newline."""
    data = asdict(entry)
    data["t"] = entry.t.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return json.dumps({"v": VERSION, "kind": entry.kind, **data}).encode() + b"\n"


def from_line(line: bytes) -> Entry | None:
    """The entry of one whole line, or None for a kind that this version doesn't know.

    A cause that this version doesn't know is read as none.

    Raises:
        ValueError: the line is damaged.
    """
    try:
        data = json.loads(line)
    except RecursionError:
        raise ValueError("journal line is nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("journal line is not an object")
    known = KINDS.get(str(data.get("kind")))
    if known is None:
        return None
    types = _TYPES[known.kind]
    values = {
        field.name: _value(data[field.name], types[field.name])
        for field in fields(known)
        if field.name in data
    }
    try:
        return known(**values)
    except TypeError as error:
        raise ValueError(f"journal line without a field that it needs: {error}") from None


def _value(raw: Any, types: tuple[Any, ...]) -> Any:
    wanted = types[0]
    if raw is None and NoneType in types:
        return None
    if wanted is Cause and isinstance(raw, str) and raw not in set(Cause):
        return None  # of a later version; the message still tells people
    if wanted in (StepStatus, RunStatus, Cause):
        return wanted(raw)
    if wanted is datetime and isinstance(raw, str):
        at = datetime.fromisoformat(raw)
        if at.tzinfo is not None:
            return at
    if wanted is str and isinstance(raw, str):
        # Output may hold bytes that are no text (lone surrogates), which no database takes.
        return raw.encode(errors="replace").decode()
    if wanted is float and isinstance(raw, float | int) and not isinstance(raw, bool):
        return float(str(raw))
    if wanted is int and isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise ValueError(f"journal line with {raw!r} in place of {wanted.__name__}")


def whole_lines(data: bytes) -> tuple[list[bytes], int]:
    """The finished lines at the start of ``data``, and how many bytes they take."""
    end = data.rfind(b"\n") + 1
    return data[:end].splitlines(), end


def read(lines: Iterable[bytes]) -> list[Entry]:
    """The entries of whole lines, without those that can't be understood."""
    entries = []
    for line in lines:
        try:
            entry = from_line(line)
        except ValueError:
            continue
        if entry is not None:
            entries.append(entry)
    return entries


class Sequencer:
    """Builds entries with the next number and the time of a given clock."""

    def __init__(self) -> None:
        self._seq = 0

    def stamp(self, kind: type[Entry], now: datetime, **values: Any) -> Entry:
        """The next entry of this kind."""
        self._seq += 1
        return kind(seq=self._seq, t=now, **values)
