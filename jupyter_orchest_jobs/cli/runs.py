"""``runs …``: what users do with single runs."""

import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping

from jupyter_orchest_jobs.cli import show, show_run
from jupyter_orchest_jobs.cli.opened import opened, runs_of
from jupyter_orchest_jobs.cli.plain import line
from jupyter_orchest_jobs.domain.ids import run_label
from jupyter_orchest_jobs.domain.run import AttemptKind
from jupyter_orchest_jobs.errors import NotFound, WrongState
from jupyter_orchest_jobs.service.runs import Runs, RunView
from jupyter_orchest_jobs.wire import answers

_CHUNK = 2**20


async def runs(arguments: Namespace) -> int:
    """List, show or change runs, or print their logs."""
    async with opened(arguments) as services:
        if arguments.verb == "list":
            job = await services.jobs.find(arguments.job)
            views = await runs_of(services, job)
            if arguments.json:
                show.print_json([answers.run(view) for view in views])
            else:
                show.runs(job.job, views)
            return 0
        view = await services.runs.find(arguments.run)
        if arguments.verb == "log":
            _print_logs(services.runs, view, arguments)
            return 0
        said = None
        if arguments.verb in _CHANGES:
            change, said = _CHANGES[arguments.verb]
            view = await change(services.runs, view.run.id)
        steps, host = services.runs.steps(view), services.runs.host(view)
        if arguments.json:
            show.print_json(answers.run_detail(view, steps, host))
        elif said is not None:
            print(f"Run {run_label(view.job.number, view.run.number)} {said}")
        else:
            show_run.run(view, steps, host)
    return 0


_CHANGES: Mapping[str, tuple[Callable[[Runs, str], Awaitable[RunView]], str]] = {
    "cancel": (lambda runs, id: runs.cancel(id), "is being cancelled."),
    "retry": (
        lambda runs, id: runs.again(id, AttemptKind.RETRY),
        "will be executed again from the beginning.",
    ),
    "resume": (
        lambda runs, id: runs.again(id, AttemptKind.RESUME),
        "will go on with the steps that have not succeeded.",
    ),
    "pin": (lambda runs, id: runs.pin(id, True), "is kept when older runs are deleted."),
    "unpin": (lambda runs, id: runs.pin(id, False), "is kept no longer than others."),
}
"""Verb → what it does, and what is said of the run then."""


def _print_logs(runs: Runs, view: RunView, arguments: Namespace) -> None:
    wanted, which = arguments.step, (arguments.attempt, getattr(arguments, "try"))
    steps = runs.steps(view)
    chosen = [step for step in steps if wanted in (None, step.step.id, step.step.name)]
    if not chosen:
        titles = ", ".join(f"“{step.step.name}”" for step in steps)
        raise NotFound(f"The run has no step {wanted!r}; its steps are {titles}.")
    several = len(chosen) > 1
    printed = False
    for step in chosen:
        try:
            log = runs.logs(view, step.step.id).open(*which)
        except NotFound:
            if several and _has_attempt(view, arguments.attempt):
                continue  # other steps may have one
            raise
        if log is None:
            continue
        printed = True
        if wanted is None:
            of = f", attempt {log.attempt}, try {log.tries}" if any(which) else ""
            print(f"==> {line(step.step.name)} ({step.run.status}{of}) <==", flush=True)
        with log.file as file:
            while data := file.read(_CHUNK):
                sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    if not printed:
        raise WrongState("There is no such log." if any(which) else "There is no log yet.")


def _has_attempt(view: RunView, attempt: int | None) -> bool:
    return attempt is None or attempt <= view.run.attempt
