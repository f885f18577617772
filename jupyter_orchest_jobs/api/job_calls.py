"""The operations on jobs: each turns a request into one use case, and its result into an answer."""

from pydantic import BaseModel

from jupyter_orchest_jobs.api.call import MAX_PAGE, Call, file_of
from jupyter_orchest_jobs.api.meanings import policies_of, schedule_of, selection_of
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.domain.status import JobStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.service.edits import Edit
from jupyter_orchest_jobs.service.wish import Wish
from jupyter_orchest_jobs.store.contract import JobQuery
from jupyter_orchest_jobs.wire import answers, requests, schemas


async def list_jobs(call: Call) -> BaseModel:
    """A page of jobs."""
    query = JobQuery(
        status=call.status(JobStatus),
        since=call.since(),
        cursor=call.query.get("cursor"),
        limit=call.number("limit", 100, 1, MAX_PAGE),
        quick=call.flag("quick"),
    )
    page = await call.services.jobs.page(query)
    return schemas.JobsAnswer(
        items=[answers.job(view) for view in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
        revision=page.revision,
        deleted=list(page.deleted),
    )


async def create_job(call: Call) -> BaseModel:
    """Make a job."""
    body = call.body
    assert isinstance(body, requests.CreateJobRequest)  # noqa: S101  # by the route table
    wish = Wish(
        pipeline=file_of(call, body.pipeline_path),
        top=call.root,
        name=body.name,
        parameters_file=file_of(call, body.parameters_file) if body.parameters_file else None,
        parameters=body.parameters,
        secrets=body.secrets,
        selection=selection_of(body.selection) or Selection(),
        env_variables=body.env_variables,
        accept=frozenset(body.accept),
        start=body.start,
        schedule=schedule_of(body.schedule) or Schedule.now(),
        policies=policies_of(body.policies) or Policies.usual(quick=body.quick),
        steps=body.steps,
        up_to=body.up_to,
        quick=body.quick,
    )
    return answers.job_detail(await call.services.jobs.create(wish))


async def get_job(call: Call) -> BaseModel:
    """One job."""
    return answers.job_detail(await call.services.jobs.get(call.path["id"]))


async def delete_job(call: Call) -> None:
    """Delete a job."""
    await call.services.jobs.delete(call.path["id"])


async def start_job(call: Call) -> BaseModel:
    """Start a draft."""
    body = call.body
    assert isinstance(body, requests.StartRequest)  # noqa: S101  # by the route table
    accept = frozenset(body.accept)
    return answers.job_detail(await call.services.jobs.start(call.path["id"], accept))


async def cancel_job(call: Call) -> BaseModel:
    """Cancel a job."""
    return answers.job_detail(await call.services.jobs.cancel(call.path["id"]))


async def change_job(call: Call) -> BaseModel:
    """Change a draft, or the next batches of a job."""
    body = call.body
    assert isinstance(body, requests.ChangeJobRequest)  # noqa: S101  # by the route table
    edit = Edit(
        name=body.name,
        parameters=body.parameters,
        parameters_file=file_of(call, body.parameters_file) if body.parameters_file else None,
        selection=selection_of(body.selection),
        env_variables=body.env_variables,
        secrets=body.secrets,
        schedule=schedule_of(body.schedule),
        policies=policies_of(body.policies),
        accept=frozenset(body.accept),
    )
    return answers.job_detail(await call.services.changes.change(call.path["id"], edit))


async def pause_job(call: Call) -> BaseModel:
    """Pause a job."""
    return answers.job_detail(await call.services.changes.pause(call.path["id"]))


async def resume_job(call: Call) -> BaseModel:
    """Resume a paused job."""
    return answers.job_detail(await call.services.changes.resume(call.path["id"]))


async def run_now(call: Call) -> BaseModel:
    """Start another batch."""
    return answers.job_detail(await call.services.changes.run_now(call.path["id"]))


async def duplicate_job(call: Call) -> BaseModel:
    """Make a draft like this job."""
    body = call.body
    assert isinstance(body, requests.DuplicateRequest)  # noqa: S101  # by the route table
    view = await call.services.changes.duplicate(
        call.path["id"], own=body.snapshot == "own", accept=frozenset(body.accept)
    )
    return answers.job_detail(view)


async def refresh_snapshot(call: Call) -> BaseModel:
    """Take a new snapshot."""
    body = call.body
    assert isinstance(body, requests.SnapshotRequest)  # noqa: S101  # by the route table
    accept = frozenset(body.accept)
    return answers.job_detail(await call.services.changes.refresh_snapshot(call.path["id"], accept))


async def list_batches(call: Call) -> BaseModel:
    """A page of batches."""
    page, counts = await call.services.changes.batches(call.path["id"], *call.page())
    return schemas.BatchesAnswer(
        items=[answers.batch(batch, counts[batch.number]) for batch in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
        revision=page.revision,
    )


async def retry_batch(call: Call) -> BaseModel:
    """Execute the bad runs of a batch again."""
    body = call.body
    assert isinstance(body, requests.RetryBatchRequest)  # noqa: S101  # by the route table
    number = call.path["number"]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise NotFound(f"The job has no batch {number}.")
    return answers.job_detail(
        await call.services.changes.retry_batch(
            call.path["id"], int(number), AttemptKind(body.kind)
        )
    )


async def list_firings(call: Call) -> BaseModel:
    """A page of firings."""
    page = await call.services.changes.firings(call.path["id"], *call.page())
    return schemas.FiringsAnswer(
        items=[answers.firing(record) for record in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
        revision=page.revision,
    )
