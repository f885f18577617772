"""Jobs with some of a pipeline's steps, and quick jobs."""

from dataclasses import replace
from pathlib import Path

from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.domain.run import StepRun
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus, StepStatus
from jupyter_orchest_jobs.errors import InvalidInput, ParametersInvalid
from jupyter_orchest_jobs.files.paths import outputs_in
from jupyter_orchest_jobs.service.retention import QUICK_JOBS, delete_old_quick_jobs
from jupyter_orchest_jobs.store.contract import JobQuery
from tests.factories import document
from tests.service.desk import Desk, spec_of_run
from tests.service.preflight_project import Project
from tests.service.world import World

CHAIN = {"a": {}, "b": {"incoming": ["a"]}, "c": {"incoming": ["b", "a"]}}


def test_files_and_values_of_steps_that_are_left_out_do_not_matter(tmp_path: Path) -> None:
    project = Project(
        tmp_path / "p",
        steps={**CHAIN, "b": {"incoming": ["a"], "file_path": "gone.py"}},
        files={"main.parameters.json": '{"a": {"n": [1, 2]}, "b": {"n": [1, 2, 3]}}'},
    )
    checked = project.check(steps=["a", "c"])
    assert checked.steps == ("a", "c")
    assert checked.pipeline.parents == {"a": (), "c": ("a",)}
    assert checked.strategy.values == {"a": {"n": [1, 2]}}
    assert list(checked.pipeline.document["steps"]) == ["a", "b", "c"]
    project.refusal(InvalidInput, up_to=["c"])


def test_quick_run_has_the_values_of_the_pipeline_and_no_other(tmp_path: Path) -> None:
    files = {"main.parameters.json": '{"a": {"n": [1, 2]}}'}
    project = Project(tmp_path / "p", {"a": {"parameters": {"n": 5}}}, files)
    checked = project.check(quick=True, start=True)
    assert checked.strategy.values == {"a": {"n": [5]}}
    project.refusal(ParametersInvalid, quick=True, start=True, settings=["a.n=[1, 2]"])
    project.refusal(InvalidInput, quick=True)
    cron = Schedule.recurring("@daily", "UTC")
    project.refusal(InvalidInput, quick=True, start=True, schedule=cron)


def test_runner_is_told_of_the_chosen_steps_alone(world: World) -> None:
    job = world.job(document=document(CHAIN), steps=("a", "c"))
    world.tick()
    spec = spec_of_run(world, 1, job)
    assert [(step.id, step.incoming) for step in spec.steps] == [("a", ()), ("c", ("a",))]
    assert list(spec.document["steps"]) == ["a", "b", "c"]
    assert [step.step for step in world.runs(job)[0].steps] == ["a", "c"]


def ended(world: World, job: Job, *succeeded: str) -> Path:
    """A job whose run has ended; the folder of the run, in which these steps have output."""
    world.tick()
    (run,) = world.runs(job)
    steps = tuple(StepRun(step, StepStatus.SUCCEEDED) for step in succeeded)
    now = world.clock()
    over = {"status": RunStatus.SUCCEEDED, "steps": steps, "finished_at": now}
    world.store.save_run(replace(run, **over), {run.status})
    folder = world.state.run(run.id)
    for step in succeeded:
        outputs_in(folder / "work", job.document["uuid"], step).mkdir(parents=True)
    world.store.update_job(job.id, {"status": JobStatus.SUCCEEDED})
    return folder


def test_quick_run_gets_the_newest_outputs_of_steps_that_it_leaves_out(world: World) -> None:
    world.store.change_settings({"max_runs": 9})
    chain = document(CHAIN)
    first = ended(world, world.job(document=chain, quick=True), "a", "b", "c")
    second = ended(world, world.job(document=chain, quick=True, steps=("a",)), "a")
    ended(world, world.job(document=chain), "a", "b", "c")
    ended(world, world.job(document=chain, quick=True, pipeline_path="other.orchest"), "a")
    job = world.job(document=chain, quick=True, steps=("c",))
    world.tick()
    uuid = chain["uuid"]
    assert spec_of_run(world, 1, job).outputs == {
        "a": str(outputs_in(second / "work", uuid, "a")),
        "b": str(outputs_in(first / "work", uuid, "b")),
    }
    # What is no quick run does not depend on what somebody has tried before.
    other = world.job(document=chain, steps=("c",))
    world.tick()
    assert spec_of_run(world, 1, other).outputs == {}


def test_copy_of_a_job_has_its_steps(world: World, desk: Desk) -> None:
    job = world.job(document=document(CHAIN), steps=("a", "c"), quick=True)
    copy = desk.duplicate(job, own=True)
    assert (copy.steps, copy.quick) == (("a", "c"), False)


def test_old_quick_jobs_of_a_pipeline_are_deleted(world: World) -> None:
    store = world.store
    done = {"status": JobStatus.SUCCEEDED, "quick": True}
    kept = world.job(**{**done, "status": JobStatus.RUNNING})
    other = world.job(**done, pipeline_path="other.orchest")
    usual = world.job(status=JobStatus.SUCCEEDED)
    quick = [world.job(**done) for _ in range(QUICK_JOBS + 2)]
    delete_old_quick_jobs(store)
    there = [job.id for job in store.jobs(JobQuery(quick=True)).items]
    assert there == [job.id for job in (*reversed(quick[2:]), other, kept)]
    assert [job.id for job in store.jobs(JobQuery()).items] == [usual.id]
