"""The log's limit, metrics files, what was left out, slots, the SDK's installation."""

import asyncio
import os
from pathlib import Path

import pytest

from jupyter_orchest_jobs.engine.left_out import explain_left_out
from jupyter_orchest_jobs.engine.metrics import read_metrics
from jupyter_orchest_jobs.engine.outcome import CANCELLED
from jupyter_orchest_jobs.engine.sdk_install import install_sdk
from jupyter_orchest_jobs.engine.slots import Slots
from jupyter_orchest_jobs.engine.step_log import StepLog
from jupyter_orchest_jobs.engine.stop import Stop
from jupyter_orchest_jobs.files.ignore import IGNORED, LeftOut
from jupyter_orchest_jobs.files.manifest import Manifest


def test_log_is_cut_at_its_limit_with_a_notice(tmp_path: Path) -> None:
    told: list[str] = []
    log = StepLog(tmp_path / "log", told.append, lambda _: None, limit=10)
    for _ in range(5):
        log.write("12345\n")
    log.close()
    text = (tmp_path / "log").read_text()
    assert text.startswith("12345\n1234\nThe log is cut here")
    assert len(told) == 1


def test_lines_of_ours_begin_a_line(tmp_path: Path) -> None:
    log = StepLog(tmp_path / "log", lambda _: None, lambda _: None)
    log.line("[cell 1]")
    log.write("no newline")
    log.line("[cell 2]")
    log.write("\ud800")
    assert log.tail(6) == "\\ud800"
    log.close()
    assert (tmp_path / "log").read_text() == "[cell 1]\nno newline\n[cell 2]\n\\ud800"


def test_metrics_are_read_whatever_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    assert read_metrics(path) == ([], [])
    path.write_text('{"name": "a", "value": 1}\n{]\n{"name": "b"}\n{"name": "c", "value": NaN}\n')
    metrics, problems = read_metrics(path)
    assert metrics == [("a", 1.0)]
    assert len(problems) == 3
    path.write_text("".join(f'{{"name": "loss", "value": {n}}}\n' for n in range(5000)))
    assert read_metrics(path) == ([("loss", 4999.0)], [])


def test_metrics_that_are_no_file_are_neither_waited_for_nor_changed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    metrics, (problem,) = read_metrics(tmp_path / "pipe")
    assert (metrics, "a pipe" in problem) == ([], True)
    mine = tmp_path / "mine"
    mine.write_text("")
    mine.chmod(0o644)
    (tmp_path / "link").symlink_to(mine)
    assert len(read_metrics(tmp_path / "link")[1]) == 1
    assert mine.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "text",
    [
        "FileNotFoundError: [Errno 2] No such file or directory: '../data/a.csv'",
        'FileNotFoundError: [Errno 2] No such file or directory: "/copy/data/a.csv"',
        "cat: ../data/a.csv: No such file or directory",
        "cat: data/a.csv: No such file or directory",
        "cannot open file '../data/a.csv': No such file or directory",
    ],
)
def test_missing_file_is_recognised(text: str, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    left_out = (LeftOut("data", IGNORED, ".gitignore", 1, "data"),)
    manifest.write_text(Manifest("id", "/project", {}, left_out).to_json())
    work = tmp_path / "work"
    why = explain_left_out(text.replace("/copy", str(work)), work, work / "sub", manifest)
    assert why == "data/a.csv was left out of the snapshot by .gitignore line 1 (“data”)."
    other = explain_left_out(text.replace("data", "other"), work, work / "sub", manifest)
    assert other is None


async def _take_and_wait(folder: Path) -> None:
    slots, stop = Slots(folder, 2), Stop()
    first, second = await slots.acquire(stop), await slots.acquire(stop)
    assert first is not None
    assert second is not None
    third = asyncio.ensure_future(slots.acquire(stop))
    await asyncio.wait({third}, timeout=0.1)
    assert not third.done()
    first.release()
    taken = await asyncio.wait_for(third, 60)
    assert taken is not None
    fourth = asyncio.ensure_future(slots.acquire(stop))
    stop.end(CANCELLED)
    assert await asyncio.wait_for(fourth, 60) is None
    second.release()
    taken.release()


def test_slots_are_waited_for_until_told_to_stop(tmp_path: Path) -> None:
    asyncio.run(_take_and_wait(tmp_path / "slots"))


def test_sdk_is_installed_once_and_alone(tmp_path: Path) -> None:
    folder = install_sdk(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["orchest"]
    assert (folder / "orchest" / "__init__.py").is_file()
    stamp = (folder / "orchest" / "__init__.py").stat().st_mtime_ns
    assert install_sdk(tmp_path) == folder
    assert (folder / "orchest" / "__init__.py").stat().st_mtime_ns == stamp
    assert [path.name for path in (tmp_path / "sdk").iterdir()] == [folder.name]
