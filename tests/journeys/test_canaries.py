"""Secrets of jobs and tokens of servers: who has them, and that nothing else does."""

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from jupyter_orchest_jobs.api.operations import OPERATIONS
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.engine.environment import STEP_TAG
from jupyter_orchest_jobs.store.backups import back_up
from tests.journeys.canaries import Watcher, seen, seen_in_files
from tests.journeys.machine import Machine, until
from tests.journeys.server import Server
from tests.service.preflight_project import notebook

pytestmark = pytest.mark.journey

SECRETS = {
    "API_TOKEN": "canary-1-ä+/%&=\"'",
    "DB_PASSWORD": "canary-2:p@ss w\\ord",
    "SHOWN": "canary-3-printed",
}
LATER = {"API_TOKEN": "canary-4-of-a-copy", "WRONG": "canary-5-of-a-wrong-request"}
TOKENS = {
    "JUPYTER_TOKEN": "canary-server",
    "JPY_API_TOKEN": "canary-jpy",
    "JUPYTERHUB_API_TOKEN": "canary-hub",
    "JUPYTERHUB_CRYPT_KEY": "canary-crypt",
    "JUPYTERHUB_COOKIE_SECRET": "canary-cookie",
    "CONFIGPROXY_AUTH_TOKEN": "canary-proxy",
}
ALL = {**SECRETS, **{f"later {name}": value for name, value in LATER.items()}, **TOKENS}
HIDDEN = {name: value for name, value in ALL.items() if name != "SHOWN"}

# What each step proves to have, and what it does not; and it fails once, with both in its hands.
STEP = """
import hashlib, os, pathlib, time
marks = pathlib.Path(os.environ["MARKS"])
begin = time.monotonic()
# Kernels are forked: only a script's process can be asked for its own variables.
while {waits} and not (marks / "seen").exists() and time.monotonic() - begin < 20:
    time.sleep(0.01)
def work(token, password):
    digest = hashlib.sha256((token + password).encode()).hexdigest()
    marker = marks / "{name}"
    print("digest", digest)
    print("tokens", [name for name in {tokens} if name in os.environ])
    if not marker.exists():
        marker.touch()
        raise ValueError("not the first time")
work(os.environ["API_TOKEN"], os.environ["DB_PASSWORD"])
"""
SHOWS = "import os; print('shown', os.environ['SHOWN'])"


def digest(*values: str) -> str:
    return hashlib.sha256("".join(values).encode()).hexdigest()


def step(name: str) -> str:
    return STEP.format(name=name, tokens=sorted(TOKENS), waits=name == "script")


def answers(server: Server, job: str) -> dict[str, bytes]:
    """What the server answers to every GET of its route table, about one job and all its runs."""
    environments = json.loads(server.ask("GET", f"jobs/{job}")[1])["environments"]
    (environment, *_) = [item["id"] for item in environments]
    found = {}
    for run in server.get(f"runs?job={job}")["items"]:
        steps = server.get(f"runs/{run['id']}")["steps"]
        for operation in OPERATIONS:
            for item in steps if "{step}" in operation.path else steps[:1]:
                path = operation.path.replace("{step}", item["step"]).replace("{number}", "1")
                path = path.replace("{environment}", environment)
                path = path.replace("{id}", run["id"] if path.startswith("runs/") else job)
                if operation.name == "download_run_file":
                    path += "?path=" + quote("script.py")
                if operation.method == "GET":
                    status, body = server.ask("GET", path)
                    assert status in (200, 404, 409), (path, status, body)
                    found[f"{path} {status}"] = body
    return found


def refused(server: Server, method: str, path: str, body: Any) -> bytes:
    status, answer = server.ask(method, path, body)
    assert status >= 400, answer
    return answer


@pytest.fixture
def marks(machine: Machine) -> Path:
    """Where steps note that they were executed, so that only the first try fails."""
    folder = machine.folder / "marks"
    folder.mkdir()
    machine.environ |= {"MARKS": str(folder), **TOKENS}
    return folder


def test_secrets_are_nowhere_but_in_steps(machine: Machine, marks: Path) -> None:
    pipeline = machine.project(
        {
            "book.ipynb": notebook(step("book")),
            "script.py": step("script"),
            "shows.ipynb": notebook(SHOWS),
        },
        {"shows": ["book", "script"]},
    )
    own = dict(machine.environ)
    with Watcher(machine.folder, STEP_TAG, marks / "seen") as watcher:
        # The command line takes secrets from its own environment, and starts the conductor.
        machine.environ |= SECRETS
        names = [f"--secret={name}" for name in SECRETS]
        number = machine.run(pipeline, *names)
        machine.environ = own
        assert machine.wait_for(number)[0].status is JobStatus.FAILED

        server = machine.serve().wait()
        listener = server.listen()
        (run,) = machine.runs(number)
        server.post(f"runs/{run.id}/retry")
        listener.wait_for("run", run.id, "succeeded")
        job, _ = machine.wait_for(number)
        assert job.status is JobStatus.SUCCEEDED

        given = answers(server, job.id)
        copy = server.post(f"jobs/{job.id}/duplicate", {"snapshot": "own"})["id"]
        later = {"secrets": {"API_TOKEN": LATER["API_TOKEN"]}}
        status, given["copy"] = server.ask("PATCH", f"jobs/{copy}", later)
        assert status == 200
        given |= refusals(server, machine, copy)
        back_up(machine.state.database)

    # Every step had them, and none had what is the server's.
    attempts = [machine.state.attempt(run.id, number) for number in (1, 2)]
    expected = f"digest {digest(SECRETS['API_TOKEN'], SECRETS['DB_PASSWORD'])}\ntokens []\n"
    for attempt in attempts:
        for name in ("book", "script"):
            assert expected in (attempt.step(name) / "log.txt").read_text()

    told = {where: hit for where, data in given.items() if (hit := seen(data, HIDDEN))}
    assert told == {}
    assert len(given) > 30
    heard = json.dumps(listener.heard).encode()
    assert b"succeeded" in heard
    assert seen(heard, ALL) == set()

    # Clones are the files of an environment that was there before, and large.
    clones = machine.state.environments.glob("*/prefix")
    kept = seen_in_files(machine.folder, ALL, but=[machine.state.secrets, *clones])
    shown = attempts[1].step("shows")
    printed = (shown / "log.txt", shown / "notebook.ipynb", attempts[1].work / "shows.ipynb")
    where = {str(path.relative_to(machine.folder)) for path in printed}
    pages = {path for path in kept if path.startswith("state/pages/")}
    # What a step prints stands where its output does: so the search finds what there is to find.
    assert set(kept) == where | pages
    assert pages
    assert all(hit == {"SHOWN"} for hit in kept.values())

    check_processes(watcher)

    server.ask("DELETE", f"jobs/{copy}")
    left = [path.name for path in machine.state.secrets.iterdir()]
    assert left == [f"{job.id}.json"]


def refusals(server: Server, machine: Machine, copy: str) -> dict[str, bytes]:
    """What is said when something is wrong, with a secret in the hands of who says it."""
    wrong = LATER["WRONG"]
    job = f"jobs/{copy}"
    found = {
        str(secrets): refused(server, "PATCH", job, {"secrets": secrets})
        for secrets in (
            {"A": [wrong]},
            {"A": {"b": wrong}},
            {"A=B": wrong},
            {"": wrong},
            {"ORCHEST_RUN_ID": wrong},
            {"A": f"{wrong}\0"},
            wrong,
            [wrong],
        )
    }
    found["unknown field"] = refused(server, "PATCH", job, {"secret": wrong})
    # The file can't be replaced, then is damaged.
    file = machine.state.secrets / f"{copy}.json"
    good = file.read_bytes()
    file.unlink()
    file.mkdir()
    (file / "in the way").touch()
    found["not written"] = refused(server, "PATCH", job, {"secrets": {"A": wrong}})
    (file / "in the way").unlink()
    file.rmdir()
    file.write_text(f'{{"A": "{wrong}')
    file.chmod(0o600)
    found["damaged"] = refused(server, "POST", f"{job}/duplicate", {"snapshot": "own"})
    status, found["start"] = server.ask("POST", f"{job}/start", {})
    if status < 400:
        until(lambda: server.get(job)["status"] == "failed", "end of a run without its secrets")
        found |= answers(server, copy)
    file.write_bytes(good)
    return found


def check_processes(watcher: Watcher) -> None:
    """No command line has any; environments only where they must be."""
    assert [line for line in watcher.commands if seen(line.encode(), ALL)] == []
    conductors = steps = 0
    for (_, command), environ in watcher.environments.items():
        # What tests have started themselves: a server, and command lines.
        started_by_tests = "jupyter_server" in command or (
            "cli.main" in command and "--background" not in command
        )
        if started_by_tests:
            continue
        is_step = f"{STEP_TAG}=".encode() in environ
        steps += is_step
        conductors += "serve" in command.split("\0")
        assert seen(environ, TOKENS) == set(), command
        assert is_step or seen(environ, ALL) == set(), command
    assert conductors
    assert steps
