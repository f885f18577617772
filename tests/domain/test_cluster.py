"""Which cluster is used, how it is, and what runs ask of it."""

from datetime import UTC, datetime

import pytest

from jupyter_orchest_jobs.domain.cluster import (
    ClusterSettings,
    ClusterState,
    amount_of,
    lacking,
    run_resources,
)
from jupyter_orchest_jobs.errors import InvalidInput

FILES = {"tls_ca": "/tls/ca.pem", "tls_cert": "/tls/cert.pem", "tls_key": "/tls/key.pem"}


@pytest.mark.parametrize(
    "address", ["", "tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"]
)
def test_settings_of_this_machine_need_no_tls(address: str) -> None:
    settings = ClusterSettings(address=address)
    settings.check()
    assert settings.configured == bool(address)


def test_settings_of_other_machines_need_tls_and_its_files() -> None:
    ClusterSettings(address="tls://scheduler:8786", **FILES).check()
    with pytest.raises(InvalidInput, match=r"use TLS"):
        ClusterSettings(address="tcp://scheduler:8786").check()
    with pytest.raises(InvalidInput, match=r"set tls_ca, tls_key, too"):
        ClusterSettings(address="tls://scheduler:8786", tls_cert="/tls/cert.pem").check()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"address": "scheduler:8786"}, "The address of a scheduler"),
        ({"address": "tcp://127.0.0.1"}, "The address of a scheduler"),
        ({"address": "tcp://127.0.0.1:port"}, "The address of a scheduler"),
        ({"address": "http://127.0.0.1:8786"}, "The address of a scheduler"),
        ({"address": "tcp://127.0.0.1:8786/path"}, "The address of a scheduler"),
        ({"slots": 0}, "1 to 1000 slots, not 0"),
        ({"store": "folder"}, "is neither"),
        ({"tls_ca": "ca.pem"}, "not absolute"),
    ],
)
def test_settings_say_what_is_wrong(changes: dict[str, object], what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        ClusterSettings(**changes).check()  # type: ignore[arg-type]


def test_state_survives_as_text() -> None:
    state = ClusterState(
        connected=True,
        since=datetime(2026, 11, 22, tzinfo=UTC),
        workers=2,
        slots=4,
        free=1,
        resources={"GPU": 2.0},
        warnings=("differs",),
    )
    assert ClusterState.from_json(state.to_json()) == state


def test_run_asks_for_the_most_of_its_steps() -> None:
    steps = [{"GPU": 1, "memory": "8GB"}, {}, {"GPU": 2, "memory": "1 GiB"}]
    assert run_resources(steps) == {"GPU": 2.0, "memory": 8e9}
    assert amount_of("512MiB") == 512 * 2**20
    assert amount_of("1.5kB") == 1500
    assert amount_of("3") == 3


@pytest.mark.parametrize("amount", [0, -1, True, None, "", "many", "8 gallons", float("inf")])
def test_amount_that_is_none_is_refused(amount: object) -> None:
    with pytest.raises(InvalidInput, match="is no amount"):
        amount_of(amount)


def test_a_long_amount_is_not_repeated_in_the_message() -> None:
    with pytest.raises(InvalidInput) as caught:
        amount_of("much" * 1000)
    assert len(caught.value.message) < 200


def test_what_a_run_lacks_is_what_the_best_worker_lacks() -> None:
    wanted = {"GPU": 1.0, "memory": 8e9}
    assert lacking(wanted, [{"GPU": 1.0}, {"memory": 16e9, "GPU": 1.0}]) is None
    assert lacking(wanted, [{}, {"GPU": 1.0, "memory": 4e9}]) == {"memory": 8e9}
    assert lacking(wanted, []) is None
    assert lacking({}, [{}]) is None
