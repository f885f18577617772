import json
import math
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from tests.domain.generated import JSON, TEXTS

NOW = datetime(2026, 3, 1, 12, 30, 0, 250, tzinfo=UTC)
ENTRY = journal.StepFinished(
    seq=3, t=NOW, step="a", status=StepStatus.FAILED, cause=Cause.TIMEOUT, message="m", cell=2
)

TIMES = st.datetimes(timezones=st.just(UTC))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "nonce": TEXTS,
    "pid": st.integers(1),
    "step": TEXTS,
    "cells": st.none() | st.integers(0),
    "cell": st.integers(1),
    "message": TEXTS,
    "name": TEXTS,
    "value": st.floats(allow_nan=False),
    "failed": TEXTS,
    "tries": st.integers(1),
    "retry_in_s": st.floats(0, allow_nan=False, allow_infinity=False),
    "cause": st.none() | st.sampled_from(Cause),
}
STATUS = {
    "step_finished": st.sampled_from(StepStatus),
    "attempt_finished": st.sampled_from(RunStatus),
}


def entries() -> st.SearchStrategy[journal.Entry]:
    return st.one_of(
        st.builds(
            entry,
            seq=st.integers(1),
            t=TIMES,
            **{
                name: STATUS[kind] if name == "status" else FIELDS[name]
                for name in (field.name for field in fields(entry))
                if name not in ("seq", "t")
            },
        )
        for kind, entry in journal.KINDS.items()
    )


def line(**changes: Any) -> bytes:
    """The line of ``ENTRY`` with other fields; ``...`` takes one away."""
    data = json.loads(journal.to_line(ENTRY)) | changes
    return json.dumps({key: value for key, value in data.items() if value is not ...}).encode()


@settings(max_examples=300)
@given(entries())
def test_every_entry_survives_its_line(entry: journal.Entry) -> None:
    text = journal.to_line(entry)
    assert text.endswith(b"\n")
    assert text.count(b"\n") == 1
    assert len(text.splitlines()) == 1
    assert journal.from_line(text) == entry


def test_a_line_is_json_with_version_kind_and_utc_time() -> None:
    here = NOW.astimezone(timezone(timedelta(hours=2)))
    data = json.loads(journal.to_line(journal.StepStarted(seq=1, t=here, step="a")))
    assert data == {
        "v": 1,
        "kind": "step_started",
        "seq": 1,
        "t": "2026-03-01T12:30:00.000250Z",
        "step": "a",
        "cells": None,
        "tries": 1,
    }


def test_every_kind_has_a_name_of_its_own() -> None:
    assert set(journal.KINDS) == {
        "attempt_started",
        "step_started",
        "cell_started",
        "cell_finished",
        "step_output_limit",
        "metric",
        "step_try_failed",
        "step_finished",
        "step_skipped",
        "attempt_finished",
    }


def test_numbers_that_are_not_finite_survive() -> None:
    for value in (math.inf, -math.inf, math.nan):
        entry = journal.Metric(seq=1, t=NOW, step="a", name="loss", value=value)
        assert repr(journal.from_line(journal.to_line(entry))) == repr(entry)


def test_a_whole_number_is_a_metric() -> None:
    written = journal.to_line(journal.Metric(seq=1, t=NOW, step="a", name="n", value=5))
    assert journal.from_line(written) == journal.Metric(seq=1, t=NOW, step="a", name="n", value=5.0)


def test_messages_lose_what_is_no_text() -> None:
    # Python puts bytes that are not UTF-8 into a text in this way, for instance in file names.
    entry = journal.StepFinished(
        seq=1, t=NOW, step="a", status=StepStatus.FAILED, message="no caf\udce9.csv"
    )
    read = journal.from_line(journal.to_line(entry))
    assert isinstance(read, journal.StepFinished)
    assert read.message == "no caf?.csv"


# --- Lines of later versions ---------------------------------------------------------------------


def test_kinds_that_are_not_known_are_passed_over() -> None:
    assert journal.from_line(line(kind="dream")) is None
    assert journal.from_line(line(kind=...)) is None
    assert journal.from_line(line(kind=[1])) is None
    assert journal.read([line(kind="dream", t=5), line()]) == [ENTRY]


@given(st.dictionaries(TEXTS.map("x_".__add__), JSON))
def test_fields_that_are_not_known_are_passed_over(more: dict[str, Any]) -> None:
    assert journal.from_line(line(**more, v=2)) == ENTRY


def test_a_cause_that_is_not_known_is_read_as_none() -> None:
    read = journal.from_line(line(cause="bored"))
    assert isinstance(read, journal.StepFinished)
    assert (read.status, read.cause, read.message) == (StepStatus.FAILED, None, "m")


def test_fields_with_a_default_may_be_missing() -> None:
    read = journal.from_line(line(cause=..., message=..., cell=...))
    assert read == journal.StepFinished(seq=3, t=NOW, step="a", status=StepStatus.FAILED)


# --- Damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"5",
        b"null",
        b"[]",
        b'"text"',
        b"\0" * 64,
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"seq": ' + b"9" * 5000 + b"}",
        line()[:-1],
        line()[1:],
        line() + line(),
        line(seq=...),
        line(t=...),
        line(step=...),
        line(status=...),
        line(seq="3"),
        line(seq=3.5),
        line(seq=True),
        line(seq=None),
        line(t=5),
        line(t="soon"),
        line(t="2026-03-01T12:30:00"),
        line(step=5),
        line(step=None),
        line(status="dreaming"),
        line(status=[]),
        line(cause=5),
        line(cause={}),
        line(cell="2"),
        line(kind="metric", name="x", value="1"),
    ],
)
def test_damaged_lines_are_told_and_left_out(damaged: bytes) -> None:
    with pytest.raises(ValueError):
        journal.from_line(damaged)
    assert journal.read([line(), damaged, line()]) == [ENTRY, ENTRY]


@settings(max_examples=300)
@given(st.binary(max_size=40), st.integers(0, 200), st.integers(0, 10))
def test_no_bytes_raise_anything_but_a_value_error(junk: bytes, at: int, cut: int) -> None:
    good = journal.to_line(ENTRY)
    journal.read([junk, good[:at] + junk + good[at + cut :]])


@given(st.lists(entries(), max_size=4), st.data())
def test_a_torn_last_line_waits_until_it_is_whole(
    written: list[journal.Entry], data: st.DataObject
) -> None:
    file = b"".join(map(journal.to_line, written))
    cut = data.draw(st.integers(0, len(file)))
    lines, taken = journal.whole_lines(file[:cut])
    rest, more = journal.whole_lines(file[taken:])
    assert journal.read(lines) + journal.read(rest) == written
    assert taken <= cut
    assert taken + more == len(file)


def test_there_are_no_whole_lines_in_nothing() -> None:
    assert journal.whole_lines(b"") == ([], 0)
    assert journal.whole_lines(b'{"v": 1') == ([], 0)


def test_a_sequencer_counts_without_gaps() -> None:
    sequencer = journal.Sequencer()
    stamped = [sequencer.stamp(journal.StepStarted, NOW, step=step) for step in "abc"]
    assert [entry.seq for entry in stamped] == [1, 2, 3]
    assert stamped[2] == journal.StepStarted(seq=3, t=NOW, step="c")
