"""All commands but ``serve``, by name; here those that belong to no job that exists."""

import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jupyter_orchest_jobs.cli import options, show
from jupyter_orchest_jobs.cli.cluster import cluster
from jupyter_orchest_jobs.cli.cluster_notice import ClusterNotice
from jupyter_orchest_jobs.cli.environments import environments
from jupyter_orchest_jobs.cli.jobs import jobs
from jupyter_orchest_jobs.cli.opened import opened
from jupyter_orchest_jobs.cli.plain import plain
from jupyter_orchest_jobs.cli.runs import runs
from jupyter_orchest_jobs.cli.wait import wait_for
from jupyter_orchest_jobs.domain.policies import Policies
from jupyter_orchest_jobs.domain.schedule import Schedule
from jupyter_orchest_jobs.errors import InvalidInput
from jupyter_orchest_jobs.service.clock import utc_now
from jupyter_orchest_jobs.service.preview import preview
from jupyter_orchest_jobs.service.wish import Wish
from jupyter_orchest_jobs.wire import answers, schemas


async def run(arguments: Namespace) -> int:
    """Create a job and start it; wait for its runs if asked to."""
    wish = _wish(arguments)
    if arguments.wait and wish.schedule.is_recurring:
        raise InvalidInput("A recurring job has no end to wait for; leave --wait or --cron out.")
    async with opened(arguments) as services:
        view = await services.jobs.create(wish)
        if arguments.wait:
            return await wait_for(services, view.job.id, as_json=arguments.json)
        if arguments.json:
            show.print_json(answers.job_detail(view))
        else:
            _, first = preview(wish.schedule, wish.policies, utc_now(), 1)
            print(show.created(view, first[0] if first else None))
            for warning in view.job.warnings:
                print(f"warning: {plain(str(warning))}", file=sys.stderr)
        await ClusterNotice(services, view.job).look()
    return 0


async def schedule(arguments: Namespace) -> int:
    """Say what a cron expression means, and when it fires next."""
    found = Schedule.recurring(arguments.expression, arguments.zone or options.local_zone())
    words, moments = preview(found, Policies(), utc_now(), arguments.count)
    if arguments.json:
        show.print_json(schemas.PreviewAnswer(description=words, next=moments))
    else:
        show.firing_times(words, moments, ZoneInfo(found.zone or "UTC"))
    return 0


async def settings(arguments: Namespace) -> int:
    """Show what holds for all jobs, or change it first."""
    given = {
        "max_runs": arguments.max_runs,
        "max_step_processes": arguments.max_step_processes,
        "warm_processes": arguments.warm_processes,
        "overlays": arguments.overlays,
        "data_dir": arguments.data_dir,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    async with opened(arguments) as services:
        view = await services.settings.look()
        if arguments.kernel_name:
            before = view.limits.kernel_names
            changes["kernel_names"] = _kernel_names(arguments.kernel_name, before)
        if changes:
            view = await services.settings.change(changes)
    answer = answers.settings(view)
    if arguments.json:
        show.print_json(answer)
    else:
        print(f"max runs            {answer.max_runs}")
        print(f"max step processes  {answer.max_step_processes}")
        print(f"warm processes      {'yes' if answer.warm_processes else 'no'}")
        print(f"overlays            {'yes' if answer.overlays else 'no'}")
        print(f"data dir            {answer.data_dir}")
        for called, kernel in answer.kernel_names.items():
            print(plain(f"kernel name         {called}: {kernel}"))
    return 0


COMMANDS: Mapping[str, Callable[[Namespace], Coroutine[Any, Any, int]]] = {
    "run": run,
    "jobs": jobs,
    "runs": runs,
    "environments": environments,
    "schedule": schedule,
    "settings": settings,
    "cluster": cluster,
}
"""By name."""


def _kernel_names(said: list[str], before: Mapping[str, str]) -> dict[str, str]:
    """The setting afterwards.

    Raises:
        InvalidInput: not of the form NAME=KERNEL.
    """
    names = dict(before)
    for text in said:
        called, equals, kernel = text.partition("=")
        if not (called and equals):
            raise InvalidInput(f"--kernel-name {text!r} is not like NAME=KERNEL.")
        if kernel:
            names[called] = kernel
        else:
            names.pop(called, None)
    return names


def _wish(arguments: Namespace) -> Wish:
    pipeline = Path(arguments.pipeline).absolute()
    usual = Policies.usual(quick=arguments.quick)
    return Wish(
        pipeline=pipeline,
        # A project can't be larger than the home, or than what the pipeline lies in elsewhere.
        top=Path.home() if pipeline.is_relative_to(Path.home()) else Path("/"),
        name=arguments.name,
        parameters_file=Path(arguments.parameters).absolute() if arguments.parameters else None,
        settings=arguments.set,
        env_variables=options.env_variables(arguments),
        secrets=options.secrets(arguments),
        accept=options.accepted(arguments),
        start=True,
        schedule=options.schedule(arguments, utc_now()) or Schedule.now(),
        policies=options.policies(arguments.policy, usual) or usual,
        steps=arguments.step,
        up_to=arguments.up_to,
        quick=arguments.quick,
    )
