"""What is told of a job's environments."""

from dataclasses import replace
from pathlib import Path

from jupyter_orchest_jobs.domain.environment import EnvironmentState
from jupyter_orchest_jobs.domain.job import SnapshotState, SnapshotStatus
from jupyter_orchest_jobs.domain.jobenvironments import JobEnvironments
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.store.sqlite import SqliteStore
from tests.api.examples import ENVIRONMENT, a_finished_run, write_environment
from tests.records import stored_job
from tests.servers import Ask

WAITING = EnvironmentState.WAITING


async def test_job_tells_its_environments_and_which_step_has_which(
    ask: Ask, store: SqliteStore
) -> None:
    example = a_finished_run(store)
    store.update_job(example.job.id, {"batches_made": 1})
    store.warn_of_batch(example.job.id, 1, ["“Python 3” has changed."])
    job = (await ask("GET", f"jobs/{example.job.id}")).data
    (environment,) = job["environments"]
    assert (environment["state"], environment["reason"]) == ("recorded", "It is somebody else's.")
    (step,) = job["steps"]
    assert (step["kernel"], step["environment"]) == ("python3", ENVIRONMENT.id)
    assert job["environment_warnings"] == ["“Python 3” has changed."]
    (batch,) = (await ask("GET", f"jobs/{example.job.id}/batches")).data["items"]
    assert batch["warnings"] == ["“Python 3” has changed."]


async def test_environment_is_told_with_packages_changes_and_lock(
    ask: Ask, store: SqliteStore, state_dir: Path
) -> None:
    path = f"jobs/{a_finished_run(store).job.id}/environments/{ENVIRONMENT.id}"
    assert (await ask("GET", path)).status == 404
    write_environment(state_dir)
    told = (await ask("GET", path)).data
    assert [(one["name"], one["origin"]) for one in told["items"]] == [
        ("numpy", "pip"),
        ("mine", "editable: /home/someone/mine"),
    ]
    changes = (await ask("GET", f"{path}/changes")).data
    assert (changes["changed"], changes["items"]) == (True, [])
    assert "/home/someone/venv/bin/python, is gone" in changes["message"]
    lock = await ask("GET", f"{path}/lock.txt")
    assert b"numpy==2.1.0" in lock.body
    assert b"# mine==1 was installed as editable" in lock.body
    assert "job-1-requirements.txt" in lock.headers["Content-Disposition"]
    assert (await ask("GET", path.replace("0123", "3210"))).status == 404


async def test_environment_of_a_job_that_goes_on_is_copied_once(
    ask: Ask, store: SqliteStore
) -> None:
    other = replace(ENVIRONMENT, id="f" * 32, copy_bytes=0)
    held = SnapshotState(SnapshotStatus.READY, "5")
    environments = JobEnvironments((ENVIRONMENT, other))
    job = stored_job(store, snapshot=held, environments=environments)
    path = f"jobs/{job.id}/environments"
    assert (await ask("POST", f"{path}/{other.id}/freeze")).status == 409
    answer = await ask("POST", f"{path}/{ENVIRONMENT.id}/freeze")
    assert (answer.status, answer.data["environments"][0]["state"]) == (202, "waiting")
    kept = store.job(job.id).environments
    assert (kept.copies, [one.id for one in kept.waiting]) == ((ENVIRONMENT.id,), [ENVIRONMENT.id])
    again = await ask("POST", f"{path}/{ENVIRONMENT.id}/freeze")
    assert (again.status, "being frozen already" in again.data["message"]) == (409, True)
    assert (await ask("GET", f"{path}/{ENVIRONMENT.id}")).status == 409


async def test_environments_of_a_job_that_does_not_want_them_frozen_are_live(
    ask: Ask, store: SqliteStore
) -> None:
    environments = JobEnvironments((replace(ENVIRONMENT, state=EnvironmentState.FROZEN),))
    unwanted = Policies(freeze_environments=False)
    job = stored_job(store, environments=environments, policies=unwanted)
    told = (await ask("GET", f"jobs/{job.id}")).data["environments"][0]
    assert (told["state"], "doesn't want" in told["reason"]) == ("live", True)
    assert (await ask("POST", f"jobs/{job.id}/environments/{told['id']}/freeze")).status == 409
