"""The cluster over HTTP."""

import os

import pytest

from jupyter_orchest_jobs.domain.cluster import ClusterState
from jupyter_orchest_jobs.service import cluster_look
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import a_finished_run
from tests.servers import Ask

ADDRESS = "tcp://127.0.0.1:8786"
NONE = {
    "address": "",
    "slots": 1,
    "tls_ca": "",
    "tls_cert": "",
    "tls_key": "",
    "store": "",
    "shared": False,
    "installed": True,
    "state": None,
    "message": None,
}


@pytest.fixture(autouse=True)
def distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_look, "has_distributed", lambda: True)


async def test_the_cluster_is_shown_and_set_up(ask: Ask, services: Services) -> None:
    assert (await ask("GET", "cluster")).data == NONE
    assert not services.session.exists()
    changed = {"address": ADDRESS, "slots": 2}
    assert (await ask("PATCH", "cluster", changed)).data == {**NONE, **changed}
    found = ClusterState(connected=False, since=utc_now(), error="Nobody answers.")
    services.session.state.cluster.write_text(found.to_json())
    state = (await ask("GET", "cluster")).data["state"]
    assert (state["connected"], state["error"], state["workers"]) == (False, "Nobody answers.", 0)
    assert (await ask("PATCH", "cluster", {"address": ""})).data == {**NONE, "slots": 2}


async def test_settings_that_cannot_be_used_are_refused(ask: Ask, store: SqliteStore) -> None:
    refused = await ask("PATCH", "cluster", {"address": "tcp://example.org:8786"})
    assert (refused.status, refused.data["code"]) == (422, "invalid")
    assert "use TLS" in refused.data["message"]
    for wrong in ({"slots": 0}, {"slots": "2"}, {"shared": 1}, {"colour": "red"}):
        assert (await ask("PATCH", "cluster", wrong)).status == 400, wrong
    assert store.settings().cluster is None


async def test_runs_tell_where_they_are_and_jobs_what_they_ask_for(
    ask: Ask, store: SqliteStore, services: Services
) -> None:
    example = a_finished_run(store)
    run = (await ask("GET", f"runs/{example.run.id}")).data
    assert (run["executor"], run["host"]) == ("local", None)
    folder = services.session.state.attempt(example.run.id, example.run.attempt)
    folder.info.write_text('{"host": "node-7"}')
    assert (await ask("GET", f"runs/{example.run.id}")).data["host"] == "node-7"
    folder.info.unlink()
    os.mkfifo(folder.info)  # nobody waits for whoever writes into it
    assert (await ask("GET", f"runs/{example.run.id}")).data["host"] is None
    job = (await ask("GET", f"jobs/{example.job.id}")).data
    assert (job["policies"]["executor"], job["resources"]) == ("local", {})
