"""Which environment variables are handed down."""

import pytest

from jupyter_orchest_jobs.domain.inheriting import inheritable
from jupyter_orchest_jobs.engine.environment import sdk_first


@pytest.mark.parametrize(
    "name",
    [
        "JUPYTER_TOKEN",
        "JUPYTERHUB_API_TOKEN",
        "JUPYTERHUB_SERVICE_TOKEN",
        "JUPYTERHUB_CRYPT_KEY",
        "JUPYTERHUB_COOKIE_SECRET",
        "JUPYTER_SERVER_PASSWORD",
        "JPY_API_TOKEN",
        "JPY_SESSION_NAME",
        "JPY_PARENT_PID",
        "CONFIGPROXY_AUTH_TOKEN",
        "ORCHEST_RUN_ID",
        "ORCHEST_ATTEMPT",
        "ORCHEST_STEP_UUID",
    ],
)
def test_variables_of_the_server_and_of_outer_runs_stay_behind(name: str) -> None:
    assert inheritable({name: "x", "HOME": "/home/me"}) == {"HOME": "/home/me"}


@pytest.mark.parametrize(
    "name", ["PATH", "GITHUB_TOKEN", "JUPYTER_PATH", "JUPYTERHUB_USER", "ORCHESTRA", "TOKEN"]
)
def test_other_variables_are_handed_down(name: str) -> None:
    assert inheritable({name: "x"}) == {name: "x"}


def test_sdk_precedes_the_users_path_without_empty_items() -> None:
    assert sdk_first("/sdk", None) == sdk_first("/sdk", "") == "/sdk"
    assert sdk_first("/sdk", "/a:/b") == "/sdk:/a:/b"
