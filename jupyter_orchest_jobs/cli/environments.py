"""``environments …``: what the steps of a job are executed in."""

import sys
from argparse import Namespace

from rich.table import Table

from jupyter_orchest_jobs.cli import show
from jupyter_orchest_jobs.cli.opened import opened
from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.domain.environment import Environment, EnvironmentState
from jupyter_orchest_jobs.domain.job import Job
from jupyter_orchest_jobs.errors import NotFound
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.wire import answers


async def environments(arguments: Namespace) -> int:
    """Show an environment, print its packages as requirements, or have it copied."""
    async with opened(arguments) as services:
        job = (await services.jobs.find(arguments.job)).job
        chosen = _chosen(job, arguments.environment)
        if arguments.verb == "lock":
            _, text = await services.environments.lock(job.id, chosen.id)
            sys.stdout.write(plain(text))
        elif arguments.verb == "freeze":
            await _freeze(services, job, chosen, arguments)
        else:
            await _show(services, job, chosen, arguments)
    return 0


def state_of(environment: Environment) -> str:
    """How far it is frozen, for a line of text."""
    size = show.size(environment.bytes) if environment.bytes else ""
    match environment.state:
        case EnvironmentState.FROZEN:
            return f"frozen, {environment.packages} packages, {size}"
        case EnvironmentState.RECORDED:
            return f"recorded, not frozen: {environment.reason}"
        case EnvironmentState.LIVE:
            return f"not frozen: {environment.reason}"
        case EnvironmentState.FREEZING:
            return f"being frozen{f', {size} so far' if size else ''}"
    return "not frozen yet"


async def _show(
    services: Services, job: Job, environment: Environment, arguments: Namespace
) -> None:
    view = await services.environments.get(job.id, environment.id)
    if arguments.json:
        show.print_json(answers.environment_detail(view))
        return
    out = show.console()
    out.print(show.cell(f"{environment.display_name}: {state_of(environment)}"))
    out.print(show.cell(f"{environment.program}, {environment.version}"))
    for warning in environment.warnings:
        out.print(show.cell(f"warning: {warning}"))
    changes = await services.environments.changes(job.id, environment.id)
    if changes.problem:
        out.print(show.cell(f"since then: {changes.problem}"))
    now = {change.name: change.now or "absent" for change in changes.packages}
    before = {package.name for package in view.manifest.packages}
    table = Table("Package", "Version", "Now", "From", box=None)
    for package in view.manifest.packages:
        table.add_row(
            show.cell(package.name),
            show.cell(package.version),
            show.cell(now.get(package.name, "")),
            show.cell(package.origin),
        )
    for name in sorted(now.keys() - before):
        table.add_row(show.cell(name), "absent", show.cell(now[name]), "")
    show.print_table(table)


async def _freeze(
    services: Services, job: Job, environment: Environment, arguments: Namespace
) -> None:
    await services.environments.copy(job.id, environment.id)
    if arguments.json:
        show.print_json(answers.job_detail(await services.jobs.get(job.id)))
    else:
        size = show.size(environment.copy_bytes)
        print(plain(f"“{environment.display_name}” is being copied ({size})."))


def _chosen(job: Job, wanted: str | None) -> Environment:
    """The environment that is meant.

    Raises:
        NotFound: none, or several.
    """
    found = [
        item
        for item in job.environments.items
        if wanted is None or item.kernel == wanted or item.id.startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(item.kernel or item.id[:8] for item in job.environments.items)
    if not job.environments.items:
        raise NotFound(f"Job {job.number} has no environments.")
    if wanted is None:
        raise NotFound(f"Job {job.number} has several environments; say --environment: {names}.")
    many = "several environments" if found else "no environment"
    raise NotFound(f"Job {job.number} has {many} {wanted}; it has {names}.")
