"""``cluster``: its settings as options, and how it is as text."""

import json

import pytest

from jupyter_orchest_jobs.cli import cluster
from jupyter_orchest_jobs.cli.main import main
from jupyter_orchest_jobs.domain.cluster import ClusterState
from jupyter_orchest_jobs.service import cluster_look
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.state import StateDir
from jupyter_orchest_jobs.store.sqlite import SqliteStore

Captured = pytest.CaptureFixture[str]
ADDRESS = "tcp://127.0.0.1:8786"
FOUND = ClusterState(
    connected=True,
    since=utc_now(),
    workers=2,
    slots=4,
    free=3,
    resources={"GPU": 1.0, "memory": 8e9},
    warnings=("Worker a has another pandas.",),
)


@pytest.fixture(autouse=True)
def distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were installed, and as if nobody had the time to wait."""
    monkeypatch.setattr(cluster_look, "has_distributed", lambda: True)
    monkeypatch.setattr(cluster, "LOOK_S", 0.0)


def test_without_a_cluster_it_says_how_to_have_one(capsys: Captured, state: StateDir) -> None:
    assert main(["cluster"]) == 0
    assert "No cluster is set up. To have one: --set address=" in capsys.readouterr().out
    assert not state.root.exists()


@pytest.mark.usefixtures("store")
def test_the_cluster_is_shown_and_set_up(capsys: Captured, state: StateDir) -> None:
    assert main(["cluster", "--set", f"address={ADDRESS}", "--set", "slots=2"]) == 0
    out = capsys.readouterr().out
    assert f"address    {ADDRESS}\nslots      2 for each worker\n" in out
    assert "state      nobody has looked yet" in out
    state.cluster.write_text(FOUND.to_json())
    assert main(["cluster"]) == 0
    out = capsys.readouterr().out
    assert "state      connected: 2 workers, 3 of 4 slots free\n" in out
    assert "resources  GPU 1, memory 8.0 GB\n" in out
    assert "warning    Worker a has another pandas.\n" in out
    assert main(["cluster", "--set", "shared=true", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["address"], answer["slots"], answer["shared"]) == (ADDRESS, 2, True)


def test_settings_that_cannot_be_used_are_refused(capsys: Captured, store: SqliteStore) -> None:
    for said, words in (
        ("address", "NAME=VALUE"),
        ("colour=red", "no setting “colour”; it has address, slots"),
        ("slots=many", "“slots” can't be 'many'"),
        ("slots=0", "“slots” can't be '0'"),
        ("slots=null", "“slots” can't be 'null'"),
        ("shared=perhaps", "“shared” can't be 'perhaps'"),
        ("address=tcp://example.org:8786", "use TLS"),
    ):
        assert main(["cluster", "--set", said]) == 2, said
        assert words in capsys.readouterr().err, said
    assert store.settings().cluster is None


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ClusterState(connected=False, since=utc_now(), error="No."), "not connected: No."),
        (ClusterState(connected=True, since=utc_now()), "connected, but it has no workers"),
        (
            ClusterState(connected=True, since=utc_now(), workers=1, slots=1),
            "connected: 1 worker, 0 of 1 slots free",
        ),
    ],
)
def test_its_state_is_said_on_one_line(state: ClusterState, words: str) -> None:
    assert cluster.state_words(state) == words
