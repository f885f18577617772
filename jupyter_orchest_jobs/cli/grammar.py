"""The command line's grammar. Imports nothing of the service, so that ``--help`` is quick."""

import argparse
from collections.abc import Callable

from jupyter_orchest_jobs._version import __version__

_JOB = "a job's number, or the start of its id"
_RUN = "like 12.7, or the start of a run's id"
_ACCEPT = "agree to large_snapshot, without_services, many_runs or unknown_steps"
_LATER = 2**31
"""Above any number of a batch."""


def parser() -> argparse.ArgumentParser:
    """The grammar."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--state-dir",
        metavar="DIR",
        help="where jobs are kept; if left out, where the Jupyter server keeps them",
    )
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON, as the REST API has it")
    output = argparse.ArgumentParser(add_help=False, parents=[shared, as_json])
    top = argparse.ArgumentParser(
        prog="jupyter orchest-jobs",
        description="Run pipelines as jobs: over a grid of parameters, from a snapshot, now or "
        "by a schedule.",
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _run(commands.add_parser("run", parents=[output], help="run a pipeline as a job"))
    _jobs(commands.add_parser("jobs", help="list, show, change, pause, repeat or end jobs"), output)
    _runs(
        commands.add_parser("runs", help="list, show, retry or cancel runs, or read a log"),
        output,
        shared,
    )
    _environments(
        commands.add_parser("environments", help="show, lock or copy what a job's steps run in"),
        output,
        shared,
    )
    _schedule(
        commands.add_parser(
            "schedule", parents=[as_json], help="say what a cron expression means, and when it is"
        )
    )
    _settings(
        commands.add_parser(
            "settings", parents=[output], help="show or change how much runs at once"
        )
    )
    cluster = commands.add_parser(
        "cluster", parents=[output], help="show or set up the cluster on which runs may be executed"
    )
    cluster.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting, like address=tcp://127.0.0.1:8786 or slots=2; address= for no cluster",
    )
    serve = commands.add_parser(
        "serve", parents=[shared], help="carry out jobs until stopped, as a service"
    )
    serve.add_argument(
        "--background",
        action="store_true",
        help="leave when there is nothing to do and nobody is attached; so others start it",
    )
    return top


def _run(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "pipeline", metavar="PIPELINE", help="a .orchest file; or a notebook or script"
    )
    run.add_argument(
        "--parameters",
        metavar="FILE",
        help="lists of values; if left out, main.parameters.json beside main.orchest, or "
        "train.ipynb.parameters.json beside train.ipynb",
    )
    run.add_argument(
        "--step",
        action="append",
        default=[],
        metavar="STEP",
        help="execute only this step, by title or id; may be given several times",
    )
    run.add_argument(
        "--up-to",
        action="append",
        default=[],
        metavar="STEP",
        help="execute only this step and all on which it depends; may be given several times",
    )
    run.add_argument(
        "--quick",
        action="store_true",
        help="one run with the pipeline's own values, to see how steps go: no list shows the job, "
        "and it is deleted before long",
    )
    _wishes(run, name="of the job; if left out, the pipeline's name")
    run.add_argument("--wait", action="store_true", help="show progress until all runs have ended")


def _wishes(command: argparse.ArgumentParser, name: str) -> None:
    """What both a new job and a change of one may say."""
    command.add_argument("--name", help=name)
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="WHERE.NAME='[…]'",
        help="values of one parameter; WHERE is “pipeline”, or a step's title or id",
    )
    command.add_argument(
        "--env", action="append", default=[], metavar="NAME=VALUE", help="an environment variable"
    )
    command.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="NAME",
        help="an environment variable whose value is never shown; the value is that of this "
        "command's own variable NAME, or is asked for",
    )
    when = command.add_mutually_exclusive_group()
    when.add_argument(
        "--at", metavar="TIME", help="run once, at a time like 2026-12-24T18:00 (local)"
    )
    when.add_argument(
        "--cron", metavar="EXPR", help="run again and again, like '30 2 * * 1-5' or @daily"
    )
    command.add_argument(
        "--zone", help="the time zone of --cron, like Europe/Amsterdam; if left out, this machine's"
    )
    command.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what happens when something comes in between, like overlap=queue or step_retries=2",
    )
    _accept(command)


def _accept(command: argparse.ArgumentParser) -> None:
    command.add_argument("--accept", action="append", default=[], metavar="WHAT", help=_ACCEPT)


def _jobs(jobs: argparse.ArgumentParser, output: argparse.ArgumentParser) -> None:
    verbs = jobs.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", parents=[output], help="list jobs, newest first")
    listing.add_argument("--quick", action="store_true", help="only quick jobs")
    _limit(listing)

    def verb(name: str, help: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = verbs.add_parser(name, parents=[output], help=help)
        command.add_argument("job", metavar="JOB", help=_JOB)
        return command

    verb("show", "show a job, its schedule and its runs")
    _accept(verb("start", "start a draft"))
    verb("cancel", "cancel a job and its runs")
    verb("pause", "let a recurring job start no new batches")
    verb("resume", "let a paused job start batches again")
    verb("run", "start another batch of an active job now")
    edit = verb("edit", "change a draft, or the next batches of a recurring job")
    _wishes(edit, name="a new name")
    edit.add_argument(
        "--unset-env",
        action="append",
        default=[],
        metavar="NAME",
        help="remove an environment variable",
    )
    edit.add_argument(
        "--unset-secret",
        action="append",
        default=[],
        metavar="NAME",
        help="remove a secret",
    )
    duplicate = verb("duplicate", "make a draft with the same settings")
    duplicate.add_argument(
        "--own-snapshot",
        action="store_true",
        help="with the job's own snapshot, not with the project as it is now",
    )
    _accept(duplicate)
    _accept(verb("snapshot", "take a new snapshot for a draft, or for the next batches"))
    retry = verb("retry", "execute the failed runs of a batch again")
    retry.add_argument(
        "--batch",
        type=whole(1, _LATER),
        metavar="N",
        help="which batch; if left out, the last one",
    )
    retry.add_argument(
        "--resume", action="store_true", help="only the steps that have not succeeded"
    )
    _limit(verb("firings", "list what became of a job's firings, newest first"))
    delete = verb("delete", "delete an ended job or a draft, with its runs and their files")
    delete.add_argument("--yes", action="store_true", help="without being asked")


def _runs(
    runs: argparse.ArgumentParser, output: argparse.ArgumentParser, shared: argparse.ArgumentParser
) -> None:
    verbs = runs.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", parents=[output], help="list the runs of a job")
    listing.add_argument("job", metavar="JOB", help=_JOB)
    for name, help in (
        ("show", "show a run, its attempts and its steps"),
        ("log", "print the logs of a run's steps"),
        ("cancel", "cancel a run"),
        ("retry", "execute an ended run again from the beginning"),
        ("resume", "execute those steps of an ended run that have not succeeded"),
        ("pin", "keep a run when older ones are deleted"),
        ("unpin", "keep a run no longer than others"),
    ):
        parents = [shared if name == "log" else output]
        verb = verbs.add_parser(name, parents=parents, help=help)
        verb.add_argument("run", metavar="RUN", help=_RUN)
        if name == "log":
            verb.add_argument("--step", help="only this step's, by title or id")
            verb.add_argument(
                "--attempt",
                type=whole(1, _LATER),
                metavar="N",
                help="of this attempt; if left out, the last one that executed the step",
            )
            verb.add_argument(
                "--try",
                type=whole(1, _LATER),
                metavar="N",
                help="of this try in the attempt; if left out, the last one",
            )


def _environments(
    environments: argparse.ArgumentParser,
    output: argparse.ArgumentParser,
    shared: argparse.ArgumentParser,
) -> None:
    verbs = environments.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, help in (
        ("show", "show an environment of a job, its packages, and what has changed since"),
        ("lock", "print the packages of an environment as requirements, for uv pip sync"),
        ("freeze", "freeze an environment by a copy, where its files can't be linked"),
    ):
        verb = verbs.add_parser(name, parents=[shared if name == "lock" else output], help=help)
        verb.add_argument("job", metavar="JOB", help=_JOB)
        verb.add_argument(
            "--environment",
            metavar="KERNEL",
            help="which one: the name of its kernel, or the start of its id; may be left out if "
            "the job has one",
        )


def _schedule(schedule: argparse.ArgumentParser) -> None:
    schedule.add_argument("expression", metavar="EXPR", help="like '30 2 * * 1-5' or @daily")
    schedule.add_argument(
        "--zone", help="its time zone, like Europe/Amsterdam; if left out, this machine's"
    )
    schedule.add_argument(
        "--count",
        type=whole(1, 100),
        default=5,
        metavar="N",
        help="how many firings to show, up to 100 (5)",
    )


def _settings(settings: argparse.ArgumentParser) -> None:
    for option, help in (
        ("--max-runs", "so many runs at once over all jobs"),
        ("--max-step-processes", "so many kernels and scripts at once over all jobs"),
    ):
        settings.add_argument(option, type=whole(1, 1024), metavar="N", help=help)
    settings.add_argument(
        "--warm-processes",
        action=argparse.BooleanOptionalAction,
        help="fork runners and Python kernels from processes that have imported what they need",
    )
    settings.add_argument(
        "--overlays",
        action=argparse.BooleanOptionalAction,
        help="let working copies be overlays over the snapshot, where the system can do that",
    )
    settings.add_argument(
        "--kernel-name",
        action="append",
        default=[],
        metavar="NAME=KERNEL",
        help="what pipeline files call a kernel, or the UUID of an environment of Orchest's, and "
        "the kernel that it stands for; NAME= to forget it",
    )
    settings.add_argument(
        "--data-dir",
        metavar="DIR",
        help="where the folder lies that all runs share; '' for one in the state directory",
    )


def _limit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--limit",
        type=whole(1, 10_000),
        default=50,
        metavar="N",
        help="at most so many, up to 10000 (50)",
    )


def whole(least: int, most: int) -> Callable[[str], int]:
    """The type of an option that is a whole number within limits."""

    def number(text: str) -> int:
        value = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number from {least} to {most}"
            )
        return value

    return number
