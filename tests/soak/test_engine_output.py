"""Floods of output in full size; some minutes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine.local import LocalExecutor
from tests.engine.harness import Lab, notebook

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

GIB = 2**30
FLOOD = f"""
import sys
line = "x" * 1023 + "\\n"
for _ in range({GIB} // 1024 + 1024):
    sys.stdout.write(line)
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "state", LocalExecutor())
    yield lab
    lab.end_all()


@pytest.mark.parametrize("name", ["a.py", "a.ipynb"])
def test_more_than_the_limit_needs_little_memory_and_is_told(lab: Lab, name: str) -> None:
    text = notebook(FLOOD) if name.endswith(".ipynb") else FLOOD
    files = {name: text, "b.sh": "grep VmHWM /proc/$PPID/status || true"}
    run = lab.run(files, {"b": ["a"]}).launch()
    assert run.finish(600).status is RunStatus.SUCCEEDED
    log = run.folder.step("a") / "log.txt"
    assert GIB <= log.stat().st_size < GIB + 2**10
    with log.open("rb") as file:
        file.seek(-200, 2)
        assert b"The log is cut here" in file.read()
    assert any("its limit of 1,024 MiB" in e.message for e in run.of_kind(journal.StepOutputLimit))
    if sys.platform == "linux":
        _, kib, _ = run.log("b").split()
        assert int(kib) < 300 * 1024
