import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.cluster import ExecutorName
from jupyter_orchest_jobs.domain.policies import CatchUp, OnStepFailure, Overlap, Policies
from jupyter_orchest_jobs.errors import PoliciesInvalid

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FULL = Policies(
    catch_up=CatchUp.ALL,
    overlap=Overlap.QUEUE,
    start_at=NOON,
    end_at=NOON + timedelta(days=1),
    max_batches=3,
    run_timeout_s=60,
    step_timeout_s=1.5,
    step_retries=2,
    retry_delay_s=0,
    retry_backoff=1,
    on_step_failure=OnStepFailure.STOP,
    stop_batch_after=1,
    max_runs=4,
    priority=-100,
    resume_interrupted=3,
    preload=("numpy", "sklearn.svm"),
    executor=ExecutorName.DASK,
    keep_runs=None,
    keep_days=30,
    keep_bytes=1_000_000,
    keep_logs=False,
    freeze_environments=False,
)


def test_an_empty_object_is_the_defaults() -> None:
    assert Policies.from_json({}) == Policies()
    assert Policies().as_json() == {
        "catch_up": "latest",
        "overlap": "skip",
        "start_at": None,
        "end_at": None,
        "max_batches": None,
        "run_timeout_s": None,
        "step_timeout_s": None,
        "step_retries": 0,
        "retry_delay_s": 10.0,
        "retry_backoff": 2.0,
        "on_step_failure": "finish",
        "stop_batch_after": None,
        "max_runs": None,
        "priority": 0,
        "resume_interrupted": 0,
        "preload": [],
        "executor": "local",
        "keep_runs": 250,
        "keep_days": None,
        "keep_bytes": None,
        "keep_logs": True,
        "freeze_environments": True,
    }


@pytest.mark.parametrize("policies", [Policies(), FULL])
def test_policies_survive_the_wire(policies: Policies) -> None:
    again = Policies.from_json(json.loads(json.dumps(policies.as_json())))
    assert again == policies
    assert repr(again) == repr(policies)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("catch_up", "some"),
        ("overlap", ["skip"]),
        ("on_step_failure", None),
        ("start_at", "2026-11-22T12:00:00"),
        ("end_at", 5),
        ("max_batches", 0),
        ("max_batches", 1.0),
        ("run_timeout_s", 0),
        ("run_timeout_s", "60"),
        ("run_timeout_s", float("inf")),
        ("step_timeout_s", float("nan")),
        ("step_timeout_s", True),
        ("step_retries", -1),
        ("step_retries", None),
        ("step_retries", 101),
        ("retry_delay_s", 3601),
        ("retry_backoff", 0.5),
        ("stop_batch_after", 0),
        ("max_runs", 0),
        ("priority", 101),
        ("priority", True),
        ("resume_interrupted", 4),
        ("preload", "numpy"),
        ("preload", None),
        ("preload", ["numpy", "scikit-learn"]),
        ("preload", ["a..b"]),
        ("preload", [1]),
        ("preload", [f"m{number}" for number in range(31)]),
        ("executor", "ray"),
        ("executor", None),
        ("keep_runs", 0),
        ("keep_days", 0),
        ("keep_bytes", 2**61),
        ("keep_logs", 1),
        ("freeze_environments", "no"),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(PoliciesInvalid) as caught:
        Policies.from_json({name: value})
    assert caught.value.message.startswith(f"“{name}” ")
    assert caught.value.code == "policies_invalid"


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(PoliciesInvalid) as caught:
        Policies.from_json({"priority": 1000, "keep_logs": "yes", "max_runs": 5})
    assert [problem.message for problem in caught.value.problems] == [
        "“priority” is a whole number from -100 to 100.",
        "“keep_logs” is true or false.",
    ]


def test_an_unknown_name_is_refused_with_a_close_one() -> None:
    with pytest.raises(PoliciesInvalid, match="“catchup” is no policy; did you mean “catch_up”"):
        Policies.from_json({"catchup": "all"})
    with pytest.raises(PoliciesInvalid, match="“colour” is no policy; there are catch_up, overlap"):
        Policies.from_json({"colour": "red"})
    with pytest.raises(PoliciesInvalid, match="object of names"):
        Policies.from_json([])  # type: ignore[arg-type]


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(PoliciesInvalid, match="must not come before"):
        Policies(start_at=NOON, end_at=NOON - timedelta(seconds=1))
    assert Policies(start_at=NOON, end_at=NOON).end_at == NOON


def test_waits_grow_by_the_backoff_up_to_an_hour() -> None:
    policies = Policies(retry_delay_s=10, retry_backoff=3)
    assert [policies.retry_delay(number) for number in range(1, 8)] == [
        *(10, 30, 90, 270, 810, 2430),
        3600,
    ]
    assert Policies(retry_delay_s=10, retry_backoff=1).retry_delay(50) == 10
    assert Policies(retry_delay_s=0, retry_backoff=100).retry_delay(1000) == 0


@given(st.floats(0, 3600), st.floats(1, 100), st.integers(1, 10**6))
def test_no_wait_is_longer_than_an_hour(delay: float, backoff: float, number: int) -> None:
    policies = Policies(retry_delay_s=delay, retry_backoff=backoff)
    assert min(delay, 3600) <= policies.retry_delay(number) <= 3600


@given(
    st.dictionaries(
        st.sampled_from(sorted(FULL.as_json())) | st.text(max_size=5),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([1]),
        max_size=4,
    )
)
def test_whatever_is_given_is_accepted_or_refused(data: dict[str, Any]) -> None:
    try:
        policies = Policies.from_json(data)
    except PoliciesInvalid as error:
        assert error.problems
    else:
        assert Policies.from_json(policies.as_json()) == policies
