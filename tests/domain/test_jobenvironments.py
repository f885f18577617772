"""Which environment each step has, and what a job's policy makes of them."""

from dataclasses import replace

from jupyter_orchest_jobs.domain.environment import Environment, EnvironmentState
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments

STATES = list(EnvironmentState)
ONE, TWO = (
    Environment(id, "python", "python3", "Python 3", "/bin/python3", "/usr", "Python 3.12.1")
    for id in ("one", "two")
)
PAIR = JobEnvironments((ONE, TWO), {"a": "one", "b": "two", "c": "one"}, ("two",))


def states(environments: JobEnvironments) -> list[str]:
    return [str(item.state) for item in environments.items]


def test_policy_decides_what_waits_and_what_is_live() -> None:
    each = JobEnvironments(tuple(replace(ONE, id=state, state=state) for state in STATES))
    assert states(each) == ["waiting", "freezing", "frozen", "recorded", "live"]
    assert states(each.wanted(True)) == ["waiting", "freezing", "frozen", "recorded", "waiting"]
    assert states(each.wanted(False)) == ["waiting", "freezing", "live", "live", "live"]
    # Switched off and on again, all of it is frozen once more.
    assert states(each.wanted(False).wanted(True))[2:] == ["waiting"] * 3


def test_environment_that_became_another_one_takes_its_steps_along() -> None:
    after = PAIR.with_(replace(ONE, id="three"), "one")
    assert [item.id for item in after.items] == ["three", "two"]
    assert after.steps == {"a": "three", "b": "two", "c": "three"}
    # Two that became the same are one.
    merged = PAIR.with_(TWO, "one")
    assert ([item.id for item in merged.items], set(merged.steps.values())) == (["two"], {"two"})
    assert merged.of_step("a") == TWO
    assert merged.of_step("gone") is None


def test_job_that_ended_has_nothing_that_waits() -> None:
    assert PAIR.waiting == (ONE, TWO)
    assert states(PAIR.abandoned()) == ["live", "live"]
    assert PAIR.abandoned().waiting == ()


def test_environments_survive_a_database() -> None:
    assert JobEnvironments.from_json(PAIR.as_json()) == PAIR
    assert JobEnvironments.from_json({}) == JobEnvironments()
