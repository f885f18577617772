"""Several processes that all think that they conduct: who fires, and who starts what.

``python -m tests.store.races (fire|claim) DATABASE INDEX COUNT`` says ``ready``, waits for a line,
and prints what it did: a line of JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from jupyter_orchest_jobs.domain.job import Batch
from jupyter_orchest_jobs.domain.status import RunStatus
from jupyter_orchest_jobs.store.contract import Store
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.records import NOW, a_firing, a_run

ROOT = Path(__file__).parents[2]
RACERS = 4
SECOND = timedelta(seconds=1)
PAUSE_S = 0.0005
"""After each success: SQLite's lock is not fair, and one would have it all the time."""


def fire(store: Store, index: int, count: int) -> list[int]:
    """Fire each of so many firings, if nobody else has; which ones it were.

    The numbers of batches differ between the racers: only the firings keep them apart.
    """
    job = store.find_job("1")
    fired = []
    for place in range(count):
        number = place * RACERS + index + 1
        firing = a_firing(job, NOW + place * SECOND, batch=number)
        batch = Batch(job.id, number, "schedule", NOW, firing.at)
        if store.add_batch(batch, [a_run(job, number, batch=number)], {}, [firing]) is not None:
            fired.append(place)
            time.sleep(PAUSE_S)
    return fired


def claim(store: Store, index: int, count: int) -> list[int]:
    """Start pending runs as long as there are any; the numbers of those that were ours."""
    claimed = []
    while pending := store.pending_runs(max(20, count // 100)):
        for run in pending:
            running = replace(run, status=RunStatus.RUNNING, attempt=1, message=f"racer {index}")
            if store.save_run(running, {RunStatus.PENDING}) is not None:
                claimed.append(run.number)
                time.sleep(PAUSE_S)
    return claimed


def race(kind: str, database: Path, count: int) -> list[list[int]]:
    """Let them race; what each did."""
    with ExitStack() as stack:
        racers = [
            stack.enter_context(_start(kind, str(database), str(index), str(count)))
            for index in range(RACERS)
        ]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("\n")
            racer.stdin.flush()
        outs = [racer.communicate()[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * RACERS
    return [json.loads(out) for out in outs]


def _start(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.races", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main(arguments: Sequence[str]) -> None:
    """Be one of the racers."""
    kind, database, index, count = arguments
    with closing(SqliteStore(Path(database))) as store:
        store.revision()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        work = {"fire": fire, "claim": claim}[kind]
        sys.stdout.write(json.dumps(work(store, int(index), int(count))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
