"""``jobs …``: what users do with jobs that exist."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping

from jupyter_orchest_jobs.cli import options, show, show_job
from jupyter_orchest_jobs.cli.opened import opened, runs_of
from jupyter_orchest_jobs.cli.plain import line, plain
from jupyter_orchest_jobs.domain.firing import FiringRecord
from jupyter_orchest_jobs.domain.jsontext import encodable
from jupyter_orchest_jobs.domain.parameters import read_setting
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.domain.status import ENDED_JOBS, JobStatus
from jupyter_orchest_jobs.errors import InvalidInput, WrongState
from jupyter_orchest_jobs.service.build import Services
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.edits import Edit
from jupyter_orchest_jobs.service.jobs import JobView
from jupyter_orchest_jobs.service.submission import pipeline_of_job
from jupyter_orchest_jobs.store.contract import JobQuery
from jupyter_orchest_jobs.wire import answers

_LAST = 10
"""How many of a job's batches and firings are shown with it."""
_PAGE = 500


async def jobs(arguments: Namespace) -> int:
    """List, show, change, repeat or end jobs."""
    async with opened(arguments) as services:
        if arguments.verb == "list":
            await _list(services, arguments)
            return 0
        view = await services.jobs.find(arguments.job)
        if arguments.verb == "show":
            await _show(services, view, arguments)
        elif arguments.verb == "firings":
            await _firings(services, view, arguments)
        elif arguments.verb == "delete":
            await _delete(services, view, arguments)
        else:
            view, said = await _CHANGES[arguments.verb](services, view, arguments)
            if arguments.json:
                show.print_json(answers.job_detail(view))
            else:
                print(said)
    return 0


async def _list(services: Services, arguments: Namespace) -> None:
    found = await services.jobs.page(JobQuery(limit=arguments.limit, quick=arguments.quick))
    if services.session.exists():
        notice = await services.session.read(lambda store: store.notice)
        if notice is not None:
            print(f"note: {plain(notice)}", file=sys.stderr)
    if arguments.json:
        show.print_json([answers.job(view) for view in found.items])
    else:
        show.jobs(found.items, services.session.state.root)


async def _show(services: Services, view: JobView, arguments: Namespace) -> None:
    if arguments.json:
        show.print_json(answers.job_detail(view))
        return
    job = view.job
    batches, counts = await services.changes.batches(job.id, None, _LAST)
    firings = await services.changes.firings(job.id, None, _LAST)
    several = job.batches_made > 1
    runs = await runs_of(services, view, job.batches_made if several else None)
    show_job.job(view, runs, [(one, counts[one.number]) for one in batches.items], firings.items)


async def _firings(services: Services, view: JobView, arguments: Namespace) -> None:
    found: list[FiringRecord] = []
    cursor = None
    while len(found) < arguments.limit:
        wanted = min(_PAGE, arguments.limit - len(found))
        page = await services.changes.firings(view.job.id, cursor, wanted)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    if arguments.json:
        show.print_json([answers.firing(record) for record in found])
    elif found:
        show_job.firings(found)
    else:
        print(f"Job {view.job.number} has not fired yet.")


async def _delete(services: Services, view: JobView, arguments: Namespace) -> None:
    number = view.job.number
    if view.job.status not in ENDED_JOBS | {JobStatus.DRAFT}:  # nobody is asked in vain
        raise WrongState(f"Job {number} is {view.job.status}; cancel it before you delete it.")
    if not arguments.yes:
        size = f" ({show.size(view.size_bytes)})" if view.size_bytes else ""
        total = view.counts.total
        runs = f", its {total} run{'s' if total > 1 else ''} with all files{size}" if total else ""
        what = f"Job {number} “{line(view.job.name)}”{runs}"
        if not sys.stdin.isatty():
            raise InvalidInput(f"{what} would be deleted; say --yes to do it.")
        if not await _confirmed(f"{what} will be deleted for ever. Go on? [y/N] "):
            raise WrongState("Nothing was deleted.")
    await services.jobs.delete(view.job.id)
    if not arguments.json:
        print(f"Job {number} was deleted.")


async def _confirmed(question: str) -> bool:
    """Ask on the terminal. The event loop waits for the answer, so that Ctrl-C ends that."""
    print(plain(question), end="", file=sys.stderr, flush=True)
    loop, answered = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, answered.set)
    try:
        await answered.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


Change = Callable[[Services, JobView, Namespace], Awaitable[tuple[JobView, str]]]


async def _start(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    after = await services.jobs.start(view.job.id, options.accepted(arguments))
    return after, f"Job {view.job.number} starts."


async def _cancel(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    return await services.jobs.cancel(view.job.id), f"Job {view.job.number} is being cancelled."


async def _pause(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    after = await services.changes.pause(view.job.id)
    going = " Runs that were started go on." if view.counts.total > view.counts.ended else ""
    return after, f"Job {view.job.number} is paused.{going}"


async def _resume(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    after = await services.changes.resume(view.job.id)
    return after, f"Job {view.job.number} is active again: {show.next_firing(after.job)}."


async def _run(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    after = await services.changes.run_now(view.job.id)
    return after, f"Batch {after.job.batches_made} of job {view.job.number} starts."


async def _edit(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    edit = _edit_of(view, arguments)
    if edit == Edit(accept=edit.accept):
        raise InvalidInput("Nothing to change was said; see jobs edit --help.")
    after = await services.changes.change(view.job.id, edit)
    firing = f": {show.next_firing(after.job)}" if edit.schedule and after.job.started_at else ""
    return after, f"Job {view.job.number} was changed{firing}."


async def _duplicate(
    services: Services, view: JobView, arguments: Namespace
) -> tuple[JobView, str]:
    after = await services.changes.duplicate(
        view.job.id, own=arguments.own_snapshot, accept=options.accepted(arguments)
    )
    number = after.job.number
    return after, (
        f"Job {number} “{line(after.job.name)}” is a draft. "
        f"Start it with: jupyter orchest-jobs jobs start {number}"
    )


async def _snapshot(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    after = await services.changes.refresh_snapshot(view.job.id, options.accepted(arguments))
    return after, f"A new snapshot for job {view.job.number} is being taken."


async def _retry(services: Services, view: JobView, arguments: Namespace) -> tuple[JobView, str]:
    batch = arguments.batch or view.job.batches_made
    if batch == 0:
        raise WrongState(f"Job {view.job.number} has no batch yet.")
    kind = AttemptKind.RESUME if arguments.resume else AttemptKind.RETRY
    after = await services.changes.retry_batch(view.job.id, batch, kind)
    how = "will go on" if arguments.resume else "will be executed again"
    return after, f"The failed runs of batch {batch} of job {view.job.number} {how}."


_CHANGES: Mapping[str, Change] = {
    "start": _start,
    "cancel": _cancel,
    "pause": _pause,
    "resume": _resume,
    "run": _run,
    "edit": _edit,
    "duplicate": _duplicate,
    "snapshot": _snapshot,
    "retry": _retry,
}
"""Verb → what it does; the answer is the job afterwards, and what is said of it."""


def _edit_of(view: JobView, arguments: Namespace) -> Edit:
    """The changes that options ask for: all else stays as it is in the job."""
    job = view.job
    if not encodable(arguments.name or ""):
        raise InvalidInput(f"The name {arguments.name!r} is not text in UTF-8.")
    parameters = None
    if arguments.set:
        pipeline = pipeline_of_job(job)
        parameters = {scope: dict(names) for scope, names in job.strategy.values.items()}
        for setting in arguments.set:
            scope, name, values = read_setting(setting, pipeline)
            parameters.setdefault(scope, {})[name] = values
    variables = None
    if arguments.env or arguments.unset_env:
        kept = {k: v for k, v in job.env_variables.items() if k not in arguments.unset_env}
        variables = {**kept, **options.env_variables(arguments)}
    unknown = [name for name in arguments.unset_env if name not in job.env_variables]
    if unknown:
        raise InvalidInput(f"Job {job.number} has no environment variable {', '.join(unknown)}.")
    unknown = [name for name in arguments.unset_secret if name not in view.secrets]
    if unknown:
        raise InvalidInput(f"Job {job.number} has no secret {', '.join(unknown)}.")
    secrets = {**dict.fromkeys(arguments.unset_secret), **options.secrets(arguments)}
    return Edit(
        name=arguments.name,
        parameters=parameters,
        env_variables=variables,
        secrets=secrets or None,
        schedule=options.schedule(arguments, utc_now(), job.schedule),
        policies=options.policies(arguments.policy, job.policies),
        accept=options.accepted(arguments),
    )
