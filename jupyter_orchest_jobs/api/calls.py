"""The JSON operations: each turns a request into one use case, and its result into an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from jupyter_orchest_jobs._version import __version__
from jupyter_orchest_jobs.api.errors import Malformed
from jupyter_orchest_jobs.domain.selection import Selection
from jupyter_orchest_jobs.domain.status import JobStatus, RunStatus
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.files.paths import inside
from jupyter_orchest_jobs.service.attach import is_conducting
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.service.limits import Limits, limits_of
from jupyter_orchest_jobs.service.wish import Wish
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery, Settings
from jupyter_orchest_jobs.wire import answers, schemas

E = TypeVar("E", JobStatus, RunStatus)
MAX_PAGE = 500
MAX_LOG_PIECE = 2**22


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        root: the server's root directory.
        hidden: whether hidden files may be used, as the server's file browser has it.
        path: the path parameters.
        query: the query parameters, the last one of each name.
        body: the validated body; None for operations without one.
    """

    services: Services
    root: Path
    hidden: bool
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: BaseModel | None

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """An integer of the query.

        Raises:
            Malformed: not an integer from ``least`` to ``most``.
        """
        text = self.query.get(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise Malformed(f"“{name}” must be a whole number from {least} to {most}.")
        return value

    def since(self) -> int | None:
        """The revision after which changes are asked for."""
        return self.number("since", 0, 0, 2**62) if "since" in self.query else None

    def status(self, kind: type[E]) -> E | None:
        """The status of the query.

        Raises:
            Malformed: there is no such status.
        """
        text = self.query.get("status")
        if text is None:
            return None
        try:
            return kind(text)
        except ValueError:
            raise Malformed(f"There is no status {text}; use {', '.join(kind)}.") from None


async def get_server(call: Call) -> BaseModel:
    """The server half, and whether jobs can be carried out."""
    session = call.services.session
    revision = await session.read(lambda store: store.revision()) if session.exists() else 0
    return schemas.ServerAnswer(
        version=__version__,
        state_dir=str(session.state.root),
        conductor_running=await asyncio.to_thread(is_conducting, session.state),
        revision=revision,
    )


async def get_settings(call: Call) -> BaseModel:
    """The limits that hold."""
    session = call.services.session
    found = await session.read(lambda store: store.settings()) if session.exists() else Settings()
    return _settings(limits_of(found))


async def change_settings(call: Call) -> BaseModel:
    """Set limits."""
    assert isinstance(call.body, schemas.SettingsRequest)  # noqa: S101  # by the route table
    changes = {name: int(value) for name, value in call.body.model_dump(exclude_none=True).items()}
    settings = await call.services.session.write(lambda store: store.change_settings(changes))
    return _settings(limits_of(settings))


async def list_jobs(call: Call) -> BaseModel:
    """A page of jobs."""
    query = JobQuery(
        status=call.status(JobStatus),
        since=call.since(),
        cursor=call.query.get("cursor"),
        limit=call.number("limit", 100, 1, MAX_PAGE),
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
    assert isinstance(body, schemas.CreateJobRequest)  # noqa: S101  # by the route table
    selection = body.selection.model_dump() if body.selection else {}
    wish = Wish(
        pipeline=_file(call, body.pipeline_path),
        top=call.root,
        name=body.name,
        parameters_file=_file(call, body.parameters_file) if body.parameters_file else None,
        parameters=body.parameters,
        selection=Selection.from_json(selection),
        env_variables=body.env_variables,
        accept=frozenset(body.accept),
        start=body.start,
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
    return answers.job_detail(await call.services.jobs.start(call.path["id"]))


async def cancel_job(call: Call) -> BaseModel:
    """Cancel a job."""
    return answers.job_detail(await call.services.jobs.cancel(call.path["id"]))


async def list_runs(call: Call) -> BaseModel:
    """A page of runs."""
    query = RunQuery(
        job_id=call.query.get("job"),
        status=call.status(RunStatus),
        since=call.since(),
        sort=call.query.get("sort", "number"),
        cursor=call.query.get("cursor"),
        limit=call.number("limit", 100, 1, MAX_PAGE),
    )
    page = await call.services.runs.page(query)
    return schemas.RunsAnswer(
        items=[answers.run(view) for view in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
        revision=page.revision,
    )


async def get_run(call: Call) -> BaseModel:
    """One run with its steps."""
    view = await call.services.runs.get(call.path["id"])
    steps = await asyncio.to_thread(call.services.runs.steps, view)
    return answers.run_detail(view, steps)


async def cancel_run(call: Call) -> BaseModel:
    """Cancel a run."""
    view = await call.services.runs.cancel(call.path["id"])
    steps = await asyncio.to_thread(call.services.runs.steps, view)
    return answers.run_detail(view, steps)


async def get_run_pipeline(call: Call) -> BaseModel:
    """The pipeline that a run executes."""
    view = await call.services.runs.get(call.path["id"])
    document = view.pipeline.with_parameters(view.run.combination)
    return schemas.PipelineAnswer(document=document)


async def get_log(call: Call) -> BaseModel:
    """A piece of a log."""
    offset = call.number("offset", 0, -(2**62), 2**62)
    limit = call.number("limit", 2**18, 1, MAX_LOG_PIECE)
    view = await call.services.runs.get(call.path["id"])
    runs, step = call.services.runs, call.path["step"]
    piece = await asyncio.to_thread(runs.read_log, view, step, offset, limit)
    return schemas.LogAnswer(
        text=piece.text,
        offset=piece.offset,
        next_offset=piece.next_offset,
        size=piece.size,
        finished=piece.finished,
    )


CALLS: Mapping[str, Callable[[Call], Awaitable[BaseModel | None]]] = {
    call.__name__: call
    for call in (
        get_server,
        get_settings,
        change_settings,
        list_jobs,
        create_job,
        get_job,
        delete_job,
        start_job,
        cancel_job,
        list_runs,
        get_run,
        cancel_run,
        get_run_pipeline,
        get_log,
    )
}
"""By the operation's name in the route table."""


def _settings(limits: Limits) -> schemas.SettingsAnswer:
    return schemas.SettingsAnswer(
        max_step_processes=limits.max_step_processes, max_runs=limits.max_runs
    )


def _file(call: Call, path: str) -> Path:
    """A file of the server's tree, by the path that the file browser shows.

    Raises:
        InvalidInput: outside of the server's root.
        NotFound: hidden, and the server shows no hidden files.
    """
    relative = path.lstrip("/")
    inside(call.root, relative)  # refuses what is outside, links included
    hidden = any(part.startswith(".") and part not in (".", "..") for part in relative.split("/"))
    if hidden and not call.hidden:
        raise NotFound(f"There is no file {relative}.")
    return call.root / relative
