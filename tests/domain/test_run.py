import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_orchest_jobs.domain.ids import is_id, new_id, run_label
from jupyter_orchest_jobs.domain.run import Run, RunSpec, StepRun, StepSpec
from jupyter_orchest_jobs.domain.status import StepStatus
from tests.domain.generated import JSON, TEXTS
from tests.factories import document


def spec(**changes: Any) -> RunSpec:
    values: dict[str, Any] = {
        "run_id": "r",
        "job_id": "j",
        "job_number": 12,
        "run_number": 7,
        "pipeline_uuid": "p",
        "pipeline_name": "Übung",
        "snapshot": "/state/snapshots/s",
        "pipeline_path": "folder/main.orchest",
        "document": document({"a": {}, "b": {"incoming": ["a"]}}),
        "steps": (
            StepSpec("a", "A", "a.py", "python", ()),
            StepSpec("b", "B", "b.ipynb", "notebook", ("a",), "python3"),
        ),
        "max_parallel": None,
        "step_slots": 4,
        "slots_dir": "/state/slots",
        "sdk_dir": "/state/sdk/1",
        "python": "/usr/bin/python3",
        "env_variables": {"GREETING": "grüezi\n"},
    }
    return RunSpec(**values | changes)


@given(JSON, st.dictionaries(TEXTS, TEXTS), st.none() | st.integers(1))
def test_a_spec_survives_its_file(value: Any, env: dict[str, str], limit: int | None) -> None:
    written = spec(
        document=document(parameters={"x": value}), env_variables=env, max_parallel=limit
    )
    assert RunSpec.from_json(written.to_json().encode().decode()) == written


def test_a_spec_of_a_later_version_can_be_read() -> None:
    data = json.loads(spec().to_json())
    data |= {"v": 2, "gpu": True}
    data["steps"][0]["timeout_s"] = 5
    assert RunSpec.from_json(json.dumps(data)) == spec()


def test_a_spec_of_an_earlier_version_gets_defaults() -> None:
    data = json.loads(spec().to_json())
    del data["env_variables"]
    del data["overlays"]
    del data["steps"][0]["kernel"]
    assert RunSpec.from_json(json.dumps(data)) == spec(env_variables={})


def run(*steps: StepRun) -> Run:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Run(id="r", job_id="j", number=1, batch=1, combination={}, created_at=now, steps=steps)


def at(minute: int) -> datetime:
    return datetime(2026, 1, 1, 0, minute, tzinfo=UTC)


def test_the_failed_step_is_the_one_that_failed_first() -> None:
    late = StepRun("late", StepStatus.FAILED, finished_at=at(5))
    early = StepRun("early", StepStatus.FAILED, finished_at=at(2))
    fine = StepRun("fine", StepStatus.SUCCEEDED, finished_at=at(1))
    lost = StepRun("lost", StepStatus.INTERRUPTED)
    assert run(fine, late, early, lost).failed_step == early
    assert run(lost, late).failed_step == late
    assert run(fine, lost).failed_step == lost
    assert run(fine).failed_step is None


def test_ids_are_random_and_known_again() -> None:
    assert is_id(new_id())
    assert new_id() != new_id()
    for text in (
        "",
        "12",
        "x" * 36,
        new_id().upper(),
        new_id().replace("-", ""),
        f"{{{new_id()}}}",
    ):
        assert not is_id(text)


def test_a_run_is_called_after_its_job() -> None:
    assert run_label(12, 7) == "12.7"
