"""Tens of thousands of requests made by chance, of a server that carries out what they ask for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.fuzzing import PIPELINE, Fuzz, Ids, conforms, refuses
from tests.journeys.machine import Machine
from tests.journeys.server import TOKEN, Server

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]

EACH = 250


def _new_job(machine: Machine, server: Server) -> Callable[[], Ids]:
    def ids() -> Ids:
        job = server.post("jobs", {"pipeline_path": PIPELINE, "start": True})
        number = str(job["number"])
        machine.wait_for(number)
        (run,) = machine.runs(number)
        known, _ = machine.job(number)
        environment = next((one.id for one in known.environments.items), "none")
        return {
            "jobs": {"id": known.id, "environment": environment, "number": "1"},
            "runs": {"id": run.id, "step": "a"},
        }

    return ids


def test_requests_made_by_chance_are_answered_as_documented(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    try:
        machine.project({"a.sh": "echo Fit\n"})
        (tmp_path / "project" / PIPELINE).rename(tmp_path / PIPELINE)
        (tmp_path / "project" / "a.sh").rename(tmp_path / "a.sh")
        (tmp_path / ".gitignore").write_text("*.log\n")  # grows, and would be in each snapshot
        server = machine.serve().wait()
        address, new_job = server.address, _new_job(machine, server)
        known = Fuzz(address, {"Authorization": f"token {TOKEN}"}, new_job, tmp_path)
        known.all(EACH, conforms)
        stranger = Fuzz(address, {}, new_job, tmp_path)
        stranger.all(EACH, refuses)
        assert min(known.total, stranger.total) >= 20_000
    finally:
        machine.close()
