"""All JSON operations, by their names in the route table; here also those on the server itself."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping

from pydantic import BaseModel

from jupyter_orchest_jobs._version import __version__
from jupyter_orchest_jobs.api import (
    cluster_calls,
    draft_calls,
    environment_calls,
    file_calls,
    job_calls,
    run_calls,
)
from jupyter_orchest_jobs.api.call import Call
from jupyter_orchest_jobs.api.meanings import policies_of, schedule_of
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.service.attach import is_conducting
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.preview import preview
from jupyter_orchest_jobs.wire import answers, requests, schemas


async def get_server(call: Call) -> BaseModel:
    """The server half, and whether jobs can be carried out."""
    session = call.services.session
    revision, notice = 0, None
    if session.exists():
        revision, notice = await session.read(lambda store: (store.revision(), store.notice))
    return schemas.ServerAnswer(
        version=__version__,
        state_dir=str(session.state.root),
        conductor_running=await asyncio.to_thread(is_conducting, session.state),
        revision=revision,
        notice=notice,
        root_dir=await asyncio.to_thread(os.path.realpath, call.root),
    )


async def get_settings(call: Call) -> BaseModel:
    """The limits that hold."""
    return answers.settings(await call.services.settings.look())


async def change_settings(call: Call) -> BaseModel:
    """Set what is given."""
    assert isinstance(call.body, requests.SettingsRequest)  # noqa: S101  # by the route table
    changes = call.body.model_dump(exclude_none=True)
    return answers.settings(await call.services.settings.change(changes))


async def preview_schedule(call: Call) -> BaseModel:
    """What a schedule means."""
    body = call.body
    assert isinstance(body, requests.PreviewRequest)  # noqa: S101  # by the route table
    schedule = schedule_of(body.schedule) or Schedule.now()
    policies = policies_of(body.policies) or Policies()
    words, moments = await asyncio.to_thread(preview, schedule, policies, utc_now(), body.count)
    return schemas.PreviewAnswer(description=words, next=moments)


CALLS: Mapping[str, Callable[[Call], Awaitable[BaseModel | None]]] = {
    call.__name__: call
    for call in (
        get_server,
        get_settings,
        change_settings,
        preview_schedule,
        cluster_calls.get_cluster,
        cluster_calls.change_cluster,
        draft_calls.list_pipelines,
        draft_calls.expand_grid,
        draft_calls.select_runs,
        draft_calls.write_parameters_file,
        job_calls.list_jobs,
        job_calls.create_job,
        job_calls.get_job,
        job_calls.delete_job,
        job_calls.start_job,
        job_calls.cancel_job,
        job_calls.change_job,
        job_calls.pause_job,
        job_calls.resume_job,
        job_calls.run_now,
        job_calls.duplicate_job,
        job_calls.refresh_snapshot,
        job_calls.list_batches,
        job_calls.retry_batch,
        job_calls.list_firings,
        run_calls.list_runs,
        run_calls.act_on_runs,
        run_calls.delete_run,
        run_calls.get_run,
        run_calls.get_run_neighbours,
        run_calls.cancel_run,
        run_calls.retry_run,
        run_calls.resume_run,
        run_calls.pin_run,
        run_calls.get_run_pipeline,
        run_calls.get_log,
        file_calls.list_run_files,
        file_calls.get_snapshot,
        file_calls.get_snapshot_changes,
        environment_calls.get_environment,
        environment_calls.get_environment_changes,
        environment_calls.freeze_environment,
    )
}
"""By the operation's name in the route table."""
