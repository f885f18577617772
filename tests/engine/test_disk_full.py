"""What happens when nothing more can be written."""

import errno
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import Cause, RunStatus, StepStatus
from jupyter_orchest_jobs.engine import journal as engine_journal
from jupyter_orchest_jobs.engine.journal import JournalWriter
from jupyter_orchest_jobs.engine.step_log import StepLog
from tests.engine.harness import Lab

FULL = OSError(errno.ENOSPC, "No space left on device")


def test_full_disk_ends_the_run_and_says_so(lab: Lab) -> None:
    run = lab.run({"a.sh": "echo lost; sleep 600", "b.sh": "true"}, {"b": ["a"]})
    log = run.folder.step("a") / "log.txt"
    log.parent.mkdir(parents=True)
    # A device on which every write fails as on a full disk.
    log.symlink_to("/dev/full")
    run.launch()
    end = run.finish()
    assert (end.status, end.cause) == (RunStatus.FAILED, Cause.DISK_FULL)
    assert "No space left on device" in (end.message or "")
    assert {entry.status for entry in run.step_ends().values()} == {StepStatus.CANCELLED}


def test_journal_gives_up_its_reserve_to_tell_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, reserve = tmp_path / "journal.jsonl", tmp_path / "reserve"
    told: list[OSError] = []
    writer = JournalWriter(path, reserve)
    writer.watch_disk(told.append)
    writer.write(journal.AttemptStarted, nonce="n", pid=1)
    write = engine_journal.os.write

    def short(fd: int, data: bytes) -> int:
        """A disk on which ten bytes fit, unless the reserve is given up."""
        if not reserve.exists():
            return write(fd, data)
        if len(data) <= 10:
            raise FULL
        return write(fd, data[: len(data) - 10])

    monkeypatch.setattr(engine_journal.os, "write", short)
    writer.write(journal.AttemptFinished, sync=True, status=RunStatus.SUCCEEDED)
    monkeypatch.undo()
    writer.close()
    assert told == [FULL]
    lines, end = journal.whole_lines(path.read_bytes())
    assert end == path.stat().st_size
    assert [entry.kind for entry in journal.read(lines)] == ["attempt_started", "attempt_finished"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="Linux has files that fail")
@pytest.mark.parametrize(
    ("target", "number"), [("/dev/full", errno.ENOSPC), ("/proc/self/mem", errno.EIO)]
)
def test_log_that_cant_be_written_is_told_once(tmp_path: Path, target: str, number: int) -> None:
    path = tmp_path / "log.txt"
    path.symlink_to(target)
    told: list[OSError] = []
    log = StepLog(path, lambda _: None, told.append)
    log.write("lost")
    log.write("lost, too")
    log.close()
    assert [error.errno for error in told] == [number]
