"""Several servers and a command line on one state directory."""

from collections import Counter

import pytest

from jupyter_orchest_jobs.domain.status import JobStatus
from tests.journeys.machine import Machine, until
from tests.journeys.server import Server

pytestmark = pytest.mark.journey


def statuses(server: Server) -> dict[str, str]:
    """What a server says of all jobs."""
    return {job["id"]: job["status"] for job in server.get("jobs")["items"]}


def test_servers_and_command_line_share_everything(machine: Machine) -> None:
    pipeline = machine.diamond(hold=True)
    path = str(pipeline.relative_to(machine.folder))
    servers = [machine.serve(), machine.serve()]
    listeners = [server.wait().listen() for server in servers]
    machine.set_limits(max_runs=3, max_step_processes=6)

    wish = {
        "pipeline_path": path,
        "parameters": {"pipeline_parameters": {"n": [1, 2]}},
        "start": True,
    }
    jobs = [server.post("jobs", wish)["id"] for server in servers]
    jobs.append(machine.read(lambda store: store.find_job(machine.run(pipeline, runs=2)).id))

    machine.wait_for_steps(3)
    assert len(machine.conductors()) == 1
    # The last job's snapshot may still be on its way when the steps of the others have begun.
    for server in servers:
        until(lambda server=server: statuses(server) == dict.fromkeys(jobs, "running"), "start")
    machine.open_gate()
    for number in ("1", "2", "3"):
        assert machine.wait_for(number)[0].status is JobStatus.SUCCEEDED

    runs = [run for number in ("1", "2", "3") for run in machine.runs(number)]
    assert machine.ledger() == Counter((run.id, step) for run in runs for step in "abc")
    for server, listener in zip(servers, listeners, strict=True):
        assert statuses(server) == dict.fromkeys(jobs, "succeeded")
        assert [run["status"] for run in server.get("runs")["items"]] == ["succeeded"] * 6
        # What the command line started, each browser was told of.
        listener.wait_for("job", jobs[2], "running")

    # Servers that leave take the conductor with them, when there is nothing to do.
    servers[0].close()
    assert len(machine.conductors()) == 1
    servers[1].close()
    until(lambda: not machine.processes(), "conductor's end")


def test_server_without_jobs_starts_and_creates_nothing(machine: Machine) -> None:
    server = machine.serve().wait()
    assert server.get("jobs")["items"] == []
    assert server.get("server")["conductor_running"] is False
    assert not machine.state.root.exists()
    assert machine.conductors() == []
