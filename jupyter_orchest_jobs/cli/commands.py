"""The commands that ask or change something; each opens the service, and closes it."""

import argparse
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jupyter_orchest_jobs.cli import show
from jupyter_orchest_jobs.cli.config import state_dir
from jupyter_orchest_jobs.cli.plain import line, plain
from jupyter_orchest_jobs.cli.wait import wait_for
from jupyter_orchest_jobs.errors import InvalidInput, NotFound, WrongState
from jupyter_orchest_jobs.service.build import Services, build_services
from jupyter_orchest_jobs.service.jobs import JobView
from jupyter_orchest_jobs.service.runs import RunView
from jupyter_orchest_jobs.service.wish import LARGE_SNAPSHOT, MANY_RUNS, WITHOUT_SERVICES, Wish
from jupyter_orchest_jobs.store.contract import JobQuery, RunQuery
from jupyter_orchest_jobs.wire import answers

_CHUNK = 2**20


@asynccontextmanager
async def _open(arguments: argparse.Namespace) -> AsyncIterator[Services]:
    services = build_services(state_dir(arguments.state_dir))
    try:
        yield services
    finally:
        await services.session.close()


async def run(arguments: argparse.Namespace) -> int:
    """Create a job and start it; wait for its runs if asked to."""
    wish = _wish(arguments)
    async with _open(arguments) as services:
        view = await services.jobs.create(wish)
        if arguments.wait:
            return await wait_for(services, view.job.id, as_json=arguments.json)
        if arguments.json:
            show.print_json(answers.job_detail(view))
        else:
            print(show.created(view))
            for warning in view.job.warnings:
                print(f"warning: {plain(str(warning))}", file=sys.stderr)
    return 0


async def jobs(arguments: argparse.Namespace) -> int:
    """List, show or cancel jobs."""
    async with _open(arguments) as services:
        if arguments.verb == "list":
            limit = max(1, min(arguments.limit, 10_000))
            found = await services.jobs.page(JobQuery(limit=limit))
            if arguments.json:
                show.print_json([answers.job(view) for view in found.items])
            else:
                show.jobs(found.items, services.session.state.root)
            return 0
        view = await services.jobs.find(arguments.job)
        if arguments.verb == "cancel":
            view = await services.jobs.cancel(view.job.id)
        if arguments.json:
            show.print_json(answers.job_detail(view))
        elif arguments.verb == "cancel":
            print(f"Job {view.job.number} is being cancelled.")
        else:
            show.job(view, await _runs_of(services, view))
    return 0


async def runs(arguments: argparse.Namespace) -> int:
    """List, show or cancel runs, or print their logs."""
    async with _open(arguments) as services:
        if arguments.verb == "list":
            job = await services.jobs.find(arguments.job)
            views = await _runs_of(services, job)
            if arguments.json:
                show.print_json([answers.run(view) for view in views])
            else:
                show.runs(job.job, views)
            return 0
        view = await services.runs.find(arguments.run)
        if arguments.verb == "log":
            _print_logs(services, view, arguments.step)
            return 0
        if arguments.verb == "cancel":
            view = await services.runs.cancel(view.run.id)
        steps = services.runs.steps(view)
        if arguments.json:
            show.print_json(answers.run_detail(view, steps))
        elif arguments.verb == "cancel":
            print(f"Run {view.job.number}.{view.run.number} is being cancelled.")
        else:
            show.run(view, steps)
    return 0


COMMANDS: Mapping[str, Callable[[argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "run": run,
    "jobs": jobs,
    "runs": runs,
}
"""By name."""


async def _runs_of(services: Services, view: JobView) -> list[RunView]:
    found: list[RunView] = []
    cursor = None
    while True:
        page = await services.runs.page(RunQuery(job_id=view.job.id, cursor=cursor, limit=500))
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def _print_logs(services: Services, view: RunView, wanted: str | None) -> None:
    steps = services.runs.steps(view)
    chosen = [step for step in steps if wanted in (None, step.step.id, step.step.name)]
    if not chosen:
        titles = ", ".join(f"“{step.step.name}”" for step in steps)
        raise NotFound(f"The run has no step {wanted!r}; its steps are {titles}.")
    if not any(step.log for step in chosen):
        raise WrongState("There is no log yet.")
    for step in chosen:
        if step.log is None:
            continue
        if wanted is None:
            print(f"==> {line(step.step.name)} ({step.run.status}) <==", flush=True)
        with step.log.open("rb") as file:
            while data := file.read(_CHUNK):
                sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _wish(arguments: argparse.Namespace) -> Wish:
    unknown = set(arguments.accept) - {LARGE_SNAPSHOT, WITHOUT_SERVICES, MANY_RUNS}
    if unknown:
        raise InvalidInput(f"There is nothing called {', '.join(unknown)} to accept.")
    pipeline = Path(arguments.pipeline).absolute()
    return Wish(
        pipeline=pipeline,
        # A project can't be larger than the home, or than what the pipeline lies in elsewhere.
        top=Path.home() if pipeline.is_relative_to(Path.home()) else Path("/"),
        name=arguments.name,
        parameters_file=Path(arguments.parameters).absolute() if arguments.parameters else None,
        settings=arguments.set,
        env_variables=dict(_variable(text) for text in arguments.env),
        accept=frozenset(arguments.accept),
        start=True,
    )


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(f"{text!r} is not an environment variable; write NAME=VALUE.")
    return name, value
