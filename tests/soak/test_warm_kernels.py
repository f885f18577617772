"""Thousands of forked kernels in a row: none hangs, and nothing is left of any."""

from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from jupyter_orchest_jobs.domain import journal
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.engine import runtime
from jupyter_orchest_jobs.engine.local import LocalExecutor
from tests.engine.harness import Lab, notebook, until

STEPS = 20
HANG_S = 1.0
WAIT_FOR_HOST = "import time\ntime.sleep(2)"


def run_chain(lab: Lab, steps: int, overlays: bool) -> list[float]:
    """Execute a run of so many steps.

    Returns:
        How long each kernel took from its last cell to its end, in seconds.
    """
    names = [f"s{number}" for number in range(steps)]
    incoming = {name: [before] for before, name in pairwise(names)}
    text = notebook("print(1)")
    run = lab.run({f"{name}.ipynb": text for name in names}, incoming, overlays=overlays).launch()
    assert run.finish(600).status is RunStatus.SUCCEEDED
    assert runtime.folders_of(run.spec.run_id, run.folder.number) == []
    cells = {one.step: one.t for one in run.of_kind(journal.CellFinished)}
    return [(end.t - cells[name]).total_seconds() for name, end in run.step_ends().items()]


def children() -> list[psutil.Process]:
    """All processes below this one."""
    return psutil.Process().children(recursive=True)


def check(tmp_path: Path, runs: int, steps: int, *, overlays: bool = False) -> list[float]:
    """Execute so many runs of so many steps, and see that nothing is left of them.

    Returns:
        How long each kernel took to end.
    """
    others = set(children())  # of earlier tests

    def hosts() -> list[psutil.Process]:
        """Hosts of runners and kernels, and whatever else is there."""
        return [one for one in children() if one not in others]

    lab = Lab(tmp_path / "state", LocalExecutor(warm=lambda: True))
    try:
        run = lab.run({"a.ipynb": notebook(WAIT_FOR_HOST)}).launch()
        run.finish()
        run_chain(lab, steps, overlays)
        until(lambda: len(hosts()) == 2, "everything but the two hosts to end")
        before = {one.pid: one.num_fds() for one in hosts()}
        took = [one for _ in range(runs) for one in run_chain(lab, steps, overlays)]
        until(lambda: len(hosts()) == 2, "everything but the two hosts to end")
        assert {one.pid: one.num_fds() for one in hosts()} == before
        return took
    finally:
        lab.end_all()
        lab.executor.close()


def test_kernels_leave_nothing(tmp_path: Path) -> None:
    assert len(check(tmp_path, runs=1, steps=6)) == 6


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("overlays", [False, True], ids=["copies", "overlays"])
def test_two_thousand_kernels_leave_nothing_and_do_not_hang(tmp_path: Path, overlays: bool) -> None:
    took = check(tmp_path, 2000 // STEPS, STEPS, overlays=overlays)
    assert len(took) == 2000
    assert max(took) <= HANG_S, sorted(took)[-10:]
