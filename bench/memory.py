"""What each run that goes on holds in memory."""

import json
import time
from pathlib import Path
from typing import Any

import psutil

from bench.project import PIPELINE, write_notebook, write_pipeline
from bench.server import Server, run_job
from bench.table import Row, Table
from jupyter_orchest_jobs.domain import journal

AT_ONCE = 4
GOAL_MB = 80.0
PIDS = "import json, os\nwith open('new', 'w') as file:\n" + (
    "    json.dump([os.getpid(), os.getppid()], file)\nos.rename('new', 'pids')"
)
WAIT = "import time\nwhile not os.path.exists('go'):\n    time.sleep(0.05)"
WAIT_S = 60.0


def measure(home: Path, *, quick: bool) -> list[Table]:
    """Measure."""
    root = home / "root"
    write_notebook(root / "step.ipynb", [PIDS, WAIT])
    write_notebook(root / "once" / "step.ipynb", ["print(1)"])
    for folder in (root, root / "once"):
        write_pipeline(folder, ["step"], {"x": range(AT_ONCE)})
    with Server(home / "server", root) as server:
        server.patch("settings", {"max_runs": AT_ONCE, "max_step_processes": AT_ONCE})
        run_job(server, f"once/{PIPELINE}")
        job = server.post("jobs", {"pipeline_path": PIPELINE, "start": True})
        folders = _folders(server, job["id"])
        runs = [_of_run(folder) for folder in folders]
        family = psutil.Process(server.process.pid).children(recursive=True)
        hosts = [one for one in family if _is_host(one)]
        shared = sum(_memory_mb(host.pid)["Pss"] for host in hosts)
        for folder in folders:
            (folder / "work" / "go").touch()
        while server.get(f"jobs/{job['id']}")["status"] == "running":
            time.sleep(0.1)
    rows = [
        Row("runner, private", [one["runner"] for one in runs], "MB", ratio=False),
        Row("kernel and its guard, private", [one["kernel"] for one in runs], "MB", ratio=False),
        Row("both", [one["both"] for one in runs], "MB", goal=GOAL_MB, ratio=False),
        Row(
            "both, with their part of what is shared",
            [one["pss"] for one in runs],
            "MB",
            ratio=False,
        ),
        Row("hosts from which they are forked, their part", [shared], "MB", ratio=False),
    ]
    notes = [f"{AT_ONCE} runs at once, in a notebook that has imported nothing."]
    return [Table("memory", "memory: of a run that goes on", rows, notes)]


def _folders(server: Server, job: str) -> list[Path]:
    """The folders of the attempts of all runs, once each of them is in its notebook."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        runs = server.get("runs", job=job)["items"]
        folders = [server.state / "runs" / run["id"] for run in runs]
        if folders and all((folder / "work" / "pids").exists() for folder in folders):
            return folders
        time.sleep(0.1)
    raise RuntimeError("the runs don't begin")


def _of_run(folder: Path) -> dict[str, float]:
    lines, _ = journal.whole_lines((folder / "attempts" / "1" / "journal.jsonl").read_bytes())
    [begun] = [one for one in journal.read(lines) if isinstance(one, journal.AttemptStarted)]
    runner = _memory_mb(begun.pid)
    kernel = [_memory_mb(pid) for pid in json.loads((folder / "work" / "pids").read_text())]
    of_kernel = sum(one["private"] for one in kernel)
    return {
        "runner": runner["private"],
        "kernel": of_kernel,
        "both": runner["private"] + of_kernel,
        "pss": runner["Pss"] + sum(one["Pss"] for one in kernel),
    }


def _memory_mb(pid: int) -> dict[str, float]:
    """What the system's ``smaps_rollup`` tells of a process."""
    found: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.replace(":", " ").split()
        found[name] = int(value) * 1024 / 1e6
    found["private"] = found["Private_Clean"] + found["Private_Dirty"]
    return found


def _is_host(process: psutil.Process) -> bool:
    words: Any = process.cmdline()
    parent = process.parent()
    forked = parent is not None and parent.cmdline() == words
    return not forked and any(
        "runner_host" in word or "orchest-jobs-kernels" in word for word in words
    )
